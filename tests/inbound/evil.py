"""What the tests with a scripted IMAP server share: an account, a mail, and an honest server up to a point. It holds no tests."""

import time
from collections.abc import Callable
from dataclasses import replace

from inbound.imap import Mailbox, Server, Tls
from tests.servers.imap_script import ImapScript, Peer

SECRET = "tr0ub4dor"
SECRET_ON_THE_WIRE = b"AHN1cHBvcnRAZXhhbXBsZS5jb20AdHIwdWI0ZG9y"
MAIL = b"From: ann@example.com\r\nSubject: hello\r\n\r\n" + b"a line\r\n" * 50
DATE = b'INTERNALDATE "22-Nov-2026 10:00:00 +0100"'
SERVER = Server("127.0.0.1", 1, Tls.NONE, "support@example.com", SECRET, command_seconds=1.5, fetch_seconds=1.5)

Play = Callable[[Peer], None]


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
