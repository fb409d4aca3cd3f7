"""Pool: as many connections to one server as it takes, each used for mail after mail. It sends nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from outbound.server import Server
from outbound.session import Session
from outbound.step import FullError, StepError


class Pool:
    """For one event loop. OSError when the server's `ca_file` cannot be read."""

    def __init__(self, server: Server, connections: int) -> None:
        self.width = connections  # how many at once, at the moment
        self.largest: int | None = None  # octets of a mail, as the server last said; 0: no limit; None: not heard yet
        self._server = server
        self._context = server.context()
        self._most = connections
        self._room = asyncio.Semaphore(connections)
        self._owed = 0  # places that were taken away while they were in use
        self._narrow_until = 0.0
        self._standing: set[Session] = set()  # all that are not dropped
        self._idle: list[Session] = []
        self._closed = False

    def aside(self) -> Session:
        """A connection that is not opened yet, and none of the pool's."""
        return Session(self._server, self._context)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Waits until one more connection may be in use."""
        if self.width < self._most and asyncio.get_running_loop().time() >= self._narrow_until:
            self._widen()
        await self._room.acquire()
        try:
            yield
        finally:
            if self._owed:
                self._owed -= 1
            else:
                self._room.release()

    def rested(self) -> Session | None:
        """An idle connection that is still good, the last used first."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            session = self._idle.pop()
            if session.clean and session.used_at is not None and now - session.used_at < self._server.deadlines.idle:
                return session
            self._drop(session)
        return None

    async def opened(self) -> Session:
        """A new connection. Raises StepError; FullError where the server says "not now", and others stand."""
        session = self.aside()
        self._standing.add(session)
        opened = False
        try:
            await session.open()
            opened = True
        except StepError as error:
            others = self._standing - {session}
            if error.code // 100 == 4 and any(one.greeted for one in others):
                self.narrow(len(others))
                raise FullError(error.phase, error.code, error.text) from error
            raise
        finally:
            if not opened:
                self._drop(session)
        self.largest = session.largest
        return session

    def put_back(self, session: Session) -> None:
        if session.clean and not self._closed:
            self._idle.append(session)
        else:
            self._drop(session)

    def narrow(self, width: int) -> None:
        """At most so many at once for a while, and at least one."""
        fewer = self.width - max(width, 1)
        if fewer > 0:
            self.width -= fewer
            self._owed += fewer
        self._narrow_until = asyncio.get_running_loop().time() + self._server.deadlines.narrow

    async def close(self) -> None:
        """Says goodbye on every idle connection; those in use are closed when their mail is through."""
        self._closed = True
        sessions, self._idle = self._idle, []
        self._standing -= set(sessions)
        await asyncio.gather(*(session.quit() for session in sessions))

    def _widen(self) -> None:
        for _ in range(self._most - self.width - self._owed):
            self._room.release()
        self.width, self._owed = self._most, 0

    def _drop(self, session: Session) -> None:
        self._standing.discard(session)
        session.drop()
