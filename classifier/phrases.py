"""Phrases: the table of what machines and people write, and the one matcher that looks for all of it at once. It never judges.

The table is `phrases.txt` beside this file. One pass finds the places of all phrases, and only there words are looked at. What
the sentences of an out-of-office note say besides stands in `notes.txt`, and is no part of `matcher`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import ascii_lowercase
from typing import NamedTuple

from inbound.texts import Texts

TEXT_CAP = 6000  # characters of a text that are looked at; a machine says what it is at the top
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without spaces between words
_SAME = (
    *(("’", "'"), ("‘", "'"), ("´", "'"), ("：", ":"), ("\u0307", ""), ("\xad", ""), ("\u200b", "")),
    # Arabic is typed with these marks and without.
    *(("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ى", "ي"), ("ة", "ه"), ("\u064b", ""), ("\u0640", "")),
)
_AND = {"ar": "و", "he": "ו"}

_ACCENTED = re.compile("[\u00df-\u024f\u0386-\u0390\u03aa-\u03b0\u03ca-\u03ce]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ı": "i", "ł": "l", "đ": "d"})
_SPELT_OUT = frozenset({"de", "da", "nb", "fi"})


class Phrase(NamedTuple):
    """One line of the table."""

    language: str  # ISO 639-1
    says: str
    text: str  # folded
    starts: bool = False  # only where a subject begins
    open: bool = False  # any ending may follow


class Hit(NamedTuple):
    """A phrase that stands in a text, and where it begins in the folded text."""

    phrase: Phrase
    at: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says."""

    hits: tuple[Hit, ...] = ()  # as they stand in the text
    kinds: frozenset[str] = field(default=frozenset())

    def first(self, *says: str) -> str:
        """The phrase found first of those that say one of these, or ""."""
        if self.kinds.isdisjoint(says):
            return ""
        return min(((h.at, h.phrase.text) for h in self.hits if h.phrase.says in says), default=(0, ""))[1]

    def count(self, says: str) -> int:
        """How many different phrases say this."""
        return len({h.phrase.text for h in self.hits if h.phrase.says == says})

    def __contains__(self, says: object) -> bool:
        return says in self.kinds

    @property
    def language(self) -> str:
        """The language of most characters found, or ""."""
        weights: Counter[str] = Counter()
        for hit in self.hits:
            weights[hit.phrase.language] += len(hit.phrase.text)
        return max(weights, key=lambda language: weights[language], default="")


_NOTHING = Said()


def fold(text: str, cap: int = TEXT_CAP) -> str:
    """The text as it is compared: capped, casefolded, one kind of apostrophe and colon, single spaces."""
    folded = text[:cap].casefold()
    for other, same in () if folded.isascii() else _SAME:
        folded = folded.replace(other, same)
    return " ".join(folded.split())


def words(text: str) -> frozenset[str]:
    """A set of words, written as one line of them."""
    return frozenset(text.split())


def read_table(lines: Iterable[str]) -> Iterator[Phrase]:
    """The phrases of a table's lines. Raises ValueError that names the line which is none."""
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        fields = [part.strip() for part in line.split("|")]
        if len(fields) != 3 or not all(fields):
            raise ValueError(f"phrases.txt: not `language | what it says | phrase`: {line!r}")
        language, says, texts = fields
        for text in texts.split(";"):
            yield _phrase(language, says, text.strip())


def _phrase(language: str, says: str, text: str) -> Phrase:
    bare = fold(text.removeprefix("^").removesuffix("*"))
    if not bare:
        raise ValueError(f"phrases.txt: an empty phrase of {language} | {says}")
    return Phrase(language, says, bare, text.startswith("^"), text.endswith("*"))


