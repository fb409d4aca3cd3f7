"""Any Message gives a Verdict: no exception, a reason, one line each, the same each time; and in time that grows with its size."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.verdict import PERSON, Kind, Known, Passed, Standing, Verdict
from inbound.message import Address, Message, Report
from tests.classifier.judging import DANA, OURS, SENT, judge, link, mail
from tests.growth import doubles, least

WORDS = st.sampled_from(
    [
        "Automatic reply: ",
        "Re: ",
        "[x] ",
        "*** ",
        "[",
        "I am out of the office until 3 December. ",
        "This e-mail is confidential. ",
        "---------- Forwarded message ---------\nFrom: Bea <bea@example.net>\nSubject: x\n",
        "Please deploy. ",
        "It is solved, please close. ",
        "550 5.1.1 <gone@example.org>: user unknown ",
        "back on 99/99/9999 ",
        "could not be delivered ",
        "thanks ",
        "#close\n",
        "> quoted\n",
        "On Tue wrote:\n",
        "Unsubscribe ",
        "不在通知",
        "\u202e",
        "İ",
        "\x00",
        "\ud800",
    ],
)
TEXTS = st.lists(WORDS | st.text(max_size=20), max_size=12).map("".join)
NAMES = st.sampled_from(
    [
        "auto-submitted",
        "precedence",
        "list-unsubscribe",
        "received",
        "authentication-results",
        "x-auto-response-suppress",
        "x-failed-recipients",
        "dkim-signature",
        "resent-to",
        "x-spam-flag",
        "x-original-from",
        "from",
    ],
)
ADDRESSES = st.builds(
    Address,
    st.sampled_from([DANA, "support@example.com", "kim@example.com", "mailer-daemon@x.example", "@", "x"]),
    TEXTS,
)
MANY = st.lists(ADDRESSES, max_size=3).map(tuple)
IDS = st.lists(st.just("<a@example.org>"), max_size=2).map(tuple)
REPORTS = st.builds(
    Report,
    st.sampled_from(["delivery-status", "disposition-notification", "feedback-report", ""]),
    actions=st.lists(st.sampled_from(["failed", "delayed", "delivered", ""]), max_size=2).map(tuple),
)
MESSAGES = st.builds(
    Message,
    sha256=st.just("0"),
    content_key=st.just("0"),
    size=st.just(1),
    headers=st.lists(
        st.tuples(NAMES, TEXTS | st.sampled_from(["auto-replied", "bulk", "no", "YES", "mx.example.com; dmarc=pass"])),
        max_size=8,
    ).map(tuple),
    date=st.none() | st.just(SENT),
    from_=MANY,
    sender=st.none() | ADDRESSES,
    reply_to=MANY,
    to=MANY,
    cc=MANY,
    return_path=st.none() | st.sampled_from(["", DANA]),
    delivered_to=st.lists(st.just("support@example.com"), max_size=1).map(tuple),
    subject=TEXTS,
    in_reply_to=IDS,
    references=IDS,
    content_type=st.sampled_from(["text/plain", "multipart/report", "text/calendar"]),
    parts=st.just(("text/calendar",)),
    text=TEXTS,
    report=st.none() | REPORTS,
    calendar_method=st.sampled_from(["", "REQUEST", "PUBLISH"]),
)
LINKS = st.none() | st.builds(link, st.sampled_from(Known), st.sampled_from(Standing))


@settings(deadline=None)  # what a language's words are made into is made when it is first met
@given(MESSAGES, LINKS, st.booleans(), st.sampled_from(["", "support", "escalate"]))
def test_any_message_gives_one_verdict_with_a_reason(
    message: Message, points: object, token: bool, mailbox: str
) -> None:
    verdict = judge(message, mailbox=mailbox, link=points, staff_token=token)
    assert verdict == judge(message, mailbox=mailbox, link=points, staff_token=token)
    assert verdict.because
    assert all(line and len(line) <= 120 and line.isprintable() for line in verdict.because)
    assert len(verdict.no_answer) <= 120
    _holds_together(verdict, token=token)


def _holds_together(verdict: Verdict, *, token: bool) -> None:
    assert verdict.kind in PERSON or not verdict.answer
    assert verdict.ticket is None or verdict.possibly is None
    assert token or verdict.kind not in {Kind.STAFF_REPLY, Kind.STAFF_COMMAND}
    assert verdict.return_date is None or verdict.kind is Kind.OUT_OF_OFFICE
    assert verdict.authenticated is not Passed.YES or OURS.authserv_ids


HOSTILE: dict[str, Callable[[int], Message]] = {
    "words": lambda n: mail("i am out of the " * (n // 16)),
    "half a phrase": lambda n: mail("out of the office unti " * (n // 23)),
    "one character": lambda n: mail("a" * n),
    "spaces": lambda n: mail(" " * n),
    "digits and dots": lambda n: mail("until 1.1.1.1. " * (n // 15)),
    "kana": lambda n: mail("不在にし" * (n // 4)),
    "quotes": lambda n: mail("> > > \n" * (n // 7)),
    "on on on": lambda n: mail("On On On wrote " * (n // 15)),
    "subject tags": lambda n: mail(subject="[" * n),
    "subject words": lambda n: mail(subject="re: " * (n // 4)),
    "results": lambda n: mail("x", DANA, ("authentication-results", "mx.example.com; " + "dkim=pass (" * (n // 11))),
    "labels": lambda n: mail("From: x\nSent: y\n" * (n // 16)),
    "dashes": lambda n: mail("-----\n" * (n // 6)),
    "clauses": lambda n: mail("no; " * (n // 4)),
    "sentences": lambda n: mail("I am away. " * (n // 11)),
    "addresses": lambda n: mail("<a@b.example> " * (n // 14)),
    "confidential": lambda n: mail("This e-mail is confidential.\n\n" * (n // 30)),
    "thanks": lambda n: mail("thanks " * (n // 7), in_reply_to=("<a@example.org>",), subject="Re: x"),
    "questions": lambda n: mail("?" * n),
    "headers": lambda n: mail("x", DANA, *[("list-x", "y")] * (n // 100)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_no_faster_than_the_mail(name: str) -> None:
    half, whole = HOSTILE[name](500_000), HOSTILE[name](1_000_000)
    assert doubles(judge, half, whole)
    assert least(lambda: judge(whole)) < 0.5


def test_an_ordinary_mail_is_judged_in_less_than_two_milliseconds() -> None:
    ordinary = mail("Hello,\n\nBIO 101 shows the wrong credits, it should be four.\n\nDana\n" * 10)
    assert least(lambda: [judge(ordinary) for _ in range(100)]) < 100 * 0.002
