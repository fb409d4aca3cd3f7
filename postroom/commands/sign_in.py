"""`postroom sign-in`: a person lets postroom into a mailbox where no password does."""

import os
import sys
from threading import Event

import click

from inbound.bearer import NoToken
from postroom import clock, config
from postroom.cli import Refused
from postroom.config import Config
from postroom.oauth import browser, device
from postroom.oauth.access import Access, OAuth
from postroom.oauth.grant import Grant
from postroom.oauth.keeping import locked, save

PATIENCE = 600.0  # seconds


def sign_in(option: str | None, name: str, *, paste: bool) -> None:
    found = config.read(config.find(option, os.environ), os.environ)
    oauth = _named(found, name)
    try:
        if oauth.person:
            _keep(oauth, _asked(oauth, paste=paste))
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


def _asked(oauth: OAuth, *, paste: bool) -> Grant:
    """Raises NoToken."""
    if oauth.authority.device_url:
        code = device.begin(oauth)
        click.echo(f"Open {code.verification_uri} on any screen, type {code.user_code}, and sign in as the mailbox.")
        return device.finish(oauth, code, device.World(clock.now, clock.monotonic, Event().wait))
    if not oauth.authority.authorize_url:
        raise NoToken("it has neither a device_url nor an authorize_url: nobody can sign in there")
    listener = browser.Listener()
    attempt = browser.Attempt.at(listener.port)
    click.echo(f"Open this in a browser, and sign in as the mailbox:\n\n{attempt.url(oauth)}\n")
    if paste:
        click.echo("At the end the browser cannot open a page of 127.0.0.1: paste its address here.")
        address = sys.stdin.readline(10_000)
    else:
        address = listener.wait(PATIENCE, clock.monotonic)
    return browser.finish(oauth, attempt, attempt.code(address), clock.now())


def _keep(oauth: OAuth, grant: Grant) -> None:
    with locked(oauth.file):
        save(oauth.file, grant)
