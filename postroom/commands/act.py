"""`postroom set`, `reopen`, `reply`, `assign`, `requester`, `language` and `retry`: what a person does from the command line."""

from collections.abc import Sequence
from datetime import date, datetime

import click

from classifier.recipients import owns
from postroom import acting
from postroom.again import again
from postroom.answering import NOTHING, Words
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.address import one_address
from postroom.commands.attach import attach
from postroom.commands.staff import author, member
from postroom.commands.text import read_text
from postroom.commands.told import told
from postroom.forwarding import unaddressed
from store import tickets
from workflow.act import Act, Assign, Reopen, Reply, SetRequester, SetStatus, Speak
from workflow.machine import REPLY
from workflow.moment import moment


def set_status(option: str | None, number: int, status: str, note: str, until: str, say: str, by: str) -> None:
    app = open_app(option)
    who, name = author(app, by)
    given = _given(until, app) if until else None
    deed = SetStatus(status, who, note, given, says=bool(say.strip()))
    done = _done(app, number, deed, Words(say.strip(), name, note=note))
    nobody = unaddressed(app, done.decision)
    now_in = done.workflow.statuses.get(done.decision.status)
    heard = told(done.outgoing, done.withheld) + (f"; {nobody}" if done.decision.moved and nobody else "")
    click.echo(f"{_named(number, done)} is now in {now_in.name if now_in else done.decision.status}{heard}")


def reopen(option: str | None, number: int, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    done = _done(app, number, Reopen(who, f"{who}: the client's last mail counts as a reply"))
    now_in = done.workflow.statuses[done.decision.status]
    click.echo(f"{_named(number, done)} is now in {now_in.name}{told(done.outgoing, done.withheld)}")


def reply(option: str | None, number: int, path: str, attached: Sequence[str], by: str) -> None:
    app = open_app(option)
    who, name = author(app, by)
    done = _done(app, number, Reply(who), Words(read_text(path), name, attach(attached)))
    for mail in done.outgoing:
        if mail.notice == REPLY:
            click.echo(f"#{number}: the answer to {mail.recipient} is queued")


def assign(option: str | None, number: int, address: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    to = member(app, address).address if address else ""
    done = _done(app, number, Assign(to, who))
    click.echo(f"{_named(number, done)} is assigned to {to or 'nobody'}")


def requester(option: str | None, number: int, address: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    client = one_address(address, "ADDRESS")
    if owns(app.config.ours.mailboxes, client.addr):
        raise Refused(f"{client.addr} is our own: our answers would come back to us")
    done = _done(app, number, SetRequester(client, who))
    click.echo(f"the requester of {_named(number, done)} is {client.addr}: answers go there from now on")


def language(option: str | None, number: int, code: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    wanted = code.strip().lower()
    with app.database.read() as tx:
        ticket = tickets.ticket(tx, number)
    there = app.renderer.languages(app.workflow(ticket.workflow)) if ticket else []
    if wanted and there and wanted not in there:
        raise Refused(f'"{code}" is no language that its mails can be written in: they are {", ".join(there)}')
    _done(app, number, Speak(wanted, who))
    click.echo(f"#{number}: its client is written to in {wanted or 'the language of their mails'}")


def retry(option: str | None, which: str) -> None:
    app = open_app(option)
    try:
        click.echo(again(app, which))
    except acting.NotPossible as error:
        raise Refused(str(error)) from None


def _named(number: int, done: acting.Done) -> str:
    """The ticket to which it was done."""
    return f"#{done.merged_into}, into which #{number} was merged," if done.merged_into else f"#{number}"


def _done(app: App, number: int, deed: Act, words: Words = NOTHING) -> acting.Done:
    try:
        return acting.act(app, number, deed, words)
    except acting.NotPossible as error:
        raise Refused(str(error)) from None


def _given(text: str, app: App) -> datetime | date:
    """A day, or a moment; one that names no zone is meant in the team's."""
    try:
        return moment(text, app.now(), app.config.zone)
    except ValueError as error:
        raise Refused(f"--until: {error}") from None
