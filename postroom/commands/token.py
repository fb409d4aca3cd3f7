"""`postroom token`: what other programs sign in with."""

import re
import secrets
from datetime import timedelta

import click

from dashboard.programs import Scope
from outbound.wording import short
from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.output import Row, print_json, print_table
from postroom.commands.staff import member
from store import tokens
from store.lines import as_json as plain
from store.tokens import Token

PREFIX = "postroom_"  # by which a leaked one is found
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def new(option: str | None, name: str, owner: str, scopes: str, days: int) -> None:
    app = open_app(option)
    if not _NAME.fullmatch(name):
        raise Refused(f'"{name}" is no name for a token: write up to 40 letters, digits, dots and dashes, such as crm')
    person, now = member(app, owner), app.now()
    made = Token(name, person.address.lower(), _scopes(scopes), now, now + timedelta(days=days))
    secret = PREFIX + secrets.token_urlsafe(32)
    with app.database.write() as tx:
        if not tokens.make(tx, made, secret):
            raise Refused(f"there is a token {name} already: revoke it first, or choose another name")
    click.echo(secret)
    until = short(made.expires.astimezone(app.config.zone))
    click.echo(
        f"token {name} is for {', '.join(made.scopes)}, in the name of {person.address}, until {until}; it is shown this once",
        err=True,
    )


def show(option: str | None, *, as_json: bool) -> None:
    app = open_app(option)
    with app.database.read() as tx:
        found = tokens.every(tx)
    rows: list[Row] = [
        {
            "name": one.name,
            "owner": one.owner,
            "scopes": list(one.scopes),
            "made_at": plain(one.at),
            "expires_at": plain(one.expires),
            "used_at": plain(one.used_at),
            "state": "no owner" if app.member(one.owner) is None else "expired" if one.expires <= app.now() else "good",
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("name", "owner", "scopes", "made_at", "expires_at", "used_at", "state")
    print_table(rows, columns, zone=app.config.zone, empty="no token")


def revoke(option: str | None, name: str) -> None:
    app = open_app(option)
    with app.database.write() as tx:
        if not tokens.revoke(tx, name):
            known = ", ".join(one.name for one in tokens.every(tx)) or "none"
            raise Refused(f"there is no token {name}: those that there are: {known}")
    click.echo(f"token {name} is good for nothing any more")


def _scopes(text: str) -> tuple[str, ...]:
    """Raises Refused."""
    words = dict.fromkeys(word.strip() for word in text.split(","))
    for word in words:
        if word not in set(Scope):
            raise Refused(f'"{word}" is no scope: name some of {",".join(Scope)}')
    return tuple(scope for scope in Scope if scope in words)
