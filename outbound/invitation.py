"""Invitation: an appointment for the client's calendar, as iCalendar (RFC 5545) for a mail (RFC 6047). Pure; it decides nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from inbound.message import Address
from outbound.headers import clean_header

LASTS = timedelta(hours=1)
_LINE = 75  # octets, RFC 5545 §3.1
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,"}


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a calendar is told: REQUEST, CANCEL, or REPLY to an invitation of the client's."""

    method: str
    uid: str
    sequence: int
    at: datetime | date  # a moment, or a whole day
    summary: str
    organizer: Address
    attendee: Address
    answer: str  # PARTSTAT of the attendee


def written(invitation: Invitation, stamp: datetime) -> bytes:
    """The octets of a text/calendar part. `stamp` is when it was written."""
    return "".join(f"{_folded(line)}\r\n" for line in _lines(invitation, stamp)).encode()


def _lines(invitation: Invitation, stamp: datetime) -> Iterator[str]:
    yield from (
        "BEGIN:VCALENDAR",
        "PRODID:-//postroom//EN",
        "VERSION:2.0",
        f"METHOD:{invitation.method}",
        "BEGIN:VEVENT",
    )
    yield f"UID:{invitation.uid}"
    yield f"SEQUENCE:{invitation.sequence}"
    yield f"DTSTAMP:{_utc(stamp)}"
    if isinstance(invitation.at, datetime):
        yield f"DTSTART:{_utc(invitation.at)}"
        yield f"DTEND:{_utc(invitation.at + LASTS)}"
    else:
        yield f"DTSTART;VALUE=DATE:{invitation.at:%Y%m%d}"
    yield f"SUMMARY:{''.join(_ESCAPES.get(each, each) for each in clean_header(invitation.summary))}"
    yield f"ORGANIZER{_named(invitation.organizer)}:mailto:{_plain(invitation.organizer.addr)}"
    rsvp = ";RSVP=TRUE" if invitation.method == "REQUEST" else ""
    who = f"mailto:{_plain(invitation.attendee.addr)}"
    yield f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={invitation.answer}{rsvp}:{who}"
    yield f"STATUS:{'CANCELLED' if invitation.method == 'CANCEL' else 'CONFIRMED'}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _named(who: Address) -> str:
    """CN as a quoted string, which holds no quotes (§3.1)."""
    name = clean_header(who.name).replace('"', "'")
    return f';CN="{name}"' if name else ""


def _plain(text: str) -> str:
    """Nothing in it ends a line."""
    return "".join(each for each in text if each.isprintable())


def _folded(line: str) -> str:
    """Lines of at most 75 octets, cut between characters."""
    pieces, length = [""], 0
    for each in line:
        octets = len(each.encode("utf-8", "replace"))
        if length + octets > _LINE:
            pieces.append("")
            length = 1
        pieces[-1] += each
        length += octets
    return "\r\n ".join(pieces)
