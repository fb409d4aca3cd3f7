"""Excerpt and Spool: a large mail in pieces is read as it is read whole, and no octet of it is lost on the way."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.excerpt import cut, excerpt
from inbound.limits import Limits
from inbound.parse import parse
from inbound.spool import Spool

LIMITS = Limits(size=2_000, excerpt=1_000)
MAIL = (
    b"From: ann@client.example\r\nMessage-ID: <scan@client.example>\r\nSubject: The scan\r\n\r\n"
    b"Here it is.\r\n" + b"0123456789abcdef\r\n" * 200
)
TRACE = b"Received: from b.example by mx.example.test; Sun, 22 Nov 2026 10:00:00 +0000\r\n"


@given(raw=st.binary(min_size=2_001, max_size=6_000) | st.just(MAIL), octets=st.integers(1, 3_000))
def test_of_its_excerpt_the_parser_makes_what_it_makes_of_the_whole_mail(raw: bytes, octets: int) -> None:
    part = excerpt(cut(raw, octets), LIMITS)
    assert (part.size, part.sha256) == (len(raw), sha256(raw).hexdigest())
    assert len(part.beginning) <= LIMITS.excerpt
    assert parse(part, LIMITS) == parse(raw, LIMITS)


def test_a_second_delivery_of_a_large_mail_has_its_key_and_one_that_ends_otherwise_has_not() -> None:
    first, again, other = (excerpt(cut(raw, 700), LIMITS) for raw in (MAIL, TRACE + MAIL, MAIL[:-3] + b"?\r\n"))
    assert parse(first, LIMITS).content_key == parse(again, LIMITS).content_key
    assert parse(first, LIMITS).content_key != parse(other, LIMITS).content_key


def test_an_excerpt_says_that_it_is_one() -> None:
    message = parse(excerpt(cut(MAIL, 700), LIMITS), LIMITS)
    assert message.defects[0] == "size: over 2000"
    assert (message.subject, message.size, message.attachments) == ("The scan", len(MAIL), ())
    assert message.text.startswith("Here it is.")


@given(pieces=st.lists(st.binary(max_size=50), max_size=6), octets=st.integers(1, 120))
def test_what_goes_into_a_spool_comes_out_as_often_as_it_is_asked_for(pieces: list[bytes], octets: int) -> None:
    spool = Spool()
    for piece in pieces:
        spool.write(piece)
    whole = b"".join(pieces)
    for _ in range(2):
        assert b"".join(spool.pieces(octets)) == whole
    assert (len(spool), spool.sha256) == (len(whole), sha256(whole).hexdigest())
    spool.close()


def test_a_closed_spool_gives_nothing_any_more() -> None:
    spool = Spool()
    spool.close()
    spool.close()
    with pytest.raises(ValueError, match="closed"):
        next(spool.pieces(1))
