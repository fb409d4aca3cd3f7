"""Mailbox against garbage, silence, slow bytes and floods: every command ends before its deadline, in little memory."""

import random
import time
from dataclasses import replace

import pytest

from inbound.imap import Mailbox, MailboxDown, MailboxRefused, Tls
from tests.inbound.evil import SERVER, honest, mailbox, sizes
from tests.servers.imap_script import ImapScript, Peer


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\r\n",
        b"* 1 FETCH (UID 1 BODY[] {5}\r\nabc)\r\n",
        b"* 1 FETCH (UID x BODY[] NIL)\r\n",
        b"* 1 FETCH " + b"(" * 5000 + b"\r\n",
        b"* 1 FETCH (UID 1\r\n",
        b"* 1 FETCH (UID 1 INTERNALDATE)\r\n",
        b"* SEARCH one two\r\n",
        b"* x EXISTS\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE huge)\r\n",
        b"* BYE maintenance\r\n",
        b"A1 OK not your tag\r\n",
        b"no line end",
        b"",
    ],
)
def test_garbage_ends_the_connection_and_nothing_else(garbage: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID FETCH")
        peer.send(garbage + (peer.tag + b" OK done\r\n" if garbage.endswith(b"\r\n") else b""))
        peer.sock.shutdown(1)
        peer.line()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        try:
            assert list(box.fetch([1])) == []  # some garbage is only nonsense about nothing that was asked
        except MailboxDown:
            assert not box.is_open


@pytest.mark.parametrize(
    "command", [b"CAPABILITY", b"AUTHENTICATE", b"STATUS", b"SELECT", b"NOOP", b"UID SEARCH", b"UID FETCH"]
)
def test_one_byte_now_and_then_does_not_outlast_the_deadline(command: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.serve(command)
        peer.drip(b"* OK " + b"still here " * 100, 0.2)

    started = time.monotonic()
    with (
        ImapScript(honest(play)) as script,
        pytest.raises(MailboxDown, match=r"too long|timed out"),
        mailbox(script, command_seconds=0.7, fetch_seconds=0.7, connect_seconds=0.7) as box,
    ):
        list(box.fetch(box.uids_above(0)))
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("tls", [Tls.NONE, Tls.IMPLICIT])
def test_a_greeting_or_handshake_in_slow_bytes_does_not_outlast_the_deadline(tls: Tls) -> None:
    def play(peer: Peer) -> None:
        peer.drip(b"\x16\x03\x03\x40\x00" * 100 if tls is Tls.IMPLICIT else b"* OK " + b"x" * 100, 0.1)

    started = time.monotonic()
    with ImapScript(play) as script, pytest.raises(MailboxDown), mailbox(script, tls=tls, connect_seconds=0.6):
        pass
    assert time.monotonic() - started < 3


def test_a_line_without_end_takes_bounded_memory() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"NOOP")
        while True:
            peer.send(b"x" * 65536)

    with (
        ImapScript(honest(play)) as script,
        mailbox(script, command_seconds=20) as box,
        pytest.raises(MailboxDown, match="without an end"),
    ):
        box.uids_above(0)


def test_a_flood_of_lines_takes_bounded_memory() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"NOOP")
        while True:
            peer.send(b"* OK " + b"x" * 60000 + b"\r\n")

    with (
        ImapScript(honest(play)) as script,
        mailbox(script, command_seconds=20) as box,
        pytest.raises(MailboxDown, match="in one answer"),
    ):
        box.uids_above(0)


def test_nobody_there_is_down_and_says_where() -> None:
    with ImapScript(lambda peer: None) as script:
        port = script.port
    with pytest.raises(MailboxDown, match=r"127\.0\.0\.1:\d+: connecting: Connection refused"):
        Mailbox(replace(SERVER, port=port), "INBOX", "", monotonic=time.monotonic).__enter__()


@pytest.mark.parametrize("greeting", [b"BYE too many connections", b"NO thanks", b"nonsense"])
def test_an_unfriendly_greeting_is_down(greeting: bytes) -> None:
    with ImapScript(lambda peer: peer.greet(greeting)) as script, pytest.raises(MailboxDown), mailbox(script):
        pass


COMMANDS = (b"CAPABILITY", b"AUTHENTICATE", b"STATUS", b"SELECT", b"NOOP", b"UID SEARCH", b"UID FETCH", b"UID MOVE")


def all_of_it(box: Mailbox) -> None:
    with box:
        list(box.fetch(box.uids_above(0)))
        box.move([1])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("answer", [b"NO not now", b"BAD what", b"BYE", b""])
