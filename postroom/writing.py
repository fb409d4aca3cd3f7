"""Writing: what a client writes on the page of their ticket becomes an entry of its conversation, as a mail of theirs would."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from inbound.message import Address, Message
from postroom import noticing
from postroom.acting import Done, NotPossible, changed, family, settled
from postroom.app import App
from postroom.forwarding import passed_on
from postroom.house import House
from store import tickets
from store.database import Transaction
from workflow.act import Write
from workflow.after import after
from workflow.decide import decide_action
from workflow.merging import seen_from, unseen
from workflow.writing import as_reply


def write(app: App, number: int, who: Address, text: str, also: Callable[[Transaction], None]) -> Done:
    """Keeps it, and tells us. `who`: as the ticket knows them. Raises NotPossible, and what `also` raises; then nothing has changed."""
    return settled(f"#{number}", partial(_write, app, number, who, text, also))


def _write(app: App, number: int, who: Address, text: str, also: Callable[[Transaction], None]) -> Done:
    at = app.now()
    named, ticket, _ = family(app, number)
    workflow = app.workflow(ticket.workflow)
    seen = ticket if named is ticket else seen_from(named, ticket)
    decision = decide_action(seen, Write(who.addr), workflow, at)
    if decision.refused:
        raise NotPossible(decision.refused)
    stands, cause = after(seen, decision, at), f"page:{number}:{ticket.version}"
    outgoing = (
        *passed_on(app, decision, stands, cause, at, text, tuple),
        *House(app).to_staff(noticing.of_page(app, who, text, stands), stands, cause, at),
    )
    if named is not ticket:
        decision = unseen(decision, ticket)
    effect = replace(
        changed(ticket, decision, workflow, at, by=who.addr, outgoing=outgoing),
        message=Message("", "", len(text.encode()), from_=(who,), subject=named.subject, text=text),
        verdict=as_reply(who.addr, number),
        place=None if named is ticket else number,
    )
    with app.database.write() as tx:
        also(tx)
        tickets.apply(tx, effect, app.limits)
    return Done(decision, outgoing, workflow)
