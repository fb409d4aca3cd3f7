"""Phrases: the table of what machines and people write, and the one matcher that looks for all of it at once. It never judges.

The table is `phrases.txt` beside this file. Time is linear in the text: the words of a text are looked up in an index
(each phrase stands under the word that fewest others have, an open one under the first letters of its stem where it has no
other), and only the phrases found there are searched for. What the sentences of an out-of-office note say besides
stands in `notes.txt`, and is no part of `MATCHER`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import NamedTuple

TEXT_CAP = 6000  # characters of a text that are looked at; a machine says what it is at the top
_STEM = 4  # letters that a stem has at least, and by which it is looked up
_BEGINNING = itemgetter(slice(_STEM))
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without spaces between words
_SAME = (("’", "'"), ("‘", "'"), ("´", "'"), ("：", ":"), ("\u0307", ""), ("\xad", ""), ("\u200b", ""))


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


def _key(phrase: Phrase, common: Counter[str]) -> tuple[str, bool]:
    """The word by which a phrase is found: of its longer ones the rarest in the table, since that is rare in texts, too.

    A stem is found by its first letters, which is True.
    """
    found = _WORD.findall(phrase.text)
    closed = found[:-1] if phrase.open else found
    if phrase.open and (len(found[-1]) >= _STEM > max(map(len, closed), default=0) or not closed):
        return found[-1][:_STEM], True
    return min(closed, key=lambda word: (len(word) < _STEM, common[word], -len(word)), default=phrase.text), False


def _others(phrase: Phrase, key: str) -> frozenset[str]:
    """The other words without which a phrase stands nowhere. What ends in _ may go on, the km_ of km_c258, and so does a stem."""
    found = _WORD.findall(phrase.text)
    return frozenset(word for word in (found[:-1] if phrase.open else found) if word != key and "_" not in word)


class Matcher:
    """All phrases at once. Built once; `said` may be called from any thread."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._words: dict[str, list[tuple[Phrase, frozenset[str]]]] = {}
        self._stems: dict[str, list[tuple[Phrase, frozenset[str]]]] = {}
        self._unspaced: list[Phrase] = []
        table = tuple(phrases)
        common = Counter(word for phrase in table for word in _WORD.findall(phrase.text))
        for phrase in table:
            if _UNSPACED.search(phrase.text):
                self._unspaced.append(phrase)
            else:
                key, stem = _key(phrase, common)
                (self._stems if stem else self._words).setdefault(key, []).append((phrase, _others(phrase, key)))
        self._keys = frozenset(self._words)
        self._beginnings = frozenset(self._stems)

    def said(self, text: str, beginnings: tuple[int, ...] = (0,)) -> Said:
        """What this folded text says. `beginnings`: the places that count as its start."""
        hits = [hit for hit in map(_finder(text, beginnings), self._likely(text)) if hit]
        if not text.isascii() and _UNSPACED.search(text):
            hits += _running(text, self._unspaced, beginnings)
        if not hits:
            return _NOTHING
        hits.sort(key=_place)  # sets have no order that another process has, too
        return Said(tuple(hits), frozenset([hit.phrase.says for hit in hits]))

    def _likely(self, text: str) -> list[Phrase]:
        """The phrases all of whose words are there; most of them stand there, too."""
        found = frozenset(_WORD.findall(text))
        words, stems = self._words, self._stems
        likely = [phrase for key in self._keys & found for phrase, others in words[key] if others <= found]
        if stems:
            begins = self._beginnings.intersection(map(_BEGINNING, found))
            likely += [phrase for key in begins for phrase, others in stems[key] if others <= found]
        return likely


def _place(hit: Hit) -> tuple[int, str, Phrase]:
    return hit.at, hit.phrase.text, hit.phrase


def _running(text: str, phrases: list[Phrase], beginnings: tuple[int, ...]) -> Iterator[Hit]:
    """In scripts without spaces between words a phrase stands anywhere."""
    for phrase in phrases:
        at = _start(text, phrase.text, beginnings) if phrase.starts else text.find(phrase.text)
        if at >= 0:
            yield Hit(phrase, at)


def _finder(text: str, beginnings: tuple[int, ...]) -> Callable[[Phrase], Hit | None]:
    def find(phrase: Phrase) -> Hit | None:
        wanted = phrase.text
        at = _start(text, wanted, beginnings) if phrase.starts else text.find(wanted)
        # The first few places are tried, not all: a text that repeats half a phrase a thousand times says nothing.
        for _ in range(4):
            if at < 0:
                return None
            if _whole(text, at, at + len(wanted), phrase.open):
                return Hit(phrase, at)
            at = -1 if phrase.starts else text.find(wanted, at + 1)
        return None

    return find


def _start(text: str, wanted: str, beginnings: tuple[int, ...]) -> int:
    for at in beginnings:
        if text.startswith(wanted, at):
            return at
    return -1


def _whole(text: str, start: int, end: int, open_end: bool) -> bool:
    """Whether whole words stand there; the I of I-77 is none."""
    if start and text[start - 1].isalnum() and text[start].isalnum():
        return False
    if end < len(text) and not open_end and text[end].isalnum() and text[end - 1].isalnum():
        return False
    before = start > 1 and text[start - 1] == "-" and text[start].isalnum() and text[start - 2].isalnum()
    after = (
        not open_end and text[end - 1].isalnum() and text[end : end + 1] == "-" and text[end + 1 : end + 2].isalnum()
    )
    return not before and not after


def _read(name: str) -> tuple[Phrase, ...]:
    return tuple(read_table(files("classifier").joinpath(name).read_text("utf-8").splitlines()))


_IN_NOTES = words("away absent back stead reach automatic received request thanks")
TABLE = _read("phrases.txt")
MATCHER = Matcher(TABLE)


@cache
def notes() -> tuple[Phrase, ...]:
    """What is looked for in the sentences of notes alone: read when the first note is, since few mails are any."""
    return _read("notes.txt")


@cache
def sentence_matcher() -> Matcher:
    """What a sentence of an out-of-office note may say."""
    return Matcher((*(phrase for phrase in TABLE if phrase.says in _IN_NOTES), *notes()))
