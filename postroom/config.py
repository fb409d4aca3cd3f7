"""Config: one frozen value with all that the program needs to know. It is complete, or refused in one line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from classifier.verdict import Ours, ReportRule
from inbound.message import Address
from outbound.headers import addr_fault
from postroom.environment import overlay
from postroom.secret import Secret, SecretError, read_credential, read_file
from postroom.settings import Imap, MailboxSettings, Settings, Smtp

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS = {
    "imap": {"implicit": 993, "starttls": 143, "none": 143},
    "smtp": {"implicit": 465, "starttls": 587, "none": 25},
}
NAMED = re.compile(r"^\s*(.*?)\s*<([^<>]+)>\s*$")


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that names file, key, value and mend."""


@dataclass(frozen=True, slots=True)
class MailboxConfig:
    """A mailbox, complete: every default filled in."""

    name: str
    settings: MailboxSettings
    password: Secret
    port: int
    sender: Address
    workflow: str
    start: date | str  # "now", "all", or the first day


@dataclass(frozen=True, slots=True)
class Config:
    """All of the configuration, with defaults, secrets and time zone at hand. `folder` is where the file lies."""

    source: str
    folder: Path
    settings: Settings
    database: str
    zone: ZoneInfo
    team: str
    sender: Address
    ours: Ours
    mailboxes: tuple[MailboxConfig, ...]
    smtp_password: Secret | None
    smtp_port: int
    key_file: Path


def find(option: str | None, environment: Mapping[str, str]) -> Path:
    """The file to read: --config, else POSTROOM_CONFIG, else postroom.toml here."""
    return Path(option or environment.get("POSTROOM_CONFIG") or "postroom.toml")


def read(path: Path, environment: Mapping[str, str]) -> Config:
    """Reads file and environment. Raises ConfigError."""
    settings = _settings(path, environment)
    return _Reader(path.name, path.resolve().parent, settings).config()


