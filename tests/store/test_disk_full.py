"""A full disk: what is committed stays, what is not is gone, and writing goes on when there is room again."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import PendingRollbackError

from store import incoming, reports
from store.database import Database, savepoint
from store.errors import DatabaseDown
from store.incoming import Incoming
from tests.servers.postgres import Postgres
from tests.store.engines import NAMES, OnSqlite
from tests.store.world import NOW, sweep


@contextlib.contextmanager
def of_size(mebibytes: int) -> Iterator[Path]:
    """A file system of its own, where any user may look up a path."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount the small file system of the disk-full tests")
    folder = Path(tempfile.mkdtemp(prefix="postroom-small-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def small() -> Iterator[Path]:
    with of_size(4) as folder:
        yield folder


@pytest.fixture(params=NAMES)
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Path, str]]:
    """A small file system, and the URL of a database on it that has no tables yet."""
    if request.param == OnSqlite.name:
        with of_size(4) as folder:
            yield folder, f"sqlite:///{folder}/postroom.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with of_size(24) as folder, server.tablespace("small", folder):
        server.create("full", tablespace="small")
        yield folder, server.url("full")
        server.drop("full")


def batch(first: int, size: int) -> list[Incoming]:
    return [Incoming(uid, os.urandom(size), NOW) for uid in range(first, first + 4)]


def fill(database: Database) -> int:
    """Keep mails until there is no room; how many were kept."""
    for turn in range(100):
        try:
            with database.write() as tx:
                incoming.keep(tx, "support", "INBOX", 1, batch(4 * turn + 1, 50_000), NOW)
        except DatabaseDown:
            return 4 * turn
    raise AssertionError("the disk did not fill up")


def test_a_full_disk_loses_nothing_that_was_kept_and_heals(place: tuple[Path, str]) -> None:
    folder, url = place
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    database = Database.open(url)
    kept = fill(database)
    assert kept > 0
    assert sweep(database) == []
    with database.read() as tx:
        assert reports.balance(tx).fetched == kept
    ballast.unlink()
    with database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, batch(kept + 1, 50_000), NOW)
    with database.read() as tx:
        assert reports.balance(tx).fetched == kept + 4
    assert sweep(database) == []
    database.close()


def test_a_disk_that_fills_inside_a_savepoint_ends_the_whole_transaction(small: Path) -> None:
    """SQLite has rolled it all back by then: whatever ran next would be committed by itself."""
    database = Database.open(f"sqlite:///{small}/postroom.db")
    with pytest.raises(DatabaseDown), database.write() as tx:  # noqa: PT012  (the end of the block raises)
        incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, b"before", NOW)], NOW)
        with pytest.raises(DatabaseDown), savepoint(tx):
            incoming.keep(tx, "support", "INBOX", 1, [Incoming(2, os.urandom(6_000_000), NOW)], NOW)
        # A caller that swallows what it should not.
        with contextlib.suppress(PendingRollbackError):
            incoming.keep(tx, "support", "INBOX", 1, [Incoming(3, b"after", NOW)], NOW)
    with database.read() as tx:
        assert reports.balance(tx).fetched == 0
    assert sweep(database) == []
    database.close()
