"""Passwords: finds the one for a server, wherever the configuration says that it is kept. It never prints one."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import IO, Protocol

from postroom.clock import monotonic
from postroom.secret import Secret, SecretError, open_to_everybody, read_credential, read_file
from postroom.source import ConfigError, Source

PLACES = ("password", "password_file", "password_credential", "password_command")
COMMAND_SECONDS = 30.0
MOST_BYTES = 64 * 1024  # of what a program prints: its first line counts


class Kept(Protocol):
    """Where a password may be said to be kept."""

    @property
    def password(self) -> Secret | None: ...
    @property
    def password_file(self) -> str: ...
    @property
    def password_credential(self) -> str: ...
    @property
    def password_command(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class KeptAs:
    """A secret whose keys have another word in them."""

    password: Secret | None
    password_file: str
    password_credential: str
    password_command: Sequence[str] = ()

    @property
    def named(self) -> str:
        """The key that says where it is."""
        return next(name for name in PLACES if getattr(self, name))


def kept_as(settings: object, word: str) -> KeptAs:
    """The secret that the settings call by that word."""
    return KeptAs(getattr(settings, word), getattr(settings, f"{word}_file"), getattr(settings, f"{word}_credential"))


class Later(Secret):
    """One that is looked for when it is needed, and by no command that needs none. `reveal` raises SecretError."""

    __slots__ = ()
    key = ""

    def __bool__(self) -> bool:
        return True


class Lent(Later):
    """What systemd gives to its service alone: commands by hand have to do without."""

    __slots__ = ("_name",)
    key = "password_credential"

    def __init__(self, name: str) -> None:
        super().__init__("")
        self._name = name

    def reveal(self) -> str:
        return read_credential("", self._name)


class Asked(Later):
    """What a password manager says when it is asked, once."""

    __slots__ = ("_command", "_folder")
    key = "password_command"

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        super().__init__("")
        self._command = command
        self._folder = folder

    def reveal(self) -> str:
        """Raises SecretError."""
        self._value = self._value or _sayable(Secret(ask(self._command, self._folder))).reveal()
        return self._value


def ask(command: Sequence[str], folder: Path, seconds: float = COMMAND_SECONDS) -> str:
    """The first line that a program prints. What else it says stays unsaid: it may hold the secret. Raises SecretError."""
    name = command[0]
    try:
        said, status = _run(command, folder, monotonic() + seconds)
    except (TimeoutError, TimeoutExpired):
        raise SecretError(f"{name} did not end within {seconds:g} s: it may have asked a question") from None
    except OverflowError:
        raise SecretError(
            f"{name} printed more than {MOST_BYTES // 1024} KiB: its first line is to be the secret"
        ) from None
    except (OSError, ValueError) as error:
        raise SecretError(f"{name} cannot be run: {getattr(error, 'strerror', None) or error}") from None
    if status:
        raise SecretError(f"{name} ended with status {status}: run it by hand")
    try:
        found = said.partition(b"\n")[0].rstrip(b"\r").decode()
    except UnicodeDecodeError:
        raise SecretError(f"{name} printed what is no text in UTF-8") from None
    if not found:
        raise SecretError(f"{name} printed nothing")
    return found


def _run(command: Sequence[str], folder: Path, until: float) -> tuple[bytes, int]:
    """What it prints, and its exit status. Raises OSError, ValueError; TimeoutError, TimeoutExpired: it was ended; OverflowError."""
    with Popen(command, cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as process:  # noqa: S603 - the operator's own words, and no shell reads them
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            return _printed(process.stdout, until), process.wait(max(0.0, until - monotonic()))
        except BaseException:
            process.kill()  # what it has started itself may live on, and is not waited for
            raise


def _printed(pipe: IO[bytes], until: float) -> bytes:
    """All of it. Raises TimeoutError; OverflowError: it is too much."""
    said = b""
    with DefaultSelector() as ready:
        ready.register(pipe, EVENT_READ)
        while len(said) <= MOST_BYTES:
            if not ready.select(max(0.0, until - monotonic())):
                raise TimeoutError
            more = os.read(pipe.fileno(), MOST_BYTES)
            if not more:
                return said
            said += more
    raise OverflowError


@dataclass(frozen=True, slots=True)
class Passwords:
    """`folder` is where relative files are meant from, `credentials` where systemd puts its own ("" if it does not).

    `lent` grows by a line for each credential that is not here.
    """

    source: Source
    folder: Path
    credentials: str
    lent: list[str] = field(default_factory=list)

    def of(self, key: str, at: Kept, joint: str = ".", word: str = "password") -> Secret | None:
        """The password of what stands below `key`, whose keys call it `word`; None where none is named. Raises ConfigError."""
        given = [f"{key}{joint}{name.replace('password', word)}" for name in PLACES if getattr(at, name)]
        if not given:
            return None
        if len(given) > 1:
            raise ConfigError(f"{self.source.of(given[0])} is given, and {given[1]}, too: keep one of them")
        try:
            found = self._kept(given[0], at)
            if isinstance(found, Lent):
                self.lent.append(f"{self.source.of(given[0])}: {self._missed(found, needed=joint != '.')}")
            return found if isinstance(found, Later) else _sayable(found)
        except SecretError as error:
            raise ConfigError(f"{self.source.of(given[0])}: {error}") from None

    def either(self, key: str, written: Secret, at: Kept) -> Secret | None:
        """The password that stands in the address `key` itself, or is kept beside it. Raises ConfigError."""
        beside = self.of(key, at, joint="_")
        if not written:
            return beside
        if beside:
            raise ConfigError(f"{self.source.of(key)} holds a password, and another one is kept elsewhere: keep one")
        try:
            return _sayable(self.written(key, written))
        except SecretError as error:
            raise ConfigError(f"{self.source.of(key)}: {error}") from None

    def _kept(self, key: str, at: Kept) -> Secret:
        if at.password_file:
            return Secret(read_file(self.folder / at.password_file))
        if at.password_command:
            return Asked(at.password_command, self.folder)
        if at.password_credential:
            if not self.credentials:
                return Lent(at.password_credential)
            return Secret(read_credential(self.credentials, at.password_credential))
        assert at.password is not None  # noqa: S101 - it is the one place that is left
        return self.written(key, at.password)

    def _missed(self, lent: Lent, *, needed: bool) -> str:
        """Why it is not here. Raises SecretError where nothing can be done without it: the database."""
        try:
            return lent.reveal()
        except SecretError as error:
            if needed:
                raise
            return str(error)

    def written(self, key: str, secret: Secret) -> Secret:
        """A secret that stands in the configuration itself. Raises SecretError where everybody may read the file."""
        if not self.source.variable(key) and open_to_everybody(self.source.path):
            raise SecretError(f"{self.source} can be read by everybody on this machine: chmod 600 {self.source}")
        return secret


def _sayable(secret: Secret) -> Secret:
    """Servers are told it on one line."""
    if not secret.reveal().isprintable():
        raise SecretError("there is a control character in it: leave it out")
    return secret
