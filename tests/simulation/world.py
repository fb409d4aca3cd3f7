"""The simulated world: its clock, its chance, and a history of what it did. It knows no mail, and no postroom."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

BEGIN = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


class Crash(KeyboardInterrupt):
    """The simulated process dies. Of this kind, because no `except Exception` and no event loop holds it up."""


class World:
    """One seed is one history: nothing here asks the real clock, or chance of any other kind."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.calm = False  # whether nothing goes wrong any more
        self.history: list[str] = []
        self.sums: Counter[str] = Counter()
        self.transactions = 0  # open at this moment
        self.wrong: list[str] = []  # what must never happen, and did
        self.elapsed = 0.0  # seconds that have really passed: the monotonic clock
        self._jumped = timedelta()

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.elapsed) + self._jumped

    def monotonic(self) -> float:
        return self.elapsed

    def jitter(self) -> float:
        return self.chance.random()

    def wait(self, seconds: float) -> None:
        self.elapsed += seconds

    def jump(self, hours: float) -> None:
        """The time of day is set; no time passes."""
        self._jumped += timedelta(hours=hours)
        self.note("clock", hours=hours)

    def happens(self, likely: float) -> bool:
        """Whether a fault of that likelihood happens here."""
        return not self.calm and self.chance.random() < likely

    def may_die(self, place: str, likely: float = 0.01) -> None:
        if self.happens(likely):
            self.note("killed", at=place)
            self.sums["kills"] += 1
            raise Crash(place)

    def on_the_network(self, what: str) -> None:
        """Called for each word to a server: no lock of the database may wait for one."""
        if self.transactions:
            self.wrong.append(f"{what} inside a transaction")

    def note(self, what: str, **facts: object) -> None:
        self.history.append(" ".join([f"{self.elapsed:10.0f}", what, *(f"{k}={v}" for k, v in facts.items())]))
