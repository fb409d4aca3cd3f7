"""Content: what follows DATA: the mail, the mark, the dot, in this order. It knows no envelope."""

import asyncio
from collections.abc import Awaitable, Callable

from aiosmtplib import SMTPResponse
from aiosmtplib.protocol import SMTPProtocol

from outbound.outcome import Phase
from outbound.server import Deadlines
from outbound.step import StepError, nothing_came, step, write, write_now

BLOCK = 64 * 1024  # octets that the deadline of a block is for
LINE_END = b"\r\n"


async def content(
    protocol: SMTPProtocol,
    wire: bytes,
    final_dot: Callable[[], Awaitable[None]],
    within: Deadlines,
    failpoint: Callable[[str], None],
) -> SMTPResponse:
    """Returns the answer to the final dot, a 2yz; every other end is a StepError. `wire` ends with a line end."""
    # Awaited from the start: some servers refuse midway.
    reading = asyncio.create_task(protocol.read_response())
    try:
        await _body(protocol, wire.removesuffix(LINE_END), within.block, reading)
        failpoint("smtp.mid_data")
        await final_dot()
        await nothing_came(reading)
        write_now(protocol, LINE_END + b"." + LINE_END)  # in one segment with the last line's end
        failpoint("smtp.dot_sent_no_reply")
        answer = await step(Phase.DOT, within.dot, reading)
    finally:
        if not reading.done():
            reading.cancel()
        elif not reading.cancelled():
            reading.exception()  # looked at, or the loop would log it
    if answer.code // 100 != 2:
        raise StepError(Phase.DOT, answer.code, answer.message)
    return answer


async def _body(protocol: SMTPProtocol, octets: bytes, seconds: float, reading: "asyncio.Task[SMTPResponse]") -> None:
    try:
        for start in range(0, len(octets), BLOCK):
            await step(Phase.BODY, seconds, write(protocol, octets[start : start + BLOCK]))
    except StepError:
        await nothing_came(reading)  # its answer says more than the broken pipe
        raise
