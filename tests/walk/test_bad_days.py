"""Servers that are down, mails that kill, templates that break, disks that fill: nothing is lost, and it is said once."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from store.driver import sqlite3
from tests.servers.dovecot import free_port
from tests.walk.lab import Lab, mail, on_sqlite
from tests.walk.service import Service, do, once, only_ticket, refused, rows, say, ticket

MANAGER = "kim@example.test"  # hears of every escalation
POOR = {"POSTROOM_MAILBOX__1__IMAP__PASSWORD_FILE": "wrong.password"}
OWN = '\ntemplates = "own"\n'


def some(count: int, first: int = 0, domain: str = "client.example") -> list[str]:
    return [f"ada{number}@{domain}" for number in range(first, first + count)]


def deliver_all(lab: Lab, senders: list[str], to: str = "support") -> None:
    for sender in senders:
        lab.deliver(mail(sender=sender, to=f"{to}@example.test"), to)


def states(lab: Lab, command: str) -> list[str]:
    return [row["state"] for row in reversed(rows(lab, command))]


class Refuser:
    """A server that hangs up on everybody, and counts."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.tries = 0
        self.thread = Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.tries += 1
            sock.close()

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)


@pytest.fixture
def refuser() -> Iterator[Refuser]:
    server = Refuser()
    yield server
    server.stop()


def wrong_password(lab: Lab) -> None:
    (lab.folder / "wrong.password").write_text("battery staple")
    (lab.folder / "wrong.password").chmod(0o600)


# ------------------------------------------------------------------------------------------ servers


def test_check_says_which_server_is_down_and_which_refuses_the_password(lab: Lab) -> None:
    whole = say(lab, "check")
    assert whole.exit_code == 0, whole.output
    wrong_password(lab)
    lab.smtp.stop()
    dead = str(free_port())
    done = say(lab, "check", POSTROOM_MAILBOX__0__IMAP__PORT=dead, **POOR)
    assert done.exit_code == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in failed] == [
        "mailbox support",
        "mailbox escalate",
        "smtp 127.0.0.1",
    ]
    assert "refused" in failed[0].lower()
    assert "login" in failed[1].lower()
    assert "authentication" in failed[1].lower()
    assert "staple" not in done.output
    as_json = say(lab, "check", "--json", POSTROOM_MAILBOX__0__IMAP__PORT=dead, **POOR)
    assert as_json.exit_code == 1
    assert as_json.stdout.count('"ok":false') == 3
    assert as_json.stdout.count("\n") == done.stdout.count("\n")


def test_a_mailbox_that_cannot_be_read_is_tried_again_said_once_and_the_other_is_served(
    lab: Lab, refuser: Refuser
) -> None:
    with Service(lab, POSTROOM_MAILBOX__0__IMAP__PORT=str(refuser.port)) as service:
        service.wait_for("mailbox.down", "mailbox=support")
        deliver_all(lab, some(1), "escalate")
        assert {one.recipient for one in lab.smtp.wait_for(2)} == {"ada0@client.example", MANAGER}
        service.wait_until(lambda: refuser.tries >= 3, what="three tries")
        assert len(service.said("mailbox.down")) == 1
        assert service.stop() == 0
    lab.deliver(mail())
    done = lab.call("run", "--once", POSTROOM_MAILBOX__0__IMAP__PORT=str(refuser.port))
    assert done.returncode == 1  # not all that is due could be done
    assert "Traceback" not in done.stderr


def test_a_refused_password_is_said_and_is_no_loss(lab: Lab) -> None:
    wrong_password(lab)
    deliver_all(lab, ["ada@client.example"], "escalate")
    done = lab.call("run", "--once", **POOR)
    assert done.returncode == 1
    assert "mailbox.down mailbox=escalate" in done.stderr
    assert "authentication" in done.stderr.lower()
    assert "staple" not in done.stderr
    once(lab)
    assert sorted(one.recipient for one in lab.smtp.accepted) == ["ada@client.example", MANAGER]


def test_a_server_that_comes_back_is_read_again(lab: Lab) -> None:
    with Service(lab) as service:
        deliver_all(lab, some(1))
        lab.smtp.wait_for(1)
        lab.dovecot.stop()
        try:
            service.wait_for("mailbox.down", "mailbox=support")
            service.wait_for("mailbox.down", "mailbox=escalate")
            deliver_all(lab, some(2, 1))
        finally:
            lab.dovecot.start()
        service.wait_for("mailbox.back", "mailbox=support")
        service.wait_for("mailbox.back", "mailbox=escalate")
        lab.smtp.wait_for(3)
        assert len(service.said("mailbox.down", "mailbox=support")) <= 2  # hung up, then refused
        assert service.said("fault") == []
    assert len(rows(lab, "tickets")) == 3
    assert (lab.left(), lab.left(folder="Processed")) == (0, 3)


