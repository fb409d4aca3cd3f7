"""Server: which SMTP server takes our mail, and how long we wait for it. Holds values only; it never connects."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from ipaddress import ip_address

from inbound.bearer import Token


class Tls(StrEnum):
    """How the connection is protected (RFC 8314). STARTTLS, once chosen, is mandatory."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"  # on loopback only


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each step may take in all, in seconds (RFC 5321 §4.5.3.2). A slow drip of bytes does not prolong it."""

    connect: float = 30
    greeting: float = 300  # with the handshake of implicit TLS
    command: float = 300  # EHLO, STARTTLS, AUTH, MAIL, RCPT
    data: float = 120
    block: float = 180  # 64 KiB of the mail
    dot: float = 600  # less than this makes duplicates
    aside: float = 10  # RSET, NOOP, QUIT: nothing is lost when it runs out
    idle: float = 60  # a pooled connection is not used again after this
    narrow: float = 600  # so long a server that took no more connections is asked for no more


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server and our account on it.

    ValueError for what must not be: no protection beyond loopback, a helo name that is none.
    """

    host: str
    port: int
    tls: Tls = Tls.STARTTLS
    user: str = ""  # "" sends no AUTH
    password: str = ""
    ca_file: str = ""  # "" trusts what the system trusts
    helo: str = "localhost"  # our own host name
    token: Token | None = None  # in place of the password
    ask: Callable[[], str] | None = None  # for the password, at each login; raises NoPassword
    deadlines: Deadlines = field(default_factory=Deadlines)

    def __post_init__(self) -> None:
        if Tls(self.tls) is Tls.NONE and not is_loopback(self.host):
            raise ValueError(
                f'smtp.tls = "none" is for loopback only, and {self.host} is not: "starttls" or "implicit"'
            )
        if not self.helo.isascii() or not self.helo.isprintable() or set(self.helo) & set(' <>"') or not self.helo:
            raise ValueError(f"{self.helo!r} is no host name to say in EHLO")

    def __repr__(self) -> str:
        shown = (
            (f.name, "***" if f.name in {"password", "token", "ask"} else getattr(self, f.name)) for f in fields(self)
        )
        return f"Server({', '.join(f'{name}={value!r}' for name, value in shown)})"

    def context(self) -> ssl.SSLContext | None:
        """What verifies the server's certificate and name; None without TLS. OSError when `ca_file` cannot be read."""
        if self.tls == Tls.NONE:
            return None
        return ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=self.ca_file or None)


def is_loopback(host: str) -> bool:
    """Whether mail to this host cannot leave the machine; a name other than localhost is not believed."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
