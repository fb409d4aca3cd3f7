"""Taker: takes values of the configuration one by one, and refuses a wrong one by its key. It knows no key."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from postroom.source import Source

Given = TypeVar("Given")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Taker:
    """Everything raises ConfigError."""

    source: Source

    def take(self, key: str, value: Given, read: Callable[[Given], Value]) -> Value:
        """The value as `read` makes it."""
        try:
            return read(value)
        except ValueError as error:
            raise self.source.refuse(key, value, str(error)) from None

    def each(self, key: str, given: Iterable[str], read: Callable[[str], object]) -> None:
        for index, value in enumerate(given):
            self.take(key.format(index), value, read)

    def once(self, key: str, given: Sequence[str], mend: str) -> None:
        """Refuses what another has, too."""
        for index, value in enumerate(given):
            if value in given[:index]:
                other = key.format(given.index(value)).rpartition(".")[0]
                raise self.source.refuse(key.format(index), value, f"{other} has {mend}")
