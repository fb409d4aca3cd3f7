"""Quotes: what is new in a reply, what is quoted, what is signature, what is notice. Never loses a character; linear, by lines."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import NamedTuple

from inbound import attributions, notices, signatures
from inbound.attributions import LONGEST, Role

_SHORTEST = 3  # characters of the line that ends an attribution
_WRAPPED = 4  # lines that an attribution takes at most
_BLOCK = 10  # lines in which the headers of a quoted mail stand
_PREFIXES = (">", "&gt;", "＞")
_MAIN = frozenset((Role.FROM, Role.SENT, Role.TO, Role.SUBJECT))


class Of(StrEnum):
    """What a line is part of."""

    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"  # below "-- ", and what a telephone adds
    CLOSING = "closing"  # "Best regards," above a name
    SIGNED = "signed"  # the name, and what stands below it
    DISCLAIMER = "disclaimer"


_SIGNATURES = frozenset((Of.SIGNATURE, Of.CLOSING, Of.SIGNED))


@dataclass(frozen=True, slots=True)
class Parts:
    """The lines of a text by what they are, each in its order. Together they are the text."""

    new: str
    quoted: str
    signature: str
    disclaimer: str = ""


class Marked(NamedTuple):
    """The lines of a text without their ends, what each is, and where the forwarded mail may begin at the earliest."""

    lines: list[str]
    kinds: list[Of]
    rest: int


def split(text: str) -> Parts:
    """What the writer added, what was there before, the signature, and what lawyers, scanners and lists add.

    Answers between quoted lines are new. A forwarded mail is new, too: it is what the writer sends. Where a text would
    be nothing but a quoted mail with its headers, that mail is what the writer sends.
    """
    marked = mark(text)
    return Parts(
        new=joined(marked, Of.NEW),
        quoted=joined(marked, Of.QUOTED),
        signature=joined(marked, *_SIGNATURES),
        disclaimer=joined(marked, Of.DISCLAIMER),
    )


def joined(marked: Marked, *of: Of, until: int | None = None) -> str:
    """The lines that are one of these; of those above line `until`, where it is given."""
    wanted = [one in of for one in marked.kinds[:until]]
    ends = any(wanted) and not wanted[-1]  # every line but the last of the text has an end
    return "\n".join(compress(marked.lines, wanted)) + "\n" * ends


def mark(text: str) -> Marked:
    """Every line of the text, and what each is."""
    lines = text.split("\n")
    kinds = [Of.NEW] * len(lines)
    following = _next_written(lines)
    end = _mark_quotes(lines, kinds, following)
    for start, stop in _runs(kinds, end):
        _mark_run(lines, kinds, start, stop)
    return Marked(lines, kinds, end)


def _mark_quotes(lines: list[str], kinds: list[Of], following: list[int]) -> int:
    """Marks what is quoted, and returns where the forwarded mail begins (or the end)."""
    written = _Written(lines, kinds)
    for number, line in enumerate(lines):
        if not line or kinds[number] is Of.QUOTED or attributions.plain(line):
            continue
        if line.lstrip(" \t").startswith(_PREFIXES):
            if attributions.groupwise(line) and not _prefixed(lines, following[number + 1]) and written.before(number):
                return _quote(kinds, number, len(lines))
            kinds[number] = Of.QUOTED
        elif attributions.introduces(line):
            if attributions.forwards(line):
                return number
            end = _introduced(lines, kinds, number, following, written)
            if end is not None:
                return end
    return len(lines)


def _introduced(
    lines: list[str], kinds: list[Of], number: int, following: list[int], written: "_Written"
) -> int | None:
    """Marks what the headers or the attribution at this line introduce; where all is settled by that, its end."""
    block = _block(lines, number, following)
    if block is not None:
        body = _after_block(lines, block)
        if not _prefixed(lines, body):
            return _quote(kinds, number, len(lines)) if written.before(number) else number
        # Its lines speak for themselves, and what stands between them is an answer.
        _quote(kinds, number, body)
    elif (start := _attribution(lines, kinds, number)) is None:
        if _prefixed(lines, following[number + 1]) and attributions.names_alone(lines[number]):
            _quote(kinds, number, following[number + 1])
    else:
        body = following[number + 1]
        if _prefixed(lines, body):
            _quote(kinds, start, body)
        elif body < len(lines) and attributions.dated(" ".join(lines[start : number + 1])) and written.before(start):
            return _quote(kinds, start, len(lines))
    return None


def _quote(kinds: list[Of], start: int, stop: int) -> int:
    kinds[start:stop] = [Of.QUOTED] * (stop - start)
    return stop


def _block(lines: list[str], number: int, following: list[int]) -> int | None:
    """Where the headers of a quoted mail begin whose separator, or whose first header, stands here; None elsewhere."""
    line, first = lines[number], following[number + 1]
    if attributions.original(line):
        return first
    if attributions.ruled(line) or attributions.notes(line):
        return first if first < len(lines) and is_block(lines, first) else None
    return number if is_block(lines, number) else None


def is_block(lines: list[str], number: int) -> bool:
    """Whether the headers of a quoted mail start here: From, Sent and Subject, in any order, or From with an address and Sent."""
    begins = attributions.role(lines[number])
    if begins not in _MAIN:
        return False
    roles = {attributions.role(line): line for line in reversed(lines[number : number + _BLOCK])}
    if Role.FROM not in roles or Role.SENT not in roles:
        return False
    if begins is Role.FROM:
        return Role.SUBJECT in roles or "@" in lines[number]
    # GMX, web.de, Thunderbird: From is not the first. Then nothing may stand between them.
    together = {attributions.role(line) for line in lines[number : number + 4]}
    return roles.keys() >= _MAIN and None not in together


def _after_block(lines: list[str], number: int) -> int:
    while number < len(lines) and (not lines[number].strip() or attributions.role(lines[number])):
        number += 1
    return number


def _attribution(lines: list[str], kinds: list[Of], number: int) -> int | None:
    """The first line of the attribution that ends with line `number`, or None."""
    if not _SHORTEST <= len(lines[number]) <= LONGEST or not attributions.ends(lines[number]):
        return None
    best, said = None, ""
    for start in range(number, max(-1, number - _WRAPPED), -1):
        line = lines[start]
        if not line.strip() or len(line) > LONGEST or kinds[start] is Of.QUOTED:
            break
        said = f"{line} {said}" if said else line
        opens = attributions.opens(line)
        if (opens or (best is None and attributions.names_someone(said))) and attributions.wrote(said):
            if opens:
                return start
            best = start
    return best


def _mark_run(lines: list[str], kinds: list[Of], start: int, stop: int) -> None:
    """What is not the writer's in a stretch of new lines: a banner above it, below it signature and notices."""
    top = notices.banner(lines, start, stop) if start == 0 else start
    kinds[start:top] = [Of.DISCLAIMER] * (top - start)
    dashed = (n for n in range(top, stop) if not lines[n][:1].isalnum())
    signed = next((n for n in dashed if signatures.marks(lines[n], stop - n)), stop)
    kinds[signed:stop] = [Of.SIGNATURE] * (stop - signed)
    end = signed
    for first, last in notices.below(lines, top, signed, stop):
        kinds[first:last] = [Of.DISCLAIMER] * (last - first)
        end = min(end, first)
    written = [number for number in range(top, end) if lines[number] and not lines[number].isspace()]
    for number in written:
        if signatures.sent_from(lines[number]):
            kinds[number] = Of.SIGNATURE
    closing = signatures.closing(lines, [number for number in written if kinds[number] is Of.NEW])
    if closing is not None:
        kinds[closing] = Of.CLOSING
        for number in range(closing + 1, end):
            kinds[number] = Of.SIGNED if kinds[number] is Of.NEW else kinds[number]


