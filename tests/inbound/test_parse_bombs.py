"""MIME bombs: each is read in under 5 seconds, names its cap, and keeps what can be kept."""

import base64
from collections.abc import Callable
from time import process_time

import pytest

from inbound.limits import Limits
from inbound.parse import parse

HEAD = b"From: Kim <kim@client.example.org>\nSubject: Printer\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
LONGEST_SECONDS = 5.0


def nested(depth: int, body: bytes, more: bytes = b"") -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n%s\n--b%d\n" % (n, more, n) for n in range(depth))
    return HEAD + b"".join(levels) + b"\n" + body


def words(count: int) -> bytes:
    return b" ".join([b"=?utf-8?q?abc=20?="] * count)


OVER_A_CAP: dict[str, tuple[Callable[[], bytes], str]] = {
    "a Content-Type of 100 KB with an open quote": (
        lambda: HEAD + b'Content-Type: text/plain; a="' + b";" * 100_000 + b"\n\nhi\n",
        "parameters: content-type over 4096",
    ),
    "1 MB of encoded subject": (
        lambda: b"Subject: " + words(55_000) + b"\n" + HEAD + b"\nhi\n",
        "header: subject over",
    ),
    "a header block of 10 MB": (
        lambda: b"".join(b"X-%d: %s\n" % (n, words(100)) for n in range(5000)) + HEAD + b"\nhi\n",
        "head: over",
    ),
    "20,000 headers": (lambda: b"X: y\n" * 20_000 + HEAD + b"\nhi\n", "headers: over 500"),
    "a header name of 20 MB": (lambda: b"S" * 20_000_000 + b": x\n" + HEAD + b"\nhi\n", "header: a name over"),
    "nested 900 deep": (lambda: nested(900, b"hi\n" * 30_000), "multiparts: over 100"),
    "nested 60 deep": (lambda: nested(60, b"hi\n"), "depth: over 50"),
    "nested 40 deep with 400,000 lines": (lambda: nested(40, b"hi\n" * 400_000), "multiparts: over 12"),
    "20,000 parts": (lambda: MIXED + b"--b\n\nhi\n" * 20_000, "parts: over 1000"),
    "26 million lines": (lambda: HEAD + b"\n" * 25_000_000, "lines: over 500000"),
    "a mail of 50 MB": (
        lambda: MIXED + b"--b\n\nhi\n--b\nContent-Type: image/png\n\n" + b"x" * 50_000_000,
        "size: over 26214400",
    ),
    "a subject of 50 MB": (lambda: HEAD + b"Subject: " + b"a" * 50_000_000, "size: over 26214400"),
    "10,000 addresses": (
        lambda: HEAD + b"Cc: " + b"a@b.example," * 5_000 + b"\n\nhi\n",
        "cc: addresses: over 500",
    ),
    "25 MB of text": (lambda: HEAD + b"\n" + (b"y" * 70 + b"\n") * 350_000, "text: over 262144"),
}
WITHIN: dict[str, Callable[[], bytes]] = {
    "commas in From": lambda: b"From: " + b"," * 50_000 + b" <kim@client.example.org>\n\nhi\n",
    "brackets in From": lambda: b"From: " + b"(" * 60_000 + b" <kim@client.example.org>\n\nhi\n",
    "quotes in From": lambda: b"From: " + b'"\\"' * 20_000 + b" <kim@client.example.org>\n\nhi\n",
    "encoded words in From": lambda: b"From: " + words(3_300) + b" <kim@client.example.org>\n\nhi\n",
    "open encoded words in From": lambda: b"From: " + b"=?a?q?" * 10_000 + b" <kim@client.example.org>\n\nhi\n",
    "addresses without @": lambda: b"To: " + b"a," * 32_000 + b"\n" + HEAD + b"\nhi\n",
    "spaces": lambda: (
        b"Subject: a" + b" " * 60_000 + b"b\nTo: a" + b" " * 60_000 + b"@example.com\n" + HEAD + b"\nhi\n"
    ),
    "Received with clauses": lambda: b"Received: " + b"from a by b " * 5_000 + b"\n" + HEAD + b"\nhi\n",
    "1,000 semicolons in each of 900 parts": lambda: (
        MIXED + (b'--b\nContent-Type: text/plain; a="' + b";" * 4_000 + b"\n\nhi\n") * 900
    ),
    "punycode": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 300_000 + b"-" + b"b9a" * 100_000
    ),
    "punycode in a subject": lambda: b"Subject: =?punycode?q?" + b"a" * 30_000 + b"-" + b"b9a" * 9_000 + b"?=\n\nhi\n",
    "punycode by RFC 2231": lambda: (
        HEAD + b"Content-Type: text/plain; charset*=''puny%63ode\n\n\xe9" + b"a" * 100_000 + b"-" + b"b9a" * 90_000
    ),
    "idna": lambda: HEAD + b"Content-Type: text/plain; charset=idna\n\n" + b"\xe9." * 1_000_000,
    "an attached mail with huge headers": lambda: (
        HEAD
        + b"Content-Type: message/rfc822\nContent-Disposition: attachment\n\nSubject: "
        + words(30_000)
        + b"\n\nhi\n"
    ),
    "attached containers, 40 deep": lambda: nested(
        40, b"y" * 70 + b"\n" * 15_000, b"Content-Disposition: attachment\n"
    ),
    "a delivery status of empty lines": lambda: (
        MIXED + b"--b\nContent-Type: message/delivery-status\n\n" + b"a: b\n\n" * 200_000
    ),
    "20 MB of base64": lambda: (
        MIXED
        + b"--b\n\nhi\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(bytes(15_000_000))
    ),
    "nested div": lambda: HTML + b"<div>" * 200_000,
    "formatting that every paragraph opens again": lambda: (
        HTML + b"<p>" + b"".join(b"<b a=%d>" % n for n in range(20_000)) + b"</p>" + b"<p>x" * 50_000
    ),
    "open attributes": lambda: HTML + b"<a \"'" * 200_000,
    "open comments": lambda: HTML + b"<!--" * 250_000,
    "open scripts": lambda: HTML + b"<script><" * 110_000,
    "nested quotes": lambda: HTML + b"<blockquote>x" * 70_000,
    "ampersands": lambda: HTML + b"&" * 1_000_000,
    "a character reference of a million digits": lambda: HTML + b"&#" + b"9" * 1_000_000 + b";",
}


