"""Leftover: what a sentence of a note says beside what is known: parts of it, single words, a mere day. It weighs nothing."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from classifier.almanac import months, short
from classifier.phrases import Said, in_sentence
from classifier.sentences import level

_ASIDE, _TITLES = 2, 8  # words of a part between commas that says nothing by itself; beside whom to ask
_UNSPACED = 2  # characters that count as a word, in scripts without spaces
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_LETTERS = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"[,،、，()]|\s[-–—]\s")
_DAY = re.compile(r"\d ?[./-] ?\d|\d\d\d\d|\d{1,2}(?:st|nd|rd|th)\b|\d\.(?=\s|$)|\d ?[月日号號월일]")
_DATE = re.compile(r"(?<![\d.])\d{1,2}\. ?\d{1,2}\.(?!\d\d:)|(?<!\d)\d{1,2}/\d{1,2}(?!\d)|\d{4}-\d\d-\d\d|\d[月월]")
_DAYS = re.compile("[年月日号號]")
_MERE = frozenset({"urgent", "closing", "signature", "hand", "thing"})  # "until then" says nothing by itself
_THINGS = frozenset({"hand", "thing"})  # no note names them
_SHORT = 3  # letters of "from", "bis", "au" and the like, or one more
_STEM = 4  # letters of a month that endings may follow
# What "and" and "but" are: what follows may be about something else.
_AND = {
    language: said
    for language, _, said in (
        pair.partition("=")
        for line in (
            "en=and|but de=und|aber fr=et|mais es=y|e|pero it=e|ed|ma nl=en|maar pt=e|mas pl=i|oraz|ale cs=a|ale sk=a|ale",
            "hu=és|de ro=și|si|dar bg=и|но hr=i|ali sv=och|men da=og|men nb=og|men fi=ja|enkä|mutta et=ja|ega|aga ru=и|но",
            "uk=і|й|та|але tr=ve|ama el=και|αλλά ca=i|però",
        )
        for pair in line.split()
    )
}


def asides(sentence: str, kinds: frozenset[str], spoken: frozenset[str], heard: Said) -> Iterator[str]:
    """The parts between commas and beside "and" that say something else. Beside whom to ask stand names and titles."""
    least, cut = (_TITLES, _PARTS) if kinds & {"contact", "stead"} else (_ASIDE, _cut(spoken))
    parts = list(_parted(sentence, cut, heard))
    for part in parts if len(parts) > 1 else ():
        found = [word for word in part.split() if not _of_calendar(word)]
        long = len(part) >= _UNSPACED * least if _WIDE.search(part) else len(found) >= least
        if long and not _mere_day(part) and "@" not in part and not in_sentence(part).kinds - _MERE:
            yield part


def _parted(sentence: str, cut: re.Pattern[str], heard: Said) -> Iterator[str]:
    """What stands between the cuts. The "and" of "online only now and then" cuts nothing."""
    whole = [(hit.at, hit.at + len(hit.phrase.text)) for hit in heard.hits]
    begin = 0
    for mark in cut.finditer(sentence):
        if not any(start < mark.start() and mark.end() < end for start, end in whole):
            yield sentence[begin : mark.start()].strip()
            begin = mark.end()
    yield sentence[begin:].strip()


def _mere_day(part: str) -> bool:
    """A number, with hardly a word beside it: "from 24 to 27 December", and not "the parcel must come on the 23rd"."""
    if not any(char.isdigit() for char in part):
        return False
    if _WIDE.search(part):
        return len(_WIDE.findall(_DAYS.sub("", part))) < _UNSPACED * _ASIDE
    apart = (word[0] for word in _LETTERS.finditer(part) if not _of_calendar(word[0]))
    return sum(len(word) > _SHORT for word in apart) < _ASIDE


def loose(sentence: str, heard: Said, names: frozenset[str] = frozenset()) -> int:
    """How many words no phrase touches, and that are none of the writer's names. The part between commas in which an address stands says whom to ask, in any few words."""
    said = [hit for hit in heard.hits if hit.phrase.says not in _THINGS]
    known = {at for hit in said for at in range(hit.at, hit.at + len(hit.phrase.text))}
    known.update(at for start, end in _with_address(sentence, heard) for at in range(start, end))
    apart = [
        word
        for word in _LETTERS.finditer(sentence)
        if known.isdisjoint(range(word.start(), word.end()))
        and word[0] not in names
        and not _of_calendar(word[0])
        and not _counted(sentence, word)
    ]
    wide = sum(1 for at, char in enumerate(sentence) if at not in known and _WIDE.match(char))
    # A Korean word says what takes two elsewhere.
    return sum(1 + bool(_HANGUL.match(word[0])) for word in apart if not _WIDE.search(word[0])) + wide // _UNSPACED


def _with_address(sentence: str, heard: Said) -> Iterator[tuple[int, int]]:
    """Where such parts begin and end, in a sentence of more than one. Who says "the replacement goes to" names nobody to ask."""
    asked = [hit.at for hit in heard.hits if hit.phrase.says == "contact"]
    ends = [match.start() for match in _PARTS.finditer(sentence)]
    for start, end in pairwise((0, *ends, len(sentence))) if ends else ():
        part = sentence[start:end]
        if "@" in part and len(part.split()) <= _TITLES and any(start <= at < end for at in asked):
            yield start, end


def names_day(sentence: str) -> bool:
    """A number that can be a day's: "3.8.", "3 August", "8月3日", "2027"; not that of a room."""
    return bool(_DAY.search(sentence)) or (
        any(char.isdigit() for char in sentence) and any(_of_calendar(word[0]) for word in _LETTERS.finditer(sentence))
    )


def names_date(sentence: str) -> bool:
    """A day with its month: "14. 12.", "12/14", "14 December"; no room, price or telephone."""
    return bool(_DATE.search(sentence)) or (
        any(char.isdigit() for char in sentence) and any(_is_month(word[0]) for word in _LETTERS.finditer(sentence))
    )


def _is_month(word: str) -> bool:
    bare = level(word)
    return bare in months() or any(bare[:length] in months() for length in range(_STEM + 1, len(bare)))


def is_day(sentence: str) -> bool:
    """`Return: 22 June 2026`, `I work on these days: Tuesday, Thursday`: what stands behind the colon."""
    found = _LETTERS.findall(sentence)
    return (len(found) > 1 or any(char.isdigit() for char in sentence)) and all(map(_of_calendar, found))


def _counted(sentence: str, word: re.Match[str]) -> bool:
    """The 월 of 11월 and the 일까지 of 4일까지."""
    return bool(_HANGUL.match(word[0])) and sentence[: word.start()][-1:].isdigit()


@lru_cache(4096)  # the same words stand in most notes
def _of_calendar(word: str) -> bool:
    """A month or a weekday, whatever its ending."""
    bare = level(word)
    return bare in short() or any(bare[:length] in short() for length in range(_STEM, len(bare)))


@lru_cache(64)
def _cut(spoken: frozenset[str]) -> re.Pattern[str]:
    """Commas, and what "and" is in these languages."""
    words_and = "|".join(_AND[language] for language in sorted(spoken & _AND.keys()))
    return re.compile(rf"{_PARTS.pattern}|\s(?:{words_and})\s") if words_and else _PARTS
