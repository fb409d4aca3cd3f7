"""Tree: the parts of a mail, read by the standard library's parser under limits. Never raises; it decodes no text."""

from dataclasses import dataclass
from email.feedparser import BytesFeedParser
from functools import partial

from inbound.excerpt import Excerpt, head
from inbound.limits import Limits
from inbound.part import OverCapError, Part, Tally

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Tree:
    """The parts of a mail. `whole` is False where a cap kept us from reading all of it."""

    root: Part
    defects: tuple[str, ...]
    whole: bool


def read(raw: bytes | Excerpt, limits: Limits) -> Tree:
    """The tree of a mail, or of its headers alone where a cap says so."""
    seen, lines, defects = _within(raw, limits)
    allowed = min(limits.multiparts, limits.visits // (lines + 1))
    try:
        root, tally = _fed(seen, limits, allowed)
        _check_depth(root, limits)
    except OverCapError as over:
        root, tally = _fed(head(seen), limits, limits.multiparts)
        return Tree(root, (*defects, str(over), *tally.defects), whole=False)
    found = [type(defect).__name__ for part in root.walk() for defect in part.defects]
    return Tree(root, (*defects, *tally.defects, *found), whole=not defects)


def fields(data: bytes, limits: Limits) -> list[tuple[str, str]]:
    """The headers of a mail within the mail: names in lower case, values raw."""
    try:
        return _fed(head(data[: limits.head]), limits, 1)[0].fields
    except OverCapError:
        return []


def _within(mail: bytes | Excerpt, limits: Limits) -> tuple[bytes, int, list[str]]:
    """As much of the mail as the parser may see, its lines, and the caps that cut it."""
    raw = mail.beginning if isinstance(mail, Excerpt) else mail
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    defects = [f"size: over {limits.size}"] if isinstance(mail, Excerpt) or len(raw) > limits.size else []
    defects += [f"lines: over {limits.lines}"] if lines > limits.lines else []
    if not defects:
        return raw, lines, defects
    return raw[: limits.excerpt], min(lines, limits.excerpt), defects


def _fed(data: bytes, limits: Limits, allowed: int) -> tuple[Part, Tally]:
    tally = Tally(limits, allowed)
    parser = BytesFeedParser(partial(Part, tally))
    tally.parts = 0  # the parser tries its factory once
    for start in range(0, len(data), _CHUNK):
        parser.feed(data[start : start + _CHUNK])
    return parser.close(), tally


def _check_depth(root: Part, limits: Limits) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > limits.depth:
            raise OverCapError(f"depth: over {limits.depth}")
        level = [child for part in level for child in part.children]
