"""A mail is put into a folder byte for byte, and is found there by its Message-ID."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from inbound.imap import BadArgument, Mailbox, MailboxRefused
from inbound.server import Server, Tls
from tests.inbound.evil import honest
from tests.inbound.evil import mailbox as scripted
from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ImapScript, Peer

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ODD = b'Message-ID: <a"b\\c@example.com>\r\nSubject: Gr\xc3\xbc\xc3\x9fe\r\n\r\n.\r\nA1 LOGOUT\r\n\tText \xff\r\n'


def test_it_is_appended_once_and_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    if reason := imap.available():
        pytest.skip(reason)
    with Dovecot(tmp_path_factory.mktemp("append")) as dovecot:
        server = Server(dovecot.host, dovecot.port, Tls.NONE, "support", "secret", command_seconds=10)
        dovecot.deliver("support", b"Message-ID: <other@example.com>\r\n\r\nText\r\n", "Sent")
        with Mailbox(server, "INBOX", "", monotonic=time.monotonic) as box:
            sent = box.beside("Sent")
            sent.open()
            assert not sent.holds('<a"b\\c@example.com>', AT.date())
            sent.append(ODD, AT)
            assert sent.holds('<a"b\\c@example.com>', AT.date())
            assert not sent.holds('<a"b\\c@example.com>', (AT + timedelta(days=5)).date())
            ((_, new),) = [(mail.uid, mail) for batch in sent.fetch(sent.all_uids()[1:]) for mail in batch]
            assert (new.raw, new.received_at) == (ODD, AT)
            with pytest.raises(BadArgument):
                sent.holds("<a@b>\r\nA2 DELETE INBOX", AT.date())
        assert [path.name.partition(":2,")[2] for path in dovecot.files("support", "Sent")] == ["", "S"]


def test_a_server_that_takes_none_says_so_and_the_connection_stands() -> None:
    def full(peer: Peer) -> None:
        peer.serve(b"APPEND")
        peer.no(b"[OVERQUOTA] Quota exceeded")
        peer.serve_for_good()

    with ImapScript(honest(full)) as script:
        box = scripted(script, "")
        box.open()
        with pytest.raises(MailboxRefused, match="APPEND refused: "):
            box.append(ODD, AT)
        assert box.all_uids() == [1, 2, 3]
        box.close()
    assert not any(b"Text" in line for line in script.lines), "the bytes wait until the server asks for them"
