"""Registering: what a first run asks and opens where a house lets people in by OAuth. It keeps what it got in memory alone."""

from dataclasses import dataclass, field
from pathlib import Path

import click
import msgspec

from inbound.bearer import NoToken
from postroom import values
from postroom.first.asking import Asker
from postroom.first.houses import Registered
from postroom.oauth.access import OAuth
from postroom.oauth.flow import flow
from postroom.oauth.grant import Grant
from postroom.secret import Secret


@dataclass(frozen=True, slots=True)
class Application:
    """One that the team has registered at a provider. `tenant` and `secret` are "" where the provider wants none."""

    provider: str
    client_id: str
    tenant: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """A person has signed in: `[oauth.NAME]` as it is to be written, with what was given."""

    name: str
    application: Application
    grant: Grant = field(repr=False)

    def __call__(self, _refused: str = "") -> str:
        """The access token: it was given a moment ago, so that a server that refuses it has reasons to tell."""
        return self.grant.access

    @property
    def secrets(self) -> dict[str, str]:
        """The files to be kept, by their names."""
        found = {f"{self.name}.token": msgspec.json.encode(self.grant).decode()}
        return found | ({f"{self.name}.secret": self.application.secret} if self.application.secret else {})


def registered(asker: Asker, at: Registered, domain: str) -> Application:
    """The application, as a person names it. Raises click.Abort."""
    tenant = asker.ask("tenant", "Tenant (its id, or a domain of yours)", domain, values.plain) if at.tenant else ""
    client = asker.ask("client-id", "Application (client) id", None, values.plain)
    secret = asker.secret("Client secret (not shown)") if at.secret else ""
    return Application(at.provider, client, tenant, secret)


def signed(asker: Asker, at: Registered, application: Application, name: str) -> Signed | None:
    """Opens the sign-in until it works; None where the person gives up. Raises click.Abort."""
    authority = at.authority(application.tenant)
    secret = Secret(application.secret) if application.secret else None
    oauth = OAuth(name, authority, application.client_id, secret, Path(), person=True)
    elsewhere = not authority.device_url and not asker.confirm("Is your browser on this machine?", default=True)
    while True:
        try:
            return Signed(name, application, flow(oauth, click.echo, _pasted if elsewhere else None))
        except NoToken as error:
            asker.say(f"  {error}")
        if not asker.confirm("Sign in again?", default=True):
            return None


def _pasted() -> str:
    return Asker().ask("", "Its address", None, str)
