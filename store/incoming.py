"""The ledger: every mail that was fetched, once, with its bytes. It never reads what a mail says; see `pending` for work."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, false, func, insert, select, update

from classifier.verdict import Kind
from inbound.spool import Spool
from store import blobs
from store.columns import clean
from store.database import Transaction
from store.failpoint import failpoint
from store.folders import SENT
from store.tables import blob, mail

_IN_ONE_QUERY = 1000


class MailState(StrEnum):
    """Where a mail stands. Who moves it on is said beside each. Each mail ends in one of the last three."""

    PENDING = "pending"  # process
    PROCESSED = "processed"  # nobody: it is on a ticket
    PARKED = "parked"  # nobody: read and filed, on no ticket
    QUARANTINED = "quarantined"  # staff: postroom retry


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as it was fetched. `received_at` is its INTERNALDATE, aware."""

    uid: int
    raw: bytes | Spool
    received_at: datetime


_FOLDER = (
    mail.c.account == bindparam("of_account"),
    mail.c.folder == bindparam("of_folder"),
    mail.c.uidvalidity == bindparam("of_uidvalidity"),
)
_UIDS = mail.c.uid.in_(bindparam("uids", expanding=True))
_KEPT = select(mail.c.uid, mail.c.id).where(*_FOLDER, _UIDS)
# The account is compared afterwards: an engine that knows no more might take the index of accounts, and read each of its mails.
_FIRST_OF_BYTES = (
    select(mail.c.blob, mail.c.account, func.min(mail.c.id).label("first"))
    # A client's mail that somebody dragged there, and drags back, is to be read then.
    .where(mail.c.blob.in_(bindparam("blobs", expanding=True)), mail.c.folder != SENT)
    .group_by(mail.c.blob, mail.c.account)
)
_ADD = insert(mail).returning(mail.c.id, sort_by_parameter_order=True)
_LAST = select(func.max(mail.c.uid)).where(*_FOLDER)
_BETWEEN = select(mail.c.uid).where(*_FOLDER, mail.c.uid.between(bindparam("low"), bindparam("high")))
_UNMOVED = select(mail.c.uid).where(mail.c.moved == false(), *_FOLDER).order_by(mail.c.uid)
_SHAPES = select(mail.c.received_at, blob.c.size).join_from(mail, blob).where(mail.c.account == bindparam("of_account"))
_BROUGHT = (
    select(blob.c.sha256)
    .join_from(mail, blob)
    .where(blob.c.sha256.in_(bindparam("digests", expanding=True)), mail.c.account == bindparam("of_account"))
)
_MOVED = update(mail).where(*_FOLDER, _UIDS).values(moved=True)


def keep(
    tx: Transaction, account: str, folder: str, uidvalidity: int, mails: Sequence[Incoming], now: datetime
) -> list[int]:
    """Keep these mails, `pending`; the ids come in the same order. What is kept already keeps its row and id.

    Bytes that this account has already brought (UIDVALIDITY was reset, a person dragged the mail back) get a
    row of their own that is parked at once: they are seen, and have no effect.
    """
    of = _of(account, folder, uidvalidity)
    kept = {row.uid: row.id for row in tx.execute(_KEPT, {**of, "uids": [m.uid for m in mails]})}
    new = list({m.uid: m for m in mails if m.uid not in kept}.values())
    if new:
        rows = [_row(account, folder, uidvalidity, m, now) for m in new]
        kept |= dict(zip([m.uid for m in new], _add(tx, account, rows, [m.raw for m in new]), strict=True))
    failpoint("raw.before_commit")
    return [kept[m.uid] for m in mails]


def last_uid(tx: Transaction, account: str, folder: str, uidvalidity: int) -> int:
    """The highest UID that is kept of this folder; 0 if there is none."""
    return tx.execute(_LAST, _of(account, folder, uidvalidity)).scalar() or 0


def known_uids(tx: Transaction, account: str, folder: str, uidvalidity: int, low: int, high: int) -> set[int]:
    """Which UIDs from `low` to `high`, both included, are kept."""
    between = {**_of(account, folder, uidvalidity), "low": low, "high": high}
    return set(tx.execute(_BETWEEN, between).scalars())


def shapes(tx: Transaction, account: str) -> Counter[tuple[datetime, int]]:
    """INTERNALDATE and octets of all mails that this account has brought: how many there are of each."""
    return Counter((row.received_at, row.size) for row in tx.execute(_SHAPES, {"of_account": clean(account)}))


def brought(tx: Transaction, account: str, digests: Collection[str]) -> set[str]:
    """Of which of these SHA-256 this account has brought the bytes."""
    return set(tx.execute(_BROUGHT, {"of_account": clean(account), "digests": list(digests)}).scalars())


def unmoved(tx: Transaction, account: str, folder: str, uidvalidity: int) -> list[int]:
    """The UIDs that are kept and still lie in this folder of the server, lowest first."""
    return list(tx.execute(_UNMOVED, _of(account, folder, uidvalidity)).scalars())


def moved(tx: Transaction, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> None:
    """Note that these have left the folder on the server."""
    wanted = list(uids)
    for start in range(0, len(wanted), _IN_ONE_QUERY):
        tx.execute(_MOVED, {**_of(account, folder, uidvalidity), "uids": wanted[start : start + _IN_ONE_QUERY]})


def raw(tx: Transaction, id_: int) -> Iterator[bytes]:
    """The bytes of a mail, as they came, in pieces. Raises LookupError for an id that is not there."""
    kept = tx.execute(select(mail.c.blob).where(mail.c.id == id_)).scalar()
    if kept is None:
        raise LookupError(f"there is no mail {id_}")
    return blobs.pieces(tx, kept)


def _of(account: str, folder: str, uidvalidity: int) -> dict[str, object]:
    return {"of_account": account, "of_folder": folder, "of_uidvalidity": uidvalidity}


def _add(tx: Transaction, account: str, rows: list[dict[str, object]], raws: list[bytes | Spool]) -> list[int]:
    ids = blobs.write(tx, raws)
    found = tx.execute(_FIRST_OF_BYTES, {"blobs": list(set(ids))})
    firsts = {row.blob: f"mail {row.first}" for row in found if row.account == clean(account)}
    for row, id_ in zip(rows, ids, strict=True):
        row["blob"] = id_
        row.update(_parked(firsts[id_]) if id_ in firsts else {})
        # A twin in the same batch has no id yet: its UID names it.
        firsts.setdefault(id_, f"UID {row['uid']} of the same folder")
    return list(tx.execute(_ADD, rows).scalars())


def _parked(first: str) -> dict[str, object]:
    reason = f"the same bytes as {first}"
    return {"state": MailState.PARKED, "kind": Kind.DUPLICATE, "reason": reason, "because": (reason,)}


def _row(account: str, folder: str, uidvalidity: int, one: Incoming, now: datetime) -> dict[str, object]:
    return {
        "account": account,
        "folder": folder,
        "uidvalidity": uidvalidity,
        "uid": one.uid,
        "state": MailState.PENDING,
        "attempts": 0,
        "received_at": one.received_at,
        "kept_at": now,
        "moved": False,
        "reason": "",
        "kind": "",
        "no_answer": "",
        "because": (),
        "message_id": "",
        "sender": "",
        "subject": "",
        "content_key": "",
        "defects": (),
    }
