"""Mailbox against servers that lie, stall, hang up and inject: no mail is cut, no password leaks, nothing hangs."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from inbound.connection import Connection
from inbound.deadline import Deadline
from inbound.imap import BadArgument, Mailbox, MailboxDown, MailboxRefused, Server, Tls
from tests.servers.certificate import Certificate, make_certificate, missing
from tests.servers.imap_script import ImapScript, Peer

SECRET = "tr0ub4dor"
SECRET_ON_THE_WIRE = b"AHN1cHBvcnRAZXhhbXBsZS5jb20AdHIwdWI0ZG9y"
MAIL = b"From: ann@example.com\r\nSubject: hello\r\n\r\n" + b"a line\r\n" * 50
DATE = b'INTERNALDATE "22-Nov-2026 10:00:00 +0100"'
SERVER = Server("127.0.0.1", 1, Tls.NONE, "support@example.com", SECRET, command_seconds=1.5, fetch_seconds=1.5)

Play = Callable[[Peer], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if reason := missing():
        pytest.skip(reason)
    return make_certificate(tmp_path_factory.mktemp("tls"))


def mailbox(script: ImapScript, processed: str = "Processed", **changes: object) -> Mailbox:
    return Mailbox(replace(SERVER, port=script.port, **changes), "INBOX", processed, monotonic=time.monotonic)


def honest(then: Play, capabilities: bytes = b"") -> Play:
    """An honest server up to the point where `then` takes over."""

    def play(peer: Peer) -> None:
        peer.capabilities = capabilities or peer.capabilities
        peer.greet()
        then(peer)

    return play


def sizes(peer: Peer, *lengths: int) -> None:
    peer.serve(b"UID FETCH")
    assert b"RFC822.SIZE" in peer.command
    peer.tell(*(b"%d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, length) for uid, length in enumerate(lengths, 1)))
    peer.ok()


def bodies(peer: Peer, *mails: bytes) -> None:
    peer.serve(b"UID FETCH")
    for uid, mail in enumerate(mails, 1):
        peer.send(b"* %d FETCH (UID %d %s BODY[] {%d}\r\n%s)\r\n" % (uid, uid, DATE, len(mail), mail))
    peer.ok()


# What is fetched is whole, or not there at all


@pytest.mark.parametrize("share", [0, 10, 50, 90, 99])
def test_a_mail_cut_off_in_its_literal_is_no_mail(share: int) -> None:
    def play(peer: Peer) -> None:
        sizes(peer, len(MAIL))
        peer.serve(b"UID FETCH")
        peer.send(b"* 1 FETCH (UID 1 %s BODY[] {%d}\r\n" % (DATE, len(MAIL)))
        peer.send(MAIL[: len(MAIL) * share // 100])

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        with pytest.raises(MailboxDown):
            list(box.fetch([1]))
        assert not box.is_open


def test_a_batch_cut_off_in_its_second_mail_gives_none_of_it() -> None:
    def play(peer: Peer) -> None:
        sizes(peer, len(MAIL), len(MAIL))
        peer.serve(b"UID FETCH")
        peer.send(b"* 1 FETCH (UID 1 %s BODY[] {%d}\r\n%s)\r\n" % (DATE, len(MAIL), MAIL))
        peer.send(b"* 2 FETCH (UID 2 %s BODY[] {%d}\r\n%s" % (DATE, len(MAIL), MAIL[:100]))

    with ImapScript(honest(play)) as script, mailbox(script) as box, pytest.raises(MailboxDown):
        list(box.fetch([1, 2]))


@pytest.mark.parametrize("announced", [1, len(MAIL) - 1, len(MAIL) + 1, 10 * len(MAIL)])
def test_where_the_announced_size_lies_the_literal_counts(announced: int) -> None:
    def play(peer: Peer) -> None:
        sizes(peer, announced)
        bodies(peer, MAIL)
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        [[mail]] = list(box.fetch([1]))
    assert (mail.raw, mail.size) == (MAIL, announced)
    assert mail.received_at.isoformat() == "2026-11-22T09:00:00+00:00"


@pytest.mark.parametrize("announced", [0, 9_000_000, 12_000_000])
def test_a_large_mail_is_whole_whatever_size_is_announced(announced: int) -> None:
    large = bytes(range(256)) * 39_000  # 9,984,000

    def play(peer: Peer) -> None:
        sizes(peer, announced)
        while True:
            peer.serve(b"UID FETCH 1 (INTERNALDATE BODY.PEEK[]<")
            offset, length = map(int, peer.command.partition(b"<")[2].partition(b">")[0].split(b"."))
            part = large[offset : offset + length]
            peer.send(b"* 1 FETCH (UID 1 %s BODY[]<%d> {%d}\r\n%s)\r\n" % (DATE, offset, len(part), part))
            peer.ok()

    with ImapScript(honest(play)) as script, mailbox(script, fetch_seconds=10) as box:
        [raw] = [b"".join(mail.raw.pieces(1_000_000)) for [mail] in box.fetch([1])]
    assert raw == large


def test_a_mail_that_is_announced_as_too_large_is_not_fetched_and_holds_up_no_other() -> None:
    def play(peer: Peer) -> None:
        sizes(peer, 300 * 1024 * 1024, len(MAIL))
        peer.serve(b"UID FETCH")
        assert peer.command.startswith(b"UID FETCH 2 ")
        peer.send(b"* 2 FETCH (UID 2 %s BODY[] {%d}\r\n%s)\r\n" % (DATE, len(MAIL), MAIL))
        peer.ok()
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert [mail.uid for batch in box.fetch([1, 2]) for mail in batch] == [2]
        assert list(box.unreadable) == [1]
        assert "larger than" in box.unreadable[1]


@pytest.mark.parametrize("literal", [b"{4000000000}", b"{99999999999999999999}", b"{67108900}"])
def test_a_literal_without_measure_takes_no_memory(literal: bytes) -> None:
    def play(peer: Peer) -> None:
        sizes(peer, 100)
        peer.serve(b"UID FETCH")
        peer.send(b"* 1 FETCH (UID 1 BODY[] " + literal + b"\r\n")
        peer.line()

    with ImapScript(honest(play)) as script, mailbox(script) as box, pytest.raises(MailboxDown, match="too much"):
        list(box.fetch([1]))


def test_one_mail_that_the_server_cannot_give_does_not_hold_up_the_others() -> None:
    def play(peer: Peer) -> None:
        sizes(peer, 10, 10, 10)
        while True:
            peer.serve(b"UID FETCH")
            uids = [int(uid) for uid in peer.command.split()[2].split(b",")]
            for uid in uids:
                if uid != 2:
                    peer.send(b"* %d FETCH (UID %d %s BODY[] {5}\r\nmail%d)\r\n" % (uid, uid, DATE, uid))
            peer.no(b"[SERVERBUG] Internal error") if 2 in uids else peer.ok()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert [mail.raw for batch in box.fetch([1, 2, 3]) for mail in batch] == [b"mail1", b"mail3"]
        assert list(box.unreadable) == [2]
        assert "[SERVERBUG] Internal error" in box.unreadable[2]


def test_a_mail_that_is_gone_or_nil_is_no_error() -> None:
    def play(peer: Peer) -> None:
        sizes(peer, 5, 5, 5)
        peer.serve(b"UID FETCH")
        peer.tell(b"1 EXPUNGE", b"1 FETCH (FLAGS (\\Seen))", b"9 EXISTS", b"NO [ALERT] disk almost full")
        peer.tell(b"2 FETCH (UID 2 BODY[] NIL)", b'3 FETCH (UID 3 INTERNALDATE "nonsense" BODY[] "a\\"b")')
        peer.ok()
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        [[mail]] = list(box.fetch([1, 2, 3]))
        assert (mail.uid, mail.raw, mail.received_at.year) == (3, b'a"b', 1970)
        assert list(box.unreadable) == [2]


def test_uids_that_were_not_asked_for_are_not_believed() -> None:
    def play(peer: Peer) -> None:
        peer.found = b"1 2 3 4294967295 9999999999"
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert box.uids_above(2) == [3, 4294967295]


def test_an_answer_to_a_search_may_come_in_several_lines() -> None:
    def play(peer: Peer) -> None:
        while True:
            peer.serve(b"UID SEARCH")
            peer.tell(b"SEARCH 4 5", b"SEARCH", b"SEARCH 6")
            peer.ok()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert box.uids_above(3) == [4, 5, 6]


# Garbage, silence, and slow bytes


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
    with pytest.raises(MailboxDown, match=r"127\.0\.0\.1: connecting: .*refused"):
        Mailbox(replace(SERVER, port=port), "INBOX", "", monotonic=time.monotonic).__enter__()


@pytest.mark.parametrize("greeting", [b"BYE too many connections", b"NO thanks", b"nonsense"])
def test_an_unfriendly_greeting_is_down(greeting: bytes) -> None:
    with ImapScript(lambda peer: peer.greet(greeting)) as script, pytest.raises(MailboxDown), mailbox(script):
        pass


# IDLE


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


# Filing


def test_move_is_one_command_for_many_mails() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID MOVE")
        peer.tell(b"OK [COPYUID 8 1:3,5 11:14] moved", b"1 EXPUNGE", b"1 EXPUNGE", b"1 EXPUNGE")
        peer.ok()
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        assert box.move([5, 3, 2, 1, 3]) == {1: 11, 2: 12, 3: 13, 5: 14}
        assert b'UID MOVE 1:3,5 "Processed"' in script.commands


def test_without_move_only_what_was_copied_is_expunged() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID COPY")
        peer.ok(b"[COPYUID 8 1:2,999 11:12,13] copied two, and lies about a third")
        peer.serve_for_good()

    with ImapScript(honest(play, b"IMAP4rev1 UIDPLUS AUTH=PLAIN")) as script, mailbox(script) as box:
        assert box.move([1, 2, 3]) == {1: 11, 2: 12}
    assert script.commands[-4:-1] == [
        b'UID COPY 1:3 "Processed"',
        b"UID STORE 1:2 +FLAGS.SILENT (\\Deleted)",
        b"UID EXPUNGE 1:2",
    ]


def test_without_uidplus_nothing_is_ever_expunged_and_nothing_copied_twice() -> None:
    def play(peer: Peer) -> None:
        peer.found = b"2 3"  # 1 is marked already
        peer.serve_for_good()

    with ImapScript(honest(play, b"IMAP4rev1 AUTH=PLAIN")) as script, mailbox(script) as box:
        box.move([1, 2, 3])
    assert script.commands[-4:-1] == [
        b"UID SEARCH UID 1:3 UNDELETED",
        b'UID COPY 2:3 "Processed"',
        b"UID STORE 2:3 +FLAGS.SILENT (\\Deleted)",
    ]


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1 AUTH=PLAIN UIDPLUS", b"IMAP4rev1 AUTH=PLAIN"])
def test_a_mail_that_could_not_be_copied_is_not_marked(capabilities: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID COPY")
        peer.no(b"[OVERQUOTA] full")
        peer.serve_for_good()

    with ImapScript(honest(play, capabilities)) as script, mailbox(script) as box:
        with pytest.raises(MailboxRefused, match=r"copying to Processed refused: .*OVERQUOTA"):
            box.move([1, 2, 3])
        assert box.is_open
        assert box.uids_above(0) == [1, 2, 3]
    assert not any(b"STORE" in command or b"EXPUNGE" in command for command in script.commands)


def test_a_processed_folder_that_somebody_deleted_is_made_again() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID MOVE")
        peer.no(b"[TRYCREATE] no such folder")
        peer.serve(b"STATUS")
        peer.no(b"no such folder")
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        box.move([1])
        assert [command.split()[0] for command in script.commands[-4:]] == [b"STATUS", b"CREATE", b"SUBSCRIBE", b"UID"]


@pytest.mark.parametrize("refusals", [1, 2])
def test_a_move_refused_because_some_are_gone_is_asked_once_more(refusals: int) -> None:
    def play(peer: Peer) -> None:
        for _ in range(refusals):
            peer.serve(b"UID MOVE")
            peer.no(b"[EXPUNGEISSUED] some are gone")
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script) as box:
        if refusals == 1:
            box.move([1, 2])
        else:
            with pytest.raises(MailboxRefused):
                box.move([1, 2])
        assert box.is_open
        assert script.commands[-3:] == [b'UID MOVE 1:2 "Processed"', b"NOOP", b'UID MOVE 1:2 "Processed"']


def test_without_a_processed_folder_the_server_is_not_even_asked_to_write() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, mailbox(script, processed="") as box:
        assert box.move([1, 2]) == {}
    assert b'EXAMINE "INBOX"' in [
        command.replace(b"INBOX", b'"INBOX"').replace(b'""', b'"') for command in script.commands
    ]
    assert not any(word in command for command in script.commands for word in (b"SELECT", b"CREATE", b"MOVE", b"STORE"))


def test_a_folder_without_lasting_uids_is_refused() -> None:
    def play(peer: Peer) -> None:
        peer.selected = [b"3 EXISTS"]
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, pytest.raises(MailboxRefused, match="UIDVALIDITY"), mailbox(script):
        pass


# Login and TLS


def no_secret_in(script: ImapScript) -> None:
    wire = b"\n".join(script.lines)
    assert SECRET.encode() not in wire
    assert SECRET_ON_THE_WIRE not in wire


def test_the_secret_that_these_tests_look_for_is_the_one_that_is_sent() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, mailbox(script):
        assert SECRET_ON_THE_WIRE in script.lines


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1"])
def test_a_stripped_starttls_sends_no_password(capabilities: bytes, certificate: Certificate) -> None:
    play = honest(lambda peer: peer.serve_for_good(), capabilities)
    with ImapScript(play) as script, pytest.raises(MailboxRefused, match="STARTTLS is not offered"):
        mailbox(script, tls=Tls.STARTTLS, ca_file=str(certificate.authority)).__enter__()
    no_secret_in(script)


@pytest.mark.parametrize("answer", [b"NO not now", b"BAD what", b"OK go\r\n* OK injected", b"OK go\r\nA9 OK injected"])
def test_a_starttls_refused_or_injected_sends_no_password(answer: bytes, certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"STARTTLS")
        peer.send(peer.tag + b" " + answer + b"\r\n")
        peer.serve_for_good()

    with ImapScript(honest(play, b"IMAP4rev1 STARTTLS AUTH=PLAIN")) as script, pytest.raises(MailboxRefused):
        mailbox(script, tls=Tls.STARTTLS, ca_file=str(certificate.authority)).__enter__()
    no_secret_in(script)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.NONE])
def test_a_preauth_greeting_is_refused(tls: Tls) -> None:
    def play(peer: Peer) -> None:
        peer.capabilities = b"IMAP4rev1 STARTTLS"
        peer.greet(b"PREAUTH welcome back")
        peer.serve_for_good()

    with ImapScript(play) as script, pytest.raises(MailboxRefused, match="PREAUTH"):
        mailbox(script, tls=tls).__enter__()
    no_secret_in(script)
    assert b"STARTTLS" not in script.commands


def test_what_was_offered_before_tls_counts_for_nothing_after_it(certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        peer.greet(b"OK [CAPABILITY IMAP4rev1 STARTTLS MOVE] ready")
        peer.capabilities = b"IMAP4rev1 STARTTLS MOVE IDLE UIDPLUS"
        peer.serve(b"STARTTLS")
        peer.tell(b"CAPABILITY IMAP4rev1 MOVE IDLE LOGINDISABLED")
        peer.ok()
        peer.start_tls(certificate.server_context())
        peer.capabilities = b"IMAP4rev1"
        peer.serve_for_good()

    trusted = str(certificate.authority)
    with ImapScript(play) as script, mailbox(script, tls=Tls.STARTTLS, ca_file=trusted) as box:
        assert box.offers == {"IMAP4REV1"}
        assert script.commands[1:3] == [b"STARTTLS", b"CAPABILITY"]
        assert b'LOGIN "support@example.com" "%s"' % SECRET.encode() in script.commands


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_an_unknown_authority_sends_no_password(tls: Tls, certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        if tls is Tls.STARTTLS:
            peer.capabilities = b"IMAP4rev1 STARTTLS"
            peer.greet()
            peer.serve(b"STARTTLS")
            peer.ok()
            peer.start_tls(certificate.server_context())
        peer.serve_for_good()

    context = certificate.server_context() if tls is Tls.IMPLICIT else None
    with ImapScript(play, context) as script, pytest.raises(MailboxRefused, match=r"TLS failed: .*issuer"):
        mailbox(script, tls=tls).__enter__()
    no_secret_in(script)


def test_a_certificate_for_another_host_is_refused(tmp_path: Path, certificate: Certificate) -> None:
    other = make_certificate(tmp_path, "DNS:imap.example.org")
    with (
        ImapScript(Peer.serve_for_good, other.server_context()) as script,
        pytest.raises(MailboxRefused, match=r"TLS failed: .*not valid for '127"),
    ):
        mailbox(script, tls=Tls.IMPLICIT, ca_file=str(other.authority)).__enter__()
    no_secret_in(script)


def test_a_server_without_tls_on_the_tls_port_is_refused() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, pytest.raises(MailboxRefused, match="TLS"):
        mailbox(script, tls=Tls.IMPLICIT).__enter__()


def test_an_authority_file_that_cannot_be_read_is_our_mistake(tmp_path: Path) -> None:
    with ImapScript(lambda peer: None) as script, pytest.raises(BadArgument, match="ca_file"):
        mailbox(script, tls=Tls.IMPLICIT, ca_file=str(tmp_path / "missing.pem")).__enter__()


@pytest.mark.parametrize("answer", [b"NO [AUTHENTICATIONFAILED] bad: tr0ub4dor", b"BAD cannot read LOGIN x tr0ub4dor"])
def test_a_refused_login_says_so_and_never_shows_the_password(answer: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"LOGIN")
        peer.send(peer.tag + b" " + answer + b"\r\n")
        peer.line()

    with ImapScript(honest(play, b"IMAP4rev1")) as script, pytest.raises(MailboxRefused) as caught:
        mailbox(script).__enter__()
    assert "login of support@example.com refused" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "********" in str(caught.value)


def test_a_connection_lost_in_the_login_is_down_not_refused() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"AUTHENTICATE")

    with ImapScript(honest(play)) as script, pytest.raises(MailboxDown) as caught:
        mailbox(script).__enter__()
    assert not isinstance(caught.value, MailboxRefused)


@pytest.mark.parametrize(
    ("capabilities", "password"), [(b"IMAP4rev1 LOGINDISABLED", SECRET), (b"IMAP4rev1", "pässwort")]
)
def test_a_login_that_the_server_cannot_take_is_not_tried(capabilities: bytes, password: str) -> None:
    play = honest(lambda peer: peer.serve_for_good(), capabilities)
    with ImapScript(play) as script, pytest.raises(MailboxRefused, match="AUTH=PLAIN"):
        mailbox(script, password=password).__enter__()
    assert not any(command.startswith(b"LOGIN") for command in script.commands)


def test_a_user_with_quotes_and_spaces_is_one_argument() -> None:
    play = honest(lambda peer: peer.serve_for_good(), b"IMAP4rev1")
    with ImapScript(play) as script, mailbox(script, user='a "b" {3}\\ c', password='p"w d'):
        assert b'LOGIN "a \\"b\\" {3}\\\\ c" "p\\"w d"' in script.commands


# Arguments


@pytest.mark.parametrize("odd", ["a\r\nA9 DELETE INBOX", "a\nb", "a\x00", "a\x7f", "\t", "\udc80", ""])
def test_an_argument_with_a_control_character_never_reaches_a_server(odd: str) -> None:
    for field in ("host", "user", "password"):
        with pytest.raises(BadArgument, match=field) as caught:
            replace(SERVER, **{field: odd})
        assert field != "password" or "DELETE" not in str(caught.value)
    with pytest.raises(BadArgument, match="folder"):
        Mailbox(SERVER, odd, "Processed", monotonic=time.monotonic)
    if odd:
        with pytest.raises(BadArgument, match="processed_folder"):
            Mailbox(SERVER, "INBOX", odd, monotonic=time.monotonic)


def test_the_last_guard_sends_no_line_break_whoever_made_the_line() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script:
        server = replace(SERVER, port=script.port)
        connection = Connection(server, None, Deadline.after(5, time.monotonic))
        with pytest.raises(BadArgument):
            connection.login("a", "b\r\nA9 DELETE INBOX")
        connection.shutdown()
    assert script.commands == [b"CAPABILITY"]


@pytest.mark.parametrize("processed", ["INBOX", "inbox"])
def test_a_folder_is_not_filed_into_itself(processed: str) -> None:
    with pytest.raises(BadArgument, match="must not be the folder"):
        Mailbox(SERVER, "INBOX", processed, monotonic=time.monotonic)


@pytest.mark.parametrize("host", ["imap.example.com", "192.0.2.1", "::2", "localhost.example.com"])
def test_no_tls_is_for_loopback_only(host: str) -> None:
    with pytest.raises(BadArgument, match="this machine only"):
        replace(SERVER, host=host)


def test_the_library_keeps_no_log_of_what_it_sends() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, mailbox(script) as box:
        assert box._session.client is not None
        assert box._session.client.connection.debug == 0  # IMAPClient's 5 costs half the speed
        assert box._session.client.connection._cmd_log == {}


def test_a_password_is_not_shown() -> None:
    assert SECRET not in repr(SERVER)
    assert SECRET not in f"{SERVER}"
