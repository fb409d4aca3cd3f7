"""`postroom subscription`: who is off which mails; somebody is taken off, or put back."""

import click

from outbound.series import Series
from postroom import subscriptions
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.address import one_address
from postroom.commands.output import Row, print_json, print_table
from postroom.commands.staff import author, member
from store import unsubscribed
from store.lines import as_json as shown

COLUMNS = ("person", "series", "off_since", "by")


def listing(option: str | None, *, as_json: bool) -> None:
    app = open_app(option)
    with app.database.read() as tx:
        rows: list[Row] = [
            {"person": one.person, "series": one.series, "off_since": shown(one.at), "by": one.by}
            for one in unsubscribed.everybody(tx)
        ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, COLUMNS, zone=app.config.zone, empty="nobody is off any mails")


def change(option: str | None, address: str, turn: str, series: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    reader, wanted = _reader(app, address, Series(series)), Series(series)
    changed = subscriptions.change(app, reader, wanted, turn, who)
    again = "" if changed else " already"
    sent = "gets no more" if turn == subscriptions.OFF else "gets"
    click.echo(f"{reader} {sent} {wanted} mails{again}")


def _reader(app: App, address: str, series: Series) -> str:
    if series is Series.STATUS:
        return one_address(address, "ADDRESS").addr
    person = member(app, address).address
    if series is Series.ESCALATED and person in app.deciders:
        raise Refused(f"{person} decides on escalations: make somebody else a manager first")
    return person
