"""Smtp: sends mails over a small pool of connections. It never retries, and keeps no mail: that is the outbox's part."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from outbound.address import refusal
from outbound.dsn import Dsn
from outbound.letter import Letter, letter
from outbound.outbox import Dead, Held, Outcome
from outbound.outcome import Phase, outcome_of, readable
from outbound.pool import Pool
from outbound.server import Deadlines, Server, Tls
from outbound.session import Session
from outbound.step import FullError, StaleError, StepError

__all__ = ["Check", "Deadlines", "Server", "Smtp", "Tls"]

# Exchange Online takes mail over three connections of an account at once, and answers so after the final dot of a fourth.
TOO_MANY = 432


@dataclass(frozen=True, slots=True)
class Check:
    """What trying the server showed: each step and the server's words; the last one failed when `failed` names it."""

    steps: tuple[tuple[Phase, str], ...]
    failed: Phase | None = None
    extensions: tuple[tuple[str, str], ...] = ()


def _no_failpoint(name: str) -> None:
    """Stands where no test wants to stop the program."""


class Smtp:
    """A pool of connections to one server, for one event loop. OSError when `ca_file` cannot be read."""

    def __init__(self, server: Server, connections: int = 8, failpoint: Callable[[str], None] = _no_failpoint) -> None:
        self._pool = Pool(server, connections)
        self._failpoint = failpoint

    @property
    def largest(self) -> int | None:
        """Octets of a mail, as the server last said; 0: no limit; None: not heard yet."""
        return self._pool.largest

    @property
    def width(self) -> int:
        """How many mails are on a connection at once, at most: as many as the server takes."""
        return self._pool.width

    async def send(
        self,
        sender: str,
        recipient: str,
        raw: bytes,
        final_dot: Callable[[], Awaitable[None]],
        dsn: Dsn | None = None,
    ) -> Outcome:
        """Tries once to hand over one mail. The world's troubles are outcomes; nothing is raised for them.

        `sender` "" is the null sender; `dsn` is asked for where the server offers it. `final_dot` is awaited after the last line of the mail and before
        its end and the final dot: what it raises ends the attempt, and nothing was accepted. When the send is cancelled
        after `final_dot` was called, nobody can tell whether it was.
        """
        if reason := _refused(sender, recipient, raw):
            return Dead(reason)
        mail = letter(sender, recipient, raw, dsn)
        while True:
            async with self._pool.place():
                try:
                    return await self._deliver(mail, final_dot)
                except FullError:
                    continue  # over one of those that there are
                except StepError as error:
                    if error.code == TOO_MANY:
                        self._pool.narrow(self._pool.width - 1)
                    return outcome_of(error.code, error.text, error.phase)

    async def check(self) -> Check:
        """Connects, protects, logs in, NOOP, QUIT, on a connection of its own. Nothing is raised for what fails."""
        session = self._pool.aside()
        try:
            await session.open()
            await session.noop()
            extensions = tuple(session.extensions.items())
            await session.quit()
        except StepError as error:
            said = f"{error.code or ''} {readable(error.text)}".strip()
            return Check((*session.steps, (error.phase, said)), error.phase)
        finally:
            session.drop()
        return Check(tuple(session.steps), None, extensions)

    async def close(self) -> None:
        """Says goodbye on every idle connection; those in use are closed when their mail is through."""
        await self._pool.close()

    async def _deliver(self, mail: Letter, final_dot: Callable[[], Awaitable[None]]) -> Outcome:
        try:
            return await self._through(self._pool.rested() or await self._pool.opened(), mail, final_dot)
        except StaleError:
            return await self._through(await self._pool.opened(), mail, final_dot)

    async def _through(self, session: Session, mail: Letter, final_dot: Callable[[], Awaitable[None]]) -> Outcome:
        try:
            if reason := session.lacks(mail):
                return Held(reason)
            answer = await session.transact(mail, final_dot, self._failpoint)
            return outcome_of(answer.code, answer.message, Phase.DOT)
        except StepError as error:
            # Amid the body an RSET would be text of the mail.
            if error.code > 0 and error.phase is not Phase.BODY:
                await session.reset()
            raise
        finally:
            self._pool.put_back(session)


def _refused(sender: str, recipient: str, raw: bytes) -> str:
    """Why a mail must not reach the server at all; "" when it may."""
    if not raw:
        return "the mail is empty: it was not rendered"
    return (refusal(sender) if sender else "") or refusal(recipient)
