"""The bar on real mail: no person is taken for a machine, and most of everything is right. Skipped where the corpus is not."""

import pytest

from tests.accuracy.cases import Judged, corpus, judged, own


@pytest.fixture(scope="module")
def cases() -> list[Judged]:
    found = judged(corpus())
    if not found:
        pytest.skip("corpus: POSTROOM_CORPUS names no folder with labels.tsv")
    return found


def test_no_person_of_the_corpus_is_taken_for_a_machine(cases: list[Judged]) -> None:
    assert [j.case.name for j in cases if j.person_lost] == []


def test_what_has_a_sign_in_the_corpus_is_known_by_it(cases: list[Judged]) -> None:
    known = [j for j in cases if j.case.label in {"out_of_office", "auto_reply", "bounce", "receipt", "calendar"}]
    assert sum(j.right for j in known) / len(known) >= 0.95


def test_no_robot_of_the_corpus_is_answered(cases: list[Judged]) -> None:
    robots = {"out_of_office", "auto_reply", "bounce", "receipt", "calendar"}
    assert [j.case.name for j in cases if j.case.label in robots and j.verdict.answer] == []


def test_our_own_mails_are_all_right_without_a_configuration() -> None:
    odd = {
        "discussion-list-that-does-not-address-us",
        "web-form-that-the-configuration-names",
    }  # known by configuration alone
    wrong = [j.case.name.partition("/")[2] for j in judged(own()) if not j.right]
    assert set(wrong) <= odd
