"""A mail that costs the connection, or that the server does not give: it waits, it is told once, and it is never given up."""

import time
from collections.abc import Iterator

import pytest

from inbound.imap import Mailbox, MailboxDown, Server, Tls
from postroom.app import App, open_app
from postroom.receiving import Receiver
from postroom.suspects import TRIES, WAIT_SECONDS
from tests.servers.imap_script import ImapScript, Peer
from tests.servers.wire import Wire
from tests.walk.lab import PASSWORD, Lab, mail
from tests.walk.service import do, once, rows


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(lab: Lab) -> Iterator[App]:
    opened = open_app(str(lab.folder / "postroom.toml"))
    yield opened
    opened.database.close()


def mailbox(port: int, user: str) -> Mailbox:
    return Mailbox(Server("127.0.0.1", port, Tls.NONE, user, PASSWORD), "INBOX", "Processed", monotonic=time.monotonic)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in caplog.messages if line.startswith("mail.unreadable")]


def test_a_mail_that_cost_three_connections_is_read_an_hour_later_and_holds_up_nobody(
    lab: Lab, app: App, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    lab.deliver(mail("x" * 60 + "\n" + "A long story.\n" * 9000, sender="long@client.example"))
    with Wire(lab.dovecot.port) as wire, mailbox(wire.port, f"support{lab.number}") as box:
        receiver = Receiver(app, app.box("support"), box, clock)
        for turn in range(1 + TRIES):  # once with another, which shows nothing; then alone
            lab.deliver(mail(sender=f"ada{turn}@client.example"))
            wire.lose_half(50_000)
            with pytest.raises(MailboxDown):
                receiver.receive()
        lab.deliver(mail(sender="bea@client.example"))
        for _ in range(3):
            receiver.receive()
        assert len(rows(lab, "mails")) == TRIES + 2
        assert lab.left() == 1
        assert len(told(caplog)) == 1
        assert [row["notice"] for row in rows(lab, "outbox")] == ["alert"]
        assert "1 not read yet" in do(lab, "check")

        clock.at += WAIT_SECONDS
        wire.lose_half(50_000)
        with pytest.raises(MailboxDown):
            receiver.receive()
        assert receiver.receive() == 0
        assert lab.left() == 1
        clock.at += WAIT_SECONDS
        assert receiver.receive() == 1
        assert lab.left() == 0
        assert len(told(caplog)) == 1
    once(lab)
    assert {row["requester"] for row in rows(lab, "tickets")} >= {"long@client.example", "ada0@client.example"}
    assert "not read yet" not in do(lab, "check")


def test_a_mail_that_is_too_large_is_told_once_and_asked_for_once_an_hour(
    app: App, lab: Lab, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def play(peer: Peer) -> None:
        peer.found = b"1"
        peer.greet()
        while True:
            peer.serve(b"UID FETCH")
            assert b"RFC822.SIZE" in peer.command, "no octet of it is asked for"
            peer.tell(b"1 FETCH (UID 1 RFC822.SIZE 300000000)")
            peer.ok()

    with ImapScript(play) as script, mailbox(script.port, "support") as box:
        receiver = Receiver(app, app.box("support"), box, clock)
        for _ in range(TRIES + 5):
            assert receiver.receive() == 0
        assert len([line for line in script.commands if b"RFC822.SIZE" in line]) == TRIES
        for _ in range(5):
            clock.at += WAIT_SECONDS
            receiver.receive()
            receiver.receive()
        assert len([line for line in script.commands if b"RFC822.SIZE" in line]) == TRIES + 5
    assert len(told(caplog)) == 1
    assert "300000000" in told(caplog)[0]
    assert len(rows(lab, "outbox")) == 1
