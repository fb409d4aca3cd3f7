"""Reckoning: what happened to tickets becomes a sheet of counts. Pure.

An answer counts on the day on which it was sent, a close on its own, however old the ticket is: a day that is over never
changes any more, so that its sheet can be kept.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from outbound.sheet import Sheet, key, length
from workflow.calendar import Working
from workflow.machine import Workflow

CLOCK, WORK = "clock", "work"  # how spans are measured: by the clock, or in working hours
PERSON, TIMER, IMPORT = "person", "timer", "import"  # what brings a change about, where no mail does


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a ticket's status. `was` is "" where it was opened."""

    id: int
    at: datetime
    was: str
    status: str
    cause: str  # the kind of the mail that brought it about, else PERSON, TIMER or IMPORT


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to a ticket until the end of the day, the oldest first."""

    workflow: str
    organisation: str
    changes: tuple[Change, ...]
    answered_at: datetime | None = None  # the first time; None where nobody has
    merged_at: datetime | None = None  # since when it leads to another one

    @property
    def moments(self) -> list[datetime]:
        """At which something happened to it."""
        return [*(change.at for change in self.changes), *filter(None, (self.answered_at, self.merged_at))]

    @property
    def kind(self) -> str:
        """Of the mail that opened it, or PERSON; "" where nobody knows any more."""
        first = self.changes[0] if self.changes else None
        return first.cause if first and not first.was else ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened from `since` until `until`, not included."""

    since: datetime
    until: datetime
    tickets: tuple[Past, ...]  # all that changed then, or were answered
    came: Mapping[str, int] = field(default_factory=dict)  # mails, by kind
    corrected: tuple[tuple[str, str], ...] = ()  # the kind of a mail before staff said what it is, and since

    def __contains__(self, moment: datetime | None) -> bool:
        return moment is not None and self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a team counts. `made_for` changes with whatever changes the counts."""

    workflow: Callable[[str], Workflow]
    zone: tzinfo
    work: Working | None  # its working hours; None: nobody has said
    made_for: str

    def sheet(self, happened: Happened) -> Sheet:
        sums: Counter[str] = Counter()
        for ticket in happened.tickets:
            sums.update(self._changes(ticket, happened))
            sums.update(self._answer(ticket, happened))
            sums.update(["merged"] if ticket.merged_at in happened else [])
        sums.update({key("came", kind): number for kind, number in happened.came.items()})
        sums.update(key("corrected", was, kind) for was, kind in happened.corrected)
        return sums

    def _changes(self, ticket: Past, happened: Happened) -> Iterator[str]:
        opened = since = happened.since  # of a ticket whose beginning is not known
        for change in ticket.changes:
            if change.at in happened:
                if change.was and change.cause != IMPORT:
                    yield key("in status", ticket.workflow, change.was, length(change.at - since))
                yield from self._change(ticket, change, opened)
            if not change.was or self._closed(ticket, change.was) != self._closed(ticket, change.status):
                opened = change.at
            since = change.at

    def _change(self, ticket: Past, change: Change, opened: datetime) -> Iterator[str]:
        now_closed = self._closed(ticket, change.status)
        yield key("entered", ticket.workflow, change.status)
        if not change.was:
            yield from ("in", key("in kind", change.cause), key("in client", ticket.organisation))
        elif self._closed(ticket, change.was) and not now_closed:
            yield from (key("reopened", change.cause), key("reopened as", str(change.id)))
        if now_closed and not (change.was and self._closed(ticket, change.was)):
            yield from ("out", key("out client", ticket.organisation))
            # What is closed as it comes, such as a copy, takes nobody any time; how long that of before took, nobody knows.
            if change.was and change.cause != IMPORT:
                yield from self._span("close", ticket.kind, opened, change.at)

    def _answer(self, ticket: Past, happened: Happened) -> Iterator[str]:
        # Where staff wrote first there is nothing to answer.
        if ticket.kind not in {"", PERSON} and ticket.answered_at and ticket.answered_at in happened:
            yield from self._span("answer", ticket.kind, ticket.changes[0].at, ticket.answered_at)

    def _span(self, what: str, kind: str, since: datetime, until: datetime) -> Iterator[str]:
        long = length(until - since)
        yield from (key(what, CLOCK, long), key(f"{what} kind", kind, long))
        if self.work:
            yield key(what, WORK, length(self.work.within(since, until)))

    def _closed(self, ticket: Past, status: str) -> bool:
        known = self.workflow(ticket.workflow).statuses.get(status)
        return known is not None and not known.open
