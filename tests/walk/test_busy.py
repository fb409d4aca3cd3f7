"""A server that asks to be left alone is: one line says so, nobody is alarmed, and mail comes in when its time is over."""

from itertools import count
from threading import Event

from tests.servers.imap_script import ImapScript, Peer
from tests.walk.lab import Lab
from tests.walk.service import Service, do

ASKED_MILLISECONDS = 1000


def test_it_is_left_alone_as_long_as_it_says_and_one_line_tells(lab: Lab) -> None:
    rounds, looked = count(), Event()

    def busy(peer: Peer) -> None:
        number = next(rounds)
        peer.greet()
        if number < 2 or not looked.is_set():
            peer.serve(b"UID SEARCH")
            backoff = ASKED_MILLISECONDS + number
            peer.no(b"Request is throttled. Suggested Backoff Time: %d milliseconds" % backoff)
        peer.found = b""
        peer.serve_for_good()

    with ImapScript(busy) as script:
        there = {"POSTROOM_MAILBOX__0__IMAP__PORT": str(script.port)}
        with Service(lab, **there) as service:
            began = service.wait_for("mailbox.busy", "asks to be left alone for 1 s: Request is throttled")
            assert "mailbox support cannot be read" in do(lab, "digest", "--print")
            looked.set()
            service.wait_for("mailbox.back", "mailbox=support")
            assert (len(began), len(service.said("WARNING"))) == (1, 1)
        assert script.connections >= 3
    assert lab.smtp.accepted == []
