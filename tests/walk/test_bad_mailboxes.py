"""One mailbox that cannot be read, for each reason that there is: one clear line in `check`, one alert, and the others go on."""

import re
import shutil
from collections.abc import Iterator
from email.policy import SMTP as CRLF
from pathlib import Path

import pytest

from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot, available
from tests.servers.imap_script import ImapScript, Peer
from tests.walk.lab import PASSWORD, Lab, mail
from tests.walk.service import Service, do, once, rows, say
from tests.walk.test_alerts import text_of

IMAP = 'imap = {{ host = "127.0.0.1", port = {port}, tls = "{tls}", user = "escalate{number}", {rest} }}'
FILE = 'password_file = "imap.password"'


def mend(lab: Lab, port: int, *, tls: str = "none", rest: str = FILE, more: str = "") -> None:
    """How the mailbox for escalations is reached from now on."""
    file = lab.folder / "postroom.toml"
    head, name, tail = file.read_text().partition('name = "escalate"')
    lines = tail.splitlines()
    (at,) = (n for n, line in enumerate(lines) if line.startswith("imap = "))
    lines[at] = IMAP.format(port=port, tls=tls, number=lab.number, rest=rest)
    lines[at + 1 : at + 1] = more.splitlines()
    file.write_text(head + name + "\n".join(lines) + "\n")


def failed(lab: Lab) -> list[str]:
    """Without what is so in tests alone: the clock that moves, a PostgreSQL that forgets."""
    lines = [line for line in say(lab, "check").stdout.splitlines() if line.startswith("FAILED")]
    return [line for line in lines if "clock: " not in line and "database: fsync is off" not in line]


def alerts(lab: Lab) -> list[str]:
    return [text_of(one.raw) for one in lab.smtp.accepted if one.recipient == "kim@example.test"]


def suffer(lab: Lab, why: str) -> None:
    """An hour and a quarter with that fault: one line, one alert, and the support mailbox is served."""
    lab.deliver(mail(sender="bo@client.example"))
    assert say(lab, "run", "--once").exit_code == 1
    assert [row["requester"] for row in rows(lab, "tickets")] == ["bo@client.example"]
    (line,) = failed(lab)
    assert line.startswith("FAILED  mailbox escalate: ")
    assert why in line
    for minutes in (16, 30, 30):
        lab.move_clock(minutes=minutes)
        say(lab, "run", "--once")
    (told,) = alerts(lab)
    assert "The mailbox escalate cannot be read" in told
    assert why in " ".join(told.split())


def heal(lab: Lab) -> None:
    once(lab)
    assert failed(lab) == []
    assert "The mailbox escalate can be read again" in "".join(alerts(lab)[1:])


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """A Dovecot whose certificate has expired."""
    if reason := available():
        pytest.skip(reason)
    users = dict.fromkeys([f"escalate{number}" for number in range(60)], PASSWORD)
    server = Dovecot(tmp_path_factory.mktemp("old"), users=users, tls=True)
    make_certificate(server.base / "tls", days=0)
    with server:
        yield server


def test_a_folder_that_vanished(lab: Lab) -> None:
    user = f"escalate{lab.number}"
    urgent = mail(to="escalate@example.test").as_bytes(policy=CRLF)
    place = lab.dovecot.deliver(user, urgent, "Urgent").parents[1]
    mend(lab, lab.dovecot.port, more='folder = "Urgent"')
    assert failed(lab) == []
    shutil.rmtree(place)
    suffer(lab, "opening the folder Urgent refused: ")
    lab.dovecot.deliver(user, urgent, "Urgent")
    heal(lab)
    assert len(rows(lab, "tickets")) == 2


def test_a_certificate_that_expired(lab: Lab, old: Dovecot) -> None:
    assert old.certificate
    trusted = f'{FILE}, ca_file = "{old.certificate.authority}"'
    mend(lab, old.tls_port, tls="implicit", rest=trusted)
    suffer(lab, "TLS failed: certificate has expired")
    mend(lab, lab.dovecot.port)
    heal(lab)


def test_a_password_that_is_wrong(lab: Lab) -> None:
    wrong = lab.folder / "wrong.password"
    wrong.write_text("mistyped")
    wrong.chmod(0o600)
    mend(lab, lab.dovecot.port, rest='password_file = "wrong.password"')
    suffer(lab, f"login of escalate{lab.number} refused: [AUTHENTICATIONFAILED]")
    wrong.write_text(PASSWORD)
    heal(lab)


