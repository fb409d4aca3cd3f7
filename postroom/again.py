"""Again: a quarantined mail, or an outgoing mail that failed, once more from its start. For when what was wrong is mended."""

import re

from inbound.message import Address
from outbound.outbox import State
from postroom.acting import NotPossible
from postroom.answering import Answerer
from postroom.app import App
from postroom.post import Parent
from store import failed, outgoing, pending, tickets, unsubscribed
from store.chain import chain
from workflow.change import stay, tell

WHICH = re.compile(r"([mo])(\d{1,18})")


def again(app: App, which: str) -> str:
    """What was done, in one line. Raises NotPossible."""
    match = WHICH.fullmatch(which.lower())
    if not match:
        raise NotPossible(f'"{which}" is no id: m17 is a mail that came (postroom mails), o17 one that leaves (outbox)')
    return _mail(app, int(match[2])) if match[1] == "m" else _outgoing(app, int(match[2]))


def _mail(app: App, number: int) -> str:
    with app.database.write() as tx:
        if not pending.retry(tx, number):
            raise NotPossible(f"m{number} is not quarantined, or its bytes are forgotten: it cannot be processed again")
    return f"m{number} is pending again"


def _outgoing(app: App, number: int) -> str:
    at = app.now()
    with app.database.write() as tx:
        if unsubscribed.is_off(tx, number):
            raise NotPossible(f"o{number}: {unsubscribed.REASON}; postroom subscription puts them back")
        if outgoing.retry(tx, number, at):
            return f"o{number} is queued again, with the same bytes"
    with app.database.read() as tx:
        lost, unknown = failed.failed(tx, number), outgoing.is_unknown(tx, number)
    if unknown:
        raise NotPossible(f"o{number} may have arrived, and an acknowledgement or a digest is never sent twice")
    if lost is None:
        raise NotPossible(f"o{number} is not dead, held, retry, unknown or failed_render: only such a mail goes again")
    _render(app, lost)
    return f"o{number} is written and queued"


def _render(app: App, lost: failed.Failed) -> None:
    """The notice as it would be said now; its Message-ID is the one that it was to have."""
    at = app.now()
    with app.database.read() as tx:
        ticket = tickets.ticket(tx, lost.ticket)
        parent = Parent.last(chain(tx, lost.ticket))
    workflow = app.workflow(ticket.workflow) if ticket else None
    if ticket is None or workflow is None or lost.notice not in workflow.notices:
        raise NotPossible(f'o{lost.id}: the workflow has no notice "{lost.notice}" any more')
    notices = tell(lost.notice, workflow, Address(lost.recipient))
    (made,) = Answerer(app).written(notices, stay(ticket, workflow, ()), ticket, lost.cause, at, parent)[:1]
    if made.state is State.FAILED_RENDER:
        raise NotPossible(f"o{lost.id} still cannot be written: {made.reason}")
    with app.database.write() as tx:
        failed.mended(tx, lost.id, made.subject, made.raw, at)
