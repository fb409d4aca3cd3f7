"""The bytes of mails, once each, compressed, in chunks. Behind these three functions, so that another place can follow.

It never looks into what it keeps.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select

from store.database import Transaction
from store.tables import blob, chunk

CHUNK_SIZE = 256 * 1024  # octets before compression
_LEVEL = 1  # of zlib: mail that is already packed gains nothing from more, and text little

_KNOWN = select(blob.c.sha256, blob.c.id).where(blob.c.sha256.in_(bindparam("digests", expanding=True)))
_ADD = insert(blob).returning(blob.c.id, sort_by_parameter_order=True)
_READ = (
    select(chunk.c.blob, chunk.c.data)
    .where(chunk.c.blob.in_(bindparam("ids", expanding=True)))
    .order_by(chunk.c.blob, chunk.c.position)
)


def write(tx: Transaction, raws: Sequence[bytes]) -> list[int]:
    """Keep these bytes; the ids come in the same order. The same bytes get the same id, however often they come."""
    digests = [sha256(raw).hexdigest() for raw in raws]
    ids = {row.sha256: row.id for row in tx.execute(_KNOWN, {"digests": list(set(digests))})}
    new = {digest: raw for digest, raw in zip(digests, raws, strict=True) if digest not in ids}
    ids |= _add(tx, new)
    return [ids[digest] for digest in digests]


def read(tx: Transaction, ids: Iterable[int]) -> dict[int, bytes]:
    """The bytes by id."""
    parts: dict[int, list[bytes]] = {}
    for row in tx.execute(_READ, {"ids": list(ids)}):
        parts.setdefault(row.blob, []).append(zlib.decompress(row.data))
    return {id_: b"".join(of_one) for id_, of_one in parts.items()}


def remove(tx: Transaction, ids: Iterable[int]) -> None:
    """Forget these bytes. No ledger row may point to them any more."""
    gone = list(ids)
    tx.execute(delete(chunk).where(chunk.c.blob.in_(gone)))
    tx.execute(delete(blob).where(blob.c.id.in_(gone)))


def _add(tx: Transaction, raws: Mapping[str, bytes]) -> dict[str, int]:
    if not raws:
        return {}
    rows = [{"sha256": digest, "size": len(raw)} for digest, raw in raws.items()]
    ids = dict(zip(raws, tx.execute(_ADD, rows).scalars(), strict=True))
    chunks = [chunk for digest, raw in raws.items() for chunk in _chunks(ids[digest], raw)]
    tx.execute(insert(chunk), chunks)
    return ids


def _chunks(id_: int, raw: bytes) -> list[dict[str, object]]:
    # A mail of no bytes has one empty chunk, so that reading gives it back.
    return [
        {"blob": id_, "position": position, "data": zlib.compress(raw[start : start + CHUNK_SIZE], _LEVEL)}
        for position, start in enumerate(range(0, max(len(raw), 1), CHUNK_SIZE))
    ]
