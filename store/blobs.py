"""The bytes of mails and files, once each, compressed, in chunks. Behind these few functions, so that another place can follow.

A file that came by mail lies in that mail, which is kept whole: it gets a row by its hash that says where, and no second
copy (docs/decisions/022). Whoever reads or removes need not know.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from sqlalchemy import bindparam, delete, exists, insert, select

from inbound.excerpt import cut
from inbound.parse import attachment
from inbound.spool import Spool
from store.database import Transaction
from store.errors import Gone
from store.inserting import unless_there
from store.tables import blob, chunk, part

CHUNK_SIZE = 256 * 1024  # octets before compression
_AT_ONCE = 16  # chunks in memory, of what is written or read in pieces
_LEVEL = 1  # of zlib: mail that is already packed gains nothing from more, and text little

_KNOWN = select(blob.c.sha256, blob.c.id).where(blob.c.sha256.in_(bindparam("digests", expanding=True)))
_ADD = unless_there(blob).returning(blob.c.sha256, blob.c.id)
_EMPTY = select(blob.c.id).where(
    blob.c.id.in_(bindparam("ids", expanding=True)),
    ~exists().where(chunk.c.blob == blob.c.id),
    ~exists().where(part.c.blob == blob.c.id),
)
_READ = (
    select(chunk.c.blob, chunk.c.data)
    .where(chunk.c.blob.in_(bindparam("ids", expanding=True)))
    .order_by(chunk.c.blob, chunk.c.position)
)
_PIECES = (
    select(chunk.c.data)
    .where(chunk.c.blob == bindparam("of_blob"), chunk.c.position >= bindparam("first"))
    .order_by(chunk.c.position)
    .limit(_AT_ONCE)
)
_LIE_WITHIN = (
    select(part.c.blob, part.c.within, part.c.position, blob.c.sha256)
    .join_from(part, blob, blob.c.id == part.c.blob)
    .where(part.c.blob.in_(bindparam("ids", expanding=True)))
)
_LEFT_BEHIND = select(part.c.blob).where(
    part.c.within.in_(bindparam("ids", expanding=True)), part.c.blob.not_in(bindparam("going", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Part:
    """Where bytes lie: `position` among the attachments of the mail whose blob is `within`."""

    sha256: str
    size: int
    within: int
    position: int


def write(tx: Transaction, raws: Sequence[bytes | Spool]) -> list[int]:
    """Keep these bytes; the ids come in the same order. The same bytes get the same id, however often they come."""
    digests = [raw.sha256 if isinstance(raw, Spool) else sha256(raw).hexdigest() for raw in raws]
    known = _known(tx, digests)
    given = dict(zip(digests, raws, strict=True))
    new = {digest: raw for digest, raw in given.items() if digest not in known}
    fresh, late = _named(tx, {digest: len(raw) for digest, raw in new.items()}) if new else ({}, {})
    again = _emptied(tx, known)
    _keep(tx, {id_: given[digest] for digest, id_ in (fresh | again).items()})
    ids = known | fresh | late
    return [ids[digest] for digest in digests]


def point(tx: Transaction, parts: Sequence[Part]) -> list[int]:
    """Know bytes that lie in a kept mail by their hash; the ids as `write` gives them. What is known keeps its place."""
    known = _known(tx, [one.sha256 for one in parts])
    given = {one.sha256: one for one in parts}
    new = {digest: one.size for digest, one in given.items() if digest not in known}
    fresh, late = _named(tx, new) if new else ({}, {})
    placed = fresh | _emptied(tx, known)
    rows = [{"blob": id_, "within": given[d].within, "position": given[d].position} for d, id_ in placed.items()]
    if rows:
        tx.execute(insert(part), rows)
    ids = known | fresh | late
    return [ids[one.sha256] for one in parts]


def read(tx: Transaction, ids: Iterable[int]) -> dict[int, bytes]:
    """The bytes by id. Raises ValueError where they are not those that were kept."""
    wanted = set(ids)
    pieces: dict[int, list[bytes]] = {}
    for row in tx.execute(_READ, {"ids": list(wanted)}):
        pieces.setdefault(row.blob, []).append(zlib.decompress(row.data))
    found = {id_: b"".join(of_one) for id_, of_one in pieces.items()}
    rest = wanted - found.keys()
    return found | _taken_out(tx, rest) if rest else found


def pieces(tx: Transaction, id_: int) -> Iterator[bytes]:
    """The bytes of a mail, of which only a few chunks are in memory at a time."""
    first = 0
    while found := tx.execute(_PIECES, {"of_blob": id_, "first": first}).scalars().all():
        yield from map(zlib.decompress, found)
        first += len(found)
    if not first:  # the same bytes came before as a file in another mail
        elsewhere = read(tx, [id_])
        if id_ not in elsewhere:
            raise Gone("its bytes have been forgotten, as [retention] says; the server may still have the mail")
        yield elsewhere[id_]


def empty(tx: Transaction, ids: Iterable[int]) -> None:
    """Forget these bytes, and keep their hash: they are known when they come again, and kept again. Files that lie within, and stay, get a place of their own."""
    gone = list(ids)
    _move_out(tx, gone)
    tx.execute(delete(part).where(part.c.blob.in_(gone)))
    tx.execute(delete(chunk).where(chunk.c.blob.in_(gone)))


def remove(tx: Transaction, ids: Iterable[int]) -> None:
    """Forget these bytes. No row may point to them any more; files that lie within and stay get a place of their own."""
    gone = list(ids)
    empty(tx, gone)
    tx.execute(delete(blob).where(blob.c.id.in_(gone)))


def _move_out(tx: Transaction, gone: Sequence[int]) -> None:
    left = set(tx.execute(_LEFT_BEHIND, {"ids": gone, "going": gone}).scalars())
    if left:
        _keep(tx, _taken_out(tx, left))
        tx.execute(delete(part).where(part.c.blob.in_(left)))


def _known(tx: Transaction, digests: Iterable[str]) -> dict[str, int]:
    return {row.sha256: row.id for row in tx.execute(_KNOWN, {"digests": list(set(digests))})}


def _emptied(tx: Transaction, known: Mapping[str, int]) -> dict[str, int]:
    """Those of which the hash alone is left."""
    gone = set(tx.execute(_EMPTY, {"ids": list(known.values())}).scalars()) if known else set()
    return {digest: id_ for digest, id_ in known.items() if id_ in gone}


def _named(tx: Transaction, sizes: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """The ids of those that are new with this, and of those that another process has kept since the look."""
    # In one order in all processes: two that keep the same mails wait for each other in turn, not crosswise.
    rows = [{"sha256": digest, "size": sizes[digest]} for digest in sorted(sizes)]
    fresh = {row.sha256: row.id for row in tx.execute(_ADD, rows)}
    late = sizes.keys() - fresh.keys()
    return fresh, _known(tx, late) if late else {}


def _keep(tx: Transaction, raws: Mapping[int, bytes | Spool]) -> None:
    rows = [
        one for id_, raw in raws.items() if not isinstance(raw, Spool) for one in _chunks(id_, cut(raw, CHUNK_SIZE))
    ]
    if rows:
        tx.execute(insert(chunk), rows)
    for id_, raw in raws.items():
        if isinstance(raw, Spool):
            large = _chunks(id_, raw.pieces(CHUNK_SIZE))
            while some := list(islice(large, _AT_ONCE)):
                tx.execute(insert(chunk), some)


def _taken_out(tx: Transaction, ids: Collection[int]) -> dict[int, bytes]:
    """Files, out of the mails in which they lie."""
    places = tx.execute(_LIE_WITHIN, {"ids": list(ids)}).all()
    mails = read(tx, {row.within for row in places}) if places else {}
    found = {row.blob: attachment(mails[row.within], row.position) for row in places}
    for row in places:
        if sha256(found[row.blob]).hexdigest() != row.sha256:
            raise ValueError(f"blob {row.blob}: attachment {row.position} of blob {row.within} is another one now")
    return found


def _chunks(id_: int, pieces: Iterable[bytes]) -> Iterator[dict[str, object]]:
    # A mail of no bytes has one empty chunk, so that reading gives it back.
    position = -1
    for position, piece in enumerate(pieces):
        yield {"blob": id_, "position": position, "data": zlib.compress(piece, _LEVEL)}
    if position < 0:
        yield {"blob": id_, "position": 0, "data": zlib.compress(b"", _LEVEL)}
