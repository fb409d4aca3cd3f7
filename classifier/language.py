"""Language: in which one a person writes, told by its small words. It reads no names and no headers, and it may not know.

The table is `languages.txt` beside this file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

CAP = 4000  # characters that are read
_WORDS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = dict.fromkeys([code for code in range(128) if not chr(code).isalpha()], " ")
_WHOLE = 60  # weight of a word of one language alone; in whole numbers, whose sums know no order
_LEAST = 2.5  # weight of different small words below which nothing is said
_AHEAD = 2.0  # so many times the weight of the next language
_SHARE = 0.15  # of all words have to be small ones: a log, or a list of names, is in no language
_FLUENT = 7.5  # weight from which a mail says enough to change what is known of a ticket


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a text is written in."""

    language: str = ""  # ISO 639-1, "" if that is not sure
    fluent: bool = False  # it says enough to outweigh what was known before


def spoken(text: str) -> Spoken:
    """The language of a text. Total; linear in its length."""
    words = _words(text[:CAP].casefold())
    weights: dict[str, int] = defaultdict(int)
    for word in _SHARES.keys() & words:
        for language, share in _SHARES[word]:
            weights[language] += share
    ranked = sorted(zip(weights.values(), weights.keys(), strict=True), reverse=True)
    (weight, first), (second, _) = [*ranked, (0, ""), (0, "")][:2]
    if weight < _LEAST * _WHOLE or weight < _AHEAD * second:
        return Spoken()
    if sum(map(_ONES[first].__contains__, words)) < _SHARE * len(words):
        return Spoken()
    return Spoken(first, weight >= _FLUENT * _WHOLE)


def _words(text: str) -> list[str]:
    # The pattern finds the same in ASCII, in four times the time.
    return text.translate(_NO_LETTERS).split() if text.isascii() else _WORDS.findall(text)


def read_table(lines: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Which languages have each word. Raises ValueError that names the line which is none."""
    have: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        language, bar, words = (part.strip() for part in line.partition("|"))
        if not bar or not re.fullmatch("[a-z]{2}", language) or not words:
            raise ValueError(f"languages.txt: not `language | words`: {line!r}")
        for word in words.split():
            have[word.casefold()].add(language)
    return {word: frozenset(languages) for word, languages in have.items()}


_HAVE = read_table(files("classifier").joinpath("languages.txt").read_text("utf-8").splitlines())
# A word that three languages have tells a third of what one says that is one language's alone.
_SHARES = {
    word: tuple((language, _WHOLE // len(languages)) for language in languages) for word, languages in _HAVE.items()
}
SMALL = frozenset(_HAVE)  # words that every text of a language has, whatever it is about
_ONES = {
    language: frozenset(word for word, languages in _HAVE.items() if language in languages)
    for language in frozenset().union(*_HAVE.values())
}
