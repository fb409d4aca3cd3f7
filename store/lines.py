"""What lists and pages show, as values; their names are the keys that scripts rely on (architecture.md). Holds values only."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime

NOBODY = "nobody"  # asks for the tickets that are assigned to no one: no address


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets. Empty asks for all."""

    statuses: tuple[str, ...] = ()  # keys
    open: bool | None = None
    ball: str = ""  # with whom it is
    mailbox: str = ""
    assigned: str = ""
    before: int | None = None  # only numbers below it
    search: str = ""  # a number, a tag, or words of the subject, the requester or the conversation


@dataclass(frozen=True, slots=True)
class WantedMails:
    """Which mails. Empty asks for all."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ticket: int | None = None
    id: int | None = None
    before: int | None = None  # older than the one with that id


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One of `postroom tickets`."""

    number: int
    subject: str
    status: str
    open: bool
    ball_with: str
    requester: str
    mailbox: str
    assigned_to: str
    created_at: datetime
    status_since: datetime
    due_at: datetime | None
    merged_into: int | None
    tags: tuple[str, ...]
    workflow: str
    priority: str
    category: str
    language: str
    client_replied: bool
    paused_until: datetime | None
    appointment: str  # how the client's calendar stands to it; "" for none


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of status. `from_` is `from` in JSON."""

    at: datetime
    from_: str
    to: str
    by: str
    because: tuple[str, ...]
    mail: int | None


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a conversation. `name` is cleaned, and may be empty; it is a text to show, never a path."""

    id: int
    name: str
    content_type: str
    size: int
    inline: bool
    mail: int | None
    outgoing: int | None
    position: int  # among those of its mail, from 0


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of a conversation. `outgoing` is the id in the outbox."""

    mail: int | None
    kind: str
    direction: str
    author: str
    at: datetime
    subject: str
    text: str
    visible_to: str
    because: tuple[str, ...]
    outgoing: int | None
    ticket: int  # whose conversation it is: this one's, or one's that was merged into it
    recipient: str = ""  # of an outgoing mail
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Someone:
    """A person on a ticket. Pending: staff have not let them in."""

    address: str
    role: str
    name: str
    pending: bool
    ticket: int  # as in Said


@dataclass(frozen=True, slots=True)
class Timers:
    """When something happens to a ticket by itself."""

    due_at: datetime | None
    reminded: bool
    until: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class LinkedIssue:
    """An issue of the engineers' tracker. `unheeded`: why its state leads nowhere on this ticket; "" where it does."""

    key: str
    url: str
    state: str
    at: datetime | None  # as of when its tracker has said so; None where it has said nothing yet
    unheeded: str
    ticket: int  # as in Said


@dataclass(frozen=True, slots=True)
class TicketPage:
    """One ticket, whole, with what was said on those that were merged into it."""

    ticket: TicketLine
    version: int
    history: tuple[Moved, ...]
    conversation: tuple[Said, ...]
    people: tuple[Someone, ...]
    timers: Timers
    merged: tuple[int, ...]  # the tickets that lead to it
    issues: tuple[LinkedIssue, ...]


@dataclass(frozen=True, slots=True)
class MailLine:
    """One of `postroom mails`."""

    id: int
    mailbox: str
    uid: int
    message_id: str
    sender: str
    subject: str
    received_at: datetime
    state: str
    kind: str
    because: tuple[str, ...]
    ticket: int | None
    reason: str
    no_answer: str
    attempts: int
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One of `postroom outbox`."""

    id: int
    ticket: int | None
    notice: str
    recipient: str
    subject: str
    message_id: str
    state: str
    attempts: int
    next_at: datetime | None
    last_answer: str
    reason: str
    queued_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Where all mails are. `fetched` is counted by itself, so that the sum proves something."""

    fetched: int
    on_tickets: int
    parked: int
    quarantined: int
    pending: int

    @property
    def even(self) -> bool:
        return self.fetched == self.on_tickets + self.parked + self.quarantined + self.pending


def as_json(value: object) -> object:
    """A line as JSON takes it: times in ISO 8601 UTC, a page's ticket in one object with its parts."""
    if isinstance(value, TicketPage):
        rest = {field.name: as_json(getattr(value, field.name)) for field in fields(value) if field.name != "ticket"}
        return {**_pairs(value.ticket), **rest}
    if is_dataclass(value):
        return _pairs(value)
    if isinstance(value, tuple):
        return [as_json(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _pairs(value: object) -> dict[str, object]:
    names = [field.name for field in fields(value)]  # type: ignore[arg-type]  # only dataclasses come here
    return {name.rstrip("_"): as_json(getattr(value, name)) for name in names}
