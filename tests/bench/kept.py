"""A database that holds many mails already: what a run has kept, a hundred times over and answered, written by the database itself."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.sql.base import Executable

from outbound.outbox import State
from store.columns import Instant, Key
from store.database import Database, Transaction
from store.tables import counter, metadata, outbox

SPAN = 1_000_000  # between an id and its copy's
APART = 6 * 3600 * 1_000_000  # microseconds between a row and its copy: nobody gets a year's mail in an hour
IDS = {"id", "mail", "ticket", "number", "blob", "outgoing", "within"}
ONCE = {"folder", "counter", "census"}  # the last is written by the tickets themselves
LOOKED_UP = {"message_id"}


def multiply(database: Database, times: int) -> int:
    """Every mail, ticket and answer `times` times over, the answers sent; how many mails there are then."""
    with database.write() as tx:
        tx.execute(update(outbox).values(state=State.SENT, next_at=None, sent_at=outbox.c.queued_at))
        for copy in range(1, times):
            for table in metadata.sorted_tables:
                if table.name not in ONCE:
                    tx.execute(_copy(table, copy))
        _ahead(tx, times)
        if tx.dialect.name == "postgresql":  # its own daemon would do so in a minute, amid the measurement
            tx.execute(text("ANALYZE"))
        return tx.execute(select(func.count()).select_from(metadata.tables["mail"])).scalar_one()


def _copy(table: Table, copy: int) -> Executable:
    original: Select[tuple[object, ...]] = select(*(_shifted(column, copy) for column in table.columns))
    return insert(table).from_select([column.name for column in table.columns], original.where(_original(table)))


def _original(table: Table) -> ColumnElement[bool]:
    key = next(column for column in table.columns if column.primary_key or column.name == "mail")
    named = next((column for column in table.columns if _is_id(column)), key)
    return named < SPAN


def _is_id(column: Column[Any]) -> bool:
    return bool(column.foreign_keys) or (column.name in IDS and isinstance(column.type, Integer))


def _shifted(column: Column[Any], copy: int) -> ColumnElement[Any]:
    if _is_id(column):
        return column + copy * SPAN
    if isinstance(column.type, Instant):
        return cast(column, BigInteger) - copy * APART
    if column.name == "uidvalidity":
        return column + copy
    if isinstance(column.type, Key) or column.name in LOOKED_UP:
        return case((cast(column, String) == "", literal("")), else_=cast(column, String) + f"~{copy}")
    return column


def _ahead(tx: Transaction, times: int) -> None:
    """New tickets and rows get numbers behind all of these."""
    tx.execute(counter.update().where(counter.c.name == "ticket").values(value=times * SPAN))
