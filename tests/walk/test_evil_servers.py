"""A `postroom run` with a mailbox on every kind of evil IMAP server at once: the honest one is served, and none is asked often."""

import base64
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from inbound.imap import reconnect_delay
from tests.servers.certificate import Certificate, make_certificate
from tests.servers.imap_script import ImapScript, Peer
from tests.walk.lab import PASSWORD, Lab, mail
from tests.walk.memory import MIB, Watch
from tests.walk.service import Service, once, rows

MAILBOX = """
[[mailbox]]
name = "{name}"
role = "support"
address = "{name}@example.test"
imap = {{ host = "127.0.0.1", port = {port}, tls = "{tls}", user = "{name}", password_file = "imap.password"{trusted} }}
start = "all"
"""
MOST_UIDS = 300_000
ALL_UIDS = b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(1, MOST_UIDS + 1)) + b"\r\n"

Play = Callable[[Peer], None]


def slow(peer: Peer) -> None:
    """A byte every now and then: none comes late, and the answer never ends."""
    peer.greet()
    peer.serve(b"SELECT")
    peer.drip(b"* OK still here " * 1_000, 0.5)


def mute(peer: Peer) -> None:
    peer.greet()
    peer.serve(b"AUTHENTICATE")
    peer.line()


def storm(peer: Peer) -> None:
    peer.greet()
    peer.serve(b"SELECT")
    peer.tell(*[b"BYE see you later"] * 10_000)


def leaver(peer: Peer) -> None:
    """Lets us in, shows an empty folder, and hangs up as soon as we wait."""
    peer.greet()
    peer.found = b""
    peer.serve(b"IDLE")


def giant(peer: Peer) -> None:
    """A literal of 2 GB, announced as 100 bytes, that is really sent."""
    peer.greet()
    peer.found = b"1"
    peer.serve(b"UID FETCH")
    peer.tell(b"1 FETCH (UID 1 RFC822.SIZE 100)")
    peer.ok()
    peer.serve(b"UID FETCH")
    peer.send(b"* 1 FETCH (UID 1 BODY[] {2147483648}\r\n")
    peer.flood(b"x" * 65_536)


def crowd(peer: Peer) -> None:
    """Lists 300,000 mails in answer to whatever is searched for, and has none of them."""
    peer.greet()
    peer.found = b""
    while True:
        peer.read()
        if peer.command.startswith(b"UID SEARCH"):
            peer.send(ALL_UIDS)
        peer.answer()


def flood(peer: Peer) -> None:
    peer.greet()
    peer.serve(b"UID SEARCH")
    peer.flood(b"* 1 FETCH (FLAGS (\\Seen))\r\n" * 2_000)


def stripped(peer: Peer) -> None:
    peer.greet()
    peer.serve_for_good()


