"""Ticket, Notice, Decision: what is decided upon, and what is decided. Holds values only."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from inbound.message import Address
from workflow.act import Part
from workflow.machine import Nature
from workflow.meeting import Meeting


class Priority(StrEnum):
    """How soon a ticket matters."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Audience(StrEnum):
    """Whom a notice is for. What is written for staff never goes to a client (T20)."""

    CLIENT = "client"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the store keeps it. `version` counts its changes; times are aware, in UTC."""

    number: int
    workflow: str
    status: str
    subject: str
    requester: Address
    mailbox: str
    created_at: datetime
    status_since: datetime
    version: int = 1
    due_at: datetime | None = None  # when its timer does the next thing: reminds the client, or runs out
    reminded: bool = False  # the timer has reminded the client; next, it runs out
    until: datetime | None = None  # the date that staff set with the status
    paused_until: datetime | None = None  # an out-of-office note pauses the timer
    client_replied: bool = False  # the client wrote while the ball was not theirs
    silent: str = ""  # why its client hears nothing that goes out by itself: a machine, or a list, opened it
    priority: Priority = Priority.NORMAL
    category: str = ""
    assigned_to: str = ""
    merged_into: int | None = None
    tags: tuple[str, ...] = ()
    language: str = ""  # ISO 639-1, in which its client is written to; "" if unknown
    language_set: bool = False  # staff have chosen it: no mail changes it
    meeting: Meeting | None = None  # its appointment, the last one


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to be sent to one recipient; `render` makes it one."""

    name: str
    workflow: str
    nature: Nature
    audience: Audience
    recipient: Address

    @property
    def path(self) -> str:
        """Its folder below templates/mail."""
        return f"{self.workflow}/{self.name}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one mail, one timer or one act. A decision that changes nothing still says why."""

    because: tuple[str, ...]
    status: str = ""  # the ticket's status afterwards, a key; "" only when the mail is parked
    was: str = ""  # its status before; "" when the ticket is opened
    opens: bool = False
    parked: str = ""  # why the mail is read and filed on no ticket; "" when it is on one
    notices: tuple[Notice, ...] = ()
    due_at: datetime | None = None
    reminded: bool = False
    until: datetime | None = None
    paused_until: datetime | None = None
    client_replied: bool = False
    silent: str = ""
    priority: Priority = Priority.NORMAL
    assigned_to: str = ""
    people: tuple[tuple[Part, Address], ...] = ()  # who takes part from now on, or no more, because staff say so
    requester: Address | None = None  # whose request it is from now on, where staff say so
    language: str = ""
    language_set: bool = False
    meeting: Meeting | None = None
    calls: bool = False  # the mails to the client carry the appointment for their calendar
    category: str = ""  # of a ticket that is opened
    tags: tuple[str, ...] = ()
    taken_for: str = ""  # the choice that a client's words were taken for; its answer offers to take that back
    pending: bool = False  # the sender is new here: staff see the mail, the sender hears nothing of the ticket
    possibly: int | None = None  # a ticket that staff may want to look at
    refused: str = ""  # an act that is not done, and why
    forward: str = ""  # the team that gets a mail of it: the conversation where the ticket enters its status, else what the client wrote
    facts: tuple[tuple[str, str], ...] = field(default=())  # more for the templates

    @property
    def moved(self) -> bool:
        return bool(self.status) and self.status != self.was
