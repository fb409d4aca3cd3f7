"""Database: opens it, and gives transactions that read or write. It knows no table."""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, exc, inspect, make_url, text

from store.errors import DatabaseDown, SchemaMismatch
from store.failpoint import failpoint
from store.kind import ALONE, WRITES, Facts, Kind
from store.sqlite import BUSY_SECONDS, Sqlite
from store.tables import REVISION

Found = TypeVar("Found")
Transaction = Connection  # opaque to all outside this room: they hand it on, and call nothing of it

_BEGIN_TRIES = 3
_LOCK_SECONDS = 60
_OURS = {"alembic_version", "blob", "outbox"}  # tables that every schema of ours has had


class Database:
    """One database. Safe to share between threads, not across a fork; transactions of a thread never nest."""

    def __init__(self, url: str, password: str = "", busy_seconds: float = BUSY_SECONDS, mark: str = "") -> None:
        """`mark`: a word of at most 20 characters that no other process has, for its sessions at a server."""
        self._kind = _kind(url, password, busy_seconds, mark)
        self._engine = self._kind.engine()
        self._writers = threading.Lock()
        self._thread = threading.local()

    @classmethod
    def open(cls, url: str, password: str = "", mark: str = "") -> "Database":
        """The database, ready for work; a new one gets its tables. Raises SchemaMismatch, DatabaseDown."""
        database = cls(url, password, mark=mark)
        try:
            database._ready()
        except BaseException:
            database.close()
            raise
        return database

    def _ready(self) -> None:
        self._kind.create()
        revision = self.revision()
        if not revision:
            self.upgrade()
        elif revision != REVISION:
            raise SchemaMismatch(_mismatch(revision))

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view. What is written through it fails or is lost."""
        with self._alone(), self._begun(writes=False) as connection:
            yield connection
            self._kind.end(connection)

    def glance(self, look: Callable[[Transaction], Found]) -> Found:
        """What a look finds that is one statement, or several that need not agree, and writes nothing: it costs one way to a server, and `read` three."""
        for left in reversed(range(_BEGIN_TRIES)):  # a connection of the pool may have died meanwhile
            with self._alone(), closing(self._open().execution_options(**{ALONE: True})) as connection:
                try:
                    return look(connection)
                except DatabaseDown:
                    if not left:
                        raise
                except exc.DBAPIError:
                    connection.invalidate()  # no ROLLBACK makes the driver forget a statement that has gone bad
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All of it or nothing, and durable when the block has ended. Raises DatabaseDown."""
        with self._alone(), self._turn(), self._begun(writes=True) as connection:
            yield connection
            self._kind.commit(connection)

    @property
    def mark(self) -> str:
        """By which the server knows this process's sessions; "" where there is no server."""
        return self._kind.mark

    def end_sessions(self, marks: Collection[str]) -> None:
        """Take their locks from processes with these marks; what they had not committed is undone. Raises DatabaseDown."""
        with self.read() as tx:
            self._kind.end_sessions(tx, marks)

    def scrub(self) -> bool:
        """What was deleted is read in no file any more, or False: somebody read it too long. Raises DatabaseDown.

        PostgreSQL does so by itself, at its next VACUUM.
        """
        with self._alone(), self._turn(), self._open() as connection:
            return self._kind.scrub(connection)

    def upgrade(self) -> None:
        """Bring the schema to the one that this program works with: in one transaction, one process at a time."""
        from store import migrations  # noqa: PLC0415  (Alembic is slow to import, and seldom needed)

        self._kind.create()
        with self.write() as connection:
            self._kind.lock_schema(connection)
            migrations.upgrade(connection)
            failpoint("upgrade.before_commit")

    def revision(self) -> str:
        """Of the schema; "" in an empty file. Raises SchemaMismatch for somebody else's database."""
        with self.read() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                return ""
            if not _OURS.issubset(tables):
                raise SchemaMismatch(f"{self._kind.shown} is a database of another program: name an empty one")
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")

    def check(self) -> Facts:
        """Read everything back that durability rests on."""
        revision = self.revision()
        with self.read() as connection:
            return replace(self._kind.facts(connection), revision=revision, wanted=REVISION)

    @contextmanager
    def _begun(self, *, writes: bool) -> Iterator[Connection]:
        connection = self._connect(writes=writes)
        try:
            yield connection
        finally:
            connection.close()  # rolls back whatever is still open

    def _connect(self, *, writes: bool) -> Connection:
        for left in reversed(range(_BEGIN_TRIES)):  # a connection of the pool may have died meanwhile
            connection = self._open().execution_options(**{WRITES: writes})
            try:
                connection.begin()
            except DatabaseDown:
                connection.close()
                if not left:
                    raise
            else:
                return connection
        raise AssertionError("unreachable")

    def _open(self) -> Connection:
        try:
            return self._engine.connect()
        except exc.TimeoutError as error:
            raise DatabaseDown("every connection of this process to the database is in use") from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # Threads of one process wait here in order; SQLite's busy handler would let them starve each other.
        if not self._kind.one_writer:
            yield
            return
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


def _kind(url: str, password: str, busy_seconds: float, mark: str) -> Kind:
    made = make_url(url)
    if made.get_backend_name() == "postgresql":
        from store.postgres import Postgres  # noqa: PLC0415  (its driver is imported only where it is used)

        return Postgres(made, password, busy_seconds, mark)
    return Sqlite(made, busy_seconds)


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
