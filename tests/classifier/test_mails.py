"""Every mail of tests/mails is judged to be what its folder says. `-unanswered` in the name: a person's, without an answer."""

from pathlib import Path

import pytest

from classifier.verdict import PERSON, Kind, Ours
from inbound.parse import parse
from tests.classifier.judging import fixtures, judge, link

KINDS = [path for path in fixtures() if path.parent.name in set(Kind)]


@pytest.mark.parametrize("path", KINDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_mail_is_what_its_folder_says_and_says_why(path: Path) -> None:
    kind = Kind(path.parent.name)
    verdict = judge(parse(path.read_bytes()), link=link() if kind is Kind.CLIENT_REPLY else None)
    assert (verdict.kind, verdict.because != ()) == (kind, True), verdict.because


@pytest.mark.parametrize("path", KINDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_only_people_are_answered(path: Path) -> None:
    kind = Kind(path.parent.name)
    verdict = judge(parse(path.read_bytes()), link=link() if kind is Kind.CLIENT_REPLY else None)
    wanted = kind in PERSON - {Kind.CC_ONLY} and not path.stem.endswith("-unanswered")
    assert verdict.answer is wanted, verdict.no_answer


@pytest.mark.parametrize("path", KINDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_without_a_configuration_a_person_is_still_a_person_and_a_machine_a_machine(path: Path) -> None:
    kind = Kind(path.parent.name)
    if (
        path.stem == "web-form-that-the-configuration-names"
        or kind is Kind.SYSTEM_REPORT
        or "does-not-address" in path.stem
    ):
        return  # these are known by the configuration alone
    verdict = judge(parse(path.read_bytes()), ours=Ours(), mailbox="")
    assert (verdict.kind in PERSON) is (kind in PERSON), verdict.because


def test_there_are_enough_mails_to_mean_something() -> None:
    assert len(KINDS) >= 100
    assert {path.parent.name for path in KINDS} >= {
        "out_of_office",
        "auto_reply",
        "bounce",
        "new_ticket",
        "client_reply",
    }
