"""What a machine's mail says, as `postroom classify` shows it: a bounce's value, as keys for `--json` and as words for a line."""

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


def in_short(verdict: Verdict) -> str:
    """The same in a few words; "" where there is nothing to say."""
    said = verdict.bounce
    if said is None:
        return ""
    whom = ", ".join(said.recipients[:3]) or "nobody named"
    code = " ".join(str(one) for one in (said.code, said.status) if one)
    return f"{said.lasting}, for {whom}" + (f", {code}" if code else "")
