"""What is particular to SQLite: the file, its lock, its journal."""

from pathlib import Path

import pytest
from sqlalchemy import delete, make_url, select

from store import sqlite
from store.database import Database
from store.driver import sqlite3
from store.errors import DatabaseDown, SchemaMismatch
from store.journal import filesystem, journal_mode
from store.kind import WRITES
from store.tables import REVISION, counter
from tests.store.world import add_counter as add
from tests.store.world import counters as rows

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@on_sqlite
def test_a_new_database_is_made_readable_by_its_owner_alone_and_durable(empty: str) -> None:
    database = Database.open(empty)
    facts = database.check()
    assert facts.faults == ()
    journal = journal_mode(filesystem(Path(empty.removeprefix("sqlite:///")))).lower()
    assert facts.settings == {"journal": journal, "synchronous": "full", "mode": "600"}
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
    assert journal_mode("ext4", version) == mode
    assert journal_mode("nfs4", version) == "TRUNCATE", "its shared memory is none between two machines"


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/srv/postroom.db", "ext4"),
        ("/srv/team/postroom.db", "nfs4"),
        ("/srv/team mail/postroom.db", "cifs"),
        ("/srv/team mail/local/postroom.db", "xfs"),
        ("/srv/teams/postroom.db", "ext4"),
        ("/srv/team/../postroom.db", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path, file: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw - ext3 /dev/sda1 rw\n"
        "23 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "24 23 0:40 / /srv/team rw shared:1 master:2 - nfs4 files.example:/team rw\n"
        "25 23 0:41 / /srv/team\\040mail rw - cifs //files.example/mail rw\n"
        "26 25 8:2 / /srv/team\\040mail/local rw - xfs /dev/sdb1 rw\n"
    )
    assert filesystem(Path(file), mounts) == kind
    assert filesystem(Path(file), tmp_path / "nowhere") == ""


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
    other.execute("ROLLBACK")
    other.close()
    assert rows(impatient) == {"ticket"}
    impatient.close()


@pytest.mark.skipif(journal_mode("") != "WAL", reason="the SQLite here is not repaired: it has no WAL")
@on_sqlite
def test_under_wal_who_reads_and_who_writes_do_not_wait(database: Database, url: str) -> None:
    impatient = Database(url, busy_seconds=0.01)
    reader = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("BEGIN")
    before = reader.execute("SELECT * FROM counter").fetchall()
    with impatient.write() as tx:
        add(tx, "soon")
        assert rows(database) == {"ticket"}, "who reads meanwhile reads what was committed"
    assert reader.execute("SELECT * FROM counter").fetchall() == before
    reader.close()
    assert rows(database) == {"ticket", "soon"}
    impatient.close()


@on_sqlite
def test_without_wal_a_reader_who_takes_too_long_fails_the_commit_and_nothing_is_left(
    database: Database, url: str
) -> None:
    database.close()
    kind = sqlite.Sqlite(make_url(url), busy_seconds=0.01, journal="TRUNCATE")
    engine = kind.engine()
    with engine.connect() as reading:
        reading.execute(select(counter)).all()
        with engine.connect().execution_options(**{WRITES: True}) as writing:
            add(writing, "late")
            with pytest.raises(DatabaseDown, match="commit"):
                kind.commit(writing)
            with pytest.raises(DatabaseDown, match="locked"):
                engine.connect().execution_options(**{WRITES: True}).execute(select(counter))
    with engine.connect().execution_options(**{WRITES: True}) as writing:
        add(writing, "again")
        kind.commit(writing)
    engine.dispose()
    assert rows(database) == {"ticket", "again"}


@on_sqlite
def test_what_was_deleted_is_in_no_file_once_it_is_scrubbed(database: Database, url: str) -> None:
    files = Path(url.removeprefix("sqlite:///")).parent
    word = "canary-4711"

    def found() -> list[str]:
        return [path.name for path in files.iterdir() if word.encode() in path.read_bytes()]

    with database.write() as tx:
        add(tx, word)
    assert found()
    with database.write() as tx:
        tx.execute(delete(counter).where(counter.c.name == word))
    with database.read() as reading:
        reading.execute(select(counter)).all()
        impatient = Database(url, busy_seconds=0.01)
        impatient.scrub()  # whether it could is the journal's matter
        impatient.close()
    assert database.scrub()
    assert found() == []


@on_sqlite
def test_a_file_that_was_put_in_its_place_is_not_taken_for_the_one_that_is_open(database: Database, url: str) -> None:
    file = Path(url.removeprefix("sqlite:///"))

    def written_while_it_goes() -> None:
        with database.write() as tx:
            add(tx, "into a file without a name")
            file.rename(file.with_name("away.db"))

    with pytest.raises(DatabaseDown, match="not the file any more"):
        written_while_it_goes()
    with pytest.raises(DatabaseDown):
        rows(database)
    file.with_name("away.db").rename(file)
    assert rows(database) == {"ticket"}
    with database.write() as tx:
        add(tx, "again")
    assert rows(database) == {"ticket", "again"}