class Matcher:
    """All phrases at once. Built once; `said` may be called from any thread."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        # Of phrases that begin at one place the first is the first in the alphabet.
        self._phrases = tuple(sorted(phrases, key=lambda phrase: (phrase.text, phrase)))
        kept: dict[tuple[bool, bool, bool], tuple[bool, bool, bool]] = {}  # few are different
        self._edges = [kept.setdefault(edges, edges) for edges in map(_edges, self._phrases)]
        self._letters: dict[str, list[int]] = {}
        self._numbers: list[int] = []  # of the longer ones
        for number, phrase in enumerate(self._phrases):
            of = self._letters.setdefault(phrase.text, []) if _is_letter(phrase) else self._numbers
            of.append(number)
        # The letter comes first, whichever side is looked at: that is quick.
        self._letter = re.compile(rf"[{''.join(self._letters) or '_'}](?![^\W_])(?<![^\W_].)", re.DOTALL)
        self._texts = Texts(self._phrases[number].text for number in self._numbers)

    def said(self, text: str, beginnings: tuple[int, ...] = (0,)) -> Said:
        """What this folded text says. `beginnings`: the places that count as its start."""
        found = self._one_letter(text)
        length = len(text)
        for place, start, end in self._texts.places(text):
            number = self._numbers[place]
            begins, ends, first = self._edges[number]
            # Most places are amid a word.
            if (begins and start and text[start - 1].isalnum()) or (ends and end < length and text[end].isalnum()):
                continue
            if number in found or (first and start not in beginnings):
                continue
            if (begins and _joined_before(text, start)) or (ends and _joined_behind(text, end)):
                continue
            found[number] = start
        if not found:
            return _NOTHING
        placed = sorted((start, number) for number, start in found.items())
        hits = tuple(Hit(self._phrases[number], start) for start, number in placed)
        return Said(hits, frozenset([hit.phrase.says for hit in hits]))

    def _one_letter(self, text: str) -> dict[int, int]:
        """The words of one letter, and where each stands first: as texts they would be found in every other word."""
        found: dict[int, int] = {}
        for match in self._letter.finditer(text) if self._letters else ():
            at = match.start()
            if not _joined_before(text, at) and not _joined_behind(text, at + 1):
                for number in self._letters[match[0]]:
                    found.setdefault(number, at)
        return found


def _is_letter(phrase: Phrase) -> bool:
    return len(phrase.text) == 1 and phrase.text in ascii_lowercase and not (phrase.starts or phrase.open)


def _edges(phrase: Phrase) -> tuple[bool, bool, bool]:
    """Whether a word has to begin where it begins, whether one has to end where it ends, and whether a subject has to begin there."""
    spaced = not _UNSPACED.search(phrase.text)
    ends = spaced and not phrase.open and phrase.text[-1].isalnum()
    return spaced and phrase.text[0].isalnum(), ends, phrase.starts


def _joined_before(text: str, start: int) -> bool:
    """The 77 of I-77 is no word."""
    return start > 1 and text[start - 1] == "-" and text[start - 2].isalnum()


def _joined_behind(text: str, end: int) -> bool:
    """Nor is the I of I-77."""
    return text[end : end + 1] == "-" and text[end + 1 : end + 2].isalnum()


def plain(phrase: Phrase) -> Iterator[Phrase]:
    """The phrase as it is written on a keyboard without its letters: "pa semester", "fuer", "ειμαι", "isbasi"."""
    if phrase.text.isascii() or not _ACCENTED.search(phrase.text):
        return
    umlauts = phrase.text.translate(_UMLAUTS) if phrase.language in _SPELT_OUT else phrase.text
    for text in (umlauts, phrase.text.translate(_LETTERS)):
        apart = unicodedata.normalize("NFD", text)
        bare = "".join(char for char in apart if not unicodedata.combining(char))
        if bare != phrase.text:
            yield phrase._replace(text=bare)


def joined(phrase: Phrase) -> Iterator[Phrase]:
    """The phrase behind an "and", which Arabic and Hebrew write onto it."""
    if phrase.language in _AND and not phrase.starts:
        yield phrase._replace(text=_AND[phrase.language] + phrase.text)


def _read(name: str) -> tuple[Phrase, ...]:
    return tuple(read_table(files("classifier").joinpath(name).read_text("utf-8").splitlines()))


_IN_NOTES = words("away absent back stead reach automatic received request thanks")


@cache
def table() -> tuple[Phrase, ...]:
    """What is looked for in every mail: read with the first, since most commands judge none."""
    return _read("phrases.txt")


@cache
def matcher() -> Matcher:
    return Matcher(table())


@cache
def notes() -> tuple[Phrase, ...]:
    """What is looked for in the sentences of notes alone: read when the first note is, since few mails are any."""
    return _read("notes.txt")


def in_sentence(text: str) -> Said:
    """What this folded sentence of an out-of-office note says. Where nobody typed an accent, none is asked for."""
    found, plainly = _sentences()
    said = found.said(text)
    if text.isascii() or not _ACCENTED.search(text) or all(hit.phrase not in plainly for hit in said.hits):
        return said
    hits = tuple(hit for hit in said.hits if hit.phrase not in plainly)
    return Said(hits, frozenset([hit.phrase.says for hit in hits]))


@cache
def _sentences() -> tuple[Matcher, frozenset[Phrase]]:
    """All that sentences say, and what of it counts only where nobody typed an accent."""
    alone = [*(phrase for phrase in table() if phrase.says in _IN_NOTES), *notes()]
    rows = dict.fromkeys([*alone, *(other for phrase in alone for other in joined(phrase))])
    plainly = {other for phrase in rows for other in plain(phrase)} - rows.keys()
    return Matcher([*rows, *plainly]), frozenset(plainly)