def test_with_smtp_down_all_is_kept_and_goes_out_later_once(lab: Lab) -> None:
    deliver_all(lab, some(10))
    lab.smtp.stop()
    done = lab.call("run", "--once")
    assert done.returncode == 1  # not all that is due could be done
    (down,) = [line for line in done.stderr.splitlines() if " smtp.down " in line]
    assert "connect: " in down
    assert done.stderr.count("outcome=retry attempt=1 reason=") == 10
    assert len(rows(lab, "tickets")) == 10
    assert (lab.left(), lab.left(folder="Processed")) == (0, 10)
    waiting = rows(lab, "outbox")
    assert {row["state"] for row in waiting} == {"retry"}
    assert {row["attempts"] for row in waiting} == {1}
    assert all(row["next_at"] and "Connection refused" in row["last_answer"] for row in waiting)
    lab.smtp.start()
    once(lab)
    assert lab.smtp.accepted == []  # not before the delay has passed
    lab.move_clock(minutes=3)
    once(lab)
    assert sorted(one.recipient for one in lab.smtp.accepted) == sorted(some(10))
    assert {row["message_id"].encode() in b"".join(lab.sent()) for row in waiting} == {True}
    lab.move_clock(days=1)
    once(lab)
    assert len(lab.smtp.accepted) == 10
    assert set(states(lab, "outbox")) == {"sent"}


def test_when_smtp_is_back_all_that_waited_for_it_goes_at_once(lab: Lab) -> None:
    lab.smtp.fail("rcpt", "450 4.2.0 mailbox busy", 1)
    lab.deliver(mail(sender="busy@client.example"))
    once(lab)
    with Service(lab) as service:
        lab.smtp.stop()
        deliver_all(lab, some(10))
        service.wait_for("outcome=retry", count=10)
        lab.smtp.start()
        deliver_all(lab, some(1, 10))  # this one is due; the others only in a minute
        lab.smtp.wait_for(11, 20)
        service.wait_for("smtp.back")
        assert [len(service.said(word)) for word in ("smtp.down", "smtp.back", "outbox.forward mails=10")] == [1, 1, 1]
    assert sorted(one.recipient for one in lab.smtp.accepted) == sorted(some(11))
    (busy,) = rows(lab, "outbox", "--state", "retry")  # its own trouble: it keeps its own time
    assert (busy["recipient"], busy["attempts"]) == ("busy@client.example", 1)


def test_a_start_after_an_outage_sends_all_that_waited_for_the_server_with_the_first(lab: Lab) -> None:
    lab.smtp.fail("greeting", "554 5.7.1 we do not know you")
    deliver_all(lab, some(3))
    assert lab.call("run", "--once").returncode == 1
    lab.smtp.heal()
    deliver_all(lab, some(1, 3))
    once(lab)
    assert sorted(one.recipient for one in lab.smtp.accepted) == some(4)


def test_an_unsure_mail_goes_again_when_a_person_says_so_but_never_an_acknowledgement(lab: Lab) -> None:
    lab.smtp.fail("dot", "keep-drop", 3)
    lab.deliver(mail())
    once(lab)
    do(lab, "reply", "1001", "--file", "-", words="Does it happen in Firefox, too?\n")
    once(lab)
    once(lab)
    reply, ack = rows(lab, "outbox")
    assert (reply["state"], ack["state"], len(lab.smtp.accepted)) == ("unknown", "unknown", 3)
    assert "never sent twice" in refused(lab, "retry", ack["id"])
    do(lab, "retry", reply["id"])
    once(lab)
    assert states(lab, "outbox") == ["unknown", "sent"]
    assert lab.smtp.accepted[-1].raw == lab.smtp.accepted[1].raw


