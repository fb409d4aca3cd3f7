"""Opening: from nothing to a line over which mail may go: connects, protects, greets, logs in. It sends no mail."""

import asyncio
import ssl
from typing import cast

from aiosmtplib import SMTPConnectError
from aiosmtplib.protocol import SMTPProtocol

from outbound.line import Line
from outbound.outcome import Phase
from outbound.server import Tls
from outbound.step import StepError, step, tcp


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
            raise StepError(Phase.TLS, 0, error.text) from cause
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
    """One method, once: trying them all with a wrong password locks accounts."""
    server, client = line.server, line.client
    methods = {"plain": client.auth_plain, "login": client.auth_login}
    offered = client.server_auth_methods
    method = next((methods[name] for name in methods if name in offered), None)
    if method is None:
        said = f"the server offers no AUTH PLAIN or LOGIN (but: {' '.join(offered) or 'none'})"
        raise StepError(Phase.AUTH, 0, said)
    line.protocol(Phase.AUTH)
    answer = await step(Phase.AUTH, server.deadlines.command, method(server.user, server.password))
    line.steps.append((Phase.AUTH, str(answer)))
