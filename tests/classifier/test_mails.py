"""Every mail of tests/mails is judged to be what its folder says. `-unanswered` in the name: a person's, without an answer."""

from collections.abc import Iterator
from pathlib import Path

from classifier.verdict import PERSON, Kind, Ours, Verdict
from inbound.message import Message
from inbound.parse import parse
from tests.classifier.judging import fixtures, judge, link

KINDS = [path for path in fixtures() if path.parent.name in set(Kind)]


def read() -> Iterator[tuple[Path, Kind, Message]]:
    for path in KINDS:
        yield path, Kind(path.parent.name), parse(path.read_bytes())


def judged() -> Iterator[tuple[Path, Kind, Verdict]]:
    for path, kind, message in read():
        yield path, kind, judge(message, link=link() if kind is Kind.CLIENT_REPLY else None)


def test_a_mail_is_what_its_folder_says_and_says_why() -> None:
    wrong = [
        (path, verdict.kind, verdict.because)
        for path, kind, verdict in judged()
        if verdict.kind is not kind or not verdict.because
    ]
    assert wrong == []


def test_only_people_are_answered() -> None:
    wrong = [
        (path, verdict.no_answer)
        for path, kind, verdict in judged()
        if verdict.answer is not (kind in PERSON - {Kind.CC_ONLY} and not path.stem.endswith("-unanswered"))
    ]
    assert wrong == []


def test_without_a_configuration_a_person_is_still_a_person_and_a_machine_a_machine() -> None:
    wrong = []
    for path, kind, message in read():
        if (
            path.stem == "web-form-that-the-configuration-names"
            or kind is Kind.SYSTEM_REPORT
            or "does-not-address" in path.stem
        ):
            continue  # these are known by the configuration alone
        verdict = judge(message, ours=Ours(), mailbox="")
        wrong += [] if (verdict.kind in PERSON) is (kind in PERSON) else [(path, verdict.kind, verdict.because)]
    assert wrong == []


def test_there_are_enough_mails_to_mean_something() -> None:
    assert len(KINDS) >= 100
    assert {path.parent.name for path in KINDS} >= {
        "out_of_office",
        "auto_reply",
        "bounce",
        "new_ticket",
        "client_reply",
    }
