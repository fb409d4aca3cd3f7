"""Houses: providers of mailboxes that are known by their MX records, and how one signs in there. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from postroom.oauth.authority import Authority, google, microsoft

GUIDE = "docs/providers.md"


@dataclass(frozen=True, slots=True)
class Registered:
    """How a person signs in by OAuth: through an application that the team has registered there."""

    provider: str  # as [oauth.NAME] calls it
    authority: Callable[[str], Authority]  # for a tenant, "" where there are none
    tenant: bool
    secret: bool
    only: bool  # no password is taken


@dataclass(frozen=True, slots=True)
class House:
    """`servers`: host, port and tls by protocol. `sign_in`: what a person has to know, without the final stop."""

    name: str
    mx: tuple[str, ...]
    servers: Mapping[str, tuple[str, int, str]]
    sign_in: str
    oauth: Registered | None = None


MICROSOFT = Registered(
    "microsoft", lambda tenant: microsoft(tenant, application=False), tenant=True, secret=False, only=True
)
GOOGLE = Registered("google", lambda _: google(), tenant=False, secret=True, only=False)
HOUSES = (
    House(
        "Microsoft 365",
        ("protection.outlook.com", "mx.microsoft", "olc.protection.outlook.com"),
        {"IMAP": ("outlook.office365.com", 993, "implicit"), "SMTP": ("smtp.office365.com", 587, "starttls")},
        f"Microsoft 365 lets nobody in by a password, only by OAuth: {GUIDE} has each step",
        MICROSOFT,
    ),
    House(
        "Google",
        ("google.com", "googlemail.com"),
        {"IMAP": ("imap.gmail.com", 993, "implicit"), "SMTP": ("smtp.gmail.com", 465, "implicit")},
        "Google wants an app password, not the one of the account: https://myaccount.google.com/apppasswords"
        f" (or a sign-in by OAuth: {GUIDE})",
        GOOGLE,
    ),
    House(
        "AOL",
        ("mx-aol.mail.gm0.yahoodns.net",),
        {"IMAP": ("imap.aol.com", 993, "implicit"), "SMTP": ("smtp.aol.com", 465, "implicit")},
        "AOL wants an app password, not the one of the account: make one in the account's security settings",
    ),
    House(
        "Yahoo",
        ("yahoodns.net",),
        {"IMAP": ("imap.mail.yahoo.com", 993, "implicit"), "SMTP": ("smtp.mail.yahoo.com", 465, "implicit")},
        "Yahoo wants an app password, not the one of the account: make one in the account's security settings",
    ),
    House(
        "iCloud",
        ("mail.icloud.com",),
        {"IMAP": ("imap.mail.me.com", 993, "implicit"), "SMTP": ("smtp.mail.me.com", 587, "starttls")},
        "iCloud wants an app-specific password, made at https://account.apple.com, and for IMAP a user without what"
        " stands behind the @",
    ),
    House(
        "Fastmail",
        ("messagingengine.com",),
        {"IMAP": ("imap.fastmail.com", 993, "implicit"), "SMTP": ("smtp.fastmail.com", 465, "implicit")},
        "Fastmail wants an app password, not the one of the account: make one under Settings, Privacy & Security",
    ),
    House(
        "GMX",
        ("gmx.net",),
        {"IMAP": ("imap.gmx.net", 993, "implicit"), "SMTP": ("mail.gmx.net", 465, "implicit")},
        "GMX takes the password of the account, once IMAP is switched on in its settings",
    ),
    House(
        "WEB.DE",
        ("web.de",),
        {"IMAP": ("imap.web.de", 993, "implicit"), "SMTP": ("smtp.web.de", 587, "starttls")},
        "WEB.DE takes the password of the account, once IMAP is switched on in its settings",
    ),
)  # fmt: skip


def house_of(mx: Iterable[str], houses: Iterable[House] = HOUSES) -> House | None:
    """The one that takes a domain's mail, if it is a known one."""
    hosts = tuple(mx)
    return next((one for one in houses if any(below(host, name) for host in hosts for name in one.mx)), None)


def below(host: str, domain: str) -> bool:
    """Whether a host is the domain itself, or in it."""
    return host == domain or host.endswith(f".{domain}")