def _settings(path: Path, environment: Mapping[str, str]) -> Settings:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return msgspec.convert(overlay(raw, environment), Settings, strict=False)
    except OSError as error:
        raise ConfigError(f"{path.name}: cannot be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(path, str(error))) from None
    except ValueError as error:
        raise ConfigError(f"{path.name}: {error}") from None


def _explain(path: Path, text: str) -> str:
    """What msgspec found, in the words of someone who writes TOML."""
    if not path.exists():
        return f"{path.name}: there is no such file here: write one (README.md shows it), or name it with --config"
    problem, _, place = text.partition(" - at `$")
    place = place.strip("`.")
    if match := re.fullmatch(r"Object (missing required|contains unknown) field `(\w+)`", problem):
        key = f"{place}.{match[2]}" if place else match[2]
        mend = "is missing: add it" if match[1] == "missing required" else "is no key of postroom: mend its spelling"
        return f"{path.name}: {key} {mend}"
    return f"{path.name}: {place or 'the file'}: {problem.replace('`', '')}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Completes settings: defaults that depend on other keys, secrets, addresses, dates."""

    source: str
    folder: Path
    settings: Settings

    def config(self) -> Config:
        s = self.settings
        sender = self.address("smtp.from", s.smtp.from_)
        for index, person in enumerate(s.staff):
            self.address(f"staff[{index}].address", person.address)
        if s.poll_interval_seconds <= 0:
            raise self.refuse("poll_interval_seconds", s.poll_interval_seconds, "write a number above 0")
        return Config(
            source=self.source,
            folder=self.folder,
            settings=s,
            database=self.database(),
            zone=self.zone(),
            team=s.team or sender.name or sender.addr,
            sender=sender,
            ours=_ours(s),
            mailboxes=self.mailboxes(sender),
            smtp_password=self.password("smtp.password", s.smtp),
            smtp_port=self.port("smtp", s.smtp),
            key_file=self.folder / s.secret_key_file,
        )

    def refuse(self, key: str, value: object, mend: str) -> ConfigError:
        return ConfigError(f'{self.source}: {key} is "{value}": {mend}')

    def address(self, key: str, value: str) -> Address:
        name, addr = match.groups() if (match := NAMED.match(value)) else ("", value.strip())
        if fault := addr_fault(addr):
            raise self.refuse(key, value, fault)
        return Address(addr=addr, name=name.strip('"'))

    def password(self, key: str, at: Imap | Smtp) -> Secret | None:
        try:
            if at.password_file:
                return Secret(read_file(self.folder / at.password_file))
            if at.password_credential:
                return Secret(read_credential(at.password_credential))
        except SecretError as error:
            raise ConfigError(f"{self.source}: {key}: {error}") from None
        return Secret(at.password) if at.password else None

    def port(self, key: str, at: Imap | Smtp) -> int:
        if at.tls == "none" and at.host not in LOOPBACK:
            raise self.refuse(f"{key}.tls", "none", f"{at.host} is not this machine: use implicit or starttls")
        if not 0 <= at.port < 65536:
            raise self.refuse(f"{key}.port", at.port, "a port is a number from 1 to 65535")
        return at.port or PORTS[key.rpartition(".")[2]][at.tls]

    def mailboxes(self, sender: Address) -> tuple[MailboxConfig, ...]:
        boxes = tuple(self.mailbox(index, box, sender) for index, box in enumerate(self.settings.mailbox))
        if not boxes:
            raise ConfigError(f"{self.source}: mailbox is missing: add a [[mailbox]] with role, address and imap")
        if len({box.name for box in boxes}) < len(boxes):
            raise ConfigError(f"{self.source}: two mailboxes have one name: give each [[mailbox]] a name of its own")
        return boxes

    def mailbox(self, index: int, box: MailboxSettings, sender: Address) -> MailboxConfig:
        key = f"mailbox[{index}]"
        own = self.address(f"{key}.address", box.address)
        for alias in box.aliases:
            self.address(f"{key}.aliases", alias)
        secret = self.password(f"{key}.imap.password", box.imap)
        if secret is None:
            raise ConfigError(f"{self.source}: {key}.imap.password_file is missing: name the file with the password")
        # Support answers as smtp.from; another role answers as its own address, under the same name.
        default = sender if box.role == "support" else Address(addr=own.addr, name=sender.name)
        return MailboxConfig(
            name=box.name or own.addr,
            settings=box,
            password=secret,
            port=self.port(f"{key}.imap", box.imap),
            sender=self.address(f"{key}.from", box.from_) if box.from_ else default,
            workflow=box.workflow or self.settings.workflow,
            start=self.start(f"{key}.start", box.start),
        )

    def start(self, key: str, value: str) -> date | str:
        if value in {"now", "all"}:
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.refuse(key, value, 'write "now", "all", or a date such as 2026-11-22') from None

    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.settings.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.refuse("timezone", self.settings.timezone, 'write one such as "America/Chicago"') from None

    def database(self) -> str:
        """A relative SQLite path is meant from where the file lies, wherever the program is started."""
        url = self.settings.database
        if not url.startswith("sqlite:///"):
            raise self.refuse("database", url, 'write "sqlite:///postroom.db", or the path of another file')
        return f"sqlite:///{self.folder / url.removeprefix('sqlite:///')}"


def _ours(settings: Settings) -> Ours:
    def of(role: str) -> frozenset[str]:
        return frozenset(
            one.lower() for box in settings.mailbox if box.role == role for one in (box.address, *box.aliases)
        )

    return Ours(
        support=of("support"),
        escalate=of("escalate"),
        staff=frozenset(person.address.lower() for person in settings.staff),
        authserv_ids=frozenset(one.lower() for one in settings.trusted_authserv_ids),
        forms=frozenset(one.lower() for one in settings.forms),
        reports=tuple(ReportRule(r.name, r.sender, r.subject, r.host) for r in settings.report),
    )
