"""Mailbox files against servers that refuse: nothing is expunged that was not copied, nothing copied twice."""

import pytest

from inbound.imap import MailboxRefused
from tests.inbound.evil import honest, mailbox
from tests.servers.imap_script import ImapScript, Peer


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