def test_a_refused_mail_is_dead_and_visible_and_goes_out_by_retry_and_a_tempfail_waits(lab: Lab) -> None:
    lab.smtp.fail("rcpt", "550 5.1.1 no such user here", 1)
    lab.deliver(mail())
    once(lab)
    lab.deliver(mail(sender="tempfail@client.example"))
    once(lab)
    later, _, dead = rows(lab, "outbox")  # between them the alert
    assert (dead["state"], dead["next_at"], dead["attempts"]) == ("dead", None, 1)
    assert "no such user here" in dead["last_answer"]
    assert later["state"] == "retry"
    assert later["next_at"] > later["queued_at"]
    assert "try again later" in later["last_answer"]
    assert [row["id"] for row in rows(lab, "outbox", "--state", "dead")] == [dead["id"]]
    assert "dead" in do(lab, "outbox")
    do(lab, "retry", dead["id"])
    once(lab)
    _, sent = lab.smtp.accepted
    assert dead["message_id"].encode() in sent.raw
    assert later["id"] in do(lab, "retry", later["id"])
    assert [row["state"] for row in rows(lab, "outbox")] == ["queued", "sent", "sent"]
    assert "is not dead" in refused(lab, "retry", dead["id"])


# -------------------------------------------------------------------------------------------- mails


def test_a_mail_that_kills_its_process_is_quarantined_staff_hear_once_and_the_others_are_settled(lab: Lab) -> None:
    deliver_all(lab, some(4))
    # The third one kills whoever judges it: three processes, for a mail that was tried comes alone from then on.
    for judged in (3, 3, 1):
        assert lab.call("run", "--once", POSTROOM_FAILPOINT=f"classify.crash:{judged}").returncode == -9
    once(lab)
    assert states(lab, "mails") == ["processed", "processed", "quarantined", "processed"]
    (poison,) = rows(lab, "mails", "--state", "quarantined")
    assert "tried 3 times" in str(poison["because"])
    assert "1 quarantined" in do(lab, "mails")
    (alert,) = [one for one in lab.smtp.accepted if one.recipient == "kim@example.test"]
    assert b"postroom retry m3" in alert.raw
    assert len(lab.smtp.accepted) == 4
    assert "m3 is pending again" in do(lab, "retry", "m3")
    once(lab)
    assert set(states(lab, "mails")) == {"processed"}
    assert sorted(one.recipient for one in lab.smtp.accepted) == [*some(4), "kim@example.test"]
    assert "not quarantined" in refused(lab, "retry", "m3")


@pytest.mark.parametrize("place", ["classify.crash", "tx.mid"])
def test_a_mail_that_we_fail_at_is_quarantined_with_the_reason_within_one_run(lab: Lab, place: str) -> None:
    lab.deliver(mail())
    done = lab.call("run", "--once", POSTROOM_FAILPOINT=f"{place}:raise")
    assert done.returncode == 0
    (poison,) = rows(lab, "mails")
    assert (poison["state"], poison["attempts"]) == ("quarantined", 3)
    assert "tried 3 times: Failure" in str(poison["because"])
    assert rows(lab, "tickets") == []
    assert [one.recipient for one in lab.smtp.accepted] == ["kim@example.test"]
    do(lab, "retry", "m1")
    assert lab.call("run", "--once", POSTROOM_FAILPOINT=f"{place}:raise").returncode == 0
    once(lab)
    assert states(lab, "mails") == ["quarantined"]
    assert [one.recipient for one in lab.smtp.accepted] == ["kim@example.test"] * 2  # once for each time
    do(lab, "retry", "m1")
    once(lab)
    assert only_ticket(lab)["status"] == "Outstanding"


# ---------------------------------------------------------------------------------------- templates


def own_template(lab: Lab, notice: str, words: str) -> Path:
    """A template of the operator's own, before ours."""
    path = lab.folder / "own" / "courseleaf" / notice / "body.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    config = lab.folder / "postroom.toml"
    if 'templates = "own"' not in config.read_text():
        config.write_text(f'templates = "own"\n{config.read_text()}')
    return path


def test_a_template_that_does_not_render_is_caught_by_check_and_at_start(lab: Lab) -> None:
    lab.deliver(mail())
    for broken in ("  \n", "Hello {{ nobody }}", "{{ number / 0 }}", "Hello {% if %}"):
        own_template(lab, "received", broken)
        checked = say(lab, "check")
        assert checked.exit_code == 1
        (line,) = [line for line in checked.stdout.splitlines() if line.startswith("FAILED")]
        assert "courseleaf/received/body.txt" in line
    for command in (("run", "--once"), ("run",)):
        done = lab.call(*command)
        assert (done.returncode, done.stdout) == (2, "")
        line = done.stderr.splitlines()[-1]
        assert "courseleaf/received/body.txt" in line
        assert "postroom.toml" in line
        assert "Traceback" not in done.stderr
    assert lab.left() == 1


