"""Mailers: the table of what mail programs write around a person's words, and how its phrases are found. It never decides what a line is.

The table is `mailers.txt` beside this file. Finding takes time linear in the text.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

from inbound.texts import Texts

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Marks of direction and of joining, which programs put around names and dates in Arabic and Hebrew; the dot of İ.
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0x307, 0xAD, 0xFEFF])
_SAME = {ord("’"): "'", ord("‘"): "'", ord("´"): "'", ord("׳"): "'", ord("״"): '"', ord("”"): '"', ord("“"): '"'}
_TABLE = {**_UNSEEN, **_SAME, ord("："): ":", 0xA0: " ", 0x202F: " ", 0x3000: " "}
_ODD = re.compile("[" + "".join(map(re.escape, map(chr, _TABLE))) + "]")


class Phrase(NamedTuple):
    """One phrase of the table."""

    language: str  # ISO 639-1, or * for every language
    what: str
    text: str  # folded


def fold(text: str) -> str:
    """The text as it is compared: casefolded, no marks of direction, one kind of apostrophe, colon and space."""
    folded = text.casefold()
    return folded if folded.isascii() else _ODD.sub(_same, folded)


def _same(odd: re.Match[str]) -> str:
    return odd[0].translate(_TABLE)


def read_table(lines: Iterable[str], name: str = "mailers.txt") -> Iterator[Phrase]:
    """The phrases of a table's lines. Raises ValueError that names the table, and the line which is none."""
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        fields = [part.strip() for part in line.split("|")]
        if len(fields) != 3 or not all(fields):
            raise ValueError(f"{name}: not `language | what it is | phrases`: {line!r}")
        yield from (Phrase(fields[0], fields[1], fold(text.strip())) for text in fields[2].split(";") if text.strip())


TABLE = tuple(read_table(files("inbound").joinpath("mailers.txt").read_text("utf-8").splitlines()))


def phrases(what: str) -> frozenset[str]:
    """All phrases of the table that are this."""
    return frozenset(phrase.text for phrase in TABLE if phrase.what == what)


class Finder:
    """Which phrases of some kinds stand in a folded text: as whole words, but in scripts without spaces between them."""

    def __init__(self, *what: str) -> None:
        self._phrases = tuple(frozenset().union(*map(phrases, what)))
        self._anywhere = [bool(_UNSPACED.search(phrase)) for phrase in self._phrases]
        self._texts = Texts(self._phrases)

    def found(self, folded: str) -> Iterator[str]:
        """Each phrase that stands there, once, as they end."""
        seen: set[int] = set()
        for number, start, end in self._texts.places(folded):
            if number not in seen and (self._anywhere[number] or _whole(folded, start, end)):
                seen.add(number)
                yield self._phrases[number]

    def finds(self, folded: str) -> bool:
        """Whether any of them does."""
        return next(self.found(folded), None) is not None


def _whole(text: str, start: int, end: int) -> bool:
    begins = not start or not text[start - 1].isalnum() or not text[start].isalnum()
    return begins and (end == len(text) or not text[end].isalnum() or not text[end - 1].isalnum())
