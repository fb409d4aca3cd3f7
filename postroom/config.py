"""Config: one frozen value with all that the program needs to know. It is complete, or refused in one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import asdict

from classifier.verdict import Ours
from inbound.message import Address
from outbound.server import is_loopback
from postroom import clock, toml, values
from postroom.box import Folders, MailboxConfig
from postroom.calendars import Calendars
from postroom.lists import Lists
from postroom.oauth.access import OAuth
from postroom.oauth.reading import SignIns
from postroom.ours import ours
from postroom.outside import Outside, WebhookConfig
from postroom.password import Passwords, kept_as
from postroom.schedule import Schedule
from postroom.secret import Secret
from postroom.settings import Imap, MailboxSettings, Settings, Smtp, StaffSettings
from postroom.source import ConfigError, NoConfig, Source
from postroom.taking import Taker
from workflow.calendar import Calendar

PORTS = {
    "imap": {"implicit": 993, "starttls": 143, "none": 143},
    "smtp": {"implicit": 465, "starttls": 587, "none": 25},
}
MOST_CONNECTIONS = 32
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Config:
    """All of the configuration, with defaults, secrets and time zone at hand. `folder` is where the file lies."""

    source: Source
    folder: Path
    settings: Settings
    database: str  # its address, without the password
    database_password: Secret | None
    zone: ZoneInfo
    calendars: dict[str, Calendar]
    team: str
    sender: Address
    ours: Ours
    mailboxes: tuple[MailboxConfig, ...]
    smtp_password: Secret | None
    smtp_port: int
    tracker_secret: Secret | None  # that deliveries of the engineers' tracker are signed with; None: none are taken
    metrics_token: Secret | None  # who brings it sees the metrics; None: this machine alone
    oauth: Mapping[str, OAuth]  # sign-ins, by name
    webhooks: tuple[WebhookConfig, ...]
    key_file: Path
    digests: tuple[tuple[StaffSettings, Schedule], ...]  # who gets one, and when
    weeks: tuple[tuple[StaffSettings, Schedule], ...]  # the same of the week's
    lent: tuple[str, ...] = ()  # secrets that systemd gives to the service alone, and that are not here

    @property
    def site(self) -> str:
        """Where the pages are, for a mail that is about nothing else: from outside, or on this machine."""
        web = self.settings.web
        return self.settings.public_url.rstrip("/") or f"http://{web.host}:{web.port}"

    @property
    def copied(self) -> frozenset[str]:
        """The mailboxes whose outgoing mail is put into their folder of sent mail."""
        return frozenset(box.name for box in self.mailboxes if box.settings.sent_copy)

    @property
    def promises(self) -> Mapping[str, str]:
        """What acknowledgements promise, by language; one that stands alone is in the language of the team."""
        said = self.settings.answer_within
        return {self.settings.language: said} if isinstance(said, str) else said

    @property
    def smtp_name(self) -> str:
        """Which server takes our mail."""
        return f"{self.settings.smtp.host}:{self.smtp_port}"

    @property
    def database_file(self) -> Path | None:
        """The file of SQLite; None where a server keeps the database."""
        sqlite = self.database.startswith(values.SQLITE)
        return Path(self.database.removeprefix(values.SQLITE)) if sqlite else None


def find(option: str | None, environment: Mapping[str, str]) -> Path:
    """The file to read: --config, else POSTROOM_CONFIG, else postroom.toml here."""
    return Path(option or environment.get("POSTROOM_CONFIG") or toml.DEFAULT)


def read(path: Path, environment: Mapping[str, str]) -> Config:
    """Reads file and environment. Raises ConfigError; NoConfig where there is neither."""
    source, settings = toml.settings(path, environment)
    try:
        clock.offset_seconds()
    except ValueError as error:
        raise ConfigError(str(error)) from None
    folder = path.resolve().parent
    passwords = Passwords(source, folder, environment.get("CREDENTIALS_DIRECTORY", ""))
    sign_ins = SignIns(source, passwords).all_of(settings.oauth)
    return _Reader(source, folder, settings, passwords, sign_ins).config()


@dataclass(frozen=True, slots=True)
class _Reader(Taker):
    """Completes settings: defaults that depend on other keys, secrets, addresses, dates. Everything raises ConfigError."""

    folder: Path
    settings: Settings
    passwords: Passwords
    sign_ins: Mapping[str, OAuth]

    def config(self) -> Config:
        s = self.settings
        sender = self.take("smtp.from", s.smtp.from_, values.address)
        boxes = self.mailboxes(sender)
        lists = Lists(self.source, s)
        lists.prove()
        outside = Outside(self.source, s, self.passwords)
        self.take("poll_interval_seconds", s.poll_interval_seconds, values.interval)
        self.take("lease_seconds", s.lease_seconds, values.interval)
        self.take("smtp.connections", s.smtp.connections, partial(values.between, lowest=1, highest=MOST_CONNECTIONS))
        self.web()
        for name, days in asdict(s.retention).items():
            self.take(f"retention.{name}", days, partial(values.between, lowest=0, highest=MOST_DAYS))
        database, database_password = self.database()
        zone = self.take("timezone", s.timezone, values.zone)
        return Config(
            source=self.source,
            folder=self.folder,
            settings=s,
            database=database,
            database_password=database_password,
            zone=zone,
            calendars=Calendars(self.source, zone).of(s.calendar),
            team=self.take("team", s.team, partial(values.plain, empty=True)) or sender.name or sender.addr,
            sender=sender,
            ours=ours(s, tuple((box.name, box.sender.addr.lower()) for box in boxes if box.untagged)),
            mailboxes=boxes,
            smtp_port=self.server("smtp", s.smtp),
            smtp_password=self.smtp_password(),
            oauth=self.sign_ins,
            tracker_secret=outside.tracker_secret(),
            metrics_token=outside.metrics_token(),
            webhooks=outside.webhooks(),
            key_file=self.folder / s.secret_key_file,
            digests=tuple(lists.digests()),
            weeks=tuple(lists.weeks()),
            lent=tuple(self.passwords.lent),
        )

    def web(self) -> None:
        s = self.settings
        if s.public_url:
            self.take("public_url", s.public_url, values.site)
        self.take("web.host", s.web.host, values.plain)
        self.take("web.port", s.web.port, partial(values.between, lowest=0, highest=65535))
        self.take("web.undo_seconds", s.web.undo_seconds, partial(values.between, lowest=0, highest=50))
        self.each("web.organisations[{}]", s.web.organisations, values.organisation)
        self.each("web.trusted_proxies[{}]", s.web.trusted_proxies, values.network)

    def database(self) -> tuple[str, Secret | None]:
        """Its address without a password, and the password, wherever it is kept."""
        s = self.settings
        try:
            address, written = values.database(self.folder, s.database)
        except ValueError as error:
            # The address of a database may hold a password: all behind its kind stays unsaid.
            shown = s.database if s.database.startswith(values.SQLITE) else f"{s.database.partition(':')[0]}:…"
            raise self.source.refuse("database", shown, str(error)) from None
        kept = self.passwords.either("database", Secret(written), kept_as(s, "database_password"))
        return address, kept

    def server(self, key: str, at: Imap | Smtp) -> int:
        """The port of a server whose other values can be used."""
        self.take(f"{key}.host", at.host, values.plain)
        self.take(f"{key}.user", at.user, partial(values.plain, empty=isinstance(at, Smtp)))
        if at.tls == "none" and not is_loopback(at.host):
            mend = f"{at.host} is not this machine: write implicit or starttls"
            raise self.source.refuse(f"{key}.tls", at.tls, mend)
        if at.ca_file:
            self.take(f"{key}.ca_file", at.ca_file, lambda name: values.authorities(self.folder / name))
        port = self.take(f"{key}.port", at.port, partial(values.between, lowest=0, highest=65535))
        return port or PORTS[key.rpartition(".")[2]][at.tls]

    def secret(self, key: str, at: Imap | Smtp) -> Secret | None:
        """The password of a server, empty where there is a sign-in in its place; None where nothing is named."""
        secret = self.passwords.of(key, at)
        if not at.oauth:
            return secret
        if secret:
            raise ConfigError(f"{self.source.of(f'{key}.oauth')} is given, and a password, too: keep one of them")
        if at.oauth not in self.sign_ins:
            known = ", ".join(self.sign_ins) or "none"
            raise self.source.refuse(f"{key}.oauth", at.oauth, f"name one of [oauth.NAME]: {known}")
        return Secret("")

    def smtp_password(self) -> Secret | None:
        secret, user = self.secret("smtp", self.settings.smtp), self.settings.smtp.user
        if (secret is not None) is not bool(user):
            raise self.source.missing("smtp.user" if secret else "smtp.password_file")
        return secret

    def mailboxes(self, sender: Address) -> tuple[MailboxConfig, ...]:
        boxes = tuple(self.mailbox(f"mailbox[{n}]", box, sender) for n, box in enumerate(self.settings.mailbox))
        if not boxes:
            raise self.source.missing("mailbox")
        self.once("mailbox[{}].name", [box.name for box in boxes], "that name: give each a name of its own")
        return boxes

    def mailbox(self, key: str, box: MailboxSettings, sender: Address) -> MailboxConfig:
        own = self.take(f"{key}.address", box.address, values.address)
        self.each(f"{key}.aliases[{{}}]", box.aliases, values.address)
        Folders(self.source).prove(key, box)
        port = self.server(f"{key}.imap", box.imap)
        secret = self.secret(f"{key}.imap", box.imap)
        if secret is None:
            raise self.source.missing(f"{key}.imap.password_file")
        # Support answers as smtp.from; another role answers as its own address, under the same name.
        default = sender if box.role == "support" else Address(addr=own.addr, name=sender.name)
        return MailboxConfig(
            name=self.take(f"{key}.name", box.name, partial(values.plain, empty=True)) or own.addr,
            settings=box,
            password=secret,
            port=port,
            sender=self.take(f"{key}.from", box.from_, values.address) if box.from_ else default,
            workflow=box.workflow or self.settings.workflow,
            start=self.take(f"{key}.start", box.start, values.start),
        )


__all__ = ["Config", "ConfigError", "MailboxConfig", "NoConfig", "find", "read"]
