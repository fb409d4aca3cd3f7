"""Parse takes any bytes: it never raises, says the same each time, and lets nothing through that would harm later."""

import re
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbound import addresses, quotes
from inbound.limits import Limits
from inbound.message import Message
from inbound.parse import attachment, parse
from tests.inbound.mails import all_hostile

ODD = all_hostile()
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
SMALL = Limits(
    size=2000, lines=60, excerpt=500, parts=4, depth=2, multiparts=2, headers=8, header=60, head=300, parameters=50,
    addresses=2, text=50, html=40, identifier=30, defects=5,
)  # fmt: skip
WORDS = st.sampled_from(
    [
        b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\t", b"--b\n", b"--b--\n", b"--c\n", b"From: ", b"To: ", b"Subject: ",
        b"Content-Type: ", b"multipart/mixed", b"multipart/alternative", b"multipart/report", b"multipart/digest",
        b"message/rfc822", b"message/delivery-status", b"text/html", b"text/calendar", b"; boundary=b", b"; boundary=c",
        b"; boundary*0=b; boundary*1*=''%", b"; charset=", b"utf-8", b"utf-7", b"utf-16", b"punycode", b"iso-2022-jp",
        b"hz", b"; name*=utf-7''+2AA-", b'; name="', b'"', b"=?utf-8?q?=0D=0A?=", b"=?", b"?=", b"<a@example.com>",
        b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n",
        b"Content-Transfer-Encoding: x-uuencode\n", b"begin 644 x\n", b"Content-Disposition: attachment; filename=..\n",
        b"Message-ID: ", b"Date: Mon, 2 Nov 2026 09:15:00 +0100\n", b"Return-Path: ", b"<", b">", b"(", b")", b",", b";",
        b":", b"\x00", b"\xff", b"\xc3", b"\x1b$B", b"<p>", b"<blockquote>", b"&#99999999999;", b"<!--", b"METHOD:",
    ],
)  # fmt: skip


def check(raw: bytes, limits: Limits) -> None:
    message = parse(raw, limits)
    assert message == parse(raw, limits)
    for line in _lines(message):
        assert not CONTROLS.search(line), line
        line.encode()
    for block in (message.text, message.html):
        assert not CONTROLS.search(block.replace("\n", "").replace("\t", ""))
        block.encode()
    everyone = (
        *message.from_,
        *message.reply_to,
        *message.to,
        *message.cc,
        *([message.sender] if message.sender else []),
    )
    assert all(addresses.spec(address.addr) == address.addr for address in everyone)
    assert all("/" not in found.filename and "\\" not in found.filename for found in message.attachments)
    for index, found in enumerate(message.attachments):
        assert len(attachment(raw, index, limits)) == found.size
    parts = quotes.split(message.text)
    assert len(parts.new) + len(parts.quoted) + len(parts.signature) == len(message.text)


def _lines(message: Message) -> list[str]:
    """Every string of the message that has to be one line."""
    found: list[str] = []
    for field in fields(message):
        if field.name not in {"text", "html"}:
            _gather(getattr(message, field.name), found)
    return found


def _gather(value: object, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, tuple):
        for each in value:
            _gather(each, found)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):
            _gather(getattr(value, field.name), found)


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_message(raw: bytes) -> None:
    check(raw, Limits())


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(WORDS, st.binary(max_size=4)), max_size=60).map(b"".join))
def test_any_sequence_of_the_words_of_mail_is_a_message(raw: bytes) -> None:
    check(raw, Limits())
    check(raw, SMALL)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ODD), st.data())
def test_a_mail_that_was_cut_or_damaged_is_a_message(raw: bytes, data: st.DataObject) -> None:
    damaged = bytearray(raw[: data.draw(st.integers(0, len(raw)))])
    for position, octet in data.draw(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=5)):
        if position < len(damaged):
            damaged[position] = octet
    check(bytes(damaged), Limits())
    check(bytes(damaged), SMALL)


@pytest.mark.parametrize("raw", ODD)
def test_every_odd_mail_is_a_message_in_whichever_line_ends(raw: bytes) -> None:
    for ends in (raw, raw.replace(b"\n", b"\r\n"), raw.replace(b"\n", b"\r")):
        check(ends, Limits())
        check(ends, SMALL)
