"""Login: a connection that is encrypted as chosen and logged in. No password leaves before TLS stands."""

import imaplib
import ssl
from collections.abc import Callable

from inbound.bearer import MECHANISMS, NoToken, Token, after_refusal, explained, mechanism, opening
from inbound.connection import Client, Connection, No
from inbound.deadline import Deadline
from inbound.down import NO_TLS, BadArgument, MailboxDown, MailboxRefused, printable
from inbound.server import NoPassword, Server, Tls, plain

_NO_IMAP = "unexpected response"  # so imaplib begins


def log_in(server: Server, monotonic: Callable[[], float]) -> Client:
    """TCP, TLS, greeting and login, each before its deadline.

    Raises MailboxRefused (certificate, TLS, login), BadArgument (`ca_file`), and whatever a connection raises.
    """
    connection = _connect(server, Deadline.after(server.connect_seconds, monotonic))
    try:
        _protect(connection, server)
        connection.begin(Deadline.after(server.command_seconds, monotonic))
        _authenticate(connection, server)
    except BaseException:
        connection.shutdown()
        raise
    return Client(connection, encrypted=server.tls is Tls.IMPLICIT)


def greet(server: Server, monotonic: Callable[[], float]) -> None:
    """The same up to the login, as a stranger: who answers there, under which certificate. Nothing of us is sent."""
    connection = _connect(server, Deadline.after(server.connect_seconds, monotonic))
    try:
        _protect(connection, server)
    finally:
        connection.shutdown()


def _protect(connection: Connection, server: Server) -> None:
    _expect_a_stranger(connection, server)
    if server.tls is Tls.STARTTLS:
        _start_tls(connection, server)


def _connect(server: Server, deadline: Deadline) -> Connection:
    context = _context(server)
    try:
        return Connection(server, context, deadline)
    except ssl.SSLError as error:
        raise _tls_trouble(server, error) from error
    except imaplib.IMAP4.abort as error:
        if not str(error).startswith(_NO_IMAP):
            raise
        raise MailboxDown(
            f"{server.host}: what answers on port {server.port} speaks no IMAP: is it the right port?"
        ) from error


def _context(server: Server) -> ssl.SSLContext | None:
    """Certificate and host name are verified, always."""
    if server.tls is Tls.NONE:
        return None
    try:
        return ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=server.ca_file)
    except OSError as error:
        raise BadArgument(f"ca_file: {server.ca_file}: {printable(error)}") from error


def _tls_trouble(server: Server, error: ssl.SSLError) -> MailboxDown:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return MailboxDown(f"{server.host}: the server hung up during the TLS handshake")
    if error.reason in NO_TLS:
        return MailboxRefused(f"{server.host}: what answers on port {server.port} speaks no TLS: is it the right port?")
    why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason or error
    return MailboxRefused(f"{server.host}: TLS failed: {printable(why)}")


def _expect_a_stranger(connection: Connection, server: Server) -> None:
    """A PREAUTH greeting would skip STARTTLS and the login: somebody in between may have sent it (RFC 9051 §11.1)."""
    if connection.state != "NONAUTH":
        raise MailboxRefused(f"{server.host}: the server calls us logged in before we are (PREAUTH)")


def _start_tls(connection: Connection, server: Server) -> None:
    """RFC 9051 §11.1 and RFC 2595 §3.1: no capability, NO, BAD or injected bytes: no login."""
    if "STARTTLS" not in connection.capabilities:
        raise MailboxRefused(f"{server.host}: STARTTLS is not offered")
    try:
        connection.starttls(_context(server))
    except ssl.SSLError as error:
        raise _tls_trouble(server, error) from error
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise MailboxRefused(f"{server.host}: STARTTLS refused: {printable(error)}") from error


def _authenticate(connection: Connection, server: Server) -> None:
    if server.token:
        _bear(connection, server, server.token)
    else:
        _say_password(connection, server)


def _bear(connection: Connection, server: Server, token: Token) -> None:
    """An access token; a second one where the first was refused, for it may have been revoked before its time."""
    way = mechanism({word.removeprefix("AUTH=") for word in connection.capabilities})
    if not way:
        raise MailboxRefused(
            f"{server.host}: the server takes no OAuth token: it offers neither {' nor '.join(MECHANISMS)}"
        )
    try:
        first = token("")
        if why := _refused(connection, server, way, first):
            why = _refused(connection, server, way, token(first))
    except NoToken as error:
        raise MailboxRefused(f"{server.host}: {error}") from None
    if why:
        raise MailboxRefused(f"{server.host}: login of {server.user} by {way} refused: {why}")


def _refused(connection: Connection, server: Server, way: str, token: str) -> str:
    """Why it lets nobody in; "" where it did."""
    told: list[str] = []

    def answer(challenge: bytes) -> bytes:
        if not told:
            told.append("")
            return opening(way, server.user, token, server.host, server.port)
        told.append(explained(challenge))
        return after_refusal(way)

    try:
        connection.authenticate(way, answer)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = printable(error).replace(token, "********")
        return " ".join(filter(None, (said, f"({told[-1]})" if any(told) else "")))
    return ""


def _say_password(connection: Connection, server: Server) -> None:
    """AUTHENTICATE PLAIN (RFC 4616: any UTF-8), else LOGIN. IMAPClient would take a lost connection for a refusal."""
    password = _password(server)
    try:
        if "AUTH=PLAIN" in connection.capabilities:
            connection.authenticate("PLAIN", lambda _: f"\0{server.user}\0{password}".encode())
        else:
            _log_in_in_ascii(connection, server.user, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        answer = printable(error).replace(password, "********")
        raise MailboxRefused(f"{server.host}: login of {server.user} refused: {answer}") from None


def _password(server: Server) -> str:
    if server.ask is None:
        return server.password
    try:
        return plain("password", server.ask(), shown="********")
    except NoPassword as error:
        raise MailboxRefused(f"{server.host}: {error}") from None


def _log_in_in_ascii(connection: Connection, user: str, password: str) -> None:
    if "LOGINDISABLED" in connection.capabilities:
        raise No("the server allows neither AUTH=PLAIN nor LOGIN")
    if not (user + password).isascii():
        raise No("without AUTH=PLAIN the server takes a user and a password of ASCII only")
    user = user.replace("\\", "\\\\").replace('"', '\\"')
    connection.login(f'"{user}"', password)  # the library quotes the password alone
