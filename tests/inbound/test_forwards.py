"""Whose mail a person forwards, in the forms of mail programs; what a quoted reply holds is nobody's forward."""

from time import process_time

import pytest

from inbound.forwards import original, person
from inbound.message import Address, Forwarded
from inbound.parse import parse
from inbound.quotes import mark
from tests.inbound.replies import Shape, shapes

LEE = Address("lee.ortiz@example.net", "Lee Ortiz")
FORWARDS = {
    "Gmail": "---------- Forwarded message ---------\nFrom: Lee Ortiz <lee.ortiz@example.net>\nDate: Mon, Nov 2, 2026 at 9:15 AM\n"
    "Subject: Printer\nTo: <dana@example.org>\n\nIt burns.\n",
    "Gmail, wrapped": "---------- Forwarded message ---------\nDe: Lee Ortiz <\nlee.ortiz@example.net>\nDate: lun. 2 nov. 2026\nSubject: Printer\n",
    "Gmail, wrapped before the address": "---------- Forwarded message ---------\nVon: Lee Ortiz <lee.ortiz@\nexample.net>\nDate: Mo.\nSubject: Printer\n",
    "Apple Mail": "Begin forwarded message:\n\n> From: Lee Ortiz <lee.ortiz@example.net>\n> Subject: Printer\n> Date: 2 November 2026 at 9:15:00 GMT\n"
    "> To: dana@example.org\n> \n> It burns.\n",
    "Thunderbird": "-------- Weitergeleitete Nachricht --------\nBetreff: \tPrinter\nDatum: \tMon, 2 Nov 2026 09:15:00 +0100\n"
    "Von: \tLee Ortiz <lee.ortiz@example.net>\nAn: \tdana@example.org\n\nEs brennt.\n",
    "Yandex": '-------- Пересылаемое сообщение --------\n02.11.2026, 09:15, "Lee Ortiz" <lee.ortiz@example.net>:\n\nГорит.\n',
    "163": "-------- 转发邮件信息 --------\n发件人：Lee Ortiz <lee.ortiz@example.net>\n发送日期：2026-11-02 09:15:00\n收件人：dana@example.org\n主题：Printer\n",
    "Arabic": "---------- رسالة معاد توجيهها ---------\nمن: \u202aLee Ortiz\u202c <lee.ortiz@example.net>\nالتاريخ: 2 نوفمبر 2026\nالموضوع: Printer\n",
}
FRONTED = {
    "Outlook": "FYI\n\nFrom: Lee Ortiz <lee.ortiz@example.net>\nSent: Monday, November 2, 2026 9:15 AM\nTo: Dana\nSubject: Printer\n\nIt burns.\n",
    "Outlook, old": "FYI\n\n-----Original Message-----\nFrom: Lee Ortiz [mailto:lee.ortiz@example.net]\nSent: Monday\nTo: Dana\nSubject: Printer\n",
    "GMX": 'Gesendet: Montag, 2. November 2026\nVon: "Lee Ortiz" <lee.ortiz@example.net>\nAn: dana@example.org\nBetreff: Printer\n\nEs brennt.\n',
    "Outlook 2019": 'FYI\n\nOn 11/2/2026, 9:15 AM, "Lee Ortiz" <lee.ortiz@example.net> wrote:\n\nIt burns.\n',
}


def claims(text: str, *, fronted: bool = False) -> Forwarded | None:
    return original(mark(text), fronted=fronted)[1]


@pytest.mark.parametrize("name", FORWARDS)
def test_the_sender_of_a_forwarded_mail(name: str) -> None:
    found = claims(f"Please see below.\n\n{FORWARDS[name]}")
    assert found is not None
    assert found.sender == LEE
    assert found.date
    assert found.subject == ("" if name == "Yandex" else "Printer")


def test_a_forward_below_a_mail_that_nobody_wrote_above_is_found() -> None:
    outer = FRONTED["Outlook"].removeprefix("FYI\n\n")
    found = claims(f"{outer}\n{FORWARDS['Gmail']}")
    assert found is not None
    assert found.date == "Mon, Nov 2, 2026 at 9:15 AM"
    assert claims(f"{FRONTED['Outlook']}\n{FORWARDS['Gmail']}") is None


@pytest.mark.parametrize("name", FRONTED)
def test_where_only_the_subject_says_that_it_is_a_forward(name: str) -> None:
    found = claims(FRONTED[name], fronted=True)
    assert found is not None
    assert found.sender == LEE
    assert claims(FRONTED[name]) is None


WITHOUT_ADDRESS = {"zh Foxmail, plain": "Kim Example", "en Notes, plain": "Kim Example/Example"}
QUOTED = [
    shape for name in ("replies.txt", "replies_held_out.txt") for shape in shapes(name) if shape.name.endswith("plain")
]


