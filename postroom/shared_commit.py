"""SharedCommit: what several tasks of one event loop want to have written at the same moment, in one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class SharedCommit(Generic[Item, Result]):
    """`write` gets all that was given since its last call, and gives one result each; who gave something waits for it."""

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result]],
        enough: Callable[[Sequence[Item]], bool] = lambda _: False,
    ) -> None:
        """When those that wait are `enough`, nobody waits any longer for others."""
        self._write = write
        self._enough = enough
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._flush_at: asyncio.TimerHandle | None = None

    async def add(self, item: Item, seconds: float = 0.0) -> Result:
        """Returns when the item is durable; it may wait so long for others to share its commit.

        Raises what `write` raises. Cancelled, it leaves the item to be written.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, done))
        full = self._enough([waits for waits, _ in self._waiting])
        at = loop.time() + (0.0 if full else seconds)
        if self._flush_at is None or at < self._flush_at.when():
            if self._flush_at is not None:
                self._flush_at.cancel()
            self._flush_at = loop.call_at(at, self._flush)
        return await done

    def _flush(self) -> None:
        self._flush_at = None
        waiting, self._waiting = self._waiting, []
        waiters = [done for _, done in waiting]
        try:
            results = list(zip(waiters, self._write([item for item, _ in waiting]), strict=True))
        except Exception as error:  # noqa: BLE001 - each of those who wait gets it
            for done in waiters:
                if not done.done():
                    done.set_exception(error)
            return
        for done, result in results:
            if not done.done():
                done.set_result(result)
