"""Mailers: the table of what mail programs write around a person's words, and how its phrases are found. It never decides what a line is.

The table is `mailers.txt` beside this file. Finding takes time linear in the text: a phrase is looked for only where its
longest word stands; phrases in scripts without spaces only where the text has such a script.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Marks of direction and of joining, which programs put around names and dates in Arabic and Hebrew; the dot of İ.
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0x307, 0xAD, 0xFEFF])
_SAME = {ord("’"): "'", ord("‘"): "'", ord("´"): "'", ord("׳"): "'", ord("״"): '"', ord("”"): '"', ord("“"): '"'}
_TABLE = {**_UNSEEN, **_SAME, ord("："): ":", 0xA0: " ", 0x202F: " ", 0x3000: " "}


class Phrase(NamedTuple):
    """One phrase of the table."""

    language: str  # ISO 639-1, or * for every language
    what: str
    text: str  # folded


def fold(text: str) -> str:
    """The text as it is compared: casefolded, no marks of direction, one kind of apostrophe, colon and space."""
    folded = text.casefold()
    return folded if folded.isascii() else folded.translate(_TABLE)


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
    """Which phrases of some kinds stand in a folded text."""

    def __init__(self, *what: str) -> None:
        self._words: dict[str, list[str]] = {}
        self._unspaced: list[str] = []
        for phrase in sorted(frozenset().union(*map(phrases, what))):
            if _UNSPACED.search(phrase):
                self._unspaced.append(phrase)
            else:
                self._words.setdefault(max(_WORD.findall(phrase), key=len, default=phrase), []).append(phrase)
        self._keys = frozenset(self._words)

    def found(self, folded: str) -> Iterator[str]:
        """Each phrase that stands there once, in no order."""
        for key in self._keys.intersection(_WORD.findall(folded)):
            yield from (phrase for phrase in self._words[key] if phrase in folded)
        if self._unspaced and _UNSPACED.search(folded):
            yield from (phrase for phrase in self._unspaced if phrase in folded)

    def finds(self, folded: str) -> bool:
        """Whether any of them does."""
        return next(self.found(folded), None) is not None
