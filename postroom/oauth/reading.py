"""Reading: [oauth.NAME] of the configuration, completed with what is known of its provider. It never asks anybody."""

from dataclasses import dataclass
from datetime import date

from postroom import values
from postroom.oauth.access import OAuth
from postroom.oauth.authority import Authority, google, microsoft
from postroom.password import Passwords, kept_as
from postroom.settings import OAuthSettings
from postroom.taking import Taker


@dataclass(frozen=True, slots=True)
class SignIns(Taker):
    """All of them, by name."""

    passwords: Passwords

    def all_of(self, given: dict[str, OAuthSettings]) -> dict[str, OAuth]:
        """Raises ConfigError."""
        return {name: self._one(name, f"oauth.{name}", one) for name, one in given.items()}

    def _one(self, name: str, key: str, given: OAuthSettings) -> OAuth:
        secret = self.passwords.of(key, kept_as(given, "client_secret"), word="client_secret")
        application = given.grant == "application"
        if application and secret is None:
            raise self.source.missing(f"{key}.client_secret_file")
        self.take(f"{key}.client_id", given.client_id, values.plain)
        ends = self.take(f"{key}.ends", given.ends, date.fromisoformat) if given.ends else None
        file = self.passwords.folder / (given.token_file or f"{name}.token")
        return OAuth(name, self._authority(key, given), given.client_id, secret, file, not application, ends)

    def _authority(self, key: str, given: OAuthSettings) -> Authority:
        known = self._provider(key, given)
        for name in ("token_url", "device_url", "authorize_url"):
            if url := getattr(given, name):
                self.take(f"{key}.{name}", url, values.hook)
        found = Authority(
            given.token_url or known.token_url,
            given.scope or known.scope,
            given.device_url or known.device_url,
            given.authorize_url or known.authorize_url,
        )
        if not found.token_url:
            raise self.source.missing(f"{key}.provider")
        return found

    def _provider(self, key: str, given: OAuthSettings) -> Authority:
        if given.provider == "microsoft":
            if not given.tenant:
                raise self.source.missing(f"{key}.tenant")
            tenant = self.take(f"{key}.tenant", given.tenant, values.plain)
            return microsoft(tenant, application=given.grant == "application")
        if given.provider == "google":
            if given.grant == "application":
                mend = "Google lets applications in by service accounts, which are not supported: write person"
                raise self.source.refuse(f"{key}.grant", given.grant, mend)
            return google()
        return Authority("", "")
