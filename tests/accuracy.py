"""How right the classifier is: `python tests/accuracy.py` prints tables and every miss, for the corpus and for tests/mails.

The corpus is other people's mail: it is measured, never copied. POSTROOM_CORPUS names its folder. TUNED are the sources
that were looked at while the rules were written; the rest were held back.
"""

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from classifier.classify import classify  # noqa: E402  after the path
from classifier.return_date import return_date  # noqa: E402  after the path
from classifier.verdict import PERSON, Evidence, Kind, Verdict  # noqa: E402  after the path
from inbound.message import Message  # noqa: E402  after the path
from inbound.parse import parse  # noqa: E402  after the path
from tests.classifier.dated import notes  # noqa: E402  after the path

CORPUS = Path(os.environ.get("POSTROOM_CORPUS", ROOT.parent / "shared" / "corpus"))
# By their digests: what the private corpus is made of is not told here.
TUNED = frozenset({"119c9ae6", "4734e098", "6e75eabb", "8e7ab976", "af739ede", "e96b140f", "eae976f4"})


def digest(source: str) -> str:
    return sha256(source.encode()).hexdigest()[:8]


class Case(NamedTuple):
    """One mail with its label: a kind, `human` (any kind of a person's), or `any`."""

    path: Path
    source: str
    label: str


class Judged(NamedTuple):
    """A case and what became of it."""

    case: Case
    message: Message
    verdict: Verdict

    @property
    def right(self) -> bool:
        kind, label = self.verdict.kind, self.case.label
        person = kind in PERSON
        posted = label == "bulk" and person and not self.verdict.answer  # a person's post to a list
        return label in {"any", str(kind)} or (label == "human" and person) or posted

    @property
    def person_lost(self) -> bool:
        """The worst error: a person's mail taken for a machine's."""
        return self.case.label == "human" and self.verdict.kind not in PERSON


def corpus() -> Iterator[Case]:
    """The labelled mails of the corpus; none where it is missing."""
    table = CORPUS / "labels.tsv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Case(CORPUS / row["path"], row["path"].partition("/")[0], row["kind"])


def own() -> Iterator[Case]:
    """Our own mails, by the kind that their folder names."""
    for path in sorted((ROOT / "tests" / "mails").glob("*/*.eml")):
        if path.parent.name in set(Kind) - {Kind.SYSTEM_REPORT}:
            yield Case(path, "own", "human" if Kind(path.parent.name) in PERSON else path.parent.name)


def judged(cases: Iterable[Case]) -> list[Judged]:
    """Parse and judge each without any configuration."""
    messages = [(case, parse(case.path.read_bytes())) for case in cases]
    return [Judged(case, message, classify(Evidence(message))) for case, message in messages]


def main() -> None:
    """Print it all."""
    cases = judged(corpus())
    halves = {
        "tuned sources": [case for case in cases if digest(case.case.source) in TUNED],
        "held-back sources": [case for case in cases if digest(case.case.source) not in TUNED],
        "own mails": judged(own()),
    }
    for name, half in halves.items():
        _print_half(name, half)
    _print_return_dates()
    _print_speed(cases or halves["own mails"])


def _print_half(name: str, half: list[Judged]) -> None:
    if not half:
        print(f"\n== {name}: none here")
        return
    print(f"\n== {name}: {_rate(half)}; people taken for machines: {sum(j.person_lost for j in half)}")
    for source in sorted({j.case.source for j in half}):
        print(f"  {source:32}{_rate([j for j in half if j.case.source == source])}")
    for (label, kind), count in sorted(Counter((j.case.label, _seen(j.verdict)) for j in half).items()):
        print(f"  {label:14}-> {kind:22}{count:5}")
    for j in half:
        if not j.right:
            print(
                f"  MISS {j.case.source}/{j.case.path.name}: {j.case.label}, judged {j.verdict.kind}: {j.verdict.because[0][:60]}"
            )


def _print_return_dates() -> None:
    """Of the labelled notes: how many days of return are right, wrong and null, and each that is not right."""
    for table in ("return_dates.tsv", "return_dates_held_back.tsv", "return_dates_traps.tsv"):
        read = [(note, return_date(note.subject, note.text, note.sent, note.language)) for note in notes(table)]
        tally = Counter("right" if day == note.back else "wrong" if day else "null" for note, day in read)
        print(
            f"\n== {table}: {len(read)} notes, "
            + ", ".join(f"{tally[how]} {how}" for how in ("right", "wrong", "null"))
        )
        for note, day in read:
            if day != note.back:
                print(
                    f"  MISS {note.language}: {day or 'null'} for {note.back or 'null'}: {' '.join(note.text.split())[:90]}"
                )


def _rate(part: list[Judged]) -> str:
    right = sum(j.right for j in part)
    return f"{right}/{len(part)} = {right / len(part):.1%}"


def _seen(verdict: Verdict) -> str:
    person = "person" if verdict.answer else "person, unanswered"
    return person if verdict.kind in PERSON else str(verdict.kind)


def _print_speed(cases: list[Judged]) -> None:
    best = min(_seconds(cases) for _ in range(3))
    print(f"\n{len(cases) / best:,.0f} mails/s on one core, without parsing")


def _seconds(cases: list[Judged]) -> float:
    start = time.perf_counter()
    for case in cases:
        classify(Evidence(case.message))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
