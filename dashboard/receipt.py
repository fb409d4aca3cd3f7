"""Receipt: what came of a tracker's delivery, for the answer to it. Holds values only."""

from dataclasses import dataclass
from enum import StrEnum


class Taken(StrEnum):
    """How a delivery was found."""

    FOLLOWED = "followed"  # the issue has a new state, and its tickets have heard of it
    KNOWN = "known"  # the issue has that state already, or the delivery was taken before
    OLD = "old"  # a later one came before it
    UNSIGNED = "unsigned"
    STALE = "stale"  # signed, and sent too long ago, or by a clock that is wrong
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # no ticket is linked to that issue
    BUSY = "busy"  # others keep changing the same: it may come again


@dataclass(frozen=True, slots=True)
class Receipt:
    """`because`: a line for each ticket, or why nothing was done. No word of it is a client's."""

    taken: Taken
    because: tuple[str, ...] = ()
