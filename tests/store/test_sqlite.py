"""What is particular to SQLite: the file, its lock, its journal."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from store import sqlite
from store.database import Database
from store.errors import DatabaseDown, SchemaMismatch
from store.tables import REVISION, counter
from tests.store.world import add_counter as add
from tests.store.world import counters as rows

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@on_sqlite
def test_a_new_database_is_made_readable_by_its_owner_alone_and_durable(empty: str) -> None:
    database = Database.open(empty)
    facts = database.check()
    assert facts.faults == ()
    assert facts.settings == {"journal": sqlite.journal_mode().lower(), "synchronous": "full", "mode": "600"}
    assert facts.revision == facts.wanted == REVISION
    database.close()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 9), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_wal_is_used_on_repaired_versions_only(version: tuple[int, int, int], mode: str) -> None:
    assert sqlite.journal_mode(version) == mode


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    with pytest.raises(SchemaMismatch, match="another program"):
        Database.open(f"sqlite:///{tmp_path}/other.db")


@pytest.mark.parametrize("name", ["missing/postroom.db", ""])
def test_a_database_that_cannot_be_made_is_down(tmp_path: Path, name: str) -> None:
    with pytest.raises(DatabaseDown):
        Database.open(f"sqlite:///{tmp_path}/{name}" if name else "sqlite://")


def test_a_file_that_is_no_database_is_down_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear all, this is a letter. " * 100)
    with pytest.raises(DatabaseDown):
        Database.open(f"sqlite:///{path}")
    assert path.read_bytes() == b"Dear all, this is a letter. " * 100


@on_sqlite
def test_a_writer_takes_its_lock_at_the_start(database: Database, url: str) -> None:
    """Otherwise a transaction that reads first and writes later fails when another one commits between."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0)
    with database.write() as tx:
        tx.execute(select(counter)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        add(tx, "mine")
    other.close()
    assert rows(database) == {"ticket", "mine"}


@on_sqlite
def test_a_lock_of_another_process_that_does_not_end_is_down_not_a_crash(database: Database, url: str) -> None:
    impatient = Database(url, busy_seconds=0.01)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseDown, match="locked"), impatient.write():
        pass
    with pytest.raises(DatabaseDown, match="locked"):
        rows(impatient)
    other.execute("ROLLBACK")
    other.close()
    assert rows(impatient) == {"ticket"}
    impatient.close()


@on_sqlite
def test_a_commit_that_a_reader_holds_up_too_long_is_down_and_leaves_nothing(url: str, database: Database) -> None:
    impatient = Database(url, busy_seconds=0.01)
    reader = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM counter").fetchall()
    with pytest.raises(DatabaseDown, match="commit"), impatient.write() as tx:
        add(tx, "late")
    reader.execute("ROLLBACK")
    reader.close()
    assert rows(impatient) == {"ticket"}
    with impatient.write() as tx:
        add(tx, "again")
    assert rows(database) == {"ticket", "again"}
    impatient.close()
