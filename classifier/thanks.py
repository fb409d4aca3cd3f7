"""Thanks: whether a reply only says thanks. Careful by design: "Thanks, but it still fails" is no thanks."""

import re

from classifier.clues import Clues
from classifier.phrases import MATCHER, Phrase, Said, fold

_LONGEST = 200  # characters
_WORD = re.compile(r"\w+")
_MOST_NAMES = 4  # words that may be left over: names under the thanks


def only_thanks(clues: Clues) -> bool:
    """Whether nothing but thanks, courtesy and names is in the new text."""
    text = fold(clues.new)
    if "thanks" not in clues.body or clues.wants or len(text) > _LONGEST:
        return False
    rest = _without(text, MATCHER.said(text))
    return len(rest) <= _MOST_NAMES and set(rest) <= _names(clues.new)


def _without(text: str, said: Said) -> list[str]:
    """The words that no thanks and no courtesy covers. Longer phrases go first: "thank you" before "you"."""
    words = "".join(char if char.isalnum() or char == "'" else " " for char in text).split()
    padded = f" {'  '.join(words)} "
    for phrase in sorted(_friendly(said), key=lambda phrase: -len(phrase.text)):
        spaced = f" {'  '.join(phrase.text.split())} "
        # Scripts without spaces run on: there the phrase itself is cut out.
        padded = padded.replace(spaced if spaced in padded else phrase.text, " ")
    return padded.split()


def _friendly(said: Said) -> set[Phrase]:
    return {hit.phrase for hit in said.hits if hit.phrase.says in {"thanks", "courtesy"}}


def _names(written: str) -> set[str]:
    """The words with a capital that begin no second sentence of a line: `Kim`, not the `Broken` of "Thanks. Broken"."""
    names: set[str] = set()
    for line in written.splitlines():
        before = ""
        for word in line.split():
            if word[:1].isupper() and before[-1:] not in {".", "!", "?"}:
                names.update(_WORD.findall(fold(word)))
            before = word
    return names
