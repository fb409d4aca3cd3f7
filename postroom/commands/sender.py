"""`postroom sender`: whose mail is spam, and whose never is, by staff's word."""

import click

from postroom import values
from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.output import Row, print_json, print_table
from postroom.commands.staff import author
from store import senders
from store.lines import as_json as plain
from store.senders import Sender

SAID = {"block": "is spam", "allow": "is never taken for spam"}


def say(option: str | None, party: str, what: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    whom = _party(party)
    ours = app.config.ours
    if what != "forget" and whom in ours.staff | ours.mailboxes | ours.forms:
        raise Refused(f"{whom} is one of yours")
    with app.database.write() as tx:
        if what == "forget":
            if not senders.forget(tx, whom):
                raise Refused(f"nothing was said of {whom}")
        else:
            senders.say(tx, Sender(whom, what == "block", who, app.now()))
    click.echo(f"mail of {whom} {SAID.get(what, 'is judged as any other')} from now on")


def show(option: str | None, *, as_json: bool) -> None:
    app = open_app(option)
    with app.database.read() as tx:
        found = senders.every(tx)
    rows: list[Row] = [
        {"sender": one.party, "said": "block" if one.blocked else "allow", "by": one.by, "said_at": plain(one.at)}
        for one in found
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(
            rows, ("sender", "said", "by", "said_at"), zone=app.config.zone, empty="nothing was said of anybody"
        )


def _party(text: str) -> str:
    """An address, or @domain. Raises Refused."""
    try:
        return values.party(senders.in_dns(text.strip()))
    except ValueError as error:
        raise Refused(f'"{text[:60]}" is neither an address nor @domain: {error}') from None
