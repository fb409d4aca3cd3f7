"""Counter: what the pages of clients may do, as acts: the same that their mails and the links in ours do."""

from datetime import timedelta
from functools import partial

from dashboard.counter import WRITE, Counter, NotTheirs, TooLate, TooMany, Wish
from dashboard.desk import Stale
from inbound.message import Address
from postroom import entering
from postroom.acting import NotPossible, act, family
from postroom.app import App
from postroom.house import House
from postroom.writing import write
from store import clients, outbox
from store.clients import TheirTicket
from store.database import Transaction
from workflow.act import Choose
from workflow.choosing import offered
from workflow.machine import Choice

HOUR, MOST = timedelta(hours=1), 20  # what somebody may write on one ticket: each tells us by mail


def counter(app: App) -> Counter:
    """What is lent to the pages."""
    return Counter(
        partial(_mail_link, app),
        partial(_grant, app),
        partial(entering.look, app),
        app.config.settings.language,
        tuple(app.workflows.values()),
        app.config.promises,
        frozenset(one.strip().lower() for one in app.config.settings.web.organisations),
    )


def _mail_link(app: App, address: str, secret: str, language: str) -> None:
    at = app.now()
    queued = House(app).sign_in_client(address, f"{app.config.site}/sign-in/{secret}", at, language)
    with app.database.write() as tx:
        for mail in queued:
            outbox.queue(tx, mail, app.limits, at)


def _grant(app: App, address: str, wish: Wish) -> bool:
    with app.database.read() as tx:
        found = _theirs(tx, address, wish.number)
    also = partial(_unchanged, address, wish)
    try:
        if wish.what == WRITE:
            _prove_few(app, wish.number)
            write(app, wish.number, Address(found.address), wish.text, also)
            return True
        ticket, choice = found.ticket, Choice(wish.what)
        if not found.decides:
            raise NotTheirs
        with app.database.read() as tx:
            also(tx)  # what is not offered any more is not, as a rule, because something happened
        if choice not in offered(ticket, app.workflow(ticket.workflow)):
            raise TooLate
        several = bool(family(app, wish.number)[2])
        deed = Choose(choice, found.address, ticket.status, ticket.status_since, several)
        leads = app.workflow(ticket.workflow).choices[choice].to
        # Where others are merged with it, what would close it is heard, and closes nothing.
        return act(app, wish.number, deed, also=also).decision.moved or not (several and leads)
    except NotPossible as error:
        raise TooLate(str(error)) from None


def _prove_few(app: App, number: int) -> None:
    with app.database.read() as tx:
        if clients.written(tx, number, app.now() - HOUR) >= MOST:
            raise TooMany


def _theirs(tx: Transaction, address: str, number: int) -> TheirTicket:
    found = clients.their_ticket(tx, clients.keys(tx, address), number)
    if found is None:
        raise NotTheirs
    return found


def _unchanged(address: str, wish: Wish, tx: Transaction) -> None:
    """Raises Stale where the ticket is not what the page showed; in the transaction that would change it."""
    if _theirs(tx, address, wish.number).mark != wish.seen:
        raise Stale
