"""Quotes: what is new in a reply, what is quoted, what is signature. Never loses a character; linear, by lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inbound.attributions import (
    FORWARD,
    MOMENT,
    ORIGINAL,
    ROLES,
    RULE,
    RULES,
    SENT_FROM,
    SENT_STARTS,
    STARTS,
    VERBS,
    Role,
)

_LONGEST = 400  # characters that an attribution or a header line takes at most
_WRAPPED = 3  # lines that an attribution takes at most
_BLOCK = 10  # lines in which the headers of a quoted mail stand
_LOOSE_SIGNATURE = 15  # lines that may follow "--" without its space
_LABEL = re.compile(r"[ \t*]*([^\s:：*][^:：*]{0,24})[ \t*]*[:：]")


class Of(StrEnum):
    """What a line is part of."""

    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Parts:
    """The lines of a text by what they are, each in its order. Together they are the text."""

    new: str
    quoted: str
    signature: str


def split(text: str) -> Parts:
    """What the writer added, what was there before, and the signature.

    Answers between quoted lines are new. A forwarded mail is new, too: it is what the writer sends. Where a text would
    be nothing but a quoted mail with its headers, that mail is what the writer sends.
    """
    lines = text.split("\n")
    kinds = _kinds(lines)
    held: dict[Of, list[str]] = {of: [] for of in Of}
    for number, (line, of) in enumerate(zip(lines, kinds, strict=True)):
        held[of].append(line if number == len(lines) - 1 else line + "\n")
    return Parts(*("".join(held[of]) for of in (Of.NEW, Of.QUOTED, Of.SIGNATURE)))


def _kinds(lines: list[str]) -> list[Of]:
    kinds = [Of.NEW] * len(lines)
    following = _next_written(lines)
    end = _mark_quotes(lines, kinds, following)
    _mark_signatures(lines, kinds, end)
    return kinds


def _mark_quotes(lines: list[str], kinds: list[Of], following: list[int]) -> int:
    """Marks what is quoted, and returns where the forwarded mail begins (or the end)."""
    for number, line in enumerate(lines):
        if not line or kinds[number] is Of.QUOTED:
            continue
        if line.lstrip(" \t").startswith(">"):
            kinds[number] = Of.QUOTED
        elif _forwards(line):
            return number
        elif (block := _block(lines, number, following)) is not None:
            body = _after_block(lines, block)
            if _prefixed(lines, body):
                # Its lines speak for themselves, and what stands between them is an answer.
                _quote(kinds, number, body)
            else:
                return _quote(kinds, number, len(lines)) if _written(lines, kinds, number) else number
        elif (start := _attribution(lines, kinds, number)) is not None:
            body = following[number + 1]
            if _prefixed(lines, body):
                _quote(kinds, start, body)
            elif body < len(lines) and _dated(lines[start : number + 1]) and _written(lines, kinds, start):
                return _quote(kinds, start, len(lines))
    return len(lines)


def _quote(kinds: list[Of], start: int, stop: int) -> int:
    kinds[start:stop] = [Of.QUOTED] * (stop - start)
    return stop


def _block(lines: list[str], number: int, following: list[int]) -> int | None:
    """Where the headers of a quoted mail begin whose separator, or whose first header, stands here; None elsewhere."""
    first = following[number + 1]
    ruled = _ruled(lines[number])
    if ruled and _is(ORIGINAL, lines[number]):
        return first
    if ruled and _is(RULE, lines[number]) and first < len(lines) and _is_block(lines, first):
        return first
    return number if _is_block(lines, number) else None


def _is_block(lines: list[str], number: int) -> bool:
    """Whether the headers of a quoted mail start here: From, Sent and Subject, or From with an address and Sent."""
    if _role(lines[number]) is not Role.FROM:
        return False
    roles = {_role(line) for line in lines[number : number + _BLOCK]}
    return Role.SENT in roles and (Role.SUBJECT in roles or "@" in lines[number])


def _after_block(lines: list[str], number: int) -> int:
    while number < len(lines) and (_role(lines[number]) or not lines[number].strip()):
        number += 1
    return number


def _role(line: str) -> Role | None:
    label = _LABEL.match(line[:_LONGEST])
    return ROLES.get(label[1].strip().lower()) if label else None


def _attribution(lines: list[str], kinds: list[Of], number: int) -> int | None:
    """The first line of the attribution that ends with line `number`, or None."""
    if len(lines[number]) > _LONGEST or not lines[number].rstrip(" \t*").endswith((":", "：")):
        return None
    for start in range(number, max(-1, number - _WRAPPED), -1):
        line = lines[start]
        if not line.strip() or len(line) > _LONGEST or kinds[start] is Of.QUOTED:
            return None
        said = " ".join(lines[start : number + 1])
        if (_opens(line) or _names_someone(said)) and _has_verb(said):
            return start
    return None


def _has_verb(said: str) -> bool:
    """Whether it says that someone wrote; a date with an address before the colon says it without a verb."""
    if said.rstrip(" \t*").endswith((">:", "):")) and "@" in said and MOMENT.search(said):
        return True
    lowered = said.lower().replace("\xa0", " ")
    return any(verb in lowered for verb in VERBS)


def _opens(line: str) -> bool:
    word = line.split(maxsplit=1)[0].strip("*.,").lower()
    return word in STARTS or bool(MOMENT.search(line[:40]))


def _names_someone(said: str) -> bool:
    """`Kim Example <kim@example.com> wrote:`, without a date."""
    return "@" in said and "<" in said


def _dated(attribution: list[str]) -> bool:
    """Whether it says when and who: enough to believe it without ">"."""
    said = " ".join(attribution)
    return bool(MOMENT.search(said)) and ("@" in said or len(MOMENT.findall(said)) > 1)


def _mark_signatures(lines: list[str], kinds: list[Of], end: int) -> None:
    """A signature runs from its mark to the next quoted line; "Sent from my …" is one line."""
    runs = list(_runs(kinds, end))
    for start, stop in runs:
        mark = next((number for number in range(start, stop) if _signs(lines[number], stop - number)), stop)
        kinds[mark:stop] = [Of.SIGNATURE] * (stop - mark)
        for number in range(start, mark):
            if _sent_from(lines[number]):
                kinds[number] = Of.SIGNATURE


def _runs(kinds: list[Of], end: int) -> Iterator[tuple[int, int]]:
    """The stretches of new lines before `end`."""
    start = 0
    for number in range(end + 1):
        if number == end or kinds[number] is not Of.NEW:
            if start < number:
                yield start, number
            start = number + 1


def _signs(line: str, left: int) -> bool:
    """RFC 3676 §4.3: "-- "; many mailers strip the space."""
    return line in {"-- ", "--\xa0"} or (line == "--" and left <= _LOOSE_SIGNATURE)


def _forwards(line: str) -> bool:
    return _ruled(line, (":", "：")) and _is(FORWARD, line)


def _ruled(line: str, ends: tuple[str, ...] = ()) -> bool:
    """Whether a separator is worth looking for: most lines have no such first or last character, and patterns are slow."""
    bare = line.strip(" \t")
    return bare.startswith(RULES) or bare.rstrip("* \t").endswith(ends or RULES)


def _sent_from(line: str) -> bool:
    lowered = line.lower()
    words = lowered.split(maxsplit=1)
    return bool(words) and (words[0].strip("*_") in SENT_STARTS or "outlook" in lowered) and _is(SENT_FROM, line)


def _is(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= _LONGEST and pattern.fullmatch(line) is not None


def _prefixed(lines: list[str], number: int) -> bool:
    return number < len(lines) and lines[number].lstrip(" \t").startswith(">")


def _written(lines: list[str], kinds: list[Of], before: int) -> bool:
    """Whether the writer wrote anything before this line; a signature is nothing."""
    for number in range(before):
        if kinds[number] is Of.NEW and _signs(lines[number], 0):
            return False
        if kinds[number] is Of.NEW and lines[number].strip() and not _sent_from(lines[number]):
            return True
    return False


def _next_written(lines: list[str]) -> list[int]:
    """For each line, and one beyond, the next line from it on that is not blank; len(lines) where there is none."""
    following = [len(lines)] * (len(lines) + 2)
    for number in range(len(lines) - 1, -1, -1):
        following[number] = number if lines[number].strip() else following[number + 1]
    return following