def test_a_template_that_fails_at_run_time_keeps_the_change_tells_staff_once_and_is_sent_when_mended(lab: Lab) -> None:
    # Both pass with the samples, whose ticket has another number.
    received = own_template(lab, "received", "Hello, #{{ number }}.{% if number < 1042 %}{{ nobody }}{% endif %}\n")
    assessment = own_template(lab, "assessment", "Hello, #{{ number }}.{% if number < 1042 %}{{ 1 // 0 }}{% endif %}\n")
    assert say(lab, "check").exit_code == 0
    lab.deliver(mail())
    once(lab)
    said = do(lab, "set", "1001", "Assessment")
    assert "could not be written" in said
    once(lab)
    once(lab)
    kept = ticket(lab, 1001)
    assert (kept["status"], [move["to"] for move in kept["history"]]) == ("Assessment", ["Outstanding", "Assessment"])
    assert states(lab, "mails") == ["processed"]
    lost = rows(lab, "outbox", "--state", "failed_render")
    assert [(row["notice"], row["recipient"]) for row in lost] == [
        ("assessment", "ada@client.example"),
        ("received", "ada@client.example"),
    ]
    assert "courseleaf/assessment/body.txt" in lost[0]["last_answer"]
    assert [one.recipient for one in lab.smtp.accepted] == ["kim@example.test"] * 2
    assert b"courseleaf/received/body.txt" in lab.sent()[0]
    assert "still cannot be written" in refused(lab, "retry", lost[0]["id"])
    received.write_text("Hello again, #{{ number }}.\n")
    assessment.write_text("Hello again, #{{ number }}.\n")
    for row in lost:
        assert "is written and queued" in do(lab, "retry", row["id"])
    once(lab)
    mended = lab.smtp.accepted[2:]
    assert [one.recipient for one in mended] == ["ada@client.example"] * 2
    assert all(b"Hello again, #1001" in one.raw for one in mended)
    assert {row["message_id"].encode() in mended[0].raw + mended[1].raw for row in lost} == {True}


# ----------------------------------------------------------------------------------------- database


@on_sqlite
def test_on_a_full_disk_nothing_is_filed_that_is_not_kept_and_it_goes_on_by_itself(lab: Lab, small: Path) -> None:
    config = lab.folder / "postroom.toml"
    config.write_text(config.read_text().replace("sqlite:///postroom.db", f"sqlite:///{small}/postroom.db"))
    with Service(lab) as service:
        for sender in some(12):
            big = mail(sender=sender)
            big.add_attachment(os.urandom(300_000), maintype="application", subtype="octet-stream", filename="dump.bin")
            lab.deliver(big)
        service.wait_for("database.down")
        deliver_all(lab, some(2, 20), "escalate")
        with closing(sqlite3.connect(f"file:{small}/postroom.db?mode=ro", uri=True, timeout=30)) as database:
            kept = database.execute("SELECT count(*) FROM mail").fetchone()[0]
        filed = lab.left(folder="Processed") + lab.left("escalate", "Processed")
        assert filed + lab.left() + lab.left("escalate") == 14
        assert filed <= kept < 14
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        lab.smtp.wait_for(16, 60)  # the manager hears of both escalations
        service.wait_until(lambda: lab.left() + lab.left("escalate") == 0)
        assert service.said("fault") == []
        assert service.stop() == 0
    assert states(lab, "mails") == ["processed"] * 14
    assert {row["attempts"] for row in rows(lab, "mails")} == {1}  # a full disk is no fault of a mail
    assert {one.recipient for one in lab.smtp.accepted} == {*some(12), *some(2, 20), MANAGER}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@on_sqlite
def test_a_database_that_is_locked_or_gone_for_a_while_loses_nothing(lab: Lab) -> None:
    database, away = lab.folder / "postroom.db", lab.folder / "away.db"
    with Service(lab) as service:
        with locked(database):
            deliver_all(lab, some(3))
            assert not Event().wait(2)  # some seconds in which it can write nothing
            assert (lab.left(), lab.left(folder="Processed")) == (3, 0)
        lab.smtp.wait_for(3)
        service.wait_until(lambda: lab.left() == 0)
        database.rename(away)
        deliver_all(lab, some(3, 3))
        service.wait_for("database.down", "receive support")
        assert (lab.left(), lab.left(folder="Processed")) == (3, 3)
        away.rename(database)
        lab.smtp.wait_for(6, 30)
        service.wait_until(lambda: lab.left() == 0)
        assert service.said("fault") == []
        assert len(service.said("database.down", "receive support")) <= 2  # not at every try
    assert states(lab, "mails") == ["processed"] * 6
    # Also where the answer of the SMTP server came while nothing could be written down.
    assert states(lab, "outbox") == ["sent"] * 6
    assert len(lab.smtp.accepted) == 6
