"""S46, S47: what goes over the wire is what was rendered, and the final dot leaves after its mark."""

import asyncio
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.dsn import NOTIFY, asked
from outbound.letter import letter
from outbound.outbox import Held, Outcome, Sent
from tests.outbound.sending import RAW, pool, send, send_one, to
from tests.servers.smtp_script import SmtpServer, unstuffed
from workflow.machine import Nature

HEAD = b"Subject: x\r\n\r\n"
BODIES = {
    "dots": b".\r\n..\r\n.a\r\n...b\r\nc.\r\n",
    "no end of line": b"the last line",
    "only a dot": b".",
    "bare LF": b"one\ntwo\n.three\n",
    "smuggled end by LF": b"one\n.\nMAIL FROM:<evil@example.com>\n",
    "smuggled end by CR": b"one\r.\rMAIL FROM:<evil@example.com>\r",
    "smuggled end by CR LF mixtures": b"one\n.\r\ntwo\r\n.\nthree\r.\r\n",
    "a line of 70,000 octets": b"x" * 70_000 + b"\r\n",
    "many blocks": (b"y" * 76 + b"\r\n") * 20_000,
    "NUL and 8 bits": b"\x00\xff\xfe caf\xe9\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BODIES)
def test_every_octet_arrives_with_line_ends_made_crlf(server: SmtpServer, name: str) -> None:
    raw = HEAD + BODIES[name]
    [outcome, after], marks = send(server, "client@example.org", "next@example.org", raw=raw)
    assert [type(outcome), type(after)] == [Sent, Sent]
    assert [mail.raw for mail in server.accepted] == [normal(raw)] * 2
    assert marks == 2


def normal(raw: bytes) -> bytes:
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return text if text.endswith(b"\r\n") else text + b"\r\n"


@given(st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a"]), max_size=40).map(b"".join))
@settings(max_examples=500)
def test_no_mail_ends_before_its_end(raw: bytes) -> None:
    wire = b"\r\n" + letter("a@example.com", "b@example.org", raw).wire + b".\r\n"
    assert wire.index(b"\r\n.\r\n") == len(wire) - 5
    assert unstuffed(wire[:-5]) == normal(raw)


def test_the_final_dot_is_announced_once_after_354_and_before_it_leaves(server: SmtpServer) -> None:
    body = threading.Event()

    async def mark() -> None:
        server.note("mark")
        # All of the mail is on the wire; the dot must not be, however long the mark takes.
        assert not await asyncio.to_thread(server.dot_seen.wait, 0.3)
        server.note("marked")
        body.set()

    assert type(asyncio.run(send_one(server, mark))) is Sent
    assert body.is_set()
    assert [event for event in server.events if event != "closed"] == ["354", "mark", "marked", "dot", "250"]


def test_a_mark_that_fails_ends_the_attempt_and_nothing_is_accepted(server: SmtpServer) -> None:
    async def mark() -> None:
        raise RuntimeError("the database is gone")

    async def run() -> None:
        async with pool(to(server)) as smtp:
            with pytest.raises(RuntimeError, match="the database is gone"):
                await smtp.send("support@example.com", "client@example.org", RAW, mark)
            assert type(await smtp.send("support@example.com", "next@example.org", RAW, fine)) is Sent

    asyncio.run(run())
    assert [mail.recipient for mail in server.accepted] == ["next@example.org"]


async def fine() -> None:
    """A mark that is made at once."""


def test_size_is_said_where_it_is_offered(server: SmtpServer) -> None:
    send(server, "client@example.org", raw=HEAD + b".dot\r\n")
    assert server.accepted[0].options == (f"SIZE={len(HEAD) + 6}",)


def test_no_extension_is_used_that_is_not_offered() -> None:
    with SmtpServer(offers=()) as server:
        [outcome], _ = send(server, "client@example.org")
        assert type(outcome) is Sent
        assert server.accepted[0].options == ()


@pytest.mark.parametrize(
    ("recipient", "raw", "missing"),
    [
        ("kl\u00e4ra@example.org", RAW, "SMTPUTF8"),
        ("klara@b\u00fccher.example", RAW, "SMTPUTF8"),
        ("klara@example.org", RAW + b"caf\xc3\xa9\r\n", "8BITMIME"),
        ("klara@example.org", "Subject: Caf\u00e9\r\n\r\nx\r\n".encode(), "SMTPUTF8 and 8BITMIME"),
    ],
)
def test_what_needs_an_extension_goes_with_it_and_stays_without(recipient: str, raw: bytes, missing: str) -> None:
    with SmtpServer() as server:
        [outcome], _ = send(server, recipient, raw=raw)
        assert type(outcome) is Sent
        assert server.accepted[0].recipient == recipient
    with SmtpServer(offers=("SIZE",)) as poor:
        [outcome, after], _ = send(poor, recipient, "plain@example.org", raw=raw)
        assert outcome == Held(f"the server does not offer {missing}, which this mail needs")
        assert not [line for line in poor.lines if b"TO:<kl" in line]
        assert type(after) is (Sent if raw is RAW else Held)


def test_the_null_sender_is_said_as_such(server: SmtpServer) -> None:
    asyncio.run(send_one(server, fine, sender=""))
    assert server.accepted[0].sender == ""
    assert any(line.startswith(b"MAIL FROM:<> ") for line in server.lines)


class Stopped(Exception):
    """The program ends here."""


@pytest.mark.parametrize("point", ["smtp.after_rcpt", "smtp.mid_data", "smtp.dot_sent_no_reply"])
def test_at_each_failpoint_the_server_has_what_the_name_says(point: str) -> None:
    seen: list[str] = []

    def stop(name: str) -> None:
        seen.append(name)
        if name == point:
            if point == "smtp.dot_sent_no_reply":
                server.wait_for(1)
            raise Stopped

    with SmtpServer() as server:
        with pytest.raises(Stopped):
            asyncio.run(send_one(server, fine, failpoint=stop))
        server.wait_until(lambda: "closed" in server.events)
        expected = {
            "smtp.after_rcpt": (["smtp.after_rcpt"], [], 0),
            "smtp.mid_data": (["smtp.after_rcpt", "smtp.mid_data"], ["354"], 0),
            "smtp.dot_sent_no_reply": (["smtp.after_rcpt", "smtp.mid_data", point], ["354", "dot"], 1),
        }
        events = [event for event in server.events if event in {"354", "dot"}]
        assert (seen, events, len(server.accepted)) == expected[point]


@pytest.mark.parametrize(("room", "kind"), [(-1, Held), (0, Sent), (1, Sent)])
def test_s47_what_is_larger_than_the_server_takes_is_not_offered_to_it(room: int, kind: type[Outcome]) -> None:
    with SmtpServer(offers=(f"SIZE {len(RAW) + room}",)) as server:
        [outcome], marks = send(server, "client@example.org")
        assert type(outcome) is kind
        assert marks == len(server.accepted) == (kind is Sent)
        if kind is Held:
            assert outcome == Held(f"the mail has {len(RAW)} octets, and the server takes {len(RAW) - 1}")


@pytest.mark.parametrize("said", ["SIZE", "SIZE 0", "SIZE ten", "SIZE -1", "SIZE 99999999999999999999"])
def test_a_server_that_names_no_limit_that_can_be_read_is_sent_everything(said: str) -> None:
    with SmtpServer(offers=(said,)) as server:
        [outcome], _ = send(server, "client@example.org")
        assert type(outcome) is Sent


@pytest.mark.parametrize(("nature", "notify"), [(Nature.ACKNOWLEDGEMENT, "NEVER"), (Nature.PERSONAL, "FAILURE,DELAY")])
def test_s24_reports_are_asked_for_where_they_are_offered_and_nowhere_else(nature: Nature, notify: str) -> None:
    for offers in (("SIZE", "DSN"), ("SIZE",), ()):
        with SmtpServer(offers=offers) as server:
            outcome = asyncio.run(send_one(server, fine, dsn=asked(17, nature)))
            assert type(outcome) is Sent
            (mail,) = server.accepted
        offered = "DSN" in offers
        assert ("RET=HDRS" in mail.options and "ENVID=o17" in mail.options) is offered
        assert mail.wishes == ((f"NOTIFY={notify}",) if offered else ())


def test_s24_every_nature_says_which_reports_it_wants() -> None:
    assert NOTIFY.keys() == set(Nature)
