"""Effect: one change to a ticket, or one mail set aside, as it is to be written down. Holds values only."""

from dataclasses import dataclass, field
from datetime import datetime

from classifier.verdict import Verdict
from inbound.message import Address, Message
from outbound.outbox import Queued
from store.issues import Tracked
from workflow.decision import Decision, Ticket
from workflow.machine import Ball


@dataclass(frozen=True, slots=True)
class Returned:
    """The outgoing mail that a bounce is about, and for whom it was."""

    outgoing: int
    recipient_key: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows from one mail, one timer or one act: all of it is written, or nothing.

    `message` and `verdict` are there when a mail is the cause, and `mail` is its id. `ticket` is None when the
    mail is parked; `version` is the one that the decision was made on, None when the ticket is opened.
    """

    at: datetime
    by: str  # "mail:17", "timer", or the address of the one who acts
    decision: Decision
    ticket: int | None = None
    version: int | None = None
    mail: int | None = None
    message: Message | None = None
    verdict: Verdict | None = None
    returned: Returned | None = None  # the mail of ours that a bounce is about: Gathered.returned
    duplicate_of: int | None = None  # the mail of which this is another delivery: Evidence.duplicate_of
    again: bool = False  # the mail is on this ticket already, and staff have said what it is
    addresses: frozenset[str] = (
        frozenset()
    )  # all that its author is known to have, in lower case, where they are several
    of_us: bool = False  # its author has the address of one of us, proved or not: nobody of us takes part in a ticket
    place: int | None = None  # the merged ticket whose conversation it belongs to, and which leads to `ticket`
    through: int | None = (
        None  # the merged ticket whose client's mail has brought this about at `ticket`, where it leads
    )
    merges: Ticket | None = None  # from now on it leads to `ticket`
    parts: Ticket | None = None  # it was merged into `ticket`, and is one of its own again
    issue: Tracked | None = None  # it is linked to the ticket from now on, as it was seen, or no more where `unlinks`
    unlinks: bool = False
    spent: frozenset[str] = frozenset()  # tokens of links that others got to read with the mail
    then: "Effect | None" = None  # what follows for another ticket, as this one leaves it
    outgoing: tuple[Queued, ...] = ()
    note: str = ""  # what staff wrote for staff
    silent: bool = False  # it happened long ago: no other program is told of it

    # How the status stands in the workflow.
    open: bool = True
    ball_with: Ball = Ball.US

    # For a ticket that is opened. Subject and requester come from the mail where they are not given.
    workflow: str = ""
    mailbox: str = ""
    subject: str = ""
    requester: Address | None = None
    report_key: str = ""  # Gathered.report_key: repeats of the same report join this ticket
    others: tuple[Address, ...] = field(default=())  # Gathered.others: named in To and Cc

    @property
    def conversation(self) -> int | None:
        """The ticket that the mail, its people and its answers belong to: the one that its own evidence names."""
        return self.place or self.ticket

    @property
    def opens(self) -> bool:
        return self.version is None

    @property
    def author(self) -> Address | None:
        """The person behind the mail; None where there is no mail, or nobody is named."""
        if self.verdict is not None and self.verdict.sender is not None:
            return self.verdict.sender
        return self.message.author if self.message is not None else None
