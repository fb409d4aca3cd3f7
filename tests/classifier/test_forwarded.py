"""Whom staff are offered as the requester of a forwarded mail; the requester stays the one who wrote to us."""

from pathlib import Path

import pytest

from classifier.verdict import Kind
from inbound.message import Address, Forwarded
from inbound.parse import parse
from tests.classifier.judging import MAILS, judge, link, mail

LEE = Address("lee.ortiz@example.net", "Lee Ortiz")


def of(name: str) -> Path:
    return MAILS / "new_ticket" / f"{name}.eml"


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("forwards-a-clients-mail-from-outlook", "dana.whitfield@example.org"),
        ("forwards-a-clients-mail-from-gmail-in-german", "jo.muster@example.org"),
        ("forwards-a-clients-mail-as-an-attachment", "dana.whitfield@example.org"),
    ],
)
def test_the_original_sender_is_offered_and_not_taken(name: str, writer: str) -> None:
    verdict = judge(parse(of(name).read_bytes()))
    assert verdict.forwarded is not None
    assert verdict.forwarded.sender == LEE
    assert verdict.sender is not None
    assert verdict.sender.addr == writer


def test_an_address_of_ours_is_not_offered() -> None:
    assert judge(parse(of("forwards-a-mail-that-claims-to-be-ours").read_bytes())).forwarded is None
    staff = "---------- Forwarded message ---------\nFrom: Kim <KIM@example.com>\nDate: Monday\nSubject: x\n"
    assert judge(mail(staff)).forwarded is None


def test_ones_own_mail_is_not_offered() -> None:
    own = "---------- Forwarded message ---------\nFrom: Dana <dana.whitfield@example.org>\nDate: Monday\nSubject: x\n"
    assert judge(mail(own)).forwarded is None


def test_a_reply_to_a_forward_offers_nobody() -> None:
    quoted = (
        "It works.\n\nFrom: Lee Ortiz <lee.ortiz@example.net>\nSent: Monday\nTo: Dana\nSubject: Printer\n\nIt burns.\n"
    )
    assert judge(mail(quoted, subject="RE: FW: Printer"), link=link()).forwarded is None
    assert judge(mail(quoted, subject="FW: Printer"), link=link()).forwarded == Forwarded(LEE, "Monday", "Printer")


def test_a_machine_offers_nobody() -> None:
    text = "---------- Forwarded message ---------\nFrom: Lee Ortiz <lee.ortiz@example.net>\nDate: Monday\nSubject: x\n"
    verdict = judge(mail(text, "robot@example.org", ("auto-submitted", "auto-generated")))
    assert (verdict.kind in {Kind.NOTIFICATION, Kind.AUTO_REPLY}, verdict.forwarded) == (True, None)


def test_what_is_offered_is_one_line() -> None:
    text = "---------- Forwarded message ---------\nFrom: Lee Ortiz <lee.ortiz@example.net>\nDate: Monday\nSubject: Printer\n"
    assert judge(mail(text)).offers == ('forwarded from: Lee Ortiz <lee.ortiz@example.net>, Monday, "Printer"',)
