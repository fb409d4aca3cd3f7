"""Read, Judged, Fault: a mail on its way from bytes to effect, and which mails must wait for one another. It settles none."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from classifier.reports import fit
from classifier.verdict import PERSON, Kind, Ours, Verdict
from inbound.message import Message
from postroom.failure import where
from postroom.reading import Parsed
from store.errors import DatabaseDown
from store.gather import Gathered
from store.links import report_key
from store.pending import Pending
from workflow.decision import Ticket
from workflow.merging import seen_from

Result = TypeVar("Result")
_THEIRS = PERSON | {Kind.CALENDAR}


@dataclass(frozen=True, slots=True)
class Read:
    """A mail that is claimed and parsed."""

    mail: Pending
    parsed: Parsed

    def traces(self, ours: Ours) -> frozenset[str]:
        """What another mail of the same batch may share with it; then the later one waits for the earlier one's effect."""
        message = self.parsed.message
        author = message.author
        ids = (message.content_key, message.message_id, *message.in_reply_to, *message.references)
        report = report_key(fit(message, ours), message.subject)
        return frozenset({*ids, report, author.key if author else ""} - {""})


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with all that is known of it, and what it is."""

    read: Read
    gathered: Gathered
    verdict: Verdict

    @property
    def mail(self) -> Pending:
        return self.read.mail

    @property
    def message(self) -> Message:
        return self.read.parsed.message

    @property
    def ticket(self) -> Ticket | None:
        """The ticket that it joins, or that its first delivery has made."""
        joined = self.verdict.ticket or self.verdict.kind is Kind.DUPLICATE
        return self.gathered.ticket if joined else None

    @property
    def seen(self) -> Ticket | None:
        """The same as the sender knows it: where it was merged into another, as their own (T21). Of machines a client's calendar alone does."""
        place, ticket = self.gathered.place, self.ticket
        return seen_from(place, ticket) if ticket and place and self.verdict.kind in _THEIRS else ticket


@dataclass(frozen=True, slots=True)
class Fault:
    """A step that failed for one mail, and why."""

    reason: str


def tried(step: Callable[[], Result]) -> Result | Fault:
    """One step for one mail. A fault of ours costs this mail a try, and no other mail anything."""
    try:
        return step()
    except DatabaseDown:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is: counted, told, quarantined after three tries
        return Fault(where(error))


def apart(mails: Sequence[Read], ours: Ours) -> Iterator[list[Read]]:
    """The mails in their order, in groups in which no mail can depend on another one's effect."""
    group: list[Read] = []
    traces: set[str] = set()
    for one in mails:
        found = one.traces(ours)
        if traces & found:
            yield group
            group, traces = [], set()
        group.append(one)
        traces |= found
    if group:
        yield group
