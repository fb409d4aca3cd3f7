"""The column types: values on our side, what SQLite and PostgreSQL both take on the other. It never queries."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEY_LENGTH = 200

# SQLite counts rowids by itself only for a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def clean(text: str) -> str:
    """Without what a database refuses: NUL (PostgreSQL) and lone surrogates (both)."""
    plain = str(text)
    if "\x00" in plain:
        plain = plain.replace("\x00", "\ufffd")
    if plain.isascii():
        return plain
    return plain.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def key(text: str) -> str:
    """The same for the same text, and short: an index row of PostgreSQL holds less than 2,704 octets."""
    plain = clean(text)
    if len(plain) <= _KEY_LENGTH:
        return plain
    return "sha256:" + hashlib.sha256(plain.encode()).hexdigest()


class Clean(TypeDecorator[str]):
    """Any text, mended where a database would refuse it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's call)
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Text that is looked up: Message-IDs, addresses. What is too long to index is kept as its hash."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else key(value)


class aside(FunctionElement[Any]):  # noqa: N801 (it stands in queries like a function of SQL)
    """A column by which SQLite is not to look up rows: it cannot know that few are in a partial index, or have one key.

    Its unary plus says so (https://sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_); PostgreSQL counts, and sees nothing of it.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(aside)
def _plain(element: aside, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **how)


@compiles(aside, "sqlite")
def _plus(element: aside, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.clauses.clauses[0], **how)}"


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[Sequence[str]]):
    """A tuple of texts, stored as a JSON array in text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps([clean(word) for word in value], ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        return None if value is None else tuple(json.loads(value))
