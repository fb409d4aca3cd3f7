"""What a machine's mail says, as keys for `postroom classify --json`: of a bounce, and of a calendar's message."""

from typing import Any

from classifier.undelivered import returned
from classifier.verdict import Verdict
from inbound.message import Message
from outbound.keys import Keys
from outbound.token import read_message_id


def bounce(verdict: Verdict, message: Message, keys: Keys | None) -> dict[str, Any] | None:
    """For whom, for good or not, by which code, why, and whether we sent what came back: null where no key is at hand."""
    said = verdict.bounce
    if said is None:
        return None
    own = next((one for one in returned(message) if keys and read_message_id(keys, one)), "")
    return {
        "lasting": said.lasting,
        "recipients": list(said.recipients),
        "status": said.status or None,
        "code": said.code,
        "reason": said.reason,
        "original_message_id": own or said.original_message_id or None,
        "ours": None if keys is None else bool(own),
    }


def calendar(verdict: Verdict) -> dict[str, Any] | None:
    """What is asked or answered; times in UTC, a floating one without a zone, a day as a date."""
    said = verdict.appointment
    if said is None:
        return None
    return {
        "method": said.method,
        "uid": said.uid,
        "start": said.start.isoformat() if said.start else None,
        "end": said.end.isoformat() if said.end else None,
        "zone": said.zone or None,
        "organizer": said.organizer.addr if said.organizer else None,
        "attendee": said.attendee.addr if said.attendee else None,
        "answer": said.answer or None,
        "sequence": said.sequence,
        "summary": said.summary,
        "recurs": said.recurs,
    }
