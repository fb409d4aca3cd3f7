"""Entering: the link in a notice by which its client signs in, with no mail more. Staff, who may do more, have none."""

from datetime import datetime, timedelta
from functools import partial

from classifier.recipients import owns
from classifier.verdict import Ours
from dashboard.counter import Entrance
from inbound.message import Address, Message
from outbound.link import ENTRANCE, entrance, entrances, is_for, read_link
from postroom.app import App
from store import clicks, clients, identities, people, restored, tickets
from store.database import Transaction
from store.identities import same
from workflow.decision import Audience, Notice, Ticket

GOOD_FOR = timedelta(days=7)  # as the session that it begins


def page_of(app: App, notice: Notice, ticket: Ticket, at: datetime) -> str:
    """Where the client whom a notice tells of a ticket sees it; "" where no site is known."""
    site, reader = app.config.settings.public_url, notice.recipient.addr
    if not site or notice.audience is not Audience.CLIENT:
        return ""
    if app.member(reader) or not app.config.settings.web.sign_in_from_notices:
        return f"{site.rstrip('/')}/my/{ticket.number}"
    return entrance(app.keys, site, reader, at + GOOD_FOR, ticket)


def look(app: App, token: str) -> Entrance | None:
    """What such a link leads to; None for every other text, and where whose it is takes part in the ticket no more."""
    found = read_link(app.keys, ENTRANCE, token)
    if found is None or found.ticket is None or not app.config.settings.web.sign_in_from_notices:
        return None
    with app.database.read() as tx:
        who = next(filter(partial(is_for, app.keys, found), _addresses(tx, found.ticket)), "")
        ticket, back = tickets.ticket(tx, found.ticket), restored.point(tx)
        if ticket is None or app.member(who) or not _takes_part(tx, who, found.ticket):
            return None
        # An old backup does not know which links were used since.
        used = clicks.used_at(tx, token) is not None or (back is not None and found.expires - GOOD_FOR < back)
    return Entrance(who, found.ticket, ticket.language, found.expires, used)


def _addresses(tx: Transaction, number: int) -> list[str]:
    """Of whoever takes part, by whichever of their addresses."""
    known = people.addresses(tx, number)
    persons = identities.of(tx, [one.lower() for one in known])
    return [*known, *(one for of in known for one in same(persons, of.lower()))]


def spent(app: App, message: Message) -> frozenset[str]:
    """The tokens of such links that a mail brings back and that others have read.

    Who answers a notice to all sends its link along; who answers one that another got had it from them.
    """
    found = entrances(app.keys, message.text) | entrances(app.keys, message.html)
    writer = message.author.addr if message.author else ""
    if any(_is_anothers(one, message, app.config.ours) for one in (*message.to, *message.cc)):
        return frozenset(found)
    return frozenset(token for token, link in found.items() if not is_for(app.keys, link, writer))


def _is_anothers(named: Address, message: Message, ours: Ours) -> bool:
    writer = message.author.key if message.author else ""
    return named.key != writer and named.key not in ours.staff and not owns(ours.mailboxes, named.addr)


def _takes_part(tx: Transaction, who: str, number: int) -> bool:
    return bool(who) and number in clients.those_of(tx, clients.keys(tx, who), [number])