def _runs(kinds: list[Of], end: int) -> list[tuple[int, int]]:
    """The stretches of new lines before `end`."""
    if Of.QUOTED not in kinds:
        return [(0, end)] if end else []
    runs, start = [], 0
    for number in range(end + 1):
        if number == end or kinds[number] is not Of.NEW:
            if start < number:
                runs.append((start, number))
            start = number + 1
    return runs


def _prefixed(lines: list[str], number: int) -> bool:
    return number < len(lines) and lines[number].lstrip(" \t").startswith(_PREFIXES)


class _Written:
    """Whether the writer wrote anything before a line; a signature is nothing. Each line is looked at once."""

    def __init__(self, lines: list[str], kinds: list[Of]) -> None:
        self._lines = lines
        self._kinds = kinds
        self._seen = 0
        self._known: bool | None = None

    def before(self, number: int) -> bool:
        while self._known is None and self._seen < number:
            line = self._lines[self._seen]
            if self._kinds[self._seen] is Of.NEW and line.strip() and not signatures.sent_from(line):
                self._known = not signatures.marks(line, 0)
            self._seen += 1
        return bool(self._known)


def _next_written(lines: list[str]) -> list[int]:
    """For each line, and one beyond, the next line from it on that is not blank; len(lines) where there is none."""
    following = [len(lines)] * (len(lines) + 2)
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        following[number] = number if line and not line.isspace() else following[number + 1]
    return following
