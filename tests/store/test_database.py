"""Opening, transactions, savepoints, migrations."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from store import sqlite
from store.database import Database, Transaction, savepoint
from store.errors import DatabaseDown, SchemaMismatch
from store.migrations import configuration
from store.tables import REVISION, counter, metadata, thread


def rows(database: Database) -> set[str]:
    with database.read() as tx:
        return set(tx.execute(select(counter.c.name)).scalars())


def add(tx: Transaction, name: str) -> None:
    tx.execute(insert(counter), {"name": name, "value": 0})


def test_a_new_database_is_made_readable_by_its_owner_alone_and_durable(url: str) -> None:
    database = Database.open(url)
    facts = database.check()
    assert (facts.mode, facts.synchronous, facts.foreign_keys, facts.integrity) == ("600", "full", True, "ok")
    assert facts.journal == sqlite.journal_mode().lower()
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


def test_the_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_the_newest_migration_is_the_revision_that_the_program_wants() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == REVISION


def test_every_table_and_index_is_one_that_postgresql_takes() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=dialect))


def test_upgrading_twice_is_upgrading_once(database: Database) -> None:
    database.upgrade()
    assert database.revision() == REVISION
    assert rows(database) == {"ticket"}


@pytest.mark.parametrize(
    ("revision", "says"), [("0000", "run postroom upgrade"), ("9999", "install the newer postroom")]
)
def test_another_schema_is_refused_with_one_line_that_says_what_to_run(url: str, revision: str, says: str) -> None:
    database = Database.open(url)
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    database.close()
    with pytest.raises(SchemaMismatch, match=says) as caught:
        Database.open(url)
    assert "\n" not in str(caught.value)


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


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:  # noqa: PT012  (what raises stands inside the block that is tested)
        add(tx, "half")
        raise ZeroDivisionError
    assert rows(database) == {"ticket"}


def test_a_savepoint_that_raises_undoes_its_own_part_alone(database: Database) -> None:
    with database.write() as tx:
        add(tx, "before")
        with pytest.raises(ZeroDivisionError), savepoint(tx):  # noqa: PT012  (what raises stands inside the block that is tested)
            add(tx, "inside")
            raise ZeroDivisionError
        with savepoint(tx):
            add(tx, "after")
    assert rows(database) == {"ticket", "before", "after"}


def test_what_is_read_cannot_be_written(database: Database) -> None:
    with database.read() as tx:
        add(tx, "lost")
    assert rows(database) == {"ticket"}


def test_a_transaction_inside_another_of_the_same_thread_is_our_fault(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="already"), database.read():
        pass
    assert rows(database) == {"ticket"}


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as tx:
        tx.execute(insert(thread), {"message_id": "<a@example.com>", "ticket": 99})


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


def test_threads_that_write_at_once_all_get_their_turn(database: Database) -> None:
    def work(who: int) -> None:
        for turn in range(10):
            with database.write() as tx:
                add(tx, f"{who}.{turn}")

    threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(rows(database)) == 81


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
