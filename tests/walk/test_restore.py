"""20: an old backup becomes the database again. No mail is lost, nothing is answered twice, and no number is given twice."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from store.driver import sqlite3
from store.restored import LEAP
from tests.servers.postgres import Postgres
from tests.walk.lab import Lab, answer_to, mail, on_both, on_sqlite
from tests.walk.service import Service, do, once, refused, rows, say, ticket

BEN = "Ben Frost <ben@other.example>"
CLEO = "Cleo Marsh <cleo@third.example>"
DAN = "Dan Reed <dan@fourth.example>"


def lost(lab: Lab, request: pytest.FixtureRequest) -> None:
    """The database is gone, as after a disk that failed."""
    if lab.database.startswith("sqlite"):
        (lab.folder / "postroom.db").unlink()
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = make_url(lab.database).database or ""
    server.drop(name)
    server.create(name)


def digests(lab: Lab) -> int:
    """How many the database knows of."""
    return sum(row["notice"] == "digest" for row in rows(lab, "outbox"))


def recipients(lab: Lab) -> Counter[str]:
    return Counter(one.recipient for one in lab.smtp.accepted)


@on_both
def test_20_after_an_old_backup_all_mail_is_there_and_nothing_is_answered_twice(
    lab: Lab, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = str(tmp_path / "postroom.backup")
    lab.deliver(mail(message_id="<1@client.example>"))
    do(lab, "run", "--once", "--only", "receive,process")  # its answer is on its way when the backup is made
    said = do(lab, "backup", file)
    assert "1 mail, 1 ticket" in said
    assert Path(file).stat().st_mode & 0o777 == 0o600
    assert str(lab.folder / "postroom.key") in said
    once(lab)
    reply = answer_to(lab.sent()[0], "It is still white.\n")
    for one in (reply, mail(sender=BEN, subject="Exports", message_id="<2@other.example>")):
        lab.deliver(one)
    once(lab)
    bens = lab.sent()[-1]
    assert recipients(lab) == {"ada@client.example": 1, "ben@other.example": 1}
    assert "there is a database" in refused(lab, "restore", file)
    lost(lab, request)
    lab.deliver(mail(sender=CLEO, subject="Nobody was there", message_id="<3@third.example>"))

    said = do(lab, "restore", file)
    assert "1 of `postroom outbox --state unknown`" in said
    for _ in range(2):
        once(lab)
        assert recipients(lab) == {"ada@client.example": 1, "ben@other.example": 1}
        mails = rows(lab, "mails")
        assert sorted(row["state"] for row in mails) == ["processed"] * 4
    raws = {say(lab, "mails", "--raw", row["id"]).stdout_bytes for row in mails}
    assert raws == set(lab.dovecot.mails(f"support{lab.number}", "Processed"))
    assert len(raws) == 4
    opened = {row["requester"]: row["number"] for row in rows(lab, "tickets")}
    assert opened["ada@client.example"] == 1001
    assert all(number > 1001 + LEAP for who, number in opened.items() if who != "ada@client.example")
    assert [said["text"].strip() for said in ticket(lab, 1001)["conversation"] if said["direction"] == "in"] == [
        "The page stays white after saving.", "It is still white.",
    ]  # fmt: skip

    lab.move_clock(minutes=1)
    lab.deliver(mail(sender=DAN, subject="Another", message_id="<4@fourth.example>"))
    lab.deliver(answer_to(bens, "Any news?\n", sender=BEN))
    once(lab)
    assert recipients(lab)["dan@fourth.example"] == 1
    assert {row["requester"]: row["number"] for row in rows(lab, "tickets")}["ben@other.example"] == (
        opened["ben@other.example"]
    )
    assert len(ticket(lab, opened["ben@other.example"])["conversation"]) >= 2


@on_sqlite
def test_a_backup_is_whole_while_mail_comes_in_and_nothing_is_restored_over_a_service(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "postroom.backup"
    with Service(lab) as service:
        for number in range(20):
            lab.deliver(mail(subject=f"Question {number}", message_id=f"<{number}@client.example>"))
        service.wait_for("mail.in")
        do(lab, "backup", str(file))
        assert "is there already" in refused(lab, "backup", str(file))
        service.wait_for("mail.settled", count=20)
        assert "another postroom runs on this database" in refused(lab, "restore", str(file), "--replace")
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(file)) as copied:
        assert copied.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    killed = lab.call("restore", str(file), "--replace", POSTROOM_FAILPOINT="backup.before_rename")
    assert killed.returncode == -signal.SIGKILL
    assert len(rows(lab, "mails")) == 20, "the old one is there until the new one is"
    do(lab, "restore", str(file), "--replace")
    kept, _ = sorted(lab.folder.glob("*.replaced"))
    with closing(sqlite3.connect(kept)) as old:
        assert old.execute("SELECT count(*) FROM mail").fetchone() == (20,)
    once(lab)
    assert [row["state"] for row in rows(lab, "mails")] == ["processed"] * 20
    assert max(Counter(one.raw for one in lab.smtp.accepted).values(), default=1) == 1
    assert not list(tmp_path.glob("*.part"))


@on_sqlite
def test_what_timers_and_digests_may_have_said_before_is_not_said_again(
    make_lab: Callable[..., Lab], tmp_path: Path
) -> None:
    lab = make_lab('\n[[staff]]\naddress = "lee@example.test"\nroles = ["manager"]\ndigest = "daily 00:00"\n')
    lab.deliver(mail(message_id="<1@client.example>"))
    once(lab)
    do(lab, "set", "1001", "Pending Client Feedback", "--say", "Which browser is it?")
    once(lab)
    do(lab, "backup", str(tmp_path / "postroom.backup"))
    lab.move_clock(days=15)
    once(lab)  # reminds, and tells Lee
    assert (recipients(lab)["ada@client.example"], digests(lab)) == (3, 1)
    do(lab, "restore", str(tmp_path / "postroom.backup"), "--replace")
    once(lab)
    assert (recipients(lab)["ada@client.example"], digests(lab)) == (3, 0)
    (held,) = rows(lab, "outbox", "--state", "held")
    assert (held["recipient"], held["ticket"]) == ("ada@client.example", 1001)
    do(lab, "retry", held["id"])  # a person has looked, and thinks that it was never sent
    lab.move_clock(days=1)
    once(lab)
    assert (recipients(lab)["ada@client.example"], digests(lab)) == (4, 1)


@on_sqlite
def test_what_was_filed_by_others_before_the_ledger_began_is_left_alone(lab: Lab, tmp_path: Path) -> None:
    settings = {"POSTROOM_MAILBOX__0__START": "2026-11-01"}
    old = lab.dovecot.deliver(f"support{lab.number}", mail(subject="Long ago").as_bytes(), "Processed")
    os.utime(old, (1_600_000_000, 1_600_000_000))
    lab.deliver(mail(subject="Now", message_id="<1@client.example>"))
    once(lab, **settings)
    do(lab, "backup", str(tmp_path / "postroom.backup"))
    lab.deliver(mail(subject="Since", message_id="<2@client.example>"))
    once(lab, **settings)
    do(lab, "restore", str(tmp_path / "postroom.backup"), "--replace")
    once(lab, **settings)
    assert sorted(row["subject"] for row in rows(lab, "mails")) == ["Now", "Since"]
    assert do(lab, "reconcile") == "3 mails on the server, none missing in the ledger\n"
