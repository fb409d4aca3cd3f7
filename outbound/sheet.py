"""Sheet: what happened in some days, as counts that add up; spans of time are counted by their length, so that medians add up, too. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

SEPARATOR = "\t"  # between the steps of a key: no name has one
A_MINUTE = 60  # seconds; what is shorter counts as one
FINE = 8  # lengths to a doubling: a span is known to within 5 %
Sheet = Mapping[str, int]


def key(*steps: str) -> str:
    return SEPARATOR.join(steps)


def length(long: timedelta) -> str:
    """The last step of the key under which a span of that length is counted."""
    return str(round(FINE * math.log2(max(long.total_seconds(), A_MINUTE) / A_MINUTE)))


def added(sheets: Iterable[Sheet]) -> Sheet:
    total: dict[str, int] = {}
    for one in sheets:
        for at, number in one.items():
            total[at] = total.get(at, 0) + number
    return total


def below(sheet: Sheet, *steps: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """What is counted below these steps: the steps that follow, and how many."""
    start = key(*steps, "")
    for at, number in sheet.items():
        if at.startswith(start):
            yield tuple(at[len(start) :].split(SEPARATOR)), number


def spans(sheet: Sheet, *steps: str) -> "Spans":
    """The spans that are counted under these steps."""
    return Spans({int(rest[0]): number for rest, number in below(sheet, *steps) if len(rest) == 1})


class Spans:
    """How many spans there are of each length."""

    def __init__(self, lengths: Mapping[int, int]) -> None:
        self._lengths = lengths

    def __len__(self) -> int:
        return sum(self._lengths.values())

    @property
    def median(self) -> timedelta | None:
        return self.within(0.5)

    @property
    def most(self) -> timedelta | None:
        """In which nine of ten were."""
        return self.within(0.9)

    def within(self, part: float) -> timedelta | None:
        """In how long that part of them was, to within 5 %; None where there is none."""
        wanted, seen = math.ceil(part * len(self)), 0
        for at in sorted(self._lengths):
            seen += self._lengths[at]
            if seen >= wanted:
                return timedelta(seconds=A_MINUTE * 2 ** (at / FINE))
        return None
