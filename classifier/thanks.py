"""Thanks, approval: whether a reply only says thanks, or only yes. Careful by design: "Thanks, but it still fails" is neither."""

import re

from classifier.clues import Clues
from classifier.phrases import MATCHER, Phrase, Said, fold

_LONGEST = 200  # characters
_WORD = re.compile(r"\w+")
_MOST_NAMES = 4  # words that may be left over: names under the thanks
_KIND = frozenset({"thanks", "courtesy"})
_YES = _KIND | {"approval"}


def only_thanks(clues: Clues) -> bool:
    """Whether nothing but thanks, courtesy and names is in the new text."""
    text = fold(clues.new)
    if "thanks" not in clues.body or clues.wants or len(text) > _LONGEST:
        return False
    rest = _without(text, MATCHER.said(text), _KIND)
    return len(rest) <= _MOST_NAMES and set(rest) <= _names(clues.new)


def only_approval(clues: Clues) -> bool:
    """Whether nothing but a yes to what was done is in the new text, with thanks, courtesy and names around it."""
    if "approval" not in clues.body or clues.wants or len(fold(clues.new)) > _LONGEST:
        return False
    names, said_yes = 0, False
    for line in filter(str.strip, clues.new.splitlines()):
        said = MATCHER.said(fold(line))
        rest = _without(fold(line), said, _YES)
        # Names stand under a greeting or below the yes, never beside it: "Not approved" begins with a capital, too.
        beside = "approval" in said or not (said_yes or "courtesy" in said)
        if rest and (beside or not set(rest) <= _names(line)):
            return False
        said_yes = said_yes or "approval" in said
        names += len(rest)
    return names <= _MOST_NAMES


def _without(text: str, said: Said, says: frozenset[str]) -> list[str]:
    """The words that none of these phrases covers. Longer phrases go first: "thank you" before "you"."""
    words = "".join(char if char.isalnum() or char == "'" else " " for char in text).split()
    padded = f" {'  '.join(words)} "
    for phrase in sorted(_of(said, says), key=lambda phrase: -len(phrase.text)):
        spaced = f" {'  '.join(phrase.text.split())} "
        # Scripts without spaces run on: there the phrase itself is cut out.
        padded = padded.replace(spaced if spaced in padded else phrase.text, " ")
    return padded.split()


def _of(said: Said, says: frozenset[str]) -> set[Phrase]:
    return {hit.phrase for hit in said.hits if hit.phrase.says in says}


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
