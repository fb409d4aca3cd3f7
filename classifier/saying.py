"""Saying: what a bounce, a calendar's message or an absence says, in a few words for people. It judges nothing."""

from datetime import UTC, date, datetime

from classifier.verdict import Bounce
from inbound.message import Appointment

_MOST = 3  # recipients that are named
_TITLE = 80  # characters of a summary
_METHODS = {
    "REQUEST": "invitation",
    "REPLY": "answer",
    "CANCEL": "cancelled",
    "COUNTER": "another time is proposed",
    "DECLINECOUNTER": "the other time is declined",
    "REFRESH": "asks for the invitation again",
    "ADD": "one more date",
    "PUBLISH": "event",
}
_OF_ATTENDEES = {"COUNTER", "REFRESH"}  # RFC 5546 §1.4: all others but REPLY are the organizer's


def of_bounce(said: Bounce) -> str:
    """Whether for good, whether of ours, for whom, the codes."""
    more = len(said.recipients) - _MOST
    whom = ", ".join(said.recipients[:_MOST]) + (f" and {more} more" if more > 0 else "")
    code = " ".join(str(one) for one in (said.code, said.status) if one)
    whose = "of a mail of ours" if said.ours else ""
    return ", ".join(one for one in (str(said.lasting), whose, f"for {whom}" if whom else "", code) if one)


def of_appointment(said: Appointment) -> str:
    """What is asked or answered, by whom, about what, when (as the calendar has it, in UTC as a rule)."""
    if said.method == "REPLY" and said.answer:
        what = said.answer.lower() + (f" by {said.attendee.addr}" if said.attendee else "")
    else:
        whose = said.attendee if said.method in _OF_ATTENDEES else said.organizer
        what = _METHODS.get(said.method, "event") + (f" from {whose.addr}" if whose else "")
    title = f'"{said.summary[:_TITLE]}"' if said.summary else ""
    times = _when(said.start) + (f" to {_when(said.end)}" if said.start and said.end else "")
    return ", ".join(one for one in (what, title, times, "repeated" if said.recurs else "") if one)


def of_absence(back: date | None, substitute: str) -> str:
    """When somebody is back, and who is asked meanwhile."""
    return ", ".join(
        one for one in (f"back on {back}" if back else "", f"meanwhile {substitute}" if substitute else "") if one
    )


def _when(moment: datetime | date | None) -> str:
    if isinstance(moment, datetime):
        zone = " UTC" if moment.tzinfo is UTC else ""
        return f"{moment:%Y-%m-%d %H:%M}{zone}"
    return moment.isoformat() if moment else ""
