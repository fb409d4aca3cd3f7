"""Labelled mails, judged: the corpus, our own mails, and the tables of tests/classifier. It counts nothing.

The corpus is other people's mail: it is measured, never copied. POSTROOM_CORPUS names its folder.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from classifier.classify import classify
from classifier.headers import campaign_header, machine_header, mass_header
from classifier.verdict import PERSON, Evidence, Kind, Verdict
from inbound.message import Message
from inbound.parse import parse
from tests.classifier import test_absence, test_robots
from tests.classifier.judging import OURS, mail

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("POSTROOM_CORPUS", ROOT.parent / "shared" / "corpus"))
# The sources that were looked at while the rules were written, by their digests: what the private corpus is made of is not
# told here. The rest were held back.
TUNED = frozenset({"119c9ae6", "4734e098", "6e75eabb", "8e7ab976", "af739ede", "e96b140f", "eae976f4"})


class Case(NamedTuple):
    """One mail with its label: a kind, `human` (any kind of a person's), `machine` (any but a person's), or `any`."""

    name: str
    source: str
    label: str
    language: str
    message: Message
    addressed: bool = False  # judged by the configuration of the tests, where support@example.com is ours


class Strength(StrEnum):
    """How much its headers say of a machine."""

    PROOF = "proof"
    HINT = "hint"
    NONE = "none"


class Judged(NamedTuple):
    """A case and what became of it."""

    case: Case
    verdict: Verdict

    @property
    def right(self) -> bool:
        kind, label = self.verdict.kind, self.case.label
        person = kind in PERSON
        posted = label == "bulk" and person and not self.verdict.answer  # a person's post to a list
        matches = {"any": True, "human": person, "machine": not person}
        return matches.get(label, label == str(kind)) or posted

    @property
    def person_lost(self) -> bool:
        """The worst error: a person's mail taken for a machine's."""
        return self.case.label == "human" and self.verdict.kind not in PERSON

    @property
    def mislabelled(self) -> bool:
        """A delivery report (RFC 3464) that its reader called bulk, for what it returns."""
        report = self.case.message.report
        return self.case.label == "bulk" and report is not None and self.verdict.kind is Kind.BOUNCE

    @property
    def strength(self) -> Strength:
        message = self.case.message
        if machine_header(message) or message.report or message.calendar_method or message.return_path == "":
            return Strength.PROOF
        hint = mass_header(message) or campaign_header(message) or message.value("x-auto-response-suppress")
        return Strength.HINT if hint else Strength.NONE


def corpus() -> Iterator[Case]:
    """The labelled mails of the corpus; none where it is missing."""
    table = CORPUS / "labels.tsv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            raw = (CORPUS / row["path"]).read_bytes()
            yield Case(row["path"], row["path"].partition("/")[0], row["kind"], row["language"], parse(raw))


def tuned(case: Case) -> bool:
    return sha256(case.source.encode()).hexdigest()[:8] in TUNED


def own() -> Iterator[Case]:
    """Our own mails, by the kind that their folder names."""
    for path in sorted((ROOT / "tests" / "mails").glob("*/*.eml")):
        if path.parent.name in set(Kind) - {Kind.SYSTEM_REPORT}:
            label = "human" if Kind(path.parent.name) in PERSON else path.parent.name
            known = "the-configuration-names" in path.stem
            yield Case(f"{path.parent.name}/{path.stem}", "mails", label, "", parse(path.read_bytes()), addressed=known)


def absences() -> Iterator[Case]:
    """Notes without one header that helps, and people who speak of an absence."""
    for number, row in enumerate((*test_absence.ROWS, *test_absence.LATER), 1):
        label = "human" if row.expected == "person" else "out_of_office"
        message = mail(row.text, subject=row.subject)
        yield Case(f"absence.tsv {number}", "absences", label, row.language, message, addressed=True)


def robots(table: str) -> Iterator[Case]:
    """Machines of many makes, with headers and without, and the people beside them."""
    labels = {"person": "human", "unanswered": "human", "mass": "bulk"}
    for number, row in enumerate(test_robots.rows(table), 1):
        label = labels.get(row.wanted, row.wanted)
        yield Case(f"{table} {number}", table, label, row.language, parse(row.raw), addressed=True)


def judged(cases: Iterable[Case]) -> list[Judged]:
    """Each judged by itself, without a configuration but for those that are addressed to the tests' own."""
    return [Judged(case, classify(evidence(case))) for case in cases]


def evidence(case: Case) -> Evidence:
    return Evidence(case.message, OURS, "support") if case.addressed else Evidence(case.message)
