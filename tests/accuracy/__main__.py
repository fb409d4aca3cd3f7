"""How right the classifier is: `./do accuracy` prints tables and every miss, for the corpus and for our own mails.

Of each part: right a source, the confusions a kind, right a language and a strength of headers, people taken for machines.
"""

import logging
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from classifier.classify import classify
from classifier.return_date import return_date
from classifier.verdict import PERSON, Verdict
from tests.accuracy.cases import Case, Judged, absences, corpus, evidence, judged, own, robots, tuned
from tests.classifier.dated import notes


def main() -> None:
    """Print it all."""
    logging.disable(logging.CRITICAL)  # mail-parser's remarks on what it leaves to others
    cases = judged(corpus())
    parts = {
        "corpus, tuned sources": [j for j in cases if tuned(j.case)],
        "corpus, held-back sources": [j for j in cases if not tuned(j.case)],
        "corpus": cases,
        "own mails": judged(own()),
        "own table of absences, no header helps": judged(absences()),
        "own table of robots": judged(robots("robots.txt")),
        "own table of robots, held back": judged(robots("robots_held_out.txt")),
    }
    for name, part in parts.items():
        _print_part(name, part, misses=name != "corpus")
    _print_return_dates()
    _print_speed([j.case for j in cases or parts["own mails"]])


def _print_part(name: str, part: list[Judged], *, misses: bool) -> None:
    if not part:
        print(f"\n== {name}: none here")
        return
    doubtful = [j for j in part if j.mislabelled]
    labels = [j for j in part if not j.mislabelled]
    beside = f"; without {len(doubtful)} delivery reports that are labelled bulk: {_rate(labels)}" if doubtful else ""
    print(f"\n== {name}: {_rate(part)}{beside}; people taken for machines: {sum(j.person_lost for j in part)}")
    _print_by("source", labels, lambda j: j.case.source)
    _print_by("language", labels, lambda j: j.case.language or "not labelled")
    _print_by("headers", labels, lambda j: f"{j.case.label}, {j.strength}")
    print("  kind:")
    for (label, kind), count in sorted(Counter((j.case.label, _seen(j.verdict)) for j in labels).items()):
        print(f"    {label:14}-> {kind:22}{count:5}")
    for j in labels if misses else ():
        if not j.right:
            print(f"  MISS {j.case.name}: {j.case.label}, judged {j.verdict.kind}: {j.verdict.because[0][:60]}")


def _print_by(what: str, part: Sequence[Judged], key: Callable[[Judged], str]) -> None:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in part:
        groups[key(one)].append(one)
    if len(groups) > 1:
        print(f"  {what}:")
    for name, group in sorted(groups.items()) if len(groups) > 1 else ():
        print(f"    {name:32}{_rate(group)}")


def _print_return_dates() -> None:
    """Of the labelled notes: how many days of return are right, wrong and null, and each that is not right."""
    for table in ("return_dates.tsv", "return_dates_held_back.tsv", "return_dates_traps.tsv"):
        read = [(note, return_date(note.subject, note.text, note.sent, note.language)) for note in notes(table)]
        tally = Counter("right" if day == note.back else "wrong" if day else "null" for note, day in read)
        counted = ", ".join(f"{tally[how]} {how} ({tally[how] / len(read):.1%})" for how in ("right", "wrong", "null"))
        print(f"\n== {table}: {len(read)} notes, {counted}")
        for note, day in read:
            if day != note.back:
                text = " ".join(note.text.split())[:90]
                print(f"  MISS {note.language}: {day or 'null'} for {note.back or 'null'}: {text}")


def _rate(part: Sequence[Judged]) -> str:
    right = sum(j.right for j in part)
    return f"{right}/{len(part)} = {right / max(len(part), 1):.1%}"


def _seen(verdict: Verdict) -> str:
    person = "person" if verdict.answer else "person, unanswered"
    return person if verdict.kind in PERSON else str(verdict.kind)


def _print_speed(cases: Sequence[Case]) -> None:
    best = min(_seconds(cases) for _ in range(3))
    print(f"\n{len(cases) / best:,.0f} mails/s on one core, without parsing")


def _seconds(cases: Sequence[Case]) -> float:
    start = time.process_time()  # of this process alone: what else the machine does costs nothing
    for case in cases:
        classify(evidence(case))
    return time.process_time() - start


if __name__ == "__main__":
    main()
