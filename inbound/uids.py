"""Uids: how many UIDs are asked about at a time, and how they are written. Pure; it never talks to a server."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from inbound.down import BadArgument

HIGHEST = 2**32 - 1  # RFC 9051 §2.3.1.1
WINDOW = 10_000  # UIDs asked about in one SEARCH
SPARSE = 1_000  # with fewer found than this, the next window is twice as wide
LONGEST_SET = 900  # characters: RFC 2683 §3.2.1.5 wants lines below 1,000
MOST_IN_SET = 1_000


def checked(uids: Iterable[int]) -> list[int]:
    """In order, each once. Raises BadArgument for what is no UID."""
    numbers = sorted(set(uids))
    if not all(1 <= uid <= HIGHEST for uid in numbers):
        raise BadArgument(f"UIDs are from 1 to {HIGHEST}, and these are not all: {numbers[0]} to {numbers[-1]}")
    return numbers


def windows(low: int, high: int, search: Callable[[int, int], list[int]]) -> Iterator[list[int]]:
    """What `search(first, last)` finds from `low` to `high`, window by window: no answer grows without bounds.

    Where mails are sparse the windows widen, so that a folder with few mails and high UIDs takes few questions.
    """
    width = WINDOW
    while low <= high:
        last = min(high, low + width - 1)
        # A server may answer with a UID outside the window (n:* does by design): what is outside was not asked.
        found = sorted({uid for uid in search(low, last) if low <= uid <= last})
        yield found
        low = last + 1
        width = width * 2 if len(found) < SPARSE else WINDOW


def ranges(uids: Sequence[int]) -> Iterator[str]:
    """Sorted UIDs as "5" and "7:9"; only what is in a row shares a range."""
    for _, group in groupby(enumerate(uids), key=lambda pair: pair[1] - pair[0]):
        row = [uid for _, uid in group]
        yield str(row[0]) if len(row) == 1 else f"{row[0]}:{row[-1]}"


def groups(uids: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), count):
        yield uids[start : start + count]


def sets(uids: Iterable[int]) -> Iterator[str]:
    """Sequence sets (RFC 9051 §9) of exactly these UIDs, each short enough for one command line."""
    for group in groups(checked(uids), MOST_IN_SET):
        line = ""
        for part in ranges(group):
            if line and len(line) + 1 + len(part) > LONGEST_SET:
                yield line
                line = ""
            line = f"{line},{part}" if line else part
        yield line


def batches(sizes: Sequence[tuple[int, int]], count: int, octets: int) -> Iterator[list[int]]:
    """(UID, size) pairs, in order, as batches of UIDs: at most `count`, and at most `octets` in all.

    A mail larger than that is alone, and so is one whose size is given as 0: it is not known.
    """
    batch: list[int] = []
    total = 0
    for uid, size in sizes:
        if batch and (len(batch) == count or total + size > octets or not size or not total):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


def copied(copyuid: object, asked: str) -> dict[int, int]:
    """UID → UID in the other folder, from "validity 1:3,7 10:13" (RFC 4315 §3); {} for what cannot be read.

    Of the UIDs in the set `asked` alone: what a server names beyond them was never ours to touch.
    """
    words = copyuid.split() if isinstance(copyuid, bytes) else []
    if len(words) != 3:
        return {}
    try:
        ours = set(_numbers(asked.encode()))
        pairs = zip(_numbers(words[1]), _numbers(words[2]), strict=True)
        return {source: target for source, target in pairs if source in ours}
    except ValueError:
        return {}


def _numbers(line: bytes) -> list[int]:
    """Raises ValueError for what is no sequence set, or one of more UIDs than were ever asked about."""
    numbers: list[int] = []
    for part in line.split(b","):
        first, _, last = part.partition(b":")
        low, high = sorted((int(first), int(last or first)))
        if len(numbers) + high - low >= MOST_IN_SET:
            raise ValueError("a longer answer than its question")
        numbers.extend(range(low, high + 1))
    return numbers
