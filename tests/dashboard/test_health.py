"""/healthz and /readyz: what they answer, and that they tell no secret."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy

from dashboard.click import Click, Outcome
from dashboard.powers import Powers
from dashboard.site import site
from store import readings
from store.database import Database
from tests.dashboard.browser import served
from tests.dashboard.desks import COUNTER, DESK, PROGRAMS

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=5)


def powers(database: Database) -> Powers:
    def nothing(_what: str, _token: str) -> Click:
        return Click(Outcome.NOBODYS)

    return Powers(
        database,
        lambda: NOW,
        ("support", "escalate"),
        PATIENCE,
        "Support",
        nothing,
        nothing,
        lambda _: None,
        lambda _: None,
        DESK,
        COUNTER,
        PROGRAMS,
    )


def read(database: Database, mailbox: str, ago: timedelta) -> None:
    with database.write() as tx:
        readings.note(tx, mailbox, NOW - ago)


def test_it_is_ready_when_every_mailbox_was_read_lately_and_says_which_was_not(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/postroom.db")
    with served(site(powers(database))) as browser:
        never = browser.get("/readyz")
        assert (never.status, json.loads(never.text)["ready"]) == (503, False)
        assert json.loads(never.text)["reasons"][0] == "mailbox support has not been read so far"
        read(database, "support", PATIENCE)
        read(database, "escalate", PATIENCE + timedelta(seconds=1))
        late = json.loads(browser.get("/readyz").text)["reasons"]
        assert late == ["mailbox escalate has not been read since 2026-11-26T11:54:59+00:00"]
        read(database, "escalate", timedelta(seconds=-30))  # another machine's clock is ahead
        ready = browser.get("/readyz")
        assert (ready.status, json.loads(ready.text)) == (200, {"ready": True, "reasons": []})
        assert browser.get("/healthz").text == "ok\n"
        assert browser.post("/healthz").status == 405
        nothing = browser.get("/nothing")
        assert (nothing.status, "<h1>There is no such page here</h1>" in nothing.text) == (404, True)
    database.close()


def test_without_its_database_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/postroom.db")
    read(database, "support", timedelta(0))
    with served(site(powers(database))) as browser:
        with sqlalchemy.create_engine(f"sqlite:///{tmp_path}/postroom.db").begin() as other:
            other.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '0001'"))
        (old,) = json.loads(browser.get("/readyz").text)["reasons"]
        assert old.startswith("the database has schema 0001, ")
        for beside in tmp_path.glob("postroom.db-*"):
            beside.unlink()
        (tmp_path / "letter").write_bytes(b"no database at all" * 100)
        (tmp_path / "letter").replace(tmp_path / "postroom.db")
        gone = browser.get("/readyz")
        assert (gone.status, json.loads(gone.text)["reasons"]) == (503, ["the database does not answer"])
        assert str(tmp_path) not in gone.text
        assert browser.get("/healthz").status == 200
    database.close()
