"""Database: opens it, and gives transactions that read or write. It knows no table."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, QueuePool, create_engine, inspect, make_url, text

from store import sqlite
from store.errors import DatabaseDown, SchemaMismatch
from store.tables import REVISION

Transaction = Connection  # opaque to all outside this room: they hand it on, and call nothing of it

BUSY_SECONDS = 10.0  # how long to wait for another process's lock, each of three times
_BEGIN_TRIES = 3
_LOCK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What `postroom check` says of the database, read back from it."""

    engine: str
    version: str
    journal: str
    synchronous: str
    foreign_keys: bool
    integrity: str  # "ok", or the first thing that is wrong
    mode: str  # the file's permissions: "600"
    revision: str
    wanted: str


class Database:
    """One database. Safe to share between threads, not across a fork; transactions of a thread never nest."""

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        self._url = make_url(url)
        # Bytes of mails are parameters: they stay out of every error text.
        self._engine = create_engine(
            self._url,
            creator=partial(sqlite.connect, self._url),
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=8,
        )
        self._writers = threading.Lock()
        self._thread = threading.local()
        sqlite.listen(self._engine, busy_seconds)

    @classmethod
    def open(cls, url: str) -> "Database":
        """The database, ready for work; a new one is made. Raises SchemaMismatch, DatabaseDown."""
        database = cls(url)
        database._create_file()
        revision = database.revision()
        if not revision:
            database.upgrade()
        elif revision != REVISION:
            database.close()
            raise SchemaMismatch(_mismatch(revision))
        return database

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view. What is written through it fails or is lost."""
        with self._alone(), self._begun(writes=False) as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All of it or nothing, and durable when the block has ended. Raises DatabaseDown."""
        with self._alone(), self._turn(), self._begun(writes=True) as connection:
            yield connection
            sqlite.commit(connection)

    def upgrade(self) -> None:
        """Bring the schema to the one that this program works with: in one transaction, one process at a time."""
        from store import migrations  # noqa: PLC0415  (Alembic is slow to import, and seldom needed)

        self._create_file()
        with self.write() as connection:
            migrations.upgrade(connection)

    def revision(self) -> str:
        """Of the schema; "" in an empty file. Raises SchemaMismatch for somebody else's database."""
        with self.read() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                return ""
            if "alembic_version" not in tables:
                raise SchemaMismatch(
                    f"{self._url.render_as_string()} is a database of another program: name a new file"
                )
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")

    def check(self) -> Facts:
        """Read everything back that durability rests on; reads the whole file once."""
        revision = self.revision()
        with self.read() as connection:

            def pragma(name: str) -> str:
                return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())

            return Facts(
                engine="sqlite",
                version=str(connection.exec_driver_sql("SELECT sqlite_version()").scalar()),
                journal=pragma("journal_mode"),
                synchronous={"2": "full", "3": "extra"}.get(pragma("synchronous"), "too weak"),
                foreign_keys=pragma("foreign_keys") == "1",
                integrity=pragma("quick_check(1)"),
                mode=sqlite.file_mode(self._url),
                revision=revision,
                wanted=REVISION,
            )

    def _create_file(self) -> None:
        try:
            sqlite.create_private(self._url)
        except OSError as error:
            raise DatabaseDown(f"{self._url.database}: {error.strerror}") from error

    @contextmanager
    def _begun(self, *, writes: bool) -> Iterator[Connection]:
        connection = self._connect(writes=writes)
        try:
            yield connection
        finally:
            connection.close()  # rolls back whatever is still open

    def _connect(self, *, writes: bool) -> Connection:
        for left in reversed(range(_BEGIN_TRIES)):
            connection = self._engine.connect().execution_options(**{sqlite.WRITES: writes})
            try:
                connection.begin()
            except DatabaseDown:
                connection.close()
                if not left:
                    raise
            else:
                return connection
        raise AssertionError("unreachable")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # Threads of one process wait here in order; SQLite's busy handler would let them starve each other.
        if not self._writers.acquire(timeout=_LOCK_SECONDS):
            raise DatabaseDown(f"another thread has been writing for {_LOCK_SECONDS} s")
        try:
            yield
        finally:
            self._writers.release()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # A transaction inside another one of the same thread would wait for itself.
        if getattr(self._thread, "busy", False):
            raise RuntimeError("this thread has a transaction already")
        self._thread.busy = True
        try:
            yield
        finally:
            self._thread.busy = False


@contextmanager
def savepoint(tx: Transaction) -> Iterator[None]:
    """A part of a transaction that is undone by itself when it raises; what stood before it stays.

    DatabaseDown means that the whole transaction is gone: whoever catches errors here lets that one pass.
    """
    tx.exec_driver_sql("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if not tx.invalidated:
            tx.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
            tx.exec_driver_sql("RELEASE SAVEPOINT part")
        raise
    tx.exec_driver_sql("RELEASE SAVEPOINT part")


def _mismatch(revision: str) -> str:
    if revision < REVISION:
        return f"the database has schema {revision}, this postroom works with {REVISION}: run postroom upgrade"
    return f"the database has schema {revision}, newer than this postroom's {REVISION}: install the newer postroom"
