"""Offers: the words that fit a place of the command line, with what they mean. It reads, and never complains."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from classifier.verdict import Kind
from dashboard.programs import Scope
from outbound.outbox import State
from postroom import config
from postroom.app import App, open_app
from postroom.config import ConfigError
from postroom.line import one_line
from postroom.rules import KINDS
from postroom.verbs import Verb
from postroom.workflow_file import shipped
from store import issues, reports, tickets, tokens
from store.errors import DatabaseDown, SchemaMismatch
from store.incoming import MailState
from store.lines import Wanted
from workflow.machine import Status

MOST = 50  # tickets
LONGEST = 60  # characters of a meaning

Offer = tuple[str, str]
Given = Mapping[str, Any]  # what stands on the line already, by parameter


def offers(what: str, option: str | None, given: Given) -> list[Offer]:
    """The words of that name. None where configuration or database cannot be had: a Tab is no place for an error."""
    if what in FIXED:
        return [(word, "") for word in FIXED[what]]
    try:
        app = _app(option)
        found = list(KNOWN[what](app, given)) if app else []
    except (ConfigError, DatabaseDown, SchemaMismatch, OSError):
        return []
    return [(word, one_line(meaning)[:LONGEST]) for word, meaning in found]


def _app(option: str | None) -> App | None:
    """Only where there is a database and a key: a Tab makes none."""
    found = config.read(config.find(option, os.environ), os.environ)
    there = found.key_file.exists() and (found.database_file is None or found.database_file.exists())
    return open_app(option) if there else None


def _statuses(app: App, given: Given) -> Iterable[Offer]:
    """Keys, which no shell has to quote: those that the ticket may have next, or all."""
    number = given.get("number")
    found = _next(app, number) if number else [one for flow in app.workflows.values() for one in flow.statuses.values()]
    return {status.key: status.name for status in found}.items()


def _next(app: App, number: int) -> list[Status]:
    with app.database.read() as tx:
        ticket = tickets.ticket(tx, number)
    if ticket is None:
        return []
    known = app.workflow(ticket.workflow).statuses
    here = known.get(ticket.status)
    return [status for status in known.values() if here is None or status.key in here.moves]


def _tickets(app: App, _: Given) -> Iterable[Offer]:
    with app.database.read() as tx:
        return [(str(line.number), line.subject) for line in reports.tickets(tx, Wanted(open=True), MOST)]


def _issues(app: App, _: Given) -> Iterable[Offer]:
    with app.database.read() as tx:
        return [(one.key, one.state) for one in issues.newest(tx, MOST)]


def _states(app: App, _: Given) -> Iterable[Offer]:
    return [(state, "") for state in dict.fromkeys(word for flow in app.workflows.values() for word in flow.linked)]


def _staff(app: App, _: Given) -> Iterable[Offer]:
    return [(person.address, person.name) for person in app.config.settings.staff]


def _mailboxes(app: App, _: Given) -> Iterable[Offer]:
    return [(box.name, box.settings.address) for box in app.config.mailboxes]


def _tokens(app: App, _: Given) -> Iterable[Offer]:
    with app.database.read() as tx:
        return [(one.name, ",".join(one.scopes)) for one in tokens.every(tx)]


def _webhooks(app: App, _: Given) -> Iterable[Offer]:
    return [(hook.name, ",".join(hook.events)) for hook in app.config.webhooks]


def _sign_ins(app: App, _: Given) -> Iterable[Offer]:
    return [(name, one.authority.token_url) for name, one in app.config.oauth.items()]


FIXED: dict[str, Iterable[str]] = {
    "mail states": MailState,
    "outgoing states": State,
    "kinds": Kind,
    "corrections": KINDS,
    "languages": ("en", "de", "fr", "es"),
    "verbs": Verb,
    "scopes": Scope,
    "workflows": shipped(),
}
KNOWN: dict[str, Callable[[App, Given], Iterable[Offer]]] = {
    "statuses": _statuses,
    "tickets": _tickets,
    "issues": _issues,
    "issue states": _states,
    "staff": _staff,
    "mailboxes": _mailboxes,
    "tokens": _tokens,
    "webhooks": _webhooks,
    "sign-ins": _sign_ins,
}
