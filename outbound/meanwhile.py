"""Meanwhile: what others did to a ticket since somebody looked at it, in words. Pure: it reads no ticket, and decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from outbound.wording import count, short

_SHELL = "command line"  # as whoever names nobody there is written down
MOST = 8  # changes that are told


class Did(StrEnum):
    """What a trace is of."""

    MOVED = "moved"
    ANSWERED = "answered"  # one of us wrote to the client
    WROTE = "wrote"  # a person's mail came in
    SENT = "sent"  # a machine's did
    NOTED = "noted"
    CHANGED = "changed"  # `words` say what


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that a change has left. What has the same moment is one change."""

    at: datetime  # aware
    by: str  # an address, "mail:17", "timer", "command line"
    did: Did
    words: str = ""  # of MOVED the key of the status, of SENT the kind, of CHANGED all that is said of it


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom it is told, and how they know the others. `now` is in the team's zone."""

    address: str
    names: Mapping[str, str]  # of the team, by address in lower case
    statuses: Mapping[str, str]  # names by key
    now: datetime


def told(traces: Sequence[Trace], reader: Reader) -> tuple[str, ...]:
    """A clause for each change, the oldest first: `Lee set it to "Assessment" at 14:02, and wrote to the client`."""
    changes = [list(group) for _, group in groupby(sorted(traces, key=lambda one: one.at), lambda one: one.at)]
    left = len(changes) - MOST
    more = (count(left, "earlier change", "earlier changes"),) if left > 0 else ()
    return (*more, *(_change(one, reader) for one in changes[-MOST:]))


def others(traces: Sequence[Trace], person: str) -> list[Trace]:
    """Without the changes that this person made."""
    mine = {one.at for one in traces if one.by.lower() == person.lower()}
    return [one for one in traces if one.at not in mine]


def _change(traces: Sequence[Trace], reader: Reader) -> str:
    first, *rest = _deeds(traces, reader)
    at = traces[0].at.astimezone(reader.now.tzinfo)
    day = f"at {at:%H:%M}" if at.date() == reader.now.date() else f"on {short(at)}"
    return ", and ".join((f"{_who(traces, reader)} {first} {day}", *rest))


def _who(traces: Sequence[Trace], reader: Reader) -> str:
    """A person, where one is named; what a mail has moved its writer has."""
    by = next((one.by for one in traces if not one.by.startswith("mail:")), traces[0].by)
    if by.lower() == reader.address.lower():
        return "you"
    named = {"timer": "the timer", _SHELL: "somebody at the command line"}
    return reader.names.get(by.lower()) or named.get(by) or ("a mail" if by.startswith("mail:") else by or "somebody")


def _deeds(traces: Sequence[Trace], reader: Reader) -> list[str]:
    """What was done, once each, a change of status first where one of us made it."""
    ours = any(one.by.lower() in reader.names or one.by == _SHELL for one in traces)
    ordered = sorted(traces, key=lambda one: (one.did is Did.MOVED) is not ours)
    return list(dict.fromkeys(_deed(one, reader, ours=ours) for one in ordered))


def _deed(trace: Trace, reader: Reader, *, ours: bool) -> str:
    match trace.did:
        case Did.MOVED:
            name = reader.statuses.get(trace.words, trace.words)
            return f'{"set" if ours else "moved"} it to "{name}"'
        case Did.ANSWERED:
            return "wrote to the client"
        case Did.WROTE:
            return "wrote"
        case Did.SENT:
            return f"sent a mail ({trace.words.replace('_', ' ')})"
        case Did.NOTED:
            return "left a note"
        case Did.CHANGED:
            return trace.words
