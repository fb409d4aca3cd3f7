"""All that is particular to PostgreSQL, in this one place: the connection's settings, BEGIN, its error codes.

Reliability.md C6 in code. It never touches a table, and no text of it holds the password.
"""

from collections.abc import Collection
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from store.errors import Crossed, DatabaseDown
from store.kind import ALONE, WRITES, Facts

LOCK_SECONDS = 5  # how long one statement waits for a row that another transaction holds
IDLE_SECONDS = 30  # a transaction whose process says nothing for so long is ended: its locks are others' again
SILENT_SECONDS = 20  # until a connection that the network swallows is given up

# What libpq is asked for, unless the address says otherwise.
_CONNECT = {
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": SILENT_SECONDS * 1000,
}
_SESSION = (
    f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
    " -c standard_conforming_strings=on"
)
_BEGIN = {True: "BEGIN", False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
_NAME_LENGTH = 40  # characters before the mark: the server cuts names off at 63 octets
_SCHEMA_LOCK = 0x706F7374  # any number that is ours: "post"

# What was sent without its end, as by a process that froze amid several statements, is no idle transaction to the server:
# no timeout of its own ends that. Each is given a second to be gone.
_END = text(
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = current_database()"
    " AND usename = current_user AND pid <> pg_backend_pid() AND substring(application_name from '[^ ]*$') = ANY(:marks)"
)

# The classes and codes of errors that are the world's (PostgreSQL, appendix A); all others are faults of ours.
_DOWN_CLASSES = frozenset(
    {
        "08",  # connection
        "28",  # authorization
        "53",  # insufficient resources: disk full, too many connections
        "57",  # operator intervention: shutdown, recovery, cancel
        "58",  # system error
        "XX",  # corruption
    }
)
_DOWN = frozenset(
    {
        "25006",  # read-only: a standby
        "25P03",  # ended by idle_in_transaction_session_timeout
        "3D000",  # no such database
        "3F000",  # no such schema
        "42501",  # privilege
        "55P03",  # lock_timeout
    }
)
_CROSSED = frozenset({"40001", "40P01"})  # serialization, deadlock


class Postgres:
    """A database on a server. Processes and threads write side by side; unique constraints and row locks decide."""

    one_writer = False

    def __init__(self, url: URL, password: str, busy_seconds: float, mark: str) -> None:
        self._url = url.set(drivername="postgresql+psycopg", password=password or url.password)
        self._busy_seconds = busy_seconds
        self.mark = mark
        self.shown = url.render_as_string(hide_password=True)

    def engine(self) -> Engine:
        given = self._url.query.get("options", "")
        options = {"options": f"{given if isinstance(given, str) else ' '.join(given)} {_SESSION}".strip()}
        connect = {name: value for name, value in _CONNECT.items() if name not in self._url.query}
        name = self._url.query.get("application_name", "postroom")
        connect["application_name"] = f"{str(name)[:_NAME_LENGTH]} {self.mark}".strip()
        try:
            engine = create_engine(
                self._url.difference_update_query(["options", "application_name"]),
                connect_args={**connect, **options},
                hide_parameters=True,  # bytes of mails are parameters: they stay out of every error text
                use_native_hstore=False,
                poolclass=QueuePool,
                pool_size=8,
                max_overflow=8,
                pool_timeout=self._busy_seconds,
            )
        except ArgumentError as error:
            raise DatabaseDown(f"{self.shown}: {error}") from None
        event.listen(engine, "connect", _settle)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "handle_error", _translate)
        return engine

    def create(self) -> None:
        """An administrator makes the database: it needs an owner, a place and a backup."""

    def lock_schema(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")

    def commit(self, connection: Connection) -> None:
        driver: Any = None if connection.invalidated else connection.connection.dbapi_connection
        # The server answers COMMIT with a rollback, and no error, where a statement failed and was swallowed.
        if driver is None or driver.info.transaction_status != TransactionStatus.INTRANS:
            raise DatabaseDown("the database has given the transaction up")
        connection.commit()

    def end(self, connection: Connection) -> None:
        if connection.invalidated:
            connection.rollback()
        else:
            connection.commit()  # at ROLLBACK the driver forgets which statements it has prepared

    def end_sessions(self, connection: Connection, marks: Collection[str]) -> None:
        connection.execute(_END, {"marks": list(marks)})

    def scrub(self, _connection: Connection) -> bool:
        return True

    def facts(self, connection: Connection) -> Facts:
        def show(name: str) -> str:
            return str(connection.exec_driver_sql(f"SHOW {name}").scalar())

        names = ("synchronous_commit", "fsync", "full_page_writes")
        settings = {name: show(name) for name in names}
        return Facts(
            engine="postgresql",
            version=show("server_version").split()[0],
            settings={"synchronous_commit": settings["synchronous_commit"], "encoding": show("server_encoding")},
            faults=tuple(f"{name} is off" for name in names if settings[name] == "off"),
        )


def _settle(driver: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Take the transactions out of the driver's hands; refuse what the ledger cannot stand on."""
    connection: Any = driver
    connection.autocommit = True  # the driver begins nothing by itself: _begin does
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseDown(f"the database has the encoding {encoding}: create one with ENCODING 'UTF8'")
    if connection.execute("SHOW synchronous_commit").fetchone() == ("off",):
        raise DatabaseDown(
            "synchronous_commit is off, so that a mail could be lost after it was filed:"
            " ALTER DATABASE … SET synchronous_commit = on"
        )


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(ALONE):
        connection.exec_driver_sql(_BEGIN[bool(connection.get_execution_options().get(WRITES))])


def _translate(context: ExceptionContext) -> None:
    error = context.original_exception
    if not isinstance(error, psycopg.Error):
        return
    state = error.sqlstate or ""
    if state in _CROSSED:
        raise Crossed(f"two changes waited for each other; the database ended this one: {_said(error)}") from error
    connecting = context.connection is None  # then whatever is wrong is the address, or what answers there
    lost = context.is_disconnect or connecting or (not state and isinstance(error, psycopg.OperationalError))
    if lost or state[:2] in _DOWN_CLASSES or state in _DOWN:
        # What it said last may not be true of the server any more: no other statement goes over this connection.
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = lost
        raise DatabaseDown(f"the database cannot be used now: {_said(error)}") from error


def _said(error: psycopg.Error) -> str:
    """The server's first sentence. Its DETAIL may hold a row."""
    primary = error.diag.message_primary
    return primary or " ".join(str(error).split())
