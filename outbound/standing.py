"""Standing: how the team's work stands when a digest is written. Holds values only; the store finds them, `digest` says them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from workflow.decision import Ticket

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Some(Generic[Row]):
    """The first few of them, and how many there are in all."""

    rows: tuple[Row, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket, and since when the ball is where it is."""

    ticket: Ticket
    since: datetime


@dataclass(frozen=True, slots=True)
class Unheeded:
    """A ticket that stayed where it was when an issue that it is linked to changed its state, and why."""

    ticket: Ticket
    why: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """A mail that does not go on by itself. Whoever it came from or is for, and why; its ticket if it has one."""

    id: int
    who: str
    subject: str
    state: str
    why: str
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A mailbox that cannot be read."""

    mailbox: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How the ledger and a mailbox last compared. `there`: mails on the server; `wrong`: a sentence for each difference.

    `junk`: mails that had come to its folder of spam since the day before; `strays`: folders that are not read, and how many mails
    to us of these days lie there that were never read ("2 in Archive").
    """

    mailbox: str
    at: datetime
    there: int
    wrong: tuple[str, ...]
    junk: int = 0
    strays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What a period brought. `came` is the sum of the four behind it; `parked` by kind of mail, the most first."""

    came: int = 0
    on_tickets: int = 0
    parked: tuple[tuple[str, int], ...] = ()
    quarantined: int = 0
    pending: int = 0
    answers: int = 0
    opened: int = 0
    closed: int = 0  # and not opened again since; reports count each close
    withheld: tuple[tuple[str, int], ...] = ()  # by which limit, and how many answers were not sent, the most first


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a digest tells of. No ticket is two of these: a newcomer's, escalated, waiting; the other groups may share some."""

    escalated: Some[Case] = Some()  # and those whose client answered, which moved nothing
    waiting: Some[Case] = Some()  # for us, the longest first
    closing: Some[Case] = Some()  # a timer ends soon, the soonest first
    new: Some[Case] = Some()  # opened in the period and open, the newest first
    quarantined: Some[Stuck] = Some()
    failed: Some[Stuck] = Some()
    held: tuple[tuple[str, int], ...] = ()  # why, and how many outgoing mails rest until staff let them go
    outages: tuple[Outage, ...] = ()
    tally: Tally = Tally()
    unheeded: Some[Unheeded] = Some()  # in the period, the newest first
    thanked: Some[Case] = Some()  # closed, and in the period its client wrote what left it so: thanks
    newcomers: Some[Case] = Some()  # in the period somebody wrote who hears nothing until staff let them in
    reconciled: tuple[Reconciled, ...] = ()
    chores: tuple[str, ...] = ()  # what has to be mended outside of mail, in a line each
