"""S07, T17: what is no address never reaches the wire."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.address import refusal
from outbound.outbox import Dead, Sent
from tests.outbound.sending import Marks, send, send_one
from tests.servers.smtp_script import SmtpServer

GOOD = [
    "a@b",
    "client@example.org",
    "support+t1.abc-def@example.org",
    "o'neil@example.org",
    "a..b.@example.org",
    '"john doe"@example.org',
    '"a@b"@example.org',
    '"a\\"b"@example.org',
    "x@[192.0.2.1]",
    "x@[IPv6:2001:db8::1]",
    "kl\u00e4ra@b\u00fccher.example",
    "a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 61,
]
BAD = [
    "",
    "nobody",
    "@example.org",
    "x@",
    "x@y>",
    "x@y> SIZE=1",
    '"x>"@example.org',
    "<x@example.org>",
    "x@example.org\r\nRSET",
    "x\r\nDATA\r\n@example.org",
    '"x\r\nRSET\r\n"@example.org',
    "x@example.org\x00",
    "x\x7f@example.org",
    "x\x85@example.org",
    "x\u2028@example.org",
    "x\u202e@example.org",
    "x\ud800@example.org",
    "a b@example.org",
    "x@exa mple.org",
    "x@\u00a0example.org",
    "a,b@example.org",
    "a(comment)@example.org",
    '"unclosed@example.org',
    '"a"b"@example.org',
    '"a\\"@example.org',
    "a@b@example.org",
    "x@example..org",
    "x@.example.org",
    "x@[]",
    "x@[192.0.2.1",
    "a" * 65 + "@example.org",
    "\u00e4" * 33 + "@example.org",
    "x@" + "b" * 64 + ".org",
    "x@" + ".".join(["b" * 60] * 5),
]


@pytest.mark.parametrize("address", GOOD)
def test_an_address_goes_out_to_the_letter(server: SmtpServer, address: str) -> None:
    [outcome], _ = send(server, address)
    assert type(outcome) is Sent
    assert server.accepted[0].recipient == address


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_is_dead_and_the_server_never_hears_of_it(server: SmtpServer, address: str) -> None:
    [outcome], marks = send(server, address)
    assert type(outcome) is Dead
    assert outcome.answer.isascii()
    assert outcome.answer.isprintable()
    assert (marks, server.connections, server.accepted) == (0, 0, [])


@pytest.mark.parametrize("address", [bad for bad in BAD if bad])
def test_a_sender_that_is_no_address_is_refused_too(server: SmtpServer, address: str) -> None:
    outcome = asyncio.run(send_one(server, Marks(server), sender=address))
    assert type(outcome) is Dead
    assert server.connections == 0


def test_a_mail_that_was_not_rendered_is_not_sent(server: SmtpServer) -> None:
    [outcome], _ = send(server, "client@example.org", raw=b"")
    assert outcome == Dead("the mail is empty: it was not rendered")
    assert server.connections == 0


@given(st.text(max_size=80))
def test_no_text_that_passes_can_end_the_path_or_the_line(text: str) -> None:
    if not refusal(text):
        assert text.isprintable()
        assert not set("<>\r\n\0") & set(text)
        assert " " not in text.rpartition('"')[2]
        text.encode()


@given(st.text(alphabet='a@."\\<> \r\n\0[]+é', max_size=30))
def test_no_mixture_of_the_dangerous_ones_passes(text: str) -> None:
    if not refusal(text):
        assert not set("<>\r\n\0") & set(text)
        assert " " not in text.rpartition('"')[2]