def test_a_port_that_is_wrong(lab: Lab) -> None:
    """Nobody there; one without TLS; one of another protocol."""
    mend(lab, 9)
    suffer(lab, "127.0.0.1:9: connecting: Connection refused")
    for port, tls, what in ((lab.dovecot.port, "implicit", "TLS"), (lab.smtp.port, "none", "IMAP")):
        mend(lab, port, tls=tls)
        said = f"127.0.0.1: what answers on port {port} speaks no {what}: is it the right port?"
        assert failed(lab) == [f"FAILED  mailbox escalate: {said}"]
    mend(lab, lab.dovecot.port)
    heal(lab)


def test_a_password_manager_that_is_locked(lab: Lab) -> None:
    mend(lab, lab.dovecot.port, rest='password_command = ["cat", "vault"]')
    suffer(lab, "password_command: cat ended with status 1: run it by hand")
    (lab.folder / "vault").write_text(PASSWORD)
    heal(lab)


def test_a_password_manager_that_is_locked_when_the_run_begins_is_asked_again(lab: Lab) -> None:
    mend(lab, lab.dovecot.port, rest='password_command = ["cat", "vault"]')
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace("[smtp]\n", '[smtp]\nuser = "us"\npassword_command = ["cat", "vault"]\n'))
    lab.deliver(mail(to="escalate@example.test"), "escalate")
    lab.deliver(mail(sender="bo@client.example"))
    with Service(lab) as running:
        running.wait_for("mailbox.down", "mailbox=escalate", "password_command: cat ended with status 1")
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        (lab.folder / "vault").write_text(PASSWORD)
        running.wait_for("mailbox.back", "mailbox=escalate")
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        assert not running.said("fault")
        assert len(running.said("mailbox.down")) == 1


def test_a_quota_that_is_nearly_full(lab: Lab, tmp_path: Path) -> None:
    with Dovecot(tmp_path, users={f"escalate{lab.number}": PASSWORD}, quota_kib=100) as server:
        mend(lab, server.port)
        assert failed(lab) == []
        big = mail("It is all white.\n" + "white " * 16_500, to="escalate@example.test")
        server.deliver(f"escalate{lab.number}", big.as_bytes(policy=CRLF))
        for hours in (0, 2, 20):
            lab.move_clock(hours=hours)
            lab.deliver(mail(f"{hours} {lab.offset}\n", sender="bo@client.example"))
            once(lab)
        (line,) = failed(lab)
        assert re.search(r"mailbox escalate: it is nearly full: \d+ of 100 KiB used: make room, or have", line)
        (told,) = [text for text in alerts(lab) if "nearly full" in text]
        assert "before the server refuses clients' mail" in told


def test_a_server_that_lets_no_mail_be_filed(lab: Lab) -> None:
    def full(peer: Peer) -> None:
        """Two mails, and no room for a copy of either."""
        peer.greet()
        peer.capabilities = b"IMAP4rev1 AUTH=PLAIN UIDPLUS"
        peer.found = b"1 2"
        while True:
            peer.read()
            if b"COPY" in peer.command:
                peer.no(b"[OVERQUOTA] Quota exceeded")
                continue
            if peer.command.startswith(b"UID FETCH"):
                answer(peer)
            peer.answer()

    def answer(peer: Peer) -> None:
        for uid in (1, 2):
            raw = mail(f"{uid}\n", sender=f"cy{uid}@client.example").as_bytes(policy=CRLF)
            head = f'{uid} FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE "27-Nov-2026 09:00:00 +0000"'.encode()
            if b"BODY" not in peer.command:
                peer.tell(head + b")")
            elif peer.command.split()[2] in {b"1,2", b"%d" % uid}:
                peer.tell(head + b" BODY[] {%d}\r\n%s)" % (len(raw), raw))

    with ImapScript(full) as script:
        mend(lab, script.port)
        for minutes in (0, 10, 80):
            lab.move_clock(minutes=minutes)
            lab.deliver(mail(f"{minutes}\n", sender="bo@client.example"))
            once(lab)
        assert len(rows(lab, "tickets")) == 5
        (line,) = failed(lab)
        assert "mailbox escalate: 2 mails are read and cannot be filed in Processed: the log says why" in line
    (told,) = [text for text in alerts(lab) if "cannot be filed" in text]
    assert "[OVERQUOTA] Quota exceeded" in told


def test_a_mailbox_that_was_taken_out_of_the_configuration_is_missed_by_nobody(lab: Lab) -> None:
    mend(lab, 9)
    say(lab, "run", "--once")
    file = lab.folder / "postroom.toml"
    head, _, rest = file.read_text().partition('[[mailbox]]\nname = "escalate"')
    file.write_text(head + rest[rest.index("[smtp]") :])
    lab.move_clock(hours=2)
    once(lab)
    assert lab.smtp.accepted == []
    assert "escalate" not in do(lab, "digest", "--print")
