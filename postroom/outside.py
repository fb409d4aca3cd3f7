"""Outside: what the configuration says of other programs: who signs what, who is told of tickets, who sees the metrics."""

from dataclasses import dataclass, field

from inbound.webhook import signing_key
from postroom import values
from postroom.password import Later, Passwords, kept_as
from postroom.secret import Secret
from postroom.settings import Settings, TrackerSettings, WebhookSettings
from postroom.source import ConfigError
from postroom.taking import Taker

SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """Another program that is told of tickets, and by what it knows us."""

    name: str
    url: str
    key: bytes = field(repr=False)
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outside(Taker):
    """Everything raises ConfigError."""

    settings: Settings
    passwords: Passwords

    def tracker_secret(self) -> Secret | None:
        return self._signing("tracker", self.settings.tracker)

    def webhooks(self) -> tuple[WebhookConfig, ...]:
        hooks = tuple(self._webhook(f"webhook[{n}]", one) for n, one in enumerate(self.settings.webhook))
        self.once("webhook[{}].name", [hook.name for hook in hooks], "that name: give each a name of its own")
        return hooks

    def metrics_token(self) -> Secret | None:
        at = kept_as(self.settings.web, "metrics_token")
        token = self.passwords.of("web", at, word="metrics_token")
        if token and not isinstance(token, Later) and len(token.reveal()) < SHORTEST_TOKEN:
            named = at.named.replace("password", "metrics_token")
            raise ConfigError(
                f"{self.source.of(f'web.{named}')}: shorter than {SHORTEST_TOKEN} characters: make a longer one"
            )
        return token

    def _webhook(self, key: str, given: WebhookSettings) -> WebhookConfig:
        name = self.take(f"{key}.name", given.name, values.plain)
        url = self.take(f"{key}.url", given.url, values.hook)
        secret = self._signing(key, given)
        if secret is None:
            raise self.source.missing(f"{key}.secret_file")
        key_ = b"" if isinstance(secret, Later) else signing_key(secret.reveal())
        return WebhookConfig(name, url, key_, tuple(dict.fromkeys(given.events)))

    def _signing(self, key: str, given: TrackerSettings | WebhookSettings) -> Secret | None:
        """A secret that deliveries are signed with."""
        at = kept_as(given, "secret")
        secret = self.passwords.of(key, at, word="secret")
        try:
            if secret and not isinstance(secret, Later):
                signing_key(secret.reveal())
        except ValueError as error:
            named = at.named.replace("password", "secret")
            raise ConfigError(f"{self.source.of(f'{key}.{named}')}: it cannot be used: {error}") from None
        return secret
