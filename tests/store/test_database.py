"""Opening, transactions, savepoints, migrations."""

import threading
from contextlib import suppress

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.database import Database, Transaction, savepoint
from store.errors import DatabaseDown, SchemaMismatch
from store.migrations import configuration
from store.tables import REVISION, metadata, thread
from tests.store.world import add_counter as add
from tests.store.world import counters as rows


# SQLite tells of no index on an expression; PostgreSQL does, and is compared.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index ix_ticket_assigned")
def test_the_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    with database.read() as tx:
        known = MigrationContext.configure(tx, opts={"include_name": _is_a_table_of_ours})
        assert compare_metadata(known, metadata) == []


def _is_a_table_of_ours(name: str | None, kind: str, _: object) -> bool:
    """The index of search is the database's own, with tables that it keeps for itself (store/search.py)."""
    return not (kind == "table" and name and name.startswith("search"))


def test_the_newest_migration_is_the_revision_that_the_program_wants() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == REVISION


def test_a_new_database_is_made_durable_and_of_this_schema(empty: str) -> None:
    database = Database.open(empty)
    facts = database.check()
    assert facts.revision == facts.wanted == REVISION
    assert [fault for fault in facts.faults if fault != "fsync is off"] == []  # the tests' server saves the time
    database.close()


def test_several_processes_that_find_it_empty_make_the_tables_once(empty: str) -> None:
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(Database.open(empty))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [rows(one) for one in opened] == [{"ticket"}] * 4
    for one in opened:
        one.close()


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
    with suppress(DatabaseDown), database.read() as tx:
        add(tx, "lost")
    assert rows(database) == {"ticket"}


def rows_of(tx: Transaction) -> set[str]:
    return set(tx.execute(text("SELECT name FROM counter")).scalars())


def test_a_glance_sees_what_is_committed_and_survives_a_connection_that_died(url: str) -> None:
    database, other = Database.open(url, mark="a1b2"), Database.open(url)
    assert database.glance(rows_of) == {"ticket"}
    with database.write() as tx:
        add(tx, "seen")
    other.end_sessions(["a1b2"])  # PostgreSQL's, of which the pool keeps one
    assert database.glance(rows_of) == {"ticket", "seen"}
    with database.read(), pytest.raises(RuntimeError, match="a transaction already"):
        database.glance(rows_of)
    for one in (database, other):
        one.close()


def test_a_glance_heals_when_a_column_has_changed_under_its_statements(database: Database) -> None:
    for _ in range(8):
        assert database.glance(rows_of) == {"ticket"}
    with database.write() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("ALTER TABLE counter ALTER COLUMN name TYPE varchar(600)"))
    with suppress(DBAPIError):  # "cached plan must not change result type"
        database.glance(rows_of)
    assert database.glance(rows_of) == {"ticket"}


def test_what_is_asked_often_is_prepared_once(database: Database) -> None:
    for _ in range(8):
        with database.read() as tx:
            tx.execute(text("SELECT count(*) FROM counter WHERE name = :name"), {"name": "ticket"})
    with database.read() as tx:
        if tx.dialect.name == "postgresql":
            kept = tx.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
            assert [one for one in kept if "FROM counter WHERE name" in one]


def test_a_transaction_inside_another_of_the_same_thread_is_our_fault(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="already"), database.read():
        pass
    assert rows(database) == {"ticket"}


def test_a_process_that_uses_all_its_connections_at_once_is_told_so(url: str) -> None:
    impatient = Database(url, busy_seconds=0.1)
    held = [impatient._engine.connect() for _ in range(16)]
    with pytest.raises(DatabaseDown, match="every connection"):
        rows(impatient)
    for one in held:
        one.close()
    assert rows(impatient) == {"ticket"}
    impatient.close()


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as tx:
        tx.execute(insert(thread), {"message_id": "<a@example.com>", "ticket": 99})


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
