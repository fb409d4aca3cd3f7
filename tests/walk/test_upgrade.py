"""From the first schema with mails and tickets in it to the newest: nothing is lost, and whatever is cut off leaves old or new."""

import signal
import zlib
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from store import migrations
from store.database import Database
from store.driver import sqlite3
from store.tables import REVISION
from tests.walk.killing import ask
from tests.walk.lab import SQLITE, Lab, mail, on_both, on_sqlite
from tests.walk.post import octets
from tests.walk.service import Service, do, refused, rows, say, ticket

RAW = octets(mail())
AT = int(datetime(2026, 11, 20, 9, 30, tzinfo=UTC).timestamp()) * 1_000_000
WORDS = "The page stays white after saving."
# What the first version of all had written of one mail, its ticket and its answer.
ROWS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("blob", {"id": 1, "sha256": sha256(RAW).hexdigest(), "size": len(RAW)}),
    ("chunk", {"blob": 1, "position": 0, "data": zlib.compress(RAW)}),
    ("effect", {"content_key": "c" * 64, "mail": 1, "ticket": 1001, "at": AT}),
    ("folder", {"account": "support", "name": "INBOX", "uidvalidity": 7, "above": 0, "since": 0}),
    (
        "ticket",
        {
            "number": 1001, "workflow": "courseleaf", "status": "outstanding", "open": True, "ball_with": "us",
            "subject": "Catalog page is white", "requester": "ada@client.example", "requester_name": "Ada Quill",
            "mailbox": "support", "created_at": AT, "status_since": AT, "version": 1, "client_replied": False,
            "silent": "", "priority": "normal", "category": "", "assigned_to": "", "tags": "[]", "language": "en",
            "report_key": "",
        },
    ),
    (
        "mail",
        {
            "id": 1, "account": "support", "folder": "INBOX", "uidvalidity": 7, "uid": 3, "blob": 1,
            "state": "processed", "attempts": 1, "received_at": AT, "kept_at": AT, "moved": True, "reason": "",
            "kind": "new_ticket", "no_answer": "", "because": '["new: no sign of a machine"]', "ticket": 1001,
            "message_id": "<1@client.example>", "sender": "ada@client.example", "subject": "Catalog page is white",
            "content_key": "c" * 64, "defects": "[]",
        },
    ),
    (
        "outbox",
        {
            "id": 1, "cause": "mail:1", "notice": "received", "recipient_key": "ada@client.example",
            "recipient": "ada@client.example", "organisation": "client.example", "ticket": 1001,
            "nature": "acknowledgement", "limited": True, "sender": "support@example.test",
            "subject": "Re: Catalog page is white [#1001]", "message_id": "<m1@example.test>", "echo": "e" * 64,
            "state": "queued", "reason": "", "attempts": 0, "fence": 0, "doubts": 0, "queued_at": AT, "next_at": AT,
            "last_answer": "", "raw": b"From: support@example.test\r\n\r\nHello.\r\n",
        },
    ),
    (
        "person",
        {
            "ticket": 1001, "key": "ada@client.example", "address": "ada@client.example", "name": "Ada Quill",
            "role": "requester", "pending": False,
        },
    ),
    ("thread", {"id": 1, "message_id": "<1@client.example>", "ticket": 1001}),
    (
        "entry",
        {
            "id": 1, "ticket": 1001, "mail": 1, "kind": "new_ticket", "direction": "in", "visible_to": "client",
            "author": "ada@client.example", "at": AT, "subject": "Catalog page is white", "text": WORDS,
            "attachments": "[]", "because": '["new: no sign of a machine"]',
        },
    ),
    (
        "history",
        {
            "id": 1, "ticket": 1001, "at": AT, "was": "", "status": "outstanding", "by": "mail:1",
            "because": '["a new ticket"]', "mail": 1,
        },
    ),
)  # fmt: skip


