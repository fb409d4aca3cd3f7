"""`postroom sign-in`: a person lets postroom into a mailbox where no password does."""

import os
import sys

import click

from inbound.bearer import NoToken
from postroom import clock, config
from postroom.cli import Refused
from postroom.config import Config
from postroom.oauth.access import Access, OAuth
from postroom.oauth.flow import flow
from postroom.oauth.grant import Grant
from postroom.oauth.keeping import locked, save


def sign_in(option: str | None, name: str, *, paste: bool) -> None:
    found = config.read(config.find(option, os.environ), os.environ)
    oauth = _named(found, name)
    try:
        if oauth.person:
            _keep(oauth, flow(oauth, click.echo, _pasted if paste else None))
        else:
            Access(oauth, clock.now)()
    except NoToken as error:
        raise Refused(str(error)) from None
    who = "signed in" if oauth.person else "the application is let in"
    click.echo(f"{oauth.name}: {who}; kept in {oauth.file}. Now: postroom check")


def _named(found: Config, name: str) -> OAuth:
    """Raises Refused."""
    if not name and len(found.oauth) == 1:
        return next(iter(found.oauth.values()))
    if name not in found.oauth:
        known = ", ".join(found.oauth) or "none: add [oauth.NAME] (docs/providers.md)"
        raise Refused(f"there is no sign-in {name}: the configuration names {known}" if name else f"say which: {known}")
    return found.oauth[name]


def _keep(oauth: OAuth, grant: Grant) -> None:
    with locked(oauth.file):
        save(oauth.file, grant)


def _pasted() -> str:
    return sys.stdin.readline(10_000)