def injected(peer: Peer) -> None:
    peer.capabilities = b"IMAP4rev1 STARTTLS"
    peer.greet()
    peer.serve(b"STARTTLS")
    peer.send(peer.tag + b" OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
    peer.serve_for_good()


def plain(peer: Peer) -> None:
    """Says that TLS shall begin, and goes on in clear."""
    peer.capabilities = b"IMAP4rev1 STARTTLS"
    peer.greet()
    peer.serve(b"STARTTLS")
    peer.ok()
    peer.send(b"* OK never mind\r\n")
    peer.serve_for_good()


IN_CLEAR = (slow, mute, storm, leaver, giant, crowd, flood)
STARTTLS = (stripped, injected, plain)
HOLDS_ON = (slow, mute, crowd, flood)  # these do not even end the first connection


@pytest.fixture
def certificates(tmp_path: Path) -> dict[str, Certificate]:
    return {
        "expired": make_certificate(tmp_path / "expired", days=0),
        "other": make_certificate(tmp_path / "other", "DNS:imap.example.org"),
    }


@pytest.fixture
def servers(certificates: dict[str, Certificate]) -> Iterator[dict[str, ImapScript]]:
    plays: dict[str, tuple[Play, ssl.SSLContext | None]] = {play.__name__: (play, None) for play in IN_CLEAR + STARTTLS}
    plays |= {name: (Peer.serve_for_good, one.server_context()) for name, one in certificates.items()}
    with ExitStack() as stack:
        yield {name: stack.enter_context(ImapScript(*how)) for name, how in plays.items()}


def configured(name: str, port: int, certificates: dict[str, Certificate]) -> str:
    one = certificates.get(name, certificates["other"])
    tls = "none" if name in {play.__name__ for play in IN_CLEAR} else "starttls"
    tls = "implicit" if name in certificates else tls
    trusted = "" if tls == "none" else f', ca_file = "{one.authority}"'
    return MAILBOX.format(name=name, port=port, tls=tls, trusted=trusted)


def most_tries(seconds: float) -> int:
    """With every delay as short as it can be."""
    tries, passed = 1, 0.0
    while (passed := passed + reconnect_delay(tries, -1)) < seconds:
        tries += 1
    return tries


def test_beside_a_mailbox_on_every_evil_server_the_honest_one_is_served(
    make_lab: Callable[..., Lab], servers: dict[str, ImapScript], certificates: dict[str, Certificate]
) -> None:
    lab = make_lab("".join(configured(name, one.port, certificates) for name, one in servers.items()))
    lab.start = subprocess.Popen  # nothing is shared: its memory is its own
    started = time.monotonic()
    with Service(lab) as service, Watch(service.process.pid) as memory:
        for number in range(3):
            lab.deliver(mail(sender=f"ada{number}@client.example"))
            lab.smtp.wait_for(number + 1, 30)
        again = [name for name in servers if name not in {play.__name__ for play in HOLDS_ON}]
        service.wait_until(lambda: all(servers[name].connections >= 3 for name in again), what="three tries each")
        lab.deliver(mail(sender="bea@client.example"))
        service.wait_until(
            lambda: len(rows(lab, "tickets")) == 4, what="a ticket each"
        )  # staff may have had a mail, too
        tries = {name: one.connections for name, one in servers.items()}
        passed = time.monotonic() - started
        assert service.said("fault") == []
        assert service.stop() == 0
    assert min(tries.values()) >= 1
    assert max(tries.values()) <= most_tries(passed), (tries, passed)
    assert memory.most < 300 * MIB, f"all processes had {memory.most / MIB:.0f} MiB"
    assert [row["mailbox"] for row in rows(lab, "tickets")] == ["support"] * 4
    down = " ".join(service.said("mailbox.down"))
    for said in (
        "certificate has expired",
        "not valid for '127.0.0.1'",
        "STARTTLS is not offered",
        "too much",
        "see you later",
    ):
        assert said in down
    assert PASSWORD not in " ".join(service.lines)
    for name in servers.keys() - {play.__name__ for play in IN_CLEAR}:
        secret = PASSWORD.encode()
        assert secret not in servers[name].received
        assert base64.b64encode(b"\0" + name.encode() + b"\0" + secret) not in servers[name].received


def test_the_tries_in_ten_minutes_are_fewer_than_twenty() -> None:
    assert most_tries(600) < 20


def test_beside_an_smtp_server_that_answers_without_end_mail_is_taken_in_and_goes_out_once_later(lab: Lab) -> None:
    lab.smtp.fail("ehlo", "flood")
    lab.start = subprocess.Popen  # nothing is shared: its memory is its own
    with Service(lab) as service, Watch(service.process.pid) as memory:
        for number in range(2):
            lab.deliver(mail(sender=f"ada{number}@client.example"))
            service.wait_for("mail.settled", count=number + 1)
        service.wait_for("mail.out", "outcome=retry", "too long")
        assert service.stop() == 0
    assert memory.most < 300 * MIB
    assert (lab.left(), lab.smtp.accepted) == (0, [])
    lab.smtp.heal()
    lab.move_clock(hours=1)
    once(lab)
    assert sorted(one.recipient for one in lab.smtp.accepted) == ["ada0@client.example", "ada1@client.example"]
