"""The shape of postroom.toml, key by key. Types and defaults only; `config` reads, completes and refuses."""

from typing import Literal

from msgspec import Struct, field

from postroom.secret import Secret

Tls = Literal["implicit", "starttls", "none"]


class Imap(Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach a mailbox."""

    host: str
    user: str
    port: int = 0  # 993, or 143 with STARTTLS
    tls: Tls = "implicit"
    password: Secret | None = None
    password_file: str = ""
    password_credential: str = ""
    password_command: list[str] = []
    oauth: str = ""  # the name of a sign-in, in place of a password
    ca_file: str = ""


class Smtp(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """How mail leaves. Without a user it is handed over without a sign-in."""

    host: str
    from_: str
    port: int = 0  # 587 with STARTTLS, 465 with TLS, 25 without
    tls: Tls = "starttls"
    user: str = ""
    password: Secret | None = None
    password_file: str = ""
    password_credential: str = ""
    password_command: list[str] = []
    oauth: str = ""
    ca_file: str = ""
    connections: int = 8


class MailboxSettings(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """One mailbox that is read."""

    role: Literal["support", "escalate"]
    address: str
    imap: Imap
    name: str = ""  # how tickets and the ledger call it; the address, if empty
    aliases: list[str] = []
    workflow: str = ""
    from_: str = ""
    folder: str = "INBOX"
    folders: list[str] = []  # others that are read like it, e.g. of a filter
    processed_folder: str = "Processed"
    sent_folder: str = ""  # what staff send from it is read there: its name, or "auto"
    sent_copy: bool = False  # what goes out from it to clients is put there, too
    junk_folder: str = "auto"  # what lies there is counted: its name, "auto", or "" for none
    start: str = "now"  # "now", "all", or a date, which may have a time
    reply_token: Literal["plus", "off"] = "plus"  # noqa: S105 - a word, no secret


class StaffSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A person of the team."""

    address: str
    aliases: list[str] = []  # other addresses that they write from
    name: str = ""
    roles: list[Literal["agent", "manager", "admin"]] = field(default_factory=lambda: ["agent"])
    digest: str = ""  # "daily 08:00", "weekdays 08:00", or "" for none
    digest_of: Literal["team", "own"] = "team"
    weekly: str = ""  # "monday 08:00", or "" for none
    notify: list[Literal["new", "replied", "escalated", "assigned"]] = []  # what they hear of at once


class ReportSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A machine's report that opens a ticket, e.g. of a nightly job. What is empty matches everything."""

    name: str
    sender: str = ""
    subject: str = ""
    header: str = ""  # "Name: pattern"
    host: str = ""
    status: str = ""  # the key of the status that its ticket is opened in, in place of the workflow's
    category: str = ""
    repeats: Literal["join", "new"] = "join"


class RuleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What mails that fit all of it are taken for, before every rule of ours. What is empty matches everything."""

    kind: str  # "person", or a machine's kind
    name: str = ""  # what it is called in reasons; what it names, if empty
    sender: str = ""
    subject: str = ""
    phrase: str = ""


class LookSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Requests that somebody has to look at first. What is empty matches everything."""

    status: str  # the key of the status that their ticket is opened in, in place of the workflow's
    name: str = ""  # what it is called in reasons; what it names, if empty
    sender: str = ""
    subject: str = ""
    phrase: str = ""
    category: str = ""


class CalendarSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The days and hours in which the team works; timers of a workflow name it."""

    days: list[str] = field(default_factory=lambda: ["monday", "tuesday", "wednesday", "thursday", "friday"])
    hours: str = "00:00-24:00"
    country: str = ""  # ISO 3166-1, whose public holidays are free
    subdivision: str = ""  # ISO 3166-2, without the country
    holidays: list[str] = []  # more of them: "2026-12-24", or "12-24" in every year


class WebSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the pages are served."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 8420  # 0: any that is free
    metrics_token: Secret | None = None  # what brings /metrics from elsewhere; without one, this machine alone
    metrics_token_file: str = ""
    metrics_token_credential: str = ""
    undo_seconds: int = 20  # in which staff can take back what they sent from a page; 0: it leaves at once
    sign_in_from_notices: bool = True  # whether the link in a notice signs its client in, without another mail
    organisations: list[str] = []  # domains of clients who see a list of all requests of their organisation
    api_requests_minute: int = 120  # that are taken from one token of another program
    trusted_proxies: list[str] = []  # whose word on who asks is believed: addresses, or networks such as 10.0.0.0/8


class TrackerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The engineers' tracker: the secret that its deliveries are signed with. Without one none are taken."""

    secret: Secret | None = None
    secret_file: str = ""
    secret_credential: str = ""


class WebhookSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Another program that is told what has become of tickets."""

    name: str
    url: str
    secret: Secret | None = None
    secret_file: str = ""
    secret_credential: str = ""
    events: list[Literal["ticket.opened", "ticket.moved", "ticket.changed"]] = field(
        default_factory=lambda: ["ticket.opened", "ticket.moved", "ticket.changed"]
    )


class OAuthSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign-in where no password does. Addresses and scope are those of the provider, or your own."""

    client_id: str = ""
    provider: Literal["microsoft", "google", ""] = ""
    grant: Literal["person", "application"] = "person"
    tenant: str = ""  # at Microsoft
    client_secret: Secret | None = None
    client_secret_file: str = ""
    client_secret_credential: str = ""
    certificate_file: str = ""  # of an application, in place of its secret
    key_file: str = ""  # of the certificate, if it does not lie in the same file; or of a service account, in place of client id and secret
    subject: str = ""  # the mailbox that it acts for
    token_file: str = ""  # where what was given is kept; the sign-in's name with .token, if empty
    ends: str = ""  # the day on which the client secret ends: staff are told two weeks before
    token_url: str = ""
    device_url: str = ""
    authorize_url: str = ""
    scope: str = ""


class RetentionSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How long what is kept; 0: for ever."""

    machine_mail_days: int = 90  # the bytes of mail that is on no ticket
    quarantine_days: int = 90  # the bytes of mail that could not be processed
    staff_mail_days: int = 90  # the bytes of notices, digests and alerts
    closed_ticket_days: int = 730  # what was said on a ticket, after it was closed


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All of postroom.toml."""

    mailbox: list[MailboxSettings]
    smtp: Smtp
    workflow: str = "courseleaf"
    database: str = "sqlite:///postroom.db"
    database_password: Secret | None = None
    database_password_file: str = ""
    database_password_credential: str = ""
    secret_key_file: str = "postroom.key"  # noqa: S105 - the name of a file
    public_url: str = ""
    web: WebSettings = WebSettings()
    tracker: TrackerSettings = TrackerSettings()
    webhook: list[WebhookSettings] = []
    oauth: dict[str, OAuthSettings] = {}
    retention: RetentionSettings = RetentionSettings()
    timezone: str = "UTC"
    team: str = ""  # how the team signs; the name in smtp.from, if empty
    staff: list[StaffSettings] = []
    report: list[ReportSettings] = []
    rule: list[RuleSettings] = []
    first_look: list[LookSettings] = []
    calendar: dict[str, CalendarSettings] = {}  # by the names that timers know them by
    forward: dict[str, str] = {}  # addresses of other teams, by the name that a status forwards to
    tell_colleagues: Literal["answers", "all", "nothing"] = "answers"  # what who takes part hears beside the requester
    timers: dict[str, int | str] = {}  # days of a timer by the key of its status, in place of the workflow's
    limits: dict[str, int] = {}  # names and defaults: store.limits.Limits
    known_clients: list[str] = []  # addresses, or @domain: outside the limit for everybody
    trusted_authserv_ids: list[str] = []
    spam_headers: list[str] = []  # "Name: pattern", of spam filters that are believed
    forms: list[str] = []  # addresses of web forms that write in a client's name
    language: str = "en"  # of mails to clients whose own is not known
    answer_within: str | dict[str, str] = (
        ""  # the promise in acknowledgements: "one working day", or one for each language
    )
    templates: str = ""  # a folder whose files stand before ours
    poll_interval_seconds: float = 60.0
    lease_seconds: float = 40.0  # on PostgreSQL: a run that is silent so long is taken for dead