def of_the_first_revision(lab: Lab) -> None:
    """The database as the first version left it."""
    url = f"sqlite:///{lab.folder}/postroom.db" if lab.database == SQLITE else lab.database
    if lab.database == SQLITE:
        (lab.folder / "postroom.db").touch(0o600)
    (lab.folder / "postroom.key").touch(0o600)
    (lab.folder / "postroom.key").write_text(f"k1 {'a' * 52}\n")
    database = Database(url)
    with database.write() as tx:
        command.upgrade(migrations.configuration(tx), "0001")
        for table, row in ROWS:
            names = ", ".join(f'"{name}"' for name in row)
            tx.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})"), dict(row))
        tx.execute(text("UPDATE counter SET value = 1001 WHERE name = 'ticket'"))
    database.close()


def backups(lab: Lab) -> list[Path]:
    return sorted(lab.folder.glob("*.backup"))


def assert_first(path: Path) -> None:
    """A whole database of the first revision, with its rows."""
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        for table, row in ROWS:
            key, value = next(iter(row.items()))
            assert file.execute(f'SELECT count(*) FROM {table} WHERE "{key}" = ?', (value,)).fetchone() == (1,), table


def assert_new(lab: Lab) -> None:
    """All that was there is there, under the words of today."""
    (line,) = rows(lab, "mails")
    assert (line["id"], line["state"], line["kind"], line["ticket"]) == ("m1", "processed", "new_ticket", 1001)
    assert say(lab, "mails", "--raw", "m1").stdout_bytes == RAW
    whole = ticket(lab, 1001)
    assert (whole["status"], whole["requester"], whole["created_at"]) == (
        "Outstanding", "ada@client.example", "2026-11-20T09:30:00Z",
    )  # fmt: skip
    assert [said["text"] for said in whole["conversation"]] == [WORDS]
    assert [moved["to"] for moved in whole["history"]] == ["Outstanding"]
    (out,) = rows(lab, "outbox")
    assert (out["id"], out["state"], out["recipient"]) == ("o1", "queued", "ada@client.example")


@on_both
def test_rows_of_the_first_schema_are_all_there_in_the_newest_and_the_work_goes_on(lab: Lab, engine: str) -> None:
    of_the_first_revision(lab)
    for said in (lab.call("run", "--once").stderr, refused(lab, "tickets")):
        (line,) = said.splitlines()
        assert "schema 0001" in line
        assert "run postroom upgrade" in line
    assert f"schema: 0001 -> {REVISION}" in do(lab, "upgrade")
    assert_new(lab)
    if engine == "sqlite":
        (backup,) = backups(lab)
        assert backup.stat().st_mode & 0o777 == 0o600
        assert_first(backup)
    with Service(lab) as service:
        lab.deliver(mail("It is still white.\n", In_Reply_To="<1@client.example>", message_id="<2@client.example>"))
        service.wait_for("mail.settled", "ticket=1001")
        lab.smtp.wait_for(1)
        if engine == "sqlite":
            assert "another postroom runs on this database" in refused(lab, "upgrade")
    assert len(ticket(lab, 1001)["conversation"]) >= 2


@on_sqlite
@pytest.mark.parametrize("failpoint", ["backup.before_rename", "upgrade.before_commit"])
def test_an_upgrade_that_is_killed_leaves_the_old_schema_and_is_made_again(lab: Lab, failpoint: str) -> None:
    of_the_first_revision(lab)
    killed = lab.call("upgrade", POSTROOM_FAILPOINT=failpoint)
    assert killed.returncode == -signal.SIGKILL
    whole = 1 if failpoint == "upgrade.before_commit" else 0
    assert len(backups(lab)) == whole
    assert "run postroom upgrade" in refused(lab, "tickets")
    assert_first(lab.folder / "postroom.db")
    do(lab, "upgrade")
    assert_new(lab)
    assert len(backups(lab)) == whole + 1
    for backup in backups(lab):
        assert_first(backup)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_21_an_upgrade_that_is_killed_on_postgresql_leaves_the_old_schema_and_is_made_again(lab: Lab) -> None:
    of_the_first_revision(lab)
    before = columns(lab)
    assert lab.call("upgrade", POSTROOM_FAILPOINT="upgrade.before_commit").returncode == -signal.SIGKILL
    assert "run postroom upgrade" in refused(lab, "tickets")
    assert ask(lab, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert columns(lab) == before
    do(lab, "upgrade")
    assert columns(lab) != before
    assert_new(lab)


def columns(lab: Lab) -> list[tuple[object, ...]]:
    """Every column of the schema, by its table."""
    return ask(
        lab,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    )
