"""Mailbox in IDLE: news is seen however it is split, and a connection that is lost is known at once."""

import time
from threading import Thread

import pytest

from inbound.imap import MailboxDown
from tests.inbound.evil import Play, honest, mailbox
from tests.servers.imap_script import ImapScript, Peer


def idling(then: Play) -> Play:
    def play(peer: Peer) -> None:
        peer.serve(b"IDLE")
        then(peer)

    return honest(play)


def finish(peer: Peer) -> None:
    assert peer.line() == b"DONE"
    peer.ok()
    peer.serve_for_good()


def test_news_in_one_segment_with_the_continuation_is_seen() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n* 4 EXISTS\r\n")
        finish(peer)

    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert box.wait(30)
        assert box.uids_above(2) == [3]


def test_news_before_the_continuation_is_seen() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"* OK hello\r\n* 4 EXISTS\r\n+ idling\r\n")
        finish(peer)

    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert box.wait(30)


def test_news_in_a_line_split_over_segments_is_seen() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idl")
        peer.drip(b"ing\r\n* OK Still here\r\n* 4 EXI", 0.01)
        peer.drip(b"STS\r\n* 1 REC", 0.01)
        assert peer.line() == b"DONE"
        peer.send(b"ENT\r\n")
        peer.ok()
        peer.serve_for_good()

    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert box.wait(30)
        assert box.uids_above(2) == [3]


def test_news_told_during_another_command_ends_the_next_wait_at_once() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID SEARCH UID 1:")
        peer.tell(b"SEARCH 1 2 3", b"4 EXISTS")
        peer.ok()
        peer.serve(b"IDLE")
        pytest.fail("IDLE, although there was news")

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert box.uids_above(0) == [1, 2, 3]
        assert box.wait(30)


def test_the_same_count_told_again_and_again_is_no_news() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n" + b"* 3 EXISTS\r\n* 0 RECENT\r\n* 2 FETCH (FLAGS (\\Seen))\r\n" * 100)
        finish(peer)

    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert not box.wait(0.3)


def test_one_gone_and_one_new_is_news() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n* 2 EXPUNGE\r\n* 3 EXISTS\r\n")
        finish(peer)

    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert box.wait(30)


@pytest.mark.parametrize("last", [b"", b"* BYE Autologout\r\n", b"* 4 EXI", b"garbage\r\n"])
def test_a_connection_lost_in_idle_raises_at_once(last: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n" + last)

    started = time.monotonic()
    with ImapScript(idling(play)) as script, mailbox(script) as box:
        with pytest.raises(MailboxDown):
            box.wait(30)
        assert not box.is_open
    assert time.monotonic() - started < 5


def test_a_bye_in_idle_counts_even_where_the_server_does_not_hang_up() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n* BYE Autologout\r\n")
        peer.serve_for_good()

    started = time.monotonic()
    with ImapScript(idling(play)) as script, mailbox(script) as box, pytest.raises(MailboxDown, match="Autologout"):
        box.wait(30)
    assert time.monotonic() - started < 5


def test_a_server_that_ends_idle_at_once_makes_no_busy_loop() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n")
        peer.ok(b"that was it")
        peer.serve_for_good()

    started = time.monotonic()
    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert not box.wait(0.5)
        assert time.monotonic() - started >= 0.5
        assert box.uids_above(0) == [1, 2, 3]


def test_where_idle_is_offered_but_refused_the_clock_stands_in() -> None:
    def play(peer: Peer) -> None:
        peer.no(b"not today")
        peer.serve_for_good()

    with ImapScript(idling(play)) as script, mailbox(script) as box:
        assert not box.wait(0.2)
        assert not box.wait(0.2)
        assert script.commands.count(b"IDLE") == 1
        assert box.uids_above(0) == [1, 2, 3]


def test_a_server_that_does_not_answer_done_runs_into_the_deadline() -> None:
    def play(peer: Peer) -> None:
        peer.send(b"+ idling\r\n")
        peer.line()
        peer.line()

    with (
        ImapScript(idling(play)) as script,
        mailbox(script, command_seconds=0.5) as box,
        pytest.raises(MailboxDown),
    ):
        box.wait(0.2)


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1 AUTH=PLAIN IDLE"])
def test_wake_ends_a_wait_from_another_thread_and_the_connection_stands(capabilities: bytes) -> None:
    def play(peer: Peer) -> None:
        while True:
            if peer.read() == b"IDLE":
                peer.send(b"+ idling\r\n")
                peer.line()
            peer.answer()

    started = time.monotonic()
    with ImapScript(honest(play, capabilities)) as script, mailbox(script) as box:
        thread = Thread(target=box.wake)
        thread.start()
        assert not box.wait(30)
        thread.join()
        assert time.monotonic() - started < 5
        assert box.uids_above(0) == [1, 2, 3]
