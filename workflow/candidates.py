"""Which ticket an escalation may be about: each with a score and the evidence for it, in words. Pure; it looks nothing up.

A small method on purpose: points for each kind of evidence, and words that weigh by how rare they are (inverse document
frequency, Spärck Jones 1972). It proposes, and people decide.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import log

from classifier.language import SMALL

MOST = 5  # candidates that are shown
LEAST = 15  # points below which none is
_CAP = 99
_LIKELY = ((60, "very likely"), (35, "likely"), (0, "perhaps"))  # in words, from so many points on
_CLOSED = 0.6  # of its points, of a closed ticket
_SHOWN = 4  # words, and numbers, that a line of evidence names
_WORD = re.compile(r"[^\W_](?:[^\W_]|['’-]){2,39}")
_TAG = re.compile(r"\[#\d*\]")
_SHORTEST = 20  # characters of a quoted line that says anything


@dataclass(frozen=True, slots=True)
class Sought:
    """What an escalation says. Addresses in lower case; `organisation` is "" for a public mail domain."""

    subject: str
    text: str
    quoted: str
    sender: str
    organisation: str
    also: frozenset[str] = frozenset()  # all addresses that the sender is known to have
    others: frozenset[str] = frozenset()  # named in To and Cc
    in_subject: frozenset[int] = frozenset()
    in_text: frozenset[int] = frozenset()
    pointed: int | None = None  # an id of its conversation, or its tag, names it; its sender takes no part there


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket as far as it matters here."""

    number: int
    subject: str
    status: str  # key
    workflow: str
    open: bool
    requester: str
    organisation: str
    people: frozenset[str] = frozenset()
    texts: tuple[str, ...] = field(default=())  # what its clients wrote


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that it may be about; `score` from 0 to 99."""

    ticket: Known
    score: int
    evidence: tuple[str, ...]

    @property
    def likely(self) -> str:
        """The score, for people."""
        return next(words for least, words in _LIKELY if self.score >= least)


def words(text: str, most: int = 60) -> tuple[str, ...]:
    """The words by which texts are compared, each once, in their order. Tags of ours are none, nor words that stand in every mail."""
    found = dict.fromkeys(_WORD.findall(_TAG.sub(" ", text).casefold()))
    return tuple([one for one in found if not (one.isdecimal() or one in SMALL)][:most])


def rank(sought: Sought, known: tuple[Known, ...], rarity: Mapping[str, float]) -> tuple[Candidate, ...]:
    """The likeliest first. `rarity`: of a word, from 0 (everywhere) to 1 (nowhere else); what it lacks is as rare as can be."""
    said = _Said(sought)
    found = [_weighed(sought, said, one, rarity) for one in known]
    likely = [one for one in found if one.score >= LEAST]
    return tuple(sorted(likely, key=lambda one: (-one.score, -one.ticket.number))[:MOST])


def rare(found: int, tickets: int) -> float:
    """How rare a word is that stands in so many of so many subjects."""
    return max(0.0, log((1 + tickets) / (1 + found)) / log(1 + max(tickets, 1)))


class _Said:
    """The words of an escalation, taken apart once for all that it is compared with."""

    def __init__(self, sought: Sought) -> None:
        self.subject = words(sought.subject)
        self.text = set(words(f"{sought.subject} {sought.text}", 400))
        self.lines = _lines(sought.quoted)


def _weighed(sought: Sought, said: _Said, known: Known, rarity: Mapping[str, float]) -> Candidate:
    points = list(_points(sought, said, known, rarity))
    whole = sum(point for point, _ in points) * (1 if known.open else _CLOSED)
    return Candidate(known, min(_CAP, round(whole)), tuple(line for _, line in points))


def _points(sought: Sought, said: _Said, known: Known, rarity: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    if known.number == sought.pointed:
        yield 45, "the mail names its conversation, in which its sender takes no part"
    if known.number in sought.in_subject:
        yield 40, f"{known.number} stands in the subject"
    elif known.number in sought.in_text:
        yield 30, f"{known.number} stands in the text"
    if not known.people.isdisjoint({sought.sender, *sought.also}):
        yield 30, f"{sought.sender} takes part in it"
    elif known.organisation and known.organisation == sought.organisation:
        yield 18, f"its client is of {known.organisation}, too"
    if both := sorted(sought.others & known.people):
        yield 10, f"{both[0]} is named in the mail, and takes part in it"
    yield from _of_words(said, known, rarity)


def _of_words(said: _Said, known: Known, rarity: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    texts = [_plain(one) for one in known.texts] if said.lines else []
    lines = [line for line in said.lines if any(line in one for one in texts)]
    if lines:
        yield min(45, 25 + 10 * len(lines)), f'it quotes what was written there: "{lines[0][:60]}"'
    share, named = _alike(said.subject, words(known.subject), rarity)
    if named:
        yield 40 * share, f"the subjects share {', '.join(named)}"
    text = words(" ".join((known.subject, *known.texts)), 1000)
    both = sorted(said.text & set(text) - set(named), key=lambda one: (-rarity.get(one, 0.5), one))
    telling = [one for one in both if rarity.get(one, 0.5) >= 0.5 and len(one) > 4]
    if len(telling) > 1:
        yield min(20, 4 * len(telling)), f"both say {', '.join(telling[:_SHOWN])}"


def _alike(mine: tuple[str, ...], its: tuple[str, ...], rarity: Mapping[str, float]) -> tuple[float, list[str]]:
    """How much of their weight two subjects share (Dice 1945), from 0 to 1; and the rarest of those words."""
    weights = {word: rarity.get(word, 1.0) for word in {*mine, *its}}
    both, whole = set(mine) & set(its), sum(weights[word] for word in (*mine, *its))
    shared = 2 * sum(weights[word] for word in both)
    named = sorted((word for word in both if weights[word] > 0.2), key=lambda word: (-weights[word], word))
    return (shared / whole if whole else 0.0), named[:_SHOWN]


def _lines(quoted: str) -> list[str]:
    plain = (_plain(line.lstrip("> \t")) for line in quoted.splitlines())
    return [line for line in dict.fromkeys(plain) if len(line) >= _SHORTEST][:200]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
