"""Mailbox against servers that lie about mails, or hang up amid one: what is fetched is whole, or not there at all."""

import pytest

from inbound.imap import MailboxDown
from tests.inbound.evil import DATE, MAIL, bodies, honest, mailbox, sizes
from tests.servers.imap_script import ImapScript, Peer


@pytest.mark.parametrize("share", [*range(0, 100, 10), 99])
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


def chunk(peer: Peer, whole: bytes) -> bytes:
    """The answer to the next question for a part of a mail."""
    peer.serve(b"UID FETCH")
    offset, length = map(int, peer.command.partition(b"<")[2].partition(b">")[0].split(b"."))
    part = whole[offset : offset + length]
    return b"* 1 FETCH (UID 1 %s BODY[]<%d> {%d}\r\n%s)\r\n" % (DATE, offset, len(part), part)


@pytest.mark.parametrize("share", [*range(0, 100, 10), 99])
def test_a_large_mail_cut_off_in_any_of_its_parts_is_no_mail(share: int) -> None:
    large = bytes(range(256)) * 39_000

    def play(peer: Peer) -> None:
        sizes(peer, len(large))
        left = len(large) * share // 100
        while len(answer := chunk(peer, large)) < left:
            peer.send(answer)
            peer.ok()
            left -= len(answer)
        peer.send(answer[:left])

    with ImapScript(honest(play)) as script, mailbox(script, fetch_seconds=10) as box:
        with pytest.raises(MailboxDown):
            list(box.fetch([1]))
        assert not box.is_open


def test_a_large_mail_that_comes_octet_by_octet_is_left_for_later_and_holds_up_no_other() -> None:
    def play(peer: Peer) -> None:
        sizes(peer, 9_000_000, len(MAIL))
        while peer.serve(b"UID FETCH").startswith(b"UID FETCH 1 "):
            offset = int(peer.command.partition(b"<")[2].partition(b".")[0])
            peer.send(b"* 1 FETCH (UID 1 %s BODY[]<%d> {1}\r\nx)\r\n" % (DATE, offset))
            peer.ok()
        peer.send(b"* 2 FETCH (UID 2 %s BODY[] {%d}\r\n%s)\r\n" % (DATE, len(MAIL), MAIL))
        peer.ok()
        peer.serve_for_good()

    with ImapScript(honest(play)) as script, mailbox(script, fetch_seconds=0.4) as box:
        assert [mail.uid for batch in box.fetch([1, 2]) for mail in batch] == [2]
        assert "no more than" in box.unreadable[1]
        assert box.is_open


def test_three_hundred_thousand_mails_are_listed_window_by_window() -> None:
    most = 300_000

    def play(peer: Peer) -> None:
        while True:
            peer.serve(b"UID SEARCH")
            first, _, last = peer.command.rpartition(b" ")[2].partition(b":")
            low, high = (most, most) if first == b"*" else (int(first), min(int(last), most))
            peer.tell(b"SEARCH " + b" ".join(b"%d" % uid for uid in range(low, high + 1)))
            peer.ok()

    with ImapScript(honest(play)) as script, mailbox(script, command_seconds=10) as box:
        assert box.all_uids() == list(range(1, most + 1))
