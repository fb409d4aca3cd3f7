"""No automatic answer may go to these (S10 to S16); what they are is still a person's mail."""

import pytest

from classifier.verdict import PERSON, Kind
from inbound.message import Address
from inbound.parse import parse
from tests.classifier.judging import DANA, judge, mail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto-submitted", "auto-forwarded"),
        ("precedence", "bulk"),
        ("precedence", "LIST"),
        ("precedence", "junk"),
        ("list-id", "<team.example.org>"),
        ("list-post", "<mailto:team@example.org>"),
        ("list-archive", "<https://example.org>"),
        ("x-auto-response-suppress", "DR, OOF, AutoReply"),
        ("x-auto-response-suppress", "All"),
        ("x-loop", "support@example.com"),
        ("x-rt-loop-prevention", "rt.example.org"),
        ("feedback-id", "1:2:3"),
        ("x-spam-flag", "YES"),
    ],
)
def test_a_header_keeps_the_answer_back_and_leaves_the_person_a_person(name: str, value: str) -> None:
    verdict = judge(mail("Could you check BIO 101?", DANA, (name, value)))
    assert verdict.kind in PERSON
    assert value.split(",", maxsplit=1)[0] in verdict.no_answer or "list" in verdict.no_answer


@pytest.mark.parametrize(
    "sender",
    [
        "mailer-daemon@example.org",
        "postmaster@example.org",
        "noreply@example.org",
        "no-reply@example.org",
        "no.reply@example.org",
        "donotreply@example.org",
        "team-noreply@example.org",
        "bounces@example.org",
        "bounce+1@example.org",
        "owner-team@example.org",
        "team-request@example.org",
        "team-bounces@example.org",
        "support@example.com",
        "support+x@example.com",
        "kim@example.com",
        "",
    ],
)
def test_these_senders_are_not_answered(sender: str) -> None:
    assert not judge(mail(sender=sender)).answer


@pytest.mark.parametrize(
    "sender", ["norepliquez.dubois@example.org", "rooter@example.org", "info@example.org", "bouncer@example.org"]
)
def test_these_senders_are(sender: str) -> None:
    assert judge(mail(sender=sender)).answer


def test_the_null_sender_is_not_answered_and_a_missing_return_path_is() -> None:
    assert not judge(mail(return_path="")).answer
    assert judge(mail(return_path=None)).answer


def test_old_mail_is_not_answered() -> None:
    assert judge(mail(), stale=True).no_answer == "it is older than 48 hours"


def test_two_senders_are_not_answered() -> None:
    assert not judge(mail(from_=(Address(DANA), Address("tom@example.org")))).answer


def test_an_answer_that_would_go_to_a_list_is_not_given() -> None:
    team = Address("team@example.org")
    assert not judge(mail(to=(team, Address("support@example.com")), reply_to=(team,))).answer


@pytest.mark.parametrize("value", ["no", "No; a=b", ""])
def test_auto_submitted_no_is_a_person_with_an_answer(value: str) -> None:
    assert judge(mail("x", DANA, ("auto-submitted", value))).answer


@pytest.mark.parametrize("value", ["<m1@example.com>", "anybody's", ""])
def test_our_own_loop_mark_keeps_every_answer_back_whatever_its_value(value: str) -> None:
    verdict = judge(mail("Could you check BIO 101?", DANA, ("x-postroom-loop", value)))
    assert (verdict.kind, verdict.no_answer) == (Kind.NEW_TICKET, f"X-Postroom-Loop: {value}".strip())
    assert verdict.silent == verdict.no_answer


@pytest.mark.parametrize(
    ("hops", "why"), [(50, ""), (51, "it has gone through 51 servers: more than 50 Received headers")]
)
def test_a_mail_of_more_than_fifty_hops_is_not_answered_and_stays_what_it_is(hops: int, why: str) -> None:
    hop = "Received: from a.example.org by b.example.org; Wed, 2 Dec 2026 09:00:00 +0000\r\n"
    head = f"From: {DANA}\r\nTo: support@example.com\r\nSubject: Wrong credits\r\n\r\n"
    verdict = judge(parse((hop * hops + head + "BIO 101 shows the wrong credits.\r\n").encode()))
    assert (verdict.kind, verdict.no_answer) == (Kind.NEW_TICKET, why)


def test_our_own_loop_mark_is_seen_behind_any_number_of_headers() -> None:
    head = f"From: {DANA}\r\nTo: support@example.com\r\n" + "X-A: b\r\n" * 600
    raw = f"{head}X-Postroom-Loop: <m1@example.com>\r\n\r\nHello\r\n"
    assert "X-Postroom-Loop" in judge(parse(raw.encode())).no_answer


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I am on holiday until Monday. The harbour is lovely.", 'it may be an out-of-office note: "i am on holiday"'),
        ("Ich bin bis Freitag auf der Messe. Halle 4 ist riesig.", 'it may be an out-of-office note: "auf der messe"'),
        ("I am on holiday until Monday. The second one is still empty. So is the third.", ""),
        ("I am on holiday until Monday. Could Ivo have a look?", ""),
        ("Tuesday 1 December. I am on holiday until Monday.", ""),
        ("I was on holiday until Monday. It is lovely now.", ""),
    ],
)
def test_an_answer_about_hardly_anything_but_an_absence_is_a_persons_and_gets_none(text: str, why: str) -> None:
    verdict = judge(mail(text, subject="Re: Wrong credits"))
    assert (verdict.kind in PERSON, verdict.no_answer) == (True, why)
    assert judge(mail(text, subject="Wrong credits")).answer, "it answers nothing"


def test_the_doubt_holds_for_a_program_whose_rules_answer_and_not_for_a_telephone() -> None:
    text = "I am on holiday until Monday. The harbour is lovely."
    for program, answered in (("Mozilla Thunderbird", False), ("iPhone Mail (22B91)", True)):
        head = (("from", DANA), ("user-agent", program))
        verdict = judge(mail(text, subject="Re: Wrong credits", headers=head))
        assert (verdict.kind in PERSON, verdict.answer) == (True, answered), program
