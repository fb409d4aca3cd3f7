"""Cut off where no table of test_crash.py reaches: without MOVE, amid the first start, before the bounce, and by SIGTERM in every verb.

The numbers are those of ARCHITECTURE.md's table.
"""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer
from tests.servers.wire import Wire
from tests.walk.killing import PATIENCE, Sums, Told, ask, count, die, ended, message_id, sent, whole
from tests.walk.lab import PASSWORD, Lab, on_both
from tests.walk.nursery import Nursery
from tests.walk.post import Post, person
from tests.walk.service import Service, once, rows

LARGE = 40_000


@pytest.fixture
def poor(tmp_path: Path) -> Iterator[Dovecot]:
    """A server that cannot move a mail in one step."""
    if reason := imap.available():
        pytest.skip(reason)
    with Dovecot(tmp_path / "poor", users={"support0": PASSWORD, "escalate0": PASSWORD}, hide={"MOVE"}) as server:
        yield server


@on_both
def test_6_killed_between_copy_and_deletion_each_mail_has_one_ticket_and_leaves_the_inbox(
    poor: Dovecot, smtp: SmtpServer, database: str, tmp_path: Path, told: Told, nursery: Nursery
) -> None:
    lab = Lab(tmp_path / "postroom", poor, smtp, database=database, start=nursery.popen)
    post = Post(lab)
    for number in range(3):
        post.deliver(person(number))
    die(lab, "move.copy_done_not_deleted")
    assert (lab.left(), lab.left(folder="Processed")) == (3, 3)
    once(lab)
    whole(lab)
    assert [row["state"] for row in rows(lab, "mails")] == ["processed"] * 3
    assert len(rows(lab, "tickets")) == 3
    assert lab.left() == 0
    assert set(poor.mails("support0", "Processed")) == {raw for _, raw in post.delivered}
    assert lab.left(folder="Processed") <= 6  # the copies of the first try are nobody's loss
    sums = sent(lab)
    assert sums["sends"] == 3
    told(sums + Sums({"mails in": 3, "tickets": 3, "kills": 1}))


@on_both
def test_17_killed_when_the_outcome_is_durable_the_mail_is_sent_once(lab: Lab) -> None:
    lab.deliver(person(0))
    die(lab, "sent.after_commit")
    once(lab)
    assert [row["state"] for row in rows(lab, "outbox")] == ["sent"]
    assert len(lab.smtp.accepted) == 1


def bounce(returned: bytes) -> bytes:
    """RFC 3464, with the headers of the mail that comes back."""
    heads = returned.partition(b"\r\n\r\n")[0]
    return (
        b"Return-Path: <>\r\nFrom: mailer-daemon@client0.example\r\nTo: support@example.test\r\nSubject: Undelivered\r\n"
        b"Message-ID: <returned@client0.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.client0.example\r\n\r\n"
        b"Final-Recipient: rfc822; c0@client0.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + heads + b"\r\n\r\n--b--\r\n"
    )


@on_both
@pytest.mark.parametrize("failpoint", ["smtp.dot_sent_no_reply", "smtp.250_before_commit"])
def test_18_a_bounce_that_comes_before_the_outcome_is_known_is_the_last_word(lab: Lab, failpoint: str) -> None:
    lab.deliver(person(0))
    die(lab, failpoint)
    (mail,) = lab.smtp.accepted
    assert ask(lab, "SELECT state FROM outbox") == [("sending",)]
    lab.deliver(bounce(mail.raw))
    once(lab)
    once(lab)
    ours = message_id(mail.raw)
    assert [row["state"] for row in rows(lab, "outbox") if row["message_id"] == ours] == ["bounced"]
    assert [message_id(one.raw) for one in lab.smtp.accepted].count(ours) == 1


@on_both
def test_21_killed_amid_the_first_start_there_is_no_half_database(lab: Lab) -> None:
    lab.deliver(person(0))
    assert lab.call("run", "--once", POSTROOM_FAILPOINT="upgrade.before_commit").returncode == -signal.SIGKILL
    once(lab)
    assert len(rows(lab, "tickets")) == 1


