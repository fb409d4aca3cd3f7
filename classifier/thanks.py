"""Thanks, approval: whether a reply only says thanks, or only yes. Careful by design: "Thanks, but it still fails" is neither."""

import re

from classifier.clues import Clues
from classifier.people import people_say
from classifier.phrases import Phrase, Said, fold, matcher

_LONGEST = 200  # characters
_LAID_OUT = 5  # times that, with the white space between them
_WORD = re.compile(r"\w+")
_MOST_NAMES = 4  # words that may be left over: names under the thanks
_KIND = frozenset({"thanks", "courtesy"})
YES = _KIND | {"approval"}
_ASKS = ("?", "？", "؟")
_GREEK = re.compile("[\u0370-\u03ff];")  # the question mark of Greek


def only_thanks(clues: Clues) -> bool:
    """Whether nothing but thanks, courtesy and names is in the writer's own words."""
    text = _short(clues.own)
    said = people_say(text)
    if "thanks" not in said:
        return False
    rest = without(text, said, _KIND)
    return len(rest) <= _MOST_NAMES and set(rest) <= names_in(clues.own) and not _wants(clues.own, text)


def only_approval(clues: Clues) -> bool:
    """Whether nothing but a yes to what was done is in the writer's own words, with thanks, courtesy and names around it."""
    text = _short(clues.own)
    if "approval" not in people_say(text) or _wants(clues.own, text):
        return False
    names, said_yes = 0, False
    for line in filter(str.strip, clues.own.splitlines()):
        said = people_say(fold(line))
        rest = without(fold(line), said, YES)
        # Names stand under a greeting or below the yes, never beside it: "Not approved" begins with a capital, too.
        beside = "approval" in said or not (said_yes or "courtesy" in said)
        if rest and (beside or not set(rest) <= names_in(line)):
            return False
        said_yes = said_yes or "approval" in said
        names += len(rest)
    return said_yes and names <= _MOST_NAMES


def _short(own: str) -> str:
    """The folded text, or "" where it is too long to say no more than thanks or yes."""
    text = fold(own) if len(own) <= _LAID_OUT * _LONGEST else ""
    return text if len(text) <= _LONGEST else ""


def _wants(own: str, text: str) -> bool:
    return asks(own) or "request" in matcher().said(text)


def asks(written: str) -> bool:
    """Whether it has a question mark."""
    return any(mark in written for mark in _ASKS) or _GREEK.search(written) is not None


def without(text: str, said: Said, says: frozenset[str]) -> list[str]:
    """The words that none of these phrases covers. Longer phrases go first: "thank you" before "you"."""
    words = "".join(char if char.isalnum() or char == "'" else " " for char in text).split()
    padded = f" {'  '.join(words)} "
    for phrase in sorted(_of(said, says), key=lambda phrase: (-len(phrase.text), phrase.text)):
        spaced = f" {'  '.join(phrase.text.split())} "
        # Scripts without spaces run on: there the phrase itself is cut out.
        padded = padded.replace(spaced if spaced in padded else phrase.text, " ")
    return padded.split()


def _of(said: Said, says: frozenset[str]) -> set[Phrase]:
    return {hit.phrase for hit in said.hits if hit.phrase.says in says}


def names_in(written: str) -> set[str]:
    """The words with a capital that begin no second sentence of a line: `Kim`, not the `Broken` of "Thanks. Broken"."""
    names: set[str] = set()
    for line in written.splitlines():
        before = ""
        for word in line.split():
            if word[:1].isupper() and before[-1:] not in {".", "!", "?"}:
                names.update(_WORD.findall(fold(word)))
            before = word
    return names
