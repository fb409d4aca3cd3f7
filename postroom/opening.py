"""Opening: staff write to a client first, and that makes a ticket. It enters by the same `apply` as all changes."""

from collections.abc import Callable

from postroom.acting import Done, NotPossible
from postroom.answering import Answerer, Words
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.post import Parent
from postroom.sendable import unsendable
from store import tickets
from store.database import Transaction
from store.effect import Effect
from workflow.act import Open
from workflow.after import opened
from workflow.decide import decide_opening


def open_ticket(
    app: App,
    deed: Open,
    box: MailboxConfig,
    words: Words,
    also: Callable[[Transaction, int], None] = lambda _tx, _number: None,
) -> tuple[int, Done]:
    """The ticket's number, and what followed. Raises NotPossible; then there is no ticket, and at most a gap in the numbers.

    `also` is written in the same transaction, beside the ticket of that number; what it raises undoes all of it.
    """
    if deed.client.key in app.config.ours.mailboxes:
        raise NotPossible(f"{deed.client.addr} is a mailbox of ours: name the client's address")
    with app.database.write() as tx:
        (number,) = tickets.numbers(tx, 1)
    at, workflow = app.now(), app.workflow(box.workflow)
    decision = decide_opening(deed, workflow, at, number=number)
    ticket = opened(decision, number, box.workflow, box.name, deed.subject, deed.client, at)
    outgoing = Answerer(app).answers(decision, ticket, f"act:{number}:0", at, Parent(), words)
    if reason := unsendable(app, outgoing):
        raise NotPossible(reason)
    status = workflow.statuses[decision.status]
    effect = Effect(
        at=at,
        by=deed.by,
        decision=decision,
        ticket=number,
        outgoing=outgoing,
        open=status.open,
        ball_with=status.ball,
        workflow=box.workflow,
        mailbox=box.name,
        subject=deed.subject,
        requester=deed.client,
    )
    with app.database.write() as tx:
        also(tx, number)
        tickets.apply(tx, effect, app.limits)
    return number, Done(decision, outgoing, workflow)
