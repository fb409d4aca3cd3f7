"""Hints: what a person's reply seems to say, for staff to look at: deploy, go ahead, solved, not needed, yes. Careful by design; it changes nothing.

A sentence that also holds a "not", "but", "if" or "yet" of the same language, or that asks, gives no hint.
"""

import re
from collections.abc import Iterator

from classifier.clues import Clues
from classifier.people import hinting, people_say
from classifier.phrases import Said, fold
from classifier.thanks import YES, asks, names_in, without
from classifier.verdict import Hint, What

_READ = 2000  # characters of the writer's own words
_SHORT = 500  # characters; a yes in a longer text is said of something else
_SENTENCES = 40
_WORDS = 80  # characters of a sentence that are shown
_SENTENCE = re.compile(r"[^.!?。！？؟;\n]*(?:\n(?!\s*\n)[^.!?。！？؟;\n]*)*[.!?。！？؟;]*")
_SAYS = {
    "deploy": What.DEPLOY,
    "go ahead": What.GO_AHEAD,
    "solved": What.SOLVED,
    "not needed": What.NOT_NEEDED,
}
_OF_NEW = frozenset(says for says, what in _SAYS.items() if what in {What.DEPLOY, What.GO_AHEAD})
_NO_SOLUTION = frozenset((What.SOLVED, What.APPROVAL, What.NOT_NEEDED))


def hints(clues: Clues, *, answers: bool) -> tuple[Hint, ...]:
    """Each of them once, in the order of the text. `answers`: the mail answers a ticket; a new one solves and approves nothing."""
    own = clues.own[:_READ]
    said = hinting().said(fold(own, _READ))
    approves = answers and "approval" in said and len(own) <= _SHORT
    if (_SAYS.keys() if answers else _OF_NEW).isdisjoint(said.kinds) and not approves:
        return ()
    found: dict[What, Hint] = {}
    doubt = False
    for sentence in _sentences(own):
        said = people_say(fold(sentence))
        doubt = doubt or _contrast(said, fold(sentence))
        for what in _says(sentence, said):
            found.setdefault(what, Hint(what, _line(sentence)))
    # "It is solved. But page 4 is empty.": staff are to read that, not a hint.
    dropped = _NO_SOLUTION if doubt or not answers else frozenset()
    return tuple(hint for what, hint in found.items() if what not in dropped)


def _sentences(own: str) -> Iterator[str]:
    count = 0
    for match in _SENTENCE.finditer(own):
        if match[0].strip():
            count += 1
            yield match[0].strip()
        if count >= _SENTENCES:
            return


def _says(sentence: str, said: Said) -> Iterator[What]:
    if asks(sentence) or _contrast(said, fold(sentence)):
        return
    for says, what in _SAYS.items():
        if says in said:
            yield what
    if "approval" in said and set(without(fold(sentence), said, YES)) <= names_in(sentence):
        yield What.APPROVAL


def _contrast(said: Said, folded: str) -> bool:
    """Whether it denies, limits or doubts, in a language of what it says; "no problem" and "no longer needed" do not."""
    if "against" not in said:
        return False
    meant = [hit.phrase for hit in said.hits if hit.phrase.says != "against"]
    rest = folded
    for phrase in sorted(meant, key=lambda phrase: -len(phrase.text)):
        if phrase.says in {*_SAYS, "benign"}:
            rest = rest.replace(phrase.text, " ")
    spoken = {phrase.language for phrase in meant if phrase.says in {*_SAYS, "approval"}}
    left = people_say(rest)
    return any(hit.phrase.says == "against" and (not spoken or hit.phrase.language in spoken) for hit in left.hits)


def _line(sentence: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in sentence).split())
    return line if len(line) <= _WORDS else f"{line[: _WORDS - 1]}…"
