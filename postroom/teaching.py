"""Teaching: which rules would have a mail judged as staff say. Each is tried before it is offered; none is added."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from classifier.classify import classify
from classifier.reading import Reading
from classifier.senders import is_nobody
from classifier.verdict import PEOPLES, PERSON, Evidence, Kind, KindRule
from postroom import rules

_PHRASE = 80  # characters of a text's first sentence
_NUMBERED = re.compile(r"\S*\d\S*")  # a word with a digit
_SHORT = 12  # a phrase of fewer says nothing


@dataclass(frozen=True, slots=True)
class Lesson:
    """A rule, and the other mails of the ledger that its sender and subject fit, and that were taken for something else."""

    rule: KindRule
    others: tuple[int, ...] = ()


def right(kind: Kind, word: str) -> bool:
    """Whether a verdict is what staff say."""
    return kind in PERSON if word == PEOPLES else kind == word


def lessons(evidence: Evidence, reading: Reading, word: str) -> list[Lesson]:
    """The rules that would do, the narrower first; none where it is judged so by now."""
    if right(classify(evidence, reading).kind, word):
        return []
    return [Lesson(rule) for rule in _candidates(evidence, reading, word) if _would_do(rule, evidence, reading, word)]


def _would_do(rule: KindRule, evidence: Evidence, reading: Reading, word: str) -> bool:
    ours = replace(evidence.ours, rules=(*evidence.ours.rules, rule))
    return right(classify(replace(evidence, ours=ours), reading).kind, word)


def _candidates(evidence: Evidence, reading: Reading, word: str) -> Iterator[KindRule]:
    """A sender alone makes a machine's mail only where nobody writes: people have absences, and write letters, too."""
    message = evidence.message
    sender = message.author.key if message.author else ""
    subject, phrase = _usable(_bare(message.subject)), _usable(_first(reading.new))
    if word == PEOPLES:
        yield from (KindRule(sender, word, sender=sender),) if sender else ()
        return
    if phrase:
        yield KindRule(phrase, word, phrase=phrase)
    if sender and subject:
        yield KindRule(subject, word, sender=sender, subject=subject)
    if sender and message.author and is_nobody(message.author):
        yield KindRule(sender, word, sender=sender)


def _bare(subject: str) -> str:
    """The part before a colon, where mailers put their own words; else all of it."""
    first, colon, _ = subject.partition(":")
    return first if colon and len(first) >= _SHORT else subject


def _first(text: str) -> str:
    """The first line that says something; of one with a number or a day, which the next mail will not have, a part without."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    line = next((line for line in lines if len(line) >= 2 * _SHORT), "")
    parts = (part.strip(" .,;:–-") for part in _NUMBERED.split(line))
    line = next((part for part in parts if len(part) >= 2 * _SHORT), line)
    if len(line) <= _PHRASE:
        return line
    return line[:_PHRASE].rpartition(" ")[0]


def _usable(text: str) -> str:
    """What a rule may name; "" for what would stand in everybody's mail."""
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    try:
        return rules.words(line)
    except ValueError:
        return ""
