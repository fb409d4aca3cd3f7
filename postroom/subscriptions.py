"""Subscriptions: the links that take a reader off some of our mails or put them back, and what they and a command do. It decides on no mail."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from dashboard.click import Outcome
from dashboard.subscription import Subscription
from outbound.link import Link, is_for, link, read_link
from outbound.series import Series, series_of
from postroom.app import App
from store import people, tickets, unsubscribed
from workflow.decision import Notice, Ticket

OFF, ON = "off", "on"
OTHER = {OFF: ON, ON: OFF}
GOOD_FOR = timedelta(days=365)  # whoever finds an old mail of ours can still be rid of them


def leaving(app: App, notice: Notice, at: datetime, ticket: Ticket | None = None) -> str:
    """The address of the page that takes a mail's reader off its series; "" where it is of none, or no site is known.

    A client is known by the ticket. Whoever decides on escalations cannot be rid of them.
    """
    site, series, reader = app.config.settings.public_url, series_of(notice.nature, notice.name), notice.recipient.addr
    if not site or series is None or (series is Series.ESCALATED and reader in app.deciders):
        return ""
    return link(app.keys, site, f"{OFF}-{series}", reader, at + GOOD_FOR, ticket)


def is_turn(what: str) -> bool:
    """Whether a link of that name is one of these."""
    turn, _, series = what.partition("-")
    return turn in OTHER and series in set(Series)


def look(app: App, what: str, token: str) -> Subscription:
    """What a link would do now. Changes nothing."""
    turn, _, name = what.partition("-")
    series, nobodys = Series(name), Subscription(Outcome.NOBODYS, turn, name)
    found = read_link(app.keys, what, token)
    if found is None:
        return nobodys
    who, language = _reader(app, found, series)
    if not who:
        return nobodys
    if app.now() > found.expires:
        return Subscription(Outcome.EXPIRED, turn, series, language, who, found.expires.astimezone(app.config.zone))
    with app.database.read() as tx:
        since = unsubscribed.since(tx, who, series)
        ticket = tickets.ticket(tx, found.ticket) if found.ticket else None
    outcome = Outcome.USED if (since is None) is (turn == ON) else Outcome.ASKS
    other = link(app.keys, "", f"{OTHER[turn]}-{series}", who, app.now() + GOOD_FOR, ticket)
    at = since.astimezone(app.config.zone) if since else None
    return Subscription(outcome, turn, series, language, who, at, urlsplit(other).path)


def click(app: App, what: str, token: str) -> Subscription:
    """Does it. What is so already stays so, and is no error: a mail program may ask twice."""
    found = look(app, what, token)
    if found.outcome is not Outcome.ASKS:
        return found
    change(app, found.by, Series(found.series), found.turn, "a link in a mail")
    return replace(found, outcome=Outcome.DONE, at=None)


def change(app: App, who: str, series: Series, turn: str, by: str) -> bool:
    """Takes somebody off a series, or puts them back; whether that changed anything."""
    with app.database.write() as tx:
        if turn == OFF:
            return unsubscribed.leave(tx, who, series, app.now(), by)
        return unsubscribed.come_back(tx, who, series)


def off(app: App, wanted: list[str], series: Series) -> frozenset[str]:
    """Which of these addresses, in lower case, are off."""
    if not wanted:  # no transaction for nobody: there is one for each mail that comes in
        return frozenset()
    with app.database.read() as tx:
        return unsubscribed.among(tx, wanted, series)


def _reader(app: App, found: Link, series: Series) -> tuple[str, str]:
    """Address and language of the one for whom a link was made; "" where nobody here is that any more."""
    ours = partial(is_for, app.keys, found)
    if series is not Series.STATUS:
        return next((one.address for one in app.config.settings.staff if ours(one.address)), ""), ""
    with app.database.read() as tx:
        ticket = tickets.ticket(tx, found.ticket) if found.ticket else None
        those = people.addresses(tx, ticket.number) if ticket else []
    return next(filter(ours, those), ""), ticket.language if ticket else ""
