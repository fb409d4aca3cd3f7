"""Explain: why a mail is judged as it is: the rule that won, what stands behind it, all evidence for and against, and what would change it.

It judges by `classify` alone: nothing here decides what a mail is.
"""

from dataclasses import dataclass

from classifier import without
from classifier.classify import PEOPLE, classify, machines
from classifier.clues import Clues, gather
from classifier.joining import join
from classifier.rules import taught
from classifier.signs import Sign, Speaks, signs
from classifier.verdict import PERSON, Evidence, Kind, Verdict


@dataclass(frozen=True, slots=True)
class Held:
    """A rule that holds for a mail, and its evidence."""

    rule: str
    kind: Kind
    evidence: str


@dataclass(frozen=True, slots=True)
class Change:
    """The one thing without which the verdict would be another."""

    without: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why. `behind` would have held, too, had the rules before it not."""

    verdict: Verdict
    won: Held
    behind: tuple[Held, ...]
    signs: tuple[Sign, ...]
    change: Change | None  # None: no single thing, taken away, changes the verdict

    @property
    def for_it(self) -> tuple[Sign, ...]:
        return tuple(sign for sign in self.signs if sign.speaks is self._side)

    @property
    def against_it(self) -> tuple[Sign, ...]:
        return tuple(sign for sign in self.signs if sign.speaks not in {self._side, Speaks.EITHER})

    @property
    def either(self) -> tuple[Sign, ...]:
        return tuple(sign for sign in self.signs if sign.speaks is Speaks.EITHER)

    @property
    def _side(self) -> Speaks:
        return Speaks.PERSON if self.verdict.kind in PERSON else Speaks.MACHINE


def explain(evidence: Evidence) -> Explanation:
    """Total: whatever can be judged can be explained."""
    clues = gather(evidence)
    verdict = classify(evidence)
    first, *rest = _held(clues, verdict)
    return Explanation(
        verdict=verdict,
        won=first,
        behind=tuple(rest),
        signs=signs(clues),
        change=_change(clues, verdict, first.evidence),
    )


def _held(clues: Clues, verdict: Verdict) -> list[Held]:
    """Every rule that holds, in the order of the tables; the last of all, which always does, only where it is alone."""
    told = taught.person(clues)
    found = [Held(taught.name(clues), verdict.kind, told.partition(": ")[2])] if told else []
    found += [Held(rule.name, rule.kind, said) for rule in machines(clues) if (said := rule.holds(clues))]
    joined = join(clues.evidence, verdict.authenticated)
    people = [Held(row.name, row.kind, said) for row in PEOPLE if (said := row.holds(clues, joined))]
    return [*found, *(people[:-1] if found or len(people) > 1 else people)]


def _change(clues: Clues, verdict: Verdict, said: str) -> Change | None:
    """The smallest one that changes the kind: of the evidence that the rule names, else of all that was looked at.

    Where none does, the smallest that changes whether it may be answered.
    """
    answers: Change | None = None
    for less in sorted(without.each(clues), key=lambda less: (not less.cited(said), less.size)):
        other = classify(less.evidence, less.reading)
        if other.kind is not verdict.kind:
            return Change(less.what, other)
        if answers is None and other.answer is not verdict.answer:
            answers = Change(less.what, other)
    return answers
