"""Runners: the processes that work on this database, each alive as long as it says so. Time here is the database's own.

A process that is killed, frozen or cut off stops saying so; when its time has run out another one ends it here, and all
that it held is free. If it comes back it has to begin anew: whatever it does under its old number changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, bindparam, delete, insert, inspect, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from store import outgoing
from store.database import Transaction
from store.tables import lease, runner


class DatabaseNow(ColumnElement[int]):
    """Microseconds since 1970, by the database's clock: machines that share a database need not agree on the time."""

    inherit_cache = True
    type = BigInteger()


@compiles(DatabaseNow, "sqlite")
def _sqlite(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:
    del element, compiler, options
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


@compiles(DatabaseNow, "postgresql")
def _postgresql(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:
    del element, compiler, options
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


_of = runner.c
_ALIVE = _of.until > DatabaseNow()
_SPAN = bindparam("span", type_=BigInteger)
_BEGIN = insert(runner).values(name=bindparam("name"), until=DatabaseNow() + _SPAN).returning(_of.id)
_ME = select(_ALIVE.label("alive")).where(_of.id == bindparam("me")).with_for_update()
_LIVES = select(_of.id).where(_of.id == bindparam("me")).with_for_update(read=True)
_RENEW = update(runner).where(_of.id == bindparam("me")).values(until=DatabaseNow() + _SPAN)
_NOT_ME = _of.id != bindparam("me")
_SILENT = select(_of.name).where(~_ALIVE, _NOT_ME).order_by(_of.id)
_DEAD = select(_of.id, _of.name).where(~_ALIVE, _NOT_ME).with_for_update(skip_locked=True)
_LIVING = select(_of.name).where(_ALIVE).order_by(_of.id)
_OTHERS = select(_of.id, _of.name, _of.until).where(_NOT_ME).order_by(_of.id)
_GONE: BindParameter[int] = bindparam("gone", expanding=True)
_END, _FREE = delete(runner).where(_of.id.in_(_GONE)), delete(lease).where(lease.c.runner.in_(_GONE))


@dataclass(frozen=True, slots=True)
class Runner:
    """A process that works, or worked, on this database."""

    id: int
    name: str
    until: datetime


def begin(tx: Transaction, name: str, length: timedelta) -> int:
    """The number of a new one; it is never given again."""
    return int(tx.execute(_BEGIN, {"name": name, "span": _microseconds(length)}).scalar_one())


def renew(tx: Transaction, me: int, length: timedelta) -> bool | None:
    """True in time, False too late though nobody minded; None where it was taken for dead: begin anew."""
    was = tx.execute(_ME, {"me": me}).one_or_none()
    if was is None:
        return None
    tx.execute(_RENEW, {"me": me, "span": _microseconds(length)})
    return bool(was.alive)


def lives(tx: Transaction, me: int) -> bool:
    """Whether nobody has ended it, nor can until this transaction ends. Without that a claim would never be freed."""
    return tx.execute(_LIVES, {"me": me}).first() is not None


def others(tx: Transaction, me: int) -> list[Runner]:
    """All but this one, dead or alive."""
    return [Runner(row.id, row.name, row.until) for row in tx.execute(_OTHERS, {"me": me})]


def alive(tx: Transaction) -> list[str]:
    """The names of those whose time has not run out."""
    return list(tx.execute(_LIVING).scalars())


def alive_of_old(tx: Transaction) -> list[str]:
    """The same, in a schema that may be older than their table: whoever upgrades asks."""
    return alive(tx) if inspect(tx).has_table(runner.name) else []


def silent(tx: Transaction, me: int) -> list[str]:
    """The names of the others whose time has run out and whom nobody has ended yet."""
    return list(tx.execute(_SILENT, {"me": me}).scalars())


def bury(tx: Transaction, me: int, now: datetime) -> list[str]:
    """End the others whose time has run out, and free what they held; their names. Whoever asks is alive, however late."""
    dead = tx.execute(_DEAD, {"me": me}).all()
    end(tx, [row.id for row in dead], now)
    return [row.name for row in dead]


def end(tx: Transaction, ids: list[int], now: datetime) -> None:
    """End these: their leases are free, and the mails that they were sending are handed out again, or unsure."""
    if not ids:
        return
    outgoing.take_over(tx, now, ids)
    tx.execute(_FREE, {"gone": ids})
    tx.execute(_END, {"gone": ids})


def _microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
