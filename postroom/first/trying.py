"""Tries servers: first as a stranger, then with user and password. What fails is told in the server's own words; nothing is sent."""

import asyncio
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace

from inbound.down import BadArgument, MailboxDown, printable
from inbound.imap import Mailbox
from inbound.login import greet
from inbound.server import Server as ImapServer
from inbound.server import Tls as ImapTls
from outbound.outcome import Phase
from outbound.server import Deadlines, is_loopback
from outbound.server import Server as SmtpServer
from outbound.server import Tls as SmtpTls
from outbound.smtp import Check, Smtp
from postroom.clock import monotonic
from postroom.first.candidates import Candidate, Protocol
from postroom.first.registering import Signed
from postroom.servers import helo

CONNECT_SECONDS = 8.0  # a person waits
STRANGER = "nobody"  # stands where a server wants values that are not sent
DEADLINES = Deadlines(connect=CONNECT_SECONDS, greeting=CONNECT_SECONDS, command=20)

_NUMBER = re.compile(r"\[(?:Errno -?\d+|SSL: \w+)\] | \(_ssl\.c:\d+\)")


class Failed(Exception):
    """It did not work; the message is what the other side said."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signs in, and as whom: by a password, or as they have `signed` in by OAuth. Without a user nobody does."""

    user: str = ""
    password: str = ""
    signed: Signed | None = None

    def __repr__(self) -> str:
        return f"SignIn({self.user!r}, ***)"


def by_hand(protocol: Protocol, text: str) -> list[Candidate]:
    """What a person wrote: `host` or `host:port`, and the ways to protect it, the safer first. Raises ValueError."""
    host, _, port = text.strip().rpartition(":") if text.count(":") == 1 else (text.strip(), "", "")
    if not host or not host.isascii() or not host.isprintable() or " " in host or (port and not port.isdecimal()):
        raise ValueError("write a host such as imap.example.com, or with its port: imap.example.com:993")
    if port and not 0 < int(port) < 65536:
        raise ValueError("a port is a number from 1 to 65535")
    return [Candidate(host, number, tls, "as you wrote") for number, tls in _ways(protocol, host, int(port or 0))]


def _ways(protocol: Protocol, host: str, port: int) -> Iterator[tuple[int, str]]:
    if not port:
        yield from protocol.ports
    elif known := dict(protocol.ports).get(port):
        yield port, known
    else:
        yield from ((port, tls) for _, tls in protocol.ports)
    if is_loopback(host):
        yield port or protocol.plain_port, "none"


def greet_imap(candidate: Candidate, ca_file: str) -> None:
    """Connects, and verifies the certificate. Raises Failed."""
    try:
        greet(imap_server(candidate, SignIn(STRANGER, STRANGER), ca_file), monotonic)
    except (MailboxDown, BadArgument) as error:
        raise _failed(candidate, error) from None
    except (OSError, EOFError, ValueError, imaplib.IMAP4.error) as error:
        raise _failed(candidate, printable(error)) from None


def sign_in_imap(candidate: Candidate, sign_in: SignIn, ca_file: str, folder: str = "INBOX") -> None:
    """The same, and signs in, and opens the folder to be read alone. Raises Failed."""
    try:
        with Mailbox(imap_server(candidate, sign_in, ca_file), folder, "", monotonic=monotonic):
            pass
    except (MailboxDown, BadArgument) as error:
        raise _failed(candidate, error) from None


def imap_server(candidate: Candidate, sign_in: SignIn, ca_file: str) -> ImapServer:
    return ImapServer(
        host=candidate.host,
        port=candidate.port,
        tls=ImapTls(candidate.tls),
        user=sign_in.user,
        password=sign_in.password,
        ca_file=ca_file or None,
        connect_seconds=CONNECT_SECONDS,
        token=sign_in.signed,
    )


def greet_smtp(candidate: Candidate, ca_file: str) -> bool:
    """Connects, and verifies the certificate. Whether the server lets people sign in. Raises Failed."""
    offers = _checked(candidate, SignIn(), ca_file).extensions
    return any(name.lower().startswith("auth") for name, _ in offers)


def sign_in_smtp(candidate: Candidate, sign_in: SignIn, ca_file: str) -> None:
    """The same, and signs in. Raises Failed."""
    _checked(candidate, sign_in, ca_file)


def _checked(candidate: Candidate, sign_in: SignIn, ca_file: str) -> Check:
    try:
        server = SmtpServer(
            host=candidate.host,
            port=candidate.port,
            tls=SmtpTls(candidate.tls),
            ca_file=ca_file,
            helo=helo(),
            deadlines=DEADLINES,
        )
        account = replace(server, user=sign_in.user, password=sign_in.password, token=sign_in.signed)
        tried = asyncio.run(Smtp(account).check())
    except (ValueError, ssl.SSLError, OSError) as error:
        raise _failed(candidate, error) from None
    if tried.failed:
        _, said = tried.steps[-1]
        words = said.replace(sign_in.password, "********") if sign_in.password else said
        step = "" if tried.failed is Phase.CONNECT else f"{tried.failed}: "
        raise _failed(candidate, f"{step}{words}")
    return tried


def _failed(candidate: Candidate, error: object) -> Failed:
    """The host is named already, and the system's numbers help nobody."""
    return Failed(_NUMBER.sub("", str(error).removeprefix(f"{candidate.host}: ")))
