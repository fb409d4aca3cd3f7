"""All that is particular to SQLite, in this one place: the connection's settings, BEGIN IMMEDIATE, its error codes.

Reliability.md C5 in code. It never touches a table.
"""

import contextlib
import os
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from store.driver import sqlite3
from store.errors import DatabaseDown
from store.journal import filesystem, journal_mode
from store.kind import ALONE, WRITES, Facts

BUSY_SECONDS = 10.0  # how long to wait for another process's lock, each of three times
LOG_OCTETS = 64 * 1024 * 1024  # of the WAL that stay for the next time, after a time when it could not be emptied
_TRIES = 3
_FILE = "file"  # of a connection: its path, and which one it was

_DOWN = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


class Sqlite:
    """A file. The writers of one process take turns; other processes wait for its lock."""

    mark = ""
    one_writer = True

    def __init__(self, url: URL, busy_seconds: float, journal: str = "") -> None:
        self._url = url
        self._busy_seconds = busy_seconds
        self._journal = journal or journal_mode(filesystem(Path(url.database or "")))
        self.shown = url.render_as_string()

    def engine(self) -> Engine:
        engine = create_engine(
            self._url,
            module=sqlite3,
            creator=partial(connect, self._url),
            hide_parameters=True,  # bytes of mails are parameters: they stay out of every error text
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=8,
            pool_timeout=self._busy_seconds,
        )
        listen(engine, Path(self._url.database or "").absolute(), self._busy_seconds, self._journal)
        return engine

    def create(self) -> None:
        try:
            create_private(self._url)
        except OSError as error:
            raise DatabaseDown(f"{self._url.database}: {error.strerror}") from error

    def end(self, connection: Connection) -> None:
        connection.rollback()

    def end_sessions(self, connection: Connection, marks: Collection[str]) -> None:
        """Nobody else has one."""

    def lock_schema(self, connection: Connection) -> None:
        """Whoever writes is alone."""

    def commit(self, connection: Connection) -> None:
        commit(connection)

    def scrub(self, connection: Connection) -> bool:
        """The WAL has every page as it was before, too, until it is emptied."""
        driver: Any = connection.connection.dbapi_connection
        try:
            (busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:  # a checkpoint of somebody else's is under way
            return False
        return not busy

    def facts(self, connection: Connection) -> Facts:
        """Reads the whole file once."""

        def pragma(name: str) -> str:
            return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())

        synchronous = {"2": "full", "3": "extra"}.get(pragma("synchronous"), "too weak")
        integrity, foreign_keys = pragma("quick_check(1)"), pragma("foreign_keys") == "1"
        faults = {
            f"integrity {integrity}": integrity != "ok",
            f"synchronous {synchronous}": synchronous == "too weak",
            "foreign keys off": not foreign_keys,
        }
        return Facts(
            engine="sqlite",
            version=str(connection.exec_driver_sql("SELECT sqlite_version()").scalar()),
            settings={"journal": pragma("journal_mode"), "synchronous": synchronous, "mode": file_mode(self._url)},
            faults=tuple(fault for fault, holds in faults.items() if holds),
        )


def listen(engine: Engine, file: Path, busy_seconds: float, journal: str) -> None:
    """Take the transactions out of the driver's hands, and settle every new connection."""
    event.listen(engine, "connect", partial(_settle, file, int(busy_seconds * 1000), journal))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _translate)


def create_private(url: URL) -> None:
    """Make the file readable for its owner alone, before SQLite opens it; its journal takes the same mode."""
    if not url.database or url.database == ":memory:":
        raise DatabaseDown("the database is a file: sqlite:///postroom.db")
    # Only a file that was not there: closing a descriptor of a file in use would drop this process's locks on it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(url.database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def connect(url: URL) -> sqlite3.Connection:
    """A connection to a file that is there. SQLite would make an empty one, and all that is in it would seem lost."""
    path = Path(url.database or "").absolute()
    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, check_same_thread=False)


def file_mode(url: URL) -> str:
    """The permissions of the file, as `ls` numbers them: "600"."""
    return f"{Path(url.database or '').stat().st_mode & 0o777:o}"


def commit(connection: Connection) -> None:
    """Commit; a reader's lock may make that wait, so it is tried again, three times in all."""
    driver: Any = None if connection.invalidated else connection.connection.dbapi_connection
    if driver is None or not driver.in_transaction:
        raise DatabaseDown("the database rolled the transaction back by itself")
    _in_place(connection)
    for left in reversed(range(_TRIES)):
        try:
            driver.commit()
            break
        except sqlite3.OperationalError as error:
            if left and driver.in_transaction and _code(error) == sqlite3.SQLITE_BUSY:
                continue
            raise DatabaseDown(f"the commit failed: {error}") from error
    connection.commit()


def _settle(file: Path, busy_ms: int, journal: str, driver: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    record.info[_FILE] = (file, _identity(file))
    driver.isolation_level = None  # the driver begins nothing by itself: _begin does
    cursor = driver.cursor()
    cursor.execute(f"PRAGMA busy_timeout={busy_ms}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA journal_mode={journal}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA journal_size_limit={LOG_OCTETS}")
    cursor.execute("PRAGMA secure_delete=ON")  # who is erased is not to be read in what is free (P2)
    cursor.close()


def _identity(file: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        found = file.stat()
        return found.st_dev, found.st_ino
    return None


def _in_place(connection: Connection) -> None:
    """Raises DatabaseDown where the name leads to another file than the one that is open: under WAL SQLite itself would go on."""
    file, opened = connection.info[_FILE]
    if _identity(file) != opened:
        connection.invalidate()
        raise DatabaseDown(f"{file} is not the file any more that was opened")


def _begin(connection: Connection) -> None:
    _in_place(connection)
    # A deferred transaction that reads first and writes later fails at once with BUSY_SNAPSHOT, whatever the timeout.
    asked = connection.get_execution_options()
    if not asked.get(ALONE):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if asked.get(WRITES) else "BEGIN")


def _translate(context: ExceptionContext) -> None:
    error = context.original_exception
    if not isinstance(error, sqlite3.Error) or _code(error) not in _DOWN:
        return
    # After SQLITE_FULL and its kin the transaction may be gone already. To call that a lost connection makes
    # SQLAlchemy refuse all further statements on it: none of them may run, and commit, outside a transaction.
    context.is_disconnect = True
    context.invalidate_pool_on_disconnect = False
    _roll_back(context.connection)
    raise DatabaseDown(f"the database cannot be used now: {error}") from error


def _roll_back(connection: Connection | None) -> None:
    """Lets go of the lock now: closing a connection does so only when its last cursor, which the error holds, is gone."""
    if connection is not None and not connection.invalidated:
        driver: Any = connection.connection.dbapi_connection
        with contextlib.suppress(sqlite3.Error):
            driver.rollback()


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
