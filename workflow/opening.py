"""What follows from a mail that joins no ticket: it opens one, or is parked. Pure look-up; it never asks what a mail is."""

from dataclasses import dataclass, replace
from datetime import datetime

from classifier.verdict import Kind, Verdict
from inbound.message import Address
from workflow.change import due, park, tell
from workflow.decision import Decision, Notice, Priority, Ticket
from workflow.machine import Move, Workflow

# What never opens a ticket, and why (architecture.md, "What opens a ticket").
PARKED = {
    Kind.BULK: "a mailing list or newsletter opens no ticket",
    Kind.SPAM: "spam opens no ticket",
    Kind.RECEIPT: "a receipt that belongs to no ticket",
    Kind.BOUNCE: "a bounce that belongs to no ticket",
    Kind.AUTO_REPLY: "a robot's answer that belongs to no ticket",
    Kind.DUPLICATE: "another delivery of a mail that is here already",
    Kind.OWN_MAIL: "our own mail: it came back, or is no answer to a client",
}


@dataclass(frozen=True, slots=True)
class Door:
    """What a ticket would be opened as: its number, and the mailbox and person that it comes from."""

    number: int
    mailbox: str
    sender: Address | None


def open_ticket(verdict: Verdict, workflow: Workflow, now: datetime, door: Door) -> Decision:
    """A new ticket, or the mail parked."""
    if verdict.kind in PARKED:
        return park(PARKED[verdict.kind])
    if verdict.of_staff and verdict.kind is Kind.OUT_OF_OFFICE:
        return park("an absence of one of us opens no ticket")
    move = _first(verdict, workflow)
    status = workflow.statuses[move.to]
    return Decision(
        because=(
            f'{verdict.kind} in {door.mailbox} opens #{door.number} as "{status.name}"',
            *((verdict.said,) if verdict.said else ()),
            *((verdict.look.because,) if verdict.look and status.key == verdict.look.status else ()),
            *_unproved(verdict),
            *withheld(move, verdict),
        ),
        status=status.key,
        opens=True,
        notices=answer(move, workflow, verdict, door.sender),
        due_at=due(status, now),
        silent=verdict.silent,
        priority=Priority.HIGH if verdict.kind is Kind.ESCALATION else Priority.NORMAL,
        category=verdict.report.category if verdict.report else verdict.look.category if verdict.look else "",
        tags=(move.tag,) if move.tag else (),
        possibly=verdict.possibly,
    )


def open_next(old: Ticket, opened: Decision) -> Decision:
    """The new ticket of a reply that came too late for the old one."""
    ended = f"#{old.number} was closed too long ago to be reopened"
    linked = (("linked_to", str(old.number)),)
    return replace(opened, because=(ended, *opened.because), possibly=old.number, facts=linked)


def answer(move: Move, workflow: Workflow, verdict: Verdict, client: Address | None) -> tuple[Notice, ...]:
    """The notice of a move that a mail caused, where the mail may be answered."""
    return tell(move.client, workflow, client) if verdict.answer else ()


def withheld(move: Move, verdict: Verdict) -> tuple[str, ...]:
    """Why the answer that belongs to a move is not sent."""
    return (f"not answered: {verdict.no_answer}",) if move.client and not verdict.answer else ()


def _unproved(verdict: Verdict) -> tuple[str, ...]:
    """The ticket that a mail names without a right to it: for staff to look at."""
    return (f"possibly about #{verdict.possibly}, which its sender takes no part in",) if verdict.possibly else ()


def _first(verdict: Verdict, workflow: Workflow) -> Move:
    """A client's reply to no ticket is a new one's first mail; what else the workflow leaves out is not answered.

    A configured report may name another status; it goes to nobody. So may a rule for requests. A workflow that has no such status says itself.
    """
    if verdict.report and verdict.report.status in workflow.statuses:
        return Move(verdict.report.status)
    kind = Kind.NEW_TICKET if verdict.kind is Kind.CLIENT_REPLY else verdict.kind
    move = workflow.opens.get(kind, Move(workflow.initial))
    if verdict.look and verdict.look.status in workflow.statuses:
        return replace(move, to=verdict.look.status)  # the client hears that we have it, and of nothing else
    return move
