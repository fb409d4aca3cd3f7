"""Which mails of a batch may be settled together: no mail beside one whose effect it may need."""

from datetime import UTC, datetime

import pytest

from classifier.verdict import Ours, ReportRule
from postroom import reading
from postroom.cases import Read, apart
from store.pending import Pending

OURS = Ours(reports=(ReportRule("nightly", sender="@cim.example.net", subject="failed"),))


def read(number: int, sender: str, message_id: str, *more: str, subject: str = "Help") -> Read:
    lines = (f"From: {sender}", f"Message-ID: <{message_id}@example.org>", f"Subject: {subject}", *more)
    raw = "\r\n".join((*lines, "", f"mail {number}")).encode()
    return Read(Pending(number, "support", datetime(2026, 11, 22, tzinfo=UTC), 1, raw), reading.read(raw))


def groups(*mails: Read) -> list[list[int]]:
    return [[one.mail.id for one in group] for group in apart(mails, OURS)]


def test_mails_that_share_nothing_are_settled_together() -> None:
    assert groups(read(1, "ann@example.org", "a"), read(2, "ben@example.org", "b"), read(3, "cy@example.org", "c")) == [
        [1, 2, 3]
    ]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(read(2, "ANN@example.org", "b"), id="one author"),
        pytest.param(read(2, "ben@example.org", "b", "In-Reply-To: <a@example.org>"), id="an answer to the first"),
        pytest.param(read(2, "ben@example.org", "b", "References: <x@y.test> <a@example.org>"), id="the same thread"),
        pytest.param(read(2, "ben@example.org", "a"), id="one Message-ID"),
    ],
)
def test_a_mail_that_may_need_the_effect_of_another_waits_for_it(second: Read) -> None:
    assert groups(read(1, "ann@example.org", "a"), second, read(3, "cy@example.org", "c")) == [[1], [2, 3]]


def test_repeats_of_one_report_wait_for_the_first_whoever_sends_them() -> None:
    nights = [read(n, f"n{n}@cim.example.net", f"n{n}", subject=f"daily.sh failed on 2026-11-2{n}") for n in (1, 2, 3)]
    assert groups(*nights) == [[1], [2], [3]]


def test_nothing_makes_no_group() -> None:
    assert groups() == []
