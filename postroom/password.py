"""Passwords: finds the one for a server, wherever the configuration says that it is kept. It never prints one."""

from dataclasses import dataclass
from pathlib import Path

from postroom.secret import Secret, SecretError, open_to_everybody, read_credential, read_file
from postroom.settings import Imap, Smtp
from postroom.source import ConfigError, Source

PLACES = ("password", "password_file", "password_credential")


@dataclass(frozen=True, slots=True)
class Passwords:
    """`folder` is where relative files are meant from, `credentials` where systemd puts its own ("" if it does not)."""

    source: Source
    folder: Path
    credentials: str

    def of(self, key: str, at: Imap | Smtp) -> Secret | None:
        """The password of the server below `key`; None where none is named. Raises ConfigError."""
        given = [f"{key}.{name}" for name in PLACES if getattr(at, name)]
        if not given:
            return None
        if len(given) > 1:
            raise ConfigError(f"{self.source.of(given[0])} is given, and {given[1]}, too: keep one of them")
        try:
            return _sayable(self._kept(given[0], at))
        except SecretError as error:
            raise ConfigError(f"{self.source.of(given[0])}: {error}") from None

    def _kept(self, key: str, at: Imap | Smtp) -> Secret:
        if at.password_file:
            return Secret(read_file(self.folder / at.password_file))
        if at.password_credential:
            return Secret(read_credential(self.credentials, at.password_credential))
        if not self.source.variable(key) and open_to_everybody(self.source.path):
            raise SecretError(f"{self.source} can be read by everybody on this machine: chmod 600 {self.source}")
        assert at.password is not None  # noqa: S101 - it is the one place that is left
        return at.password


def _sayable(secret: Secret) -> Secret:
    """Servers are told it on one line."""
    if not secret.reveal().isprintable():
        raise SecretError("there is a control character in it: leave it out")
    return secret
