"""`postroom webhook`: what other programs are told, and did not take."""

from urllib.parse import urlsplit

import click

from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.output import Row, print_json, print_table
from store import events
from store.events import Waiting

NOTHING = Waiting(0, 0, "")


def show(option: str | None, *, as_json: bool) -> None:
    app = open_app(option)
    with app.database.read() as tx:
        found = events.waiting(tx)
    rows: list[Row] = [
        {
            "name": hook.name,
            # Its path and query may hold a secret.
            "host": urlsplit(hook.url).netloc,
            "events": list(hook.events),
            "waiting": found.get(hook.name, NOTHING).waiting,
            "given_up": found.get(hook.name, NOTHING).given_up,
            "reason": found.get(hook.name, NOTHING).reason,
        }
        for hook in app.config.webhooks
    ]
    if as_json:
        print_json(rows)
        return
    print_table(rows, tuple(rows[0]) if rows else (), zone=app.config.zone, empty="no webhook")


def again(option: str | None, name: str) -> None:
    app = open_app(option)
    if name not in {hook.name for hook in app.config.webhooks}:
        known = ", ".join(hook.name for hook in app.config.webhooks) or "none"
        raise Refused(f"there is no webhook {name}: the configuration names {known}")
    with app.database.write() as tx:
        number = events.again(tx, name, app.now())
    if not number:
        raise Refused(f"nothing was given up for {name}")
    click.echo(f"{number} {'event is' if number == 1 else 'events are'} due for {name}")
