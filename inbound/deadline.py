"""Deadline: until when an exchange with a server must be over. It never reads a clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of a monotonic clock, in seconds. A timeout starts anew with every byte; a deadline does not."""

    moment: float
    monotonic: Callable[[], float]

    @classmethod
    def after(cls, seconds: float, monotonic: Callable[[], float]) -> "Deadline":
        return cls(monotonic() + seconds, monotonic)

    def left(self) -> float:
        """Seconds until then, never below 0."""
        return max(0.0, self.moment - self.monotonic())

    def remaining(self) -> float:
        """Seconds until then, always above 0. Raises TimeoutError when there are none."""
        left = self.left()
        if left <= 0:
            raise TimeoutError("the server took too long")
        return left
