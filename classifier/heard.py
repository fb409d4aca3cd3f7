"""Heard: the words of one sentence that speak of being away, here or back, and how far they stand from a date. It concludes nothing."""

import re
from dataclasses import dataclass
from itertools import islice

from classifier.almanac import Tongue
from classifier.spans import Span

_COMMA, _OTHER = 25, 30  # a comma or "and" between them counts as so many characters; a word of absence as so many
_NEGATED = 22  # characters before a word in which its negation stands
_BREAK = re.compile(r",|;|:(?! ?\d)| - |\((?![^()]{1,5}\))")
_MOST = 16  # words of one kind in a sentence
_COMMA_OF_DATE, _FURTHER = re.compile(r"\A[ ,.]+"), 6 * " "
_ONLY = re.compile(r"[^,;]{0,40}? (?:que |qu'|decat |sino )")  # "je ne reviens que lundi": on Monday, and not before
_QUE = (" que ", " qu'")  # right behind it: further off, "hasta que" is no "only"
_WITH = 5  # "absent from the office" is no "in the office"


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence with its words by what they say."""

    text: str
    tongue: Tongue
    back: tuple[Word, ...]
    away: tuple[Word, ...]
    here: tuple[Word, ...]
    reach: tuple[Word, ...]
    answer: tuple[Word, ...]
    other: tuple[Word, ...]
    event: tuple[Word, ...]


def hear(text: str, tongue: Tongue) -> Heard:
    """The words of a levelled sentence; where two overlap, absences and what is no absence go first."""
    weekdays = _words(text, tongue, "weekdays")
    # A "feira" is a fair, and a "terça-feira" none.
    away, event = (
        [word for word in _words(text, tongue, row) if not any(_meet(word, day) for day in weekdays)]
        for row in ("away", "event")
    )
    other = _words(text, tongue, "other")
    taken = (*away, *other)
    heard: dict[str, tuple[Word, ...]] = {}
    for row in ("back", "here", "reach", "answer"):
        free = [word for word in _words(text, tongue, row) if not any(_meet(word, one) for one in taken)]
        if row == "back":
            away += [word for word in free if _undone(text, word, tongue)]
        else:
            free = [word for word in free if not any(_within(text, word, one) for one in away)]
            away += [word for word in free if _negated(text, word, tongue)]
        heard[row] = tuple(word for word in free if word not in away)
    return Heard(text, tongue, away=tuple(away), other=tuple(other), event=tuple(event), **heard)


def _meet(one: Word, other: Word) -> bool:
    return one.start < other.end and other.start < one.end


def _within(text: str, word: Word, away: Word) -> bool:
    """Whether a place belongs to the absence before it: "absent from the office"."""
    gap = text[away.end : word.start]
    return 0 <= word.start - away.end <= _WITH and "," not in gap


def _words(text: str, tongue: Tongue, row: str) -> list[Word]:
    found = tongue.pattern(row).finditer(text)
    return [Word(*match.span()) for match in islice(found, _MOST) if match.group()]


def _negated(text: str, word: Word, tongue: Tongue) -> bool:
    before = text[max(0, word.start - _NEGATED) : word.start]
    found = list(tongue.pattern("not").finditer(before))
    return bool(found) and "," not in before[found[-1].end() :] and not text.startswith(_QUE, word.end)


def _undone(text: str, word: Word, tongue: Tongue) -> bool:
    """`No trabajo el viernes`, with nothing between; not "I read no mail and return on Friday"."""
    before = text[max(0, word.start - _NEGATED) : word.start].rstrip()
    found = list(tongue.pattern("not").finditer(before))
    return bool(found) and found[-1].end() == len(before) < word.start and not _ONLY.match(text, word.end)


def cost_of(heard: Heard, word: Word, span: Span, *, over_away: bool = True) -> int:
    """How far a word stands from a date."""
    first, last = min(span.at, span.mention.start), span.mention.end
    start, end = (word.end, first) if word.start < first else (last, word.start)
    # The comma behind "Monday, 16 November," belongs to the date.
    whole = span.mention.weekday and (span.mention.numbers or span.mention.day)
    gap = heard.text[start:end]
    # "Friday 1/15, returning Monday 1/18": it is the second one's where both stand as near.
    gap = _COMMA_OF_DATE.sub(_FURTHER, gap) if start == last and whole else gap
    breaks = len(_BREAK.findall(gap)) + len(heard.tongue.pattern("and").findall(gap))
    between = over_away and any(start <= a.start and a.end <= end and not left(heard, a) for a in heard.away)
    return len(gap) + _COMMA * breaks + _OTHER * between


def left(heard: Heard, away: Word) -> bool:
    """Whether an absence is spoken of as over: "back from leave", "after my holiday"."""
    before = heard.text[max(0, away.start - 18) : away.start]
    return any(heard.tongue.pattern(row).search(before) for row in ("aside", "before", "from"))


def nearest(heard: Heard, words: tuple[Word, ...], span: Span) -> int:
    return min((cost_of(heard, word, span, over_away=False) for word in words), default=10_000)
