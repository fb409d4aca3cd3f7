"""Rules of the configuration, and staff's word on one mail: they go first, are named, and overrule no identity of ours."""

from dataclasses import replace

import pytest

from classifier.verdict import Kind, KindRule, Known, Look, LookRule, Standing, Verdict
from inbound.message import Address, Message
from tests.classifier.judging import DANA, OURS, judge, link, mail

PERSON = KindRule("Dana", "person", sender=DANA)
ROBOT = KindRule("the till", "notification", sender="@example.org")
AUTO = ("auto-submitted", "auto-replied")


def by(message: Message, *rules: KindRule, **evidence: object) -> Verdict:
    return judge(message, replace(OURS, rules=rules), **evidence)


def test_a_rule_makes_a_person_of_what_a_header_calls_a_machine_and_is_named() -> None:
    verdict = by(mail("Hello", DANA, AUTO), PERSON)
    assert (verdict.kind, verdict.because[0]) == (Kind.NEW_TICKET, f'configured rule: "Dana": From "{DANA}"')


def test_but_a_rule_has_no_machine_answered() -> None:
    verdict = by(mail("Hello", DANA, AUTO), PERSON)
    assert (verdict.no_answer, verdict.silent) == ("Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied")


def test_a_rule_makes_a_machine_of_what_looks_like_a_person() -> None:
    verdict = by(mail(), ROBOT)
    assert (verdict.kind, verdict.answer) == (Kind.NOTIFICATION, False)
    assert verdict.because[0] == 'configured rule: "the till": From "@example.org"'


def test_the_first_rule_that_fits_wins() -> None:
    assert by(mail(), PERSON, ROBOT).kind is Kind.NEW_TICKET
    assert by(mail(), ROBOT, PERSON).kind is Kind.NOTIFICATION


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (KindRule("", "bulk", subject="WRONG  credits"), True),
        (KindRule("", "bulk", phrase="bio 101 shows"), True),
        (KindRule("", "bulk", subject="wrong", phrase="bio 101", sender=DANA.upper()), True),
        (KindRule("", "bulk", subject="wrong", phrase="something else"), False),
        (KindRule("", "bulk", subject="right"), False),
        (KindRule("", "bulk", sender="@ample.org"), False),
        (KindRule("", "bulk"), False),
    ],
)
def test_a_rule_fits_what_has_all_that_it_names(rule: KindRule, fits: bool) -> None:
    assert (by(mail(), rule).kind is Kind.BULK) is fits


def test_a_phrase_in_a_quote_fits_nothing() -> None:
    quoted = "Please help.\n\nOn Tue, 1 Dec 2026 at 10:00, Robo <r@example.net> wrote:\n> BIO 101 shows it\n"
    assert by(mail(quoted), KindRule("", "bulk", phrase="BIO 101 shows")).kind is Kind.NEW_TICKET


def test_no_rule_makes_a_machine_of_who_answers_us_with_a_valid_token() -> None:
    assert by(mail(), ROBOT, link=link()).kind is Kind.CLIENT_REPLY
    assert by(mail(), ROBOT, link=link(Known.THREAD)).kind is Kind.NOTIFICATION  # anybody can write that


def test_no_rule_makes_a_machine_of_staff() -> None:
    mine = KindRule("", "bulk", sender="@example.com")
    message = mail("Done.", "kim@example.com", from_=(Address("kim@example.com"),))
    assert by(message, mine, link=link(standing=Standing.STAFF), staff_token=True).kind is Kind.STAFF_REPLY
    assert by(message, mine).kind is Kind.NEW_TICKET


def test_no_rule_stands_before_an_id_of_ours_or_a_second_delivery() -> None:
    assert by(mail(), PERSON, own=True).kind is Kind.OWN_MAIL
    assert by(mail(), ROBOT, duplicate_of=3).kind is Kind.DUPLICATE


def test_where_a_rule_says_person_the_addresses_say_of_which_kind() -> None:
    robot = mail("Hello", DANA, AUTO)
    assert by(robot, PERSON, mailbox="escalate").kind is Kind.ESCALATION
    assert by(robot, PERSON, link=link()).kind is Kind.CLIENT_REPLY
    copied = mail("Hello", DANA, AUTO, to=(Address("x@example.net"),), cc=(Address("support@example.com"),))
    assert by(copied, PERSON).kind is Kind.CC_ONLY


def test_staffs_word_on_a_mail_goes_before_rules_and_lifts_the_signs_of_a_machine() -> None:
    kim = KindRule("kim@example.com", "person")
    verdict = by(mail("Hello", DANA, AUTO, return_path=""), ROBOT, said=kim)
    assert verdict.because[0] == "staff's word: kim@example.com says so"
    assert (verdict.kind, verdict.answer, verdict.silent) == (Kind.NEW_TICKET, True, "")


def test_staffs_word_has_no_list_and_no_nobody_answered() -> None:
    kim = KindRule("kim@example.com", "person")
    assert by(mail("Hello", DANA, ("list-id", "<l.example.org>")), said=kim).silent
    assert by(mail("Hello", "noreply@example.org"), said=kim).silent


def test_a_note_that_staff_name_has_its_return_date() -> None:
    verdict = by(mail("Fort bis 9. Dezember 2026."), said=KindRule("kim", "out_of_office"))
    assert verdict.kind is Kind.OUT_OF_OFFICE


def test_a_request_that_fits_is_to_be_looked_at_first_and_no_machines_mail_is() -> None:
    rule = LookRule("credits", "assessment", subject="wrong credits", category="grades")
    ours = replace(OURS, looks=(LookRule("none", "x", phrase="nowhere"), rule))
    said = 'to be looked at first, "credits": subject "wrong credits"'
    assert judge(mail(), ours).look == Look("assessment", "grades", said)
    assert judge(mail(), ours, "escalate").look is None
    assert judge(mail("Hello", DANA, AUTO), ours).look is None
    assert judge(mail(), OURS).look is None
