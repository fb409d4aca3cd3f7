"""Headers: whatever people wrote comes out as one line that says the same, and no address gets by that is none."""

import re
from email import message_from_string, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.message import Address
from outbound.headers import addr_fault, address_words, chain, clean_header, fold, own_fault, prove, text_words

PARENT = "<parent@example.org>"
any_text = st.text(st.characters(), max_size=300)


@given(any_text)
def test_a_cleaned_header_is_one_harmless_line(text: str) -> None:
    clean = clean_header(text)
    assert len(clean) <= 200
    assert clean == clean_header(clean)
    assert not re.search(
        r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", clean
    )


def test_what_is_cut_says_so() -> None:
    assert clean_header("a" * 201) == "a" * 199 + "…"
    assert clean_header("a" * 200) == "a" * 200


@given(any_text)
def test_every_text_is_read_back_from_its_folded_lines(text: str) -> None:
    clean = clean_header(text) or "-"
    header = fold("Subject", text_words(clean))
    assert header.isascii()
    # RFC 5322 §2.1.1 where a word allows it; RFC 2047 §2 for encoded words.
    assert all(len(line) <= 78 or " " not in line[1:] for line in header.removeprefix("Subject:").split("\r\n"))
    assert clean.isascii() or all(len(line) <= 76 for line in header.split("\r\n"))
    assert str(message_from_string(header + "\n\n", policy=policy.default)["subject"]) == clean


def test_an_encoded_word_that_someone_typed_stays_what_it_is() -> None:
    typed = "=?utf-8?b?ZXZpbA==?="
    header = fold("Subject", text_words(typed))
    assert str(message_from_string(header + "\n\n", policy=policy.default)["subject"]) == typed


@given(any_text)
def test_every_display_name_is_read_back_with_its_address(name: str) -> None:
    header = fold("From", address_words(Address("support@example.com", name)))
    # The modern parser of Python 3.11 puts a space between two encoded words of a name; the old one reads RFC 2047.
    read, addr = parseaddr(message_from_string(header + "\n\n")["from"].replace("\r\n", ""))
    assert addr == "support@example.com"
    assert str(make_header(decode_header(read))) == clean_header(name)


@pytest.mark.parametrize("addr", ["kim@example.com", "o'neil+tag=1@mail.example.co.uk", f"{'a' * 64}@example.com"])
def test_an_address_that_mail_takes_has_no_fault(addr: str) -> None:
    assert addr_fault(addr) == ""


@pytest.mark.parametrize(
    ("addr", "fault"),
    [
        ("", "no address"),
        (f"{'a' * 65}@example.com", "no address"),
        ("kim@example.com> SIZE=1", "no address"),
        ("kim@example.com\r\nDATA", "no address"),
        ('"kim\r\nRSET\r\n"@example.com', "no address"),
        ("kim@example.com, lee@example.com", "no address"),
        ("kim\ud800@example.com", "no address"),
    ],
)
def test_t17_s07_an_address_that_is_none_is_told_without_repeating_it(addr: str, fault: str) -> None:
    assert fault in addr_fault(addr)
    assert not addr or addr not in addr_fault(addr)


@pytest.mark.parametrize("addr", ["kïm@example.com", "kim@exämple.com"])
def test_s08_an_address_that_needs_smtputf8_may_be_a_clients_and_not_ours(addr: str) -> None:
    assert addr_fault(addr) == ""
    assert "SMTPUTF8" in own_fault(addr)
    assert addr not in own_fault(addr)


@given(any_text)
def test_no_text_that_passes_as_an_address_can_break_a_header(text: str) -> None:
    for addr in (text, f"{text}@example.com", f"kim@{text}"):
        if not addr_fault(addr):
            header = ("To", address_words(Address(addr)))
            prove(fold(*header).encode() + b"\r\n\r\n", [header])
        if not own_fault(addr):
            assert re.fullmatch(r"[ -;=?-~]{3,254}", addr)


def test_s02_references_end_with_the_parent_once() -> None:
    assert chain(PARENT, ("<a@example.org>", PARENT, "<b@example.org>", "<a@example.org>")) == (
        "<a@example.org>",
        "<b@example.org>",
        PARENT,
    )
    assert chain("", ()) == ()
    assert chain("no id", ("<a@example.org>",)) == ("<a@example.org>",)


def test_s03_too_many_references_keep_the_first_and_the_newest() -> None:
    ids = tuple(f"<{number}@example.org>" for number in range(80))
    kept = chain(PARENT, ids)
    assert len(kept) == 50
    assert kept[0] == ids[0]
    assert kept[1:] == (*ids[-48:], PARENT)


@pytest.mark.parametrize(
    "odd", ["<a b@example.org>", "<a@example.org", "<ä@example.org>", "<a\r\nBcc: x>", f"<{'a' * 501}>", "<>"]
)
def test_an_odd_id_is_left_out_rather_than_broken(odd: str) -> None:
    assert chain(PARENT, (odd,)) == (PARENT,)
    assert chain(odd, (PARENT,)) == (PARENT,)


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: one\r\nBcc: x@example.org\r\n\r\n",
        b"Subject: one\nBcc: x@example.org\r\n\r\n",
        b"Subject: one\rBcc: x@example.org\r\n\r\n",
        b"\r\nSubject: one\r\n\r\n",
        b"Subject: " + b"a" * 990 + b"\r\n\r\n",
    ],
)
def test_a_header_block_that_says_more_than_was_meant_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match="header"):
        prove(head, [("Subject", ["one"])])