@pytest.mark.parametrize("shape", QUOTED, ids=lambda shape: shape.name)
def test_headers_in_the_languages_of_clients(shape: Shape) -> None:
    found = claims(shape.text, fronted=True)
    assert found is not None
    name = WITHOUT_ADDRESS.get(shape.name)
    assert found.sender == (Address("", name) if name else Address("kim@example.com", "Kim Example"))
    assert found.date


def test_a_quoted_reply_holds_no_forward() -> None:
    forward = FORWARDS["Gmail"].replace("\n", "\n> ")
    assert claims(f"Thanks.\n\nOn Mon, 2 Nov 2026 at 9:15 Kim <kim@example.com> wrote:\n> {forward}") is None
    block = "From: Kim <kim@example.com>\nSent: Monday\nTo: Dana\nSubject: Printer\n\n"
    assert claims(f"Thanks.\n\n{block}{FORWARDS['Gmail']}") is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Lee Ortiz <lee.ortiz@Example.NET>", LEE),
        ('"Lee Ortiz" <lee.ortiz@example.net>;', LEE),
        ("Lee Ortiz [mailto:lee.ortiz@example.net]", LEE),
        ("lee.ortiz@example.net", Address("lee.ortiz@example.net")),
        ("Lee Ortiz", Address("", "Lee Ortiz")),
        ("", None),
        ("<>", None),
        ("@", None),
        (
            "Lee\r\nBcc: eve@example.test <lee.ortiz@example.net>",
            Address("lee.ortiz@example.net", "Lee Bcc: eve@example.test"),
        ),
        ("support@example.com <eve@example.test>", Address("eve@example.test", "support@example.com")),
    ],
)
def test_who_a_header_names(value: str, wanted: Address | None) -> None:
    """No line end and nothing that does not print gets out of it; the address in brackets counts, whatever the name pretends."""
    assert person(value) == wanted


def test_the_first_header_of_a_kind_counts() -> None:
    twice = FORWARDS["Gmail"].replace("Date:", "From: Eve <eve@example.test>\nDate:")
    found = claims(twice)
    assert found is not None
    assert found.sender == LEE


def test_headers_that_are_no_headers_claim_nothing() -> None:
    assert claims("---------- Forwarded message ---------\n\nFrom here on it is all wrong.\n") is None
    assert claims("---------- Forwarded message ---------\n") is None


HOSTILE = {
    "long lines": "---------- Forwarded message ---------\nFrom: "
    + "a@" * 50_000
    + "\nSubject: "
    + "x" * 100_000
    + "\n",
    "many headers": "---------- Forwarded message ---------\n" + "From: x\n" * 50_000,
    "open brackets": "---------- Forwarded message ---------\n" + "From: <\n" * 50_000,
    "dots": "---------- Forwarded message ---------\nFrom: a@" + "a." * 100_000 + "\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("fronted", [True, False])
def test_hostile_headers_take_no_time(name: str, *, fronted: bool) -> None:
    marked = mark(HOSTILE[name])
    start = process_time()
    found = original(marked, fronted=fronted)[1]
    assert process_time() - start < 0.2
    assert found is None or (len(found.sender.addr) < 350 and found.sender.addr.isprintable())


ATTACHED = (
    b"From: dana@example.org\nSubject: FW: Printer\nMIME-Version: 1.0\nContent-Type: %b; boundary=b\n\n"
    b"--b\n\nPlease see.\n--b\nContent-Type: message/rfc822\n\n"
    b"From: =?utf-8?q?Lee_Ortiz?= <lee.ortiz@example.net>\nDate: Mon, 2 Nov 2026 09:15:00 +0100\nSubject: Printer\n\nIt burns.\n--b--\n"
)


def test_a_mail_that_is_attached() -> None:
    message = parse(ATTACHED % b"multipart/mixed")
    assert message.enclosed == Forwarded(LEE, "Mon, 2 Nov 2026 09:15:00 +0100", "Printer")


@pytest.mark.parametrize("kind", [b"multipart/report; report-type=delivery-status", b"multipart/digest"])
def test_what_a_report_or_a_digest_holds_is_nobodys_forward(kind: bytes) -> None:
    assert parse(ATTACHED % kind).enclosed is None


def test_an_attached_mail_with_hostile_headers_claims_little() -> None:
    raw = ATTACHED.replace(b"Subject: Printer\n\nIt", b"Subject: " + b"x" * 100_000 + b"\n\nIt") % b"multipart/mixed"
    message = parse(raw)
    assert message.enclosed is None or len(message.enclosed.subject) <= 300