def test_a_no_a_bad_a_bye_or_an_end_at_any_command_is_one_of_two_errors(command: bytes, answer: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.serve(command)
        if answer == b"BYE":
            peer.tell(b"BYE maintenance")
        elif answer:
            peer.send(peer.tag + b" " + answer + b"\r\n")
            peer.serve_for_good()

    with ImapScript(honest(play)) as script:
        box = mailbox(script)
        gone = answer in {b"BYE", b""}
        try:
            all_of_it(box)
        except MailboxRefused:
            assert not gone
        except MailboxDown:
            assert gone or answer.startswith(b"BAD")
        else:
            # A folder that cannot be asked about is made; a mail that cannot be asked about is unreadable.
            assert answer.startswith(b"NO")
            assert command in {b"STATUS", b"UID FETCH"}
        assert not box.is_open


@pytest.mark.parametrize("command", COMMANDS)
def test_what_nobody_asked_for_changes_no_answer(command: bytes) -> None:
    chatter = (
        b"OK [ALERT] the disk is almost full", b"OK [NOMODSEQ] no", b"OK [HIGHESTMODSEQ 7] yes", b"2 RECENT",
        b"1 FETCH (FLAGS (\\Seen) MODSEQ (9))", b'LIST () "/" Other', b"VANISHED 9", b"X-OWN what is this",
        b"NO [OVERQUOTA] soon", b"5 EXISTS", b"5 EXPUNGE",
    )  # fmt: skip

    def play(peer: Peer) -> None:
        peer.found = b"1"
        while True:
            if peer.read().startswith(command):
                peer.tell(*chatter)
            if peer.command.startswith(b"UID FETCH"):
                what = b"RFC822.SIZE 5" if b"RFC822.SIZE" in peer.command else b"BODY[] {5}\r\nhello"
                peer.send(b"* 1 FETCH (UID 1 " + what + b")\r\n")
            peer.answer()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert [mail.raw for batch in box.fetch(box.uids_above(0)) for mail in batch] == [b"hello"]
        box.move([1])
        assert box.is_open


@pytest.mark.parametrize("place", ["in a literal", "after DONE"])
def test_slow_bytes_within_an_answer_do_not_outlast_the_deadline_either(place: str) -> None:
    def literal(peer: Peer) -> None:
        sizes(peer, 5_000)
        peer.serve(b"UID FETCH")
        peer.send(b"* 1 FETCH (UID 1 BODY[] {5000}\r\n")
        peer.drip(b"x" * 5_000, 0.1)

    def idling(peer: Peer) -> None:
        peer.serve(b"IDLE")
        peer.send(b"+ idling\r\n* 9 EXISTS\r\n")
        peer.line()
        peer.drip(b"* OK still here " * 100, 0.1)

    started = time.monotonic()
    with ImapScript(honest(literal if place == "in a literal" else idling)) as script:
        box = mailbox(script, command_seconds=0.7, fetch_seconds=0.7).__enter__()
        with pytest.raises(MailboxDown, match=r"too long|timed out"):
            list(box.fetch([1])) if place == "in a literal" else box.wait(0.3)
        box.close()
    assert time.monotonic() - started < 4


DIALOGUE = (
    b"* 1 FETCH (UID 1 RFC822.SIZE 13)\r\n",
    b'* 1 FETCH (UID 1 INTERNALDATE "22-Nov-2026 10:00:00 +0100" BODY[] {13}\r\nhello\r\nworld)\r\n',
)
SHARDS = (
    b"{",
    b"}",
    b"(",
    b")",
    b'"',
    b"\\",
    b"\r\n",
    b"*",
    b"NIL",
    b"\x00",
    b"\xff",
    b"{3}\r\n",
    b"99999999999999999999",
)


@pytest.mark.parametrize("seed", range(60))
def test_an_answer_damaged_anywhere_gives_a_mail_or_an_end_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)

    def damaged(line: bytes) -> bytes:
        for _ in range(chance.randint(1, 3)):
            at, until = sorted(chance.choices(range(len(line)), k=2))
            line = line[:at] + chance.choice((b"", *SHARDS)) + line[chance.choice((at, at + 1, until)) :]
        return line

    def play(peer: Peer) -> None:
        for line in DIALOGUE:
            peer.serve(b"UID FETCH")
            peer.send(damaged(line))
            peer.ok()
        peer.sock.shutdown(1)
        peer.line()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        try:
            for batch in box.fetch([1]):
                assert [mail.uid for mail in batch] == [1]
        except MailboxDown:
            pass
