"""Queued and its outcomes: what leaves, and what became of it. Pure; it never sends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outbound.file import File
from workflow.machine import Nature

TAKEN_BACK = "taken back"  # the reason of a dead one that its author did not want to leave: it never does


class State(StrEnum):
    """Where an outgoing mail stands. Who moves it on is said beside each."""

    QUEUED = "queued"  # deliver claims it
    SENDING = "sending"  # its claimer, or the end of its lease
    SENT = "sent"  # nobody; a bounce may still come
    RETRY = "retry"  # deliver, when next_at has come
    UNKNOWN = "unknown"  # settle: once more with the same bytes, or never (acknowledgements, digests)
    BOUNCED = "bounced"  # nobody
    DEAD = "dead"  # staff: postroom retry
    HELD = "held"  # staff: postroom retry; an acknowledgement, the end of its time
    FAILED_RENDER = "failed_render"  # staff: mend the template, postroom retry


@dataclass(frozen=True, slots=True)
class Queued:
    """An outgoing mail, rendered to its final bytes. `cause` with notice and recipient is unique."""

    cause: str  # "mail:17", "act:…", "timer:1042:…"
    ticket: int | None
    notice: str
    nature: Nature
    recipient: str  # addr-spec
    sender: str  # envelope sender, addr-spec, or "" for the null sender
    subject: str
    message_id: str
    raw: bytes  # empty when it failed to render
    state: State = State.QUEUED
    reason: str = ""  # why it is held, or failed to render
    echo: str = ""  # hash of the subject of the mail that it answers: the same is not answered twice in 24 h
    echo_text: str = ""  # and of its text
    files: tuple[File, ...] = ()  # that `raw` holds
    after: datetime | None = None  # not to be sent before then
    invites: bool = False  # whether it holds an invitation, or takes one back


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process may send now. `fence` proves it when the outcome is recorded."""

    id: int
    fence: int
    attempts: int  # this one included
    queued_at: datetime
    nature: Nature
    recipient: str
    sender: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it."""

    answer: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Not accepted, for now."""

    answer: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Lost between the final dot and the answer: nobody can tell whether it was accepted."""

    answer: str


@dataclass(frozen=True, slots=True)
class Dead:
    """Refused for good."""

    answer: str


@dataclass(frozen=True, slots=True)
class Held:
    """Not offered to the server, which does not take such a mail: it waits for staff."""

    answer: str


Outcome = Sent | Retry | Unknown | Dead | Held
