"""Search: which tickets hold given words, by an index of the database's own (FTS5; tsvector under GIN).

No mail waits for the index: it is made behind what is written, new entries first, and the newest UNREAD of those that it
lacks are read as they stand. It holds words and ids, and can be made anew at any time (docs/decisions/101).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    TextClause,
    column,
    delete,
    exists,
    func,
    select,
    table,
    text,
    update,
)

from store.database import Transaction
from store.inserting import unless_there
from store.said import readable
from store.spelling import is_part, plain, stands_in, words
from store.tables import counter, entry, outbox, ticket
from workflow.machine import REPLY

AT_ONCE = 200  # entries of one transaction
UNREAD = 50  # entries: whoever searches waits for their texts
HITS = 1000  # entries that hold the words, of the newest
TEXT = 64 * 1024  # characters of an entry
READ = 512 * 1024  # octets of an answer: its words come before its files
SHORTEST = 3  # letters of a word that is looked for as the beginning of others

_FROM, _TO = "search from", "search to"  # indexed are the entries from the one to the other; from 0 when that is all
_OVERLAP = 1000  # at a server ids are committed out of order, by no more than this
_ENTRIES = (
    select(entry.c.id, entry.c.ticket, entry.c.author, entry.c.subject, ticket.c.requester, ticket.c.requester_name)
    .add_columns(func.substr(entry.c.text, 1, TEXT).label("text"), func.substr(outbox.c.raw, 1, READ).label("raw"))
    .join_from(entry, ticket, ticket.c.number == entry.c.ticket)
    # Of what we sent, staff's own words: what a template says is on every ticket.
    .outerjoin(outbox, (outbox.c.id == entry.c.outgoing) & (entry.c.kind == REPLY))
)
_NEW = select(entry.c.id).limit(UNREAD)
_NEWEST = select(func.max(entry.c.id))
_FIND = "SELECT DISTINCT ticket FROM entry WHERE id IN (SELECT {} ORDER BY 1 DESC LIMIT :most)"
_row = table("search", column("entry"))


@dataclass(frozen=True, slots=True)
class _Index:
    """One kind of index. `wanted` and `beginning`: a word, and the beginning of one, in its language."""

    add: TextClause
    find: TextClause
    clear: TextClause
    wanted: str
    beginning: str
    joint: str
    in_order: bool  # entries come to light in the order of their ids


_SQLITE = _Index(
    add=text("INSERT INTO search (rowid, words) VALUES (:id, :words)"),
    find=text(_FIND.format("rowid FROM search WHERE search MATCH :wanted")),
    clear=text("INSERT INTO search (search) VALUES ('delete-all')"),
    wanted='"{}"',
    beginning='"{}"*',
    joint=" ",
    in_order=True,
)
_POSTGRES = _Index(
    add=text(
        "INSERT INTO search (entry, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
        " ON CONFLICT DO NOTHING"
    ),
    find=text(_FIND.format("entry FROM search WHERE words @@ CAST(:wanted AS tsquery)")),
    clear=text("DELETE FROM search"),
    wanted="'{}'",
    beginning="'{}':*",
    joint=" & ",
    in_order=False,
)


def tickets(tx: Transaction, asked: str) -> set[int]:
    """The numbers of those that hold all of the words, in one entry of theirs; none where nothing in `asked` is a word.

    Only where no ticket holds them, words that begin so will do. Of the newest HITS entries that hold them.
    """
    wanted = words(asked)
    if not wanted:
        return set()
    first, last = _indexed(tx) or (0, 0)
    unread = [(row.ticket, plain(_text_of(row))) for row in tx.execute(_unread(last))]
    for longer in (False, True):
        parts = {word for word in wanted if is_part(word) or (longer and len(word) >= SHORTEST)}
        found = {
            number
            for number, spelt in unread
            if all(stands_in(word, spelt, beginning=word in parts) for word in wanted)
        }
        if last >= first:
            found |= _by_index(tx, wanted, parts)
        if found:
            return found
    return set()


def is_whole(tx: Transaction) -> bool:
    """Whether whatever there is can be found."""
    first, last = _indexed(tx) or (0, 0)
    return first == 0 and len(tx.execute(_NEW.where(entry.c.id > last)).all()) < UNREAD


def index(tx: Transaction) -> int:
    """Indexes some of the entries that are not; how many. The newest of an old database come first."""
    index, begun = _of(tx), _indexed(tx, hold=True)
    first, last = begun or _begin(tx)
    rows = begun and tx.execute(_ENTRIES.where(_new(index, last)).order_by(entry.c.id).limit(AT_ONCE)).all()
    if rows:
        last = max(last, rows[-1].id)
    elif first:
        rows = tx.execute(_ENTRIES.where(entry.c.id < first).order_by(entry.c.id.desc()).limit(AT_ONCE)).all()
        first = rows[-1].id if rows else 0
    else:
        return 0
    if rows:
        tx.execute(index.add, [{"id": row.id, "words": " ".join(words(_text_of(row)))} for row in rows])
    for name, value in ((_FROM, first), (_TO, last)):
        tx.execute(update(counter).where(counter.c.name == name).values(value=value))
    return len(rows)


def forget(tx: Transaction) -> None:
    """All of it, to be made anew: what was erased is not to be found by its words.

    It waits for whoever indexes just now, who may have read what is erased; whoever comes later reads what is left.
    """
    tx.execute(unless_there(counter), [{"name": name, "value": 0} for name in (_FROM, _TO)])
    _indexed(tx, hold=True)
    tx.execute(_of(tx).clear)
    tx.execute(delete(counter).where(counter.c.name.in_([_FROM, _TO])))


def _of(tx: Transaction) -> _Index:
    return _SQLITE if tx.dialect.name == "sqlite" else _POSTGRES


def _indexed(tx: Transaction, *, hold: bool = False) -> tuple[int, int] | None:
    """`hold`: nobody else indexes until this transaction has ended."""
    asked = select(counter.c.name, counter.c.value).where(counter.c.name.in_([_FROM, _TO])).order_by(counter.c.name)
    found = {row.name: int(row.value) for row in tx.execute(asked.with_for_update() if hold else asked)}
    return (found[_FROM], found[_TO]) if _TO in found and _FROM in found else None


def _begin(tx: Transaction) -> tuple[int, int]:
    newest = int(tx.execute(_NEWEST).scalar() or 0)
    begun = {_FROM: newest + 1, _TO: newest}
    tx.execute(unless_there(counter), [{"name": name, "value": value} for name, value in begun.items()])
    return newest + 1, newest


def _new(index: _Index, last: int) -> Any:
    if index.in_order:
        return entry.c.id > last
    return (entry.c.id > last - _OVERLAP) & ~exists().where(_row.c.entry == entry.c.id)


def _unread(last: int) -> Select[Any]:
    return _ENTRIES.where(entry.c.id > last).order_by(entry.c.id.desc()).limit(UNREAD)


def _text_of(row: Row[Any]) -> str:
    said = readable(row.raw)[:TEXT] if row.raw else row.text
    return f"{row.subject}\n{row.author}\n{row.requester}\n{row.requester_name}\n{said}"


def _by_index(tx: Transaction, wanted: Sequence[str], parts: Collection[str]) -> set[int]:
    index = _of(tx)
    asked = index.joint.join((index.beginning if word in parts else index.wanted).format(word) for word in wanted)
    return set(tx.execute(index.find, {"wanted": asked, "most": HITS}).scalars())
