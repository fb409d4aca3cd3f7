"""Signing: the text of a note above whoever signs it: a name, a house, a trade. It weighs nothing."""

import re

from classifier.clauses import without_name
from classifier.phrases import Said, fold, in_sentence

_ASKED = frozenset({"other", "work", "request"})
_QUOTED = re.compile(r"[«„“\"][^«»„“”\"]*[»“”\"]")  # the name of a house
_MARKS, _ASKS = ".,;:!", ("?", "؟", "？")
_LINE, _SMALL = 80, 3  # characters of a line that signs; letters of "of"


def unsigned(text: str, spoken: frozenset[str]) -> str:
    """The text above a name in its last line. "Cancel Order" is no name, but "Form" may be one in Swedish."""
    return _without_house(_without_name(_without_house(text, spoken), spoken), spoken)


def _without_name(text: str, spoken: frozenset[str]) -> str:
    above = without_name(text)
    last = in_sentence(fold(text[len(above) :])) if len(above) < len(text) else Said()
    asked = any(hit.phrase.says in _ASKED and hit.phrase.language in spoken for hit in last.hits)
    return text if asked else above


def _without_house(text: str, spoken: frozenset[str]) -> str:
    """The text above `Отдел продаж «Мост»`, or `Dana, translator`: a house or a trade, names, and no other word."""
    above, end, line = text.rstrip().rpartition("\n")
    last = fold(line)
    hits = [hit for hit in in_sentence(last).hits if hit.phrase.language in spoken] if len(last) < _LINE and end else []
    houses = [hit.phrase.text for hit in hits if hit.phrase.says == "signature"]
    if not houses or any(hit.phrase.says in _ASKED and not _of_house(hit.phrase.text, houses) for hit in hits):
        return text
    for known in sorted(houses, key=len, reverse=True):
        last = last.replace(known, " ")
    rest = last.split()
    small = [
        word
        for word in _QUOTED.sub("", line).rstrip(" .").split()
        if word[:1].islower() and fold(word) in rest and word[-1] != "."
    ]
    said = len(small) > 1 or any(len(word.strip(_MARKS)) > _SMALL for word in small) or (rest and line.isupper())
    return text if said or line.rstrip().endswith(_ASKS) else above


def _of_house(word: str, houses: list[str]) -> bool:
    """`Billing department`: what it does is no work at hand."""
    return any(word in house for house in houses)
