"""Server: where a mailbox is and how to log in there. It checks its values when it is made; it never connects."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from inbound.bearer import Token
from inbound.down import BadArgument

# A line break in an argument starts a new command (CVE-2025-15366): none of these is ever sent (S41).
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NoPassword(Exception):
    """Whoever was asked for the password does not say it; one line that says why."""


class Tls(StrEnum):
    IMPLICIT = "implicit"  # from the first byte (RFC 8314 §3)
    STARTTLS = "starttls"  # mandatory when chosen
    NONE = "none"  # loopback only


@dataclass(frozen=True, slots=True)
class Server:
    """Raises BadArgument when a value must not be used. All times are in seconds."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str = field(repr=False)  # "" where there is a token in its place, or somebody to ask
    ca_file: str | None = None  # PEM; instead of the system's authorities
    connect_seconds: float = 30.0  # name, TCP, TLS and greeting together
    command_seconds: float = 60.0  # one command, until its last byte
    fetch_seconds: float = (
        300.0  # one batch of mails, at most 8 MiB by what the server announced; of a larger mail each 8 MiB
    )
    token: Token | None = field(default=None, repr=False)
    ask: Callable[[], str] | None = field(
        default=None, repr=False
    )  # for the password, at each login; raises NoPassword

    def __post_init__(self) -> None:
        plain("host", self.host)
        plain("user", self.user)
        if self.token is None and self.ask is None:
            plain("password", self.password, shown="********")
        if not 0 < self.port < 65536:
            raise BadArgument(f"port: {self.port}: it must be from 1 to 65535")
        if self.tls is Tls.NONE and not is_loopback(self.host):
            raise BadArgument(
                f'tls: "none" is for this machine only, not for {self.host}: use "implicit" or "starttls"'
            )


def plain(name: str, value: str, shown: str | None = None) -> str:
    """The value itself, fit to be sent as an argument. Raises BadArgument if it is not; `shown` stands for a secret."""
    if not value:
        raise BadArgument(f"{name}: it must not be empty")
    if _CONTROL.search(value) or not _encodes(value):
        raise BadArgument(f"{name}: {shown or ascii(value)}: control characters cannot be sent")
    return value


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or its address alone: nothing is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _encodes(value: str) -> bool:
    """A lone surrogate (bytes of an odd environment variable) has no UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
