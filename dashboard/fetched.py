"""Fetched: a file with its name, as the shell hands it to whoever may have it. A value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file with its name, in which nothing ends a line."""

    name: str
    data: bytes
