"""Reading: [oauth.NAME] of the configuration, completed with what is known of its provider. It never asks anybody."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from postroom import values
from postroom.oauth.access import OAuth
from postroom.oauth.assertion import Account, account
from postroom.oauth.authority import Authority, google, microsoft
from postroom.oauth.certificate import Certificate, certificate
from postroom.password import Passwords, kept_as
from postroom.secret import SecretError, read_file
from postroom.settings import OAuthSettings
from postroom.source import ConfigError
from postroom.taking import Taker


@dataclass(frozen=True, slots=True)
class SignIns(Taker):
    """All of them, by name."""

    passwords: Passwords

    def all_of(self, given: dict[str, OAuthSettings]) -> dict[str, OAuth]:
        """Raises ConfigError."""
        found = {name: self._one(name, f"oauth.{name}", one) for name, one in given.items()}
        first: dict[Path, str] = {}
        for name, one in found.items():  # each would renew with what the other was given
            if (other := first.setdefault(one.file, name)) != name:
                mend = f"oauth.{other} keeps its own there: name another file"
                raise self.source.refuse(f"oauth.{name}.token_file", one.file.name, mend)
        return found

    def _one(self, name: str, key: str, given: OAuthSettings) -> OAuth:
        secret = self.passwords.of(key, kept_as(given, "client_secret"), word="client_secret")
        application = given.grant == "application"
        proof = self._certificate(key, given) if application and given.certificate_file else None
        of_account = application and not proof and (given.key_file or given.provider == "google")
        account = self._account(key, given) if of_account else None
        if application and secret is None and account is None and proof is None:
            raise self.source.missing(f"{key}.client_secret_file")
        if secret and proof:
            raise ConfigError(
                f"{self.source.of(f'{key}.certificate_file')} is given, and a client secret, too: keep one of them"
            )
        if (given.key_file or given.certificate_file) and not application:
            mend = 'a key_file is of an application or a service account: write "application"'
            raise self.source.refuse(f"{key}.grant", given.grant, mend)
        client, secret = ("", None) if account else (self._client(key, given), secret)
        ends = self.take(f"{key}.ends", given.ends, date.fromisoformat) if given.ends else None
        file = self.passwords.folder / (given.token_file or f"{name}.token")
        ends = proof.ends.date() if proof else ends
        return OAuth(name, self._authority(key, given), client, secret, file, not application, account, proof, ends)

    def _client(self, key: str, given: OAuthSettings) -> str:
        if not given.client_id:
            raise self.source.missing(f"{key}.client_id")
        return self.take(f"{key}.client_id", given.client_id, values.plain)

    def _account(self, key: str, given: OAuthSettings) -> Account:
        """A service account, as Google has them: its key lies in a file, and it acts for one mailbox."""
        for name in ("key_file", "subject"):
            if not getattr(given, name):
                raise self.source.missing(f"{key}.{name}")
        subject = self.take(f"{key}.subject", given.subject, values.plain)
        try:
            return account(read_file(self.passwords.folder / given.key_file), subject)
        except (SecretError, ValueError) as error:
            raise ConfigError(f"{self.source.of(f'{key}.key_file')}: {error}") from None

    def _certificate(self, key: str, given: OAuthSettings) -> Certificate:
        """An application's own, and the key to it, which may lie in the same file."""
        public, private = given.certificate_file, given.key_file or given.certificate_file
        try:
            own = read_file(self.passwords.folder / private)
            shown = own if public == private else (self.passwords.folder / public).read_text("ascii")
            return certificate(shown, own)
        except OSError as error:
            raise ConfigError(
                f"{self.source.of(f'{key}.certificate_file')}: {public} cannot be read: {error.strerror}"
            ) from None
        except (SecretError, ValueError) as error:
            raise ConfigError(f"{self.source.of(f'{key}.certificate_file')}: {error}") from None

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
            return google()
        return Authority("", "")
