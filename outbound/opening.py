"""Opening: from nothing to a line over which mail may go: connects, protects, greets, logs in. It sends no mail."""

import asyncio
import ssl
from base64 import b64encode
from typing import cast

from aiosmtplib import SMTPConnectError, SMTPResponse, SMTPStatus
from aiosmtplib.protocol import SMTPProtocol

from inbound.bearer import NoToken, Token, after_refusal, explained, mechanism, opening
from inbound.down import NO_TLS
from inbound.server import NoPassword
from outbound.line import Line
from outbound.outcome import Phase
from outbound.server import Server, Tls
from outbound.step import StepError, step, tcp

AUTHENTICATED, CONTINUE = 235, 334


async def open_line(line: Line) -> None:
    """Each step is noted in `line.steps`. Raises StepError."""
    await _connect(line)
    await _hello(line)
    if line.server.tls == Tls.STARTTLS:
        await _start_tls(line)
        await _hello(line)
    if line.server.user:
        await _log_in(line)


async def _connect(line: Line) -> None:
    server, within = line.server, line.server.deadlines
    sock = await step(Phase.CONNECT, within.connect, tcp(server.host, server.port, within.connect))
    line.steps.append((Phase.CONNECT, f"{server.host}:{server.port}"))
    try:
        greeting = await step(Phase.GREETING, within.greeting, line.client.connect(sock=sock))
    except StepError as error:
        cause = error.__cause__
        if isinstance(cause, SMTPConnectError) and isinstance(cause.__cause__, ssl.SSLError):
            none = cause.__cause__.reason in NO_TLS
            said = f"what answers on port {server.port} speaks no TLS: is it the right port?" if none else error.text
            raise StepError(Phase.TLS, 0, said) from cause
        if error.code == SMTPStatus.invalid_response:
            said = f"what answers on port {server.port} speaks no SMTP: is it the right port?"
            raise StepError(Phase.GREETING, 0, said) from cause
        raise
    line.take_hold()
    line.steps.append((Phase.GREETING, str(greeting)))


async def _hello(line: Line) -> None:
    line.protocol(Phase.HELLO)
    answer = await step(Phase.HELLO, line.server.deadlines.command, line.client.ehlo())
    line.steps.append((Phase.HELLO, str(answer)))


async def _start_tls(line: Line) -> None:
    """By hand: the library throws away what was injected behind the 220, and we want to refuse (RFC 3207 §4.2)."""
    if "starttls" not in line.extensions:
        raise StepError(Phase.TLS, 0, "STARTTLS is required, and the server does not offer it")
    await line.command(Phase.TLS, 2, b"STARTTLS")
    protocol = line.protocol(Phase.TLS)
    transport = await step(Phase.TLS, line.server.deadlines.command, _handshake(line, protocol))
    protocol.transport = line.client.transport = transport
    line.take_hold()
    line.steps.append((Phase.TLS, str(transport.get_extra_info("cipher"))))


async def _handshake(line: Line, protocol: SMTPProtocol) -> asyncio.Transport:
    transport = await asyncio.get_running_loop().start_tls(
        cast("asyncio.WriteTransport", protocol.transport),
        protocol,
        cast("ssl.SSLContext", line.context),
        server_hostname=line.server.host,
        ssl_handshake_timeout=line.server.deadlines.command,
    )
    if transport is None:
        raise ConnectionError("connection lost during the handshake")
    return transport


async def _log_in(line: Line) -> None:
    if line.server.token:
        await _bear(line, line.server.token)
    else:
        await _say_password(line)


async def _bear(line: Line, token: Token) -> None:
    """An access token; a second one where the first was refused, for it may have been revoked before its time."""
    offered = line.client.server_auth_methods
    way = mechanism({name.upper() for name in offered})
    if not way:
        said = f"the server takes no OAuth token: it offers {' '.join(offered) or 'none'}"
        raise StepError(Phase.AUTH, 0, said)
    first = await _token(token, "")
    answer = await _bring(line, way, first)
    if answer.code != AUTHENTICATED:
        answer = await _bring(line, way, await _token(token, first))
    if answer.code != AUTHENTICATED:
        raise StepError(Phase.AUTH, answer.code, answer.message)
    line.steps.append((Phase.AUTH, str(answer)))


async def _token(token: Token, refused: str) -> str:
    """Asked for in a thread of its own: it may have to come from far away."""
    try:
        return await asyncio.to_thread(token, refused)
    except NoToken as error:
        raise StepError(Phase.AUTH, 0, str(error)) from None


async def _bring(line: Line, way: str, token: str) -> SMTPResponse:
    """The server's last word on it."""
    server, client, within = line.server, line.client, line.server.deadlines.command
    line.protocol(Phase.AUTH)
    first = b64encode(opening(way, server.user, token, server.host, server.port))
    answer = await step(Phase.AUTH, within, client.execute_command(b"AUTH", way.encode(), first))
    if answer.code != CONTINUE:
        return answer
    why = explained(answer.message.encode())
    answer = await step(Phase.AUTH, within, client.execute_command(b64encode(after_refusal(way))))
    return SMTPResponse(answer.code, f"{answer.message} ({why})" if why else answer.message)


async def _say_password(line: Line) -> None:
    """One method, once: trying them all with a wrong password locks accounts."""
    server, client = line.server, line.client
    methods = {"plain": client.auth_plain, "login": client.auth_login}
    offered = client.server_auth_methods
    method = next((methods[name] for name in methods if name in offered), None)
    if method is None:
        said = f"the server offers no AUTH PLAIN or LOGIN (but: {' '.join(offered) or 'none'})"
        raise StepError(Phase.AUTH, 0, said)
    password = await _password(server)
    line.protocol(Phase.AUTH)
    answer = await step(Phase.AUTH, server.deadlines.command, method(server.user, password))
    line.steps.append((Phase.AUTH, str(answer)))


async def _password(server: Server) -> str:
    """Asked for in a thread of its own, where somebody has to be asked."""
    if server.ask is None:
        return server.password
    try:
        return await asyncio.to_thread(server.ask)
    except NoPassword as error:
        raise StepError(Phase.AUTH, 0, str(error)) from None