# -------------------------------------------------------------------------------------- 22, SIGTERM


def test_22_told_to_stop_amid_a_fetch_it_keeps_nothing_half_and_the_next_start_fetches_it_whole(
    lab: Lab, told: Told
) -> None:
    post = Post(lab)
    post.deliver(person(0, lines=1000))
    with Wire(lab.dovecot.port) as wire:
        file = lab.folder / "postroom.toml"
        file.write_text(file.read_text().replace(f"port = {lab.dovecot.port}", f"port = {wire.port}"))
        process = lab.popen("run")
        wire.lose_half(LARGE, lambda: os.kill(process.pid, signal.SIGTERM))
        log = ended(process)
        assert (process.returncode, "stopped" in log, "fault" in log) == (0, True, False), log
        once(lab)
    assert told(count(post))["sends"] == 1


def test_22_told_to_stop_amid_many_mails_it_ends_what_is_in_hand_and_leaves_no_lease(lab: Lab, told: Told) -> None:
    post = Post(lab)
    for number in range(60):
        post.deliver(person(number))
    with Service(lab) as running:
        running.wait_for("mail.settled")
        assert running.stop() == 0, running.lines
        assert running.said(" fault ") == []
    assert ask(lab, "SELECT id FROM mail WHERE lease_until IS NOT NULL") == []
    assert ask(lab, "SELECT id FROM outbox WHERE state = 'sending'") == []
    once(lab)
    assert ask(lab, "SELECT max(attempts) FROM mail") == [(1,)]  # to be told to stop is no fault of a mail
    assert told(count(post))["sends"] == 60


def test_22_told_to_stop_while_the_final_dot_is_unanswered_it_waits_for_the_answer(lab: Lab) -> None:
    lab.smtp.octet_seconds = 0.1
    lab.smtp.fail("dot", "slow", 1)
    lab.deliver(person(0))
    with Service(lab) as running:
        assert lab.smtp.dot_seen.wait(PATIENCE)
        assert running.stop() == 0, running.lines
    assert [row["state"] for row in rows(lab, "outbox")] == ["sent"]
    once(lab)
    assert len(lab.smtp.accepted) == 1


def test_22_told_to_stop_while_the_final_dot_is_never_answered_it_ends_after_half_a_minute(lab: Lab) -> None:
    lab.smtp.fail("dot", "keep-silence", 1)
    lab.deliver(person(0))
    running = Service(lab)
    assert lab.smtp.dot_seen.wait(PATIENCE)
    begun = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0, running.lines
    assert 25 < time.monotonic() - begun < 40
    assert ask(lab, "SELECT state FROM outbox") == [("unknown",)]
    once(lab)
    assert [row["state"] for row in rows(lab, "outbox")] == ["unknown"], "an acknowledgement is never sent twice"
    assert len(lab.smtp.accepted) == 1


def test_22_told_to_stop_beside_a_server_that_never_greets_it_ends_at_once_and_sends_later(lab: Lab) -> None:
    lab.smtp.fail("greeting", "silence", 1)
    lab.deliver(person(0))
    with Service(lab) as running:
        running.wait_for("mail.settled")
        running.wait_until(lambda: ask(lab, "SELECT state FROM outbox") == [("sending",)], PATIENCE)
        begun = time.monotonic()
        assert running.stop() == 0, running.lines
        assert time.monotonic() - begun < 15
    once(lab)
    assert [row["state"] for row in rows(lab, "outbox")] == ["sent"]
    assert len(lab.smtp.accepted) == 1


def test_22_systemd_hears_that_a_run_is_ready_lives_and_ends(lab: Lab, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE)
        with Service(lab, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="200000") as running:
            assert listening.recv(1000) == b"READY=1"
            assert listening.recv(1000).startswith(b"WATCHDOG=1\n")
            assert running.stop() == 0
        said = [b""]
        while said[-1] != b"STOPPING=1":
            said.append(listening.recv(1000))