@pytest.mark.parametrize("name", OVER_A_CAP)
def test_a_mail_over_a_cap_is_kept_and_says_which(name: str) -> None:
    make, cap = OVER_A_CAP[name]
    raw = make()
    start = process_time()
    message = parse(raw)
    assert process_time() - start < LONGEST_SECONDS
    assert any(found.startswith(cap) for found in message.defects), message.defects
    assert [address.addr for address in message.from_] == ["kim@client.example.org"]
    assert message.size == len(raw)


@pytest.mark.parametrize("name", WITHIN)
def test_a_mail_that_is_made_to_be_slow_is_not(name: str) -> None:
    raw = WITHIN[name]()
    start = process_time()
    message = parse(raw)
    assert process_time() - start < LONGEST_SECONDS
    assert not any(found.startswith(("size", "lines", "parts", "depth", "multiparts")) for found in message.defects)


def test_of_a_mail_over_the_size_the_first_text_is_still_read() -> None:
    message = parse(MIXED + b"--b\n\nThe printer is on fire.\n--b\nContent-Type: image/png\n\n" + b"x" * 27_000_000)
    assert message.text == "The printer is on fire."
    assert message.attachments == ()


def test_two_mails_that_differ_beyond_the_cap_are_two() -> None:
    raw = MIXED.replace(b"\n\n", b"\nMessage-ID: <1@client.example.org>\n\n") + b"--b\n\nhi\n" + b"x" * 3_000
    limits = Limits(size=2_000, excerpt=1_000)
    assert parse(raw + b"a", limits).content_key != parse(raw + b"b", limits).content_key


def test_headers_that_matter_are_kept_beyond_the_caps() -> None:
    raw = b"X: y\n" * 1_000 + HEAD + b"Auto-Submitted: auto-replied\nTo: support@example.com\n\nhi\n"
    message = parse(raw)
    assert len(message.headers) == 504
    assert message.value("auto-submitted") == "auto-replied"
    assert message.subject == "Printer"
    assert message.text == "hi"
