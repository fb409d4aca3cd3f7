"""Who is off which series of our mails. It queues nothing, and withholds what waits in the outbox when somebody leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, select, update

from outbound.outbox import State
from outbound.series import Series, series_of
from store import identities
from store.columns import key
from store.database import Transaction
from store.identities import same
from store.inserting import unless_there
from store.tables import outbox, unsubscribed
from workflow.machine import Nature

REASON = "its reader has unsubscribed"
_of, _out = unsubscribed.c, outbox.c
_THEIRS = _of.person.in_(bindparam("keys", expanding=True))
_IS = (_THEIRS, _of.series == bindparam("of_series"))
_SINCE = select(_of.at).where(*_IS).order_by(_of.at).limit(1)
_AMONG = select(_of.person).where(*_IS)
_ALL = select(unsubscribed).order_by(_of.person, _of.series)
_PUT = unless_there(unsubscribed).returning(_of.person)
_BACK = delete(unsubscribed).where(*_IS).returning(_of.person)
_WAITS = _out.state.in_([state.value for state in (State.QUEUED, State.RETRY, State.HELD)])
# What is on its way to the server goes out: nobody can call it back.
_WAITING = select(_out.id, _out.nature, _out.notice).where(
    _out.recipient_key.in_(bindparam("keys", expanding=True)),
    _WAITS,
)
_WITHHOLD = (
    update(outbox)
    .where(_out.id.in_(bindparam("ids", expanding=True)), _WAITS)
    .values(state=State.DEAD, next_at=None, told=True, reason=REASON, last_answer=f"not sent: {REASON}")
)
_MAIL = select(_out.recipient_key, _out.nature, _out.notice).where(_out.id == bindparam("of_id"))


@dataclass(frozen=True, slots=True)
class Off:
    """That somebody gets no more of a series. `by` is whoever said so."""

    person: str
    series: Series
    at: datetime
    by: str


def since(tx: Transaction, person: str, series: Series) -> datetime | None:
    """Since when somebody is off, by any of their addresses; None for one who is not."""
    return tx.execute(_SINCE, {"keys": _keys(tx, person), "of_series": series}).scalar()


def among(tx: Transaction, people: Collection[str], series: Series) -> frozenset[str]:
    """Which of these addresses, in lower case, are those of somebody who is off."""
    if not people:
        return frozenset()
    persons = identities.of(tx, [one.lower() for one in people])
    theirs = {one.lower(): _with_hashes(same(persons, one.lower())) for one in people}
    keys = sorted(frozenset().union(*theirs.values()))
    off = set(tx.execute(_AMONG, {"keys": keys, "of_series": series}).scalars())
    return frozenset(one for one, all_of_them in theirs.items() if off & all_of_them)


def everybody(tx: Transaction) -> list[Off]:
    """By address."""
    return [Off(row.person, Series(row.series), row.at, row.by) for row in tx.execute(_ALL)]


def leave(tx: Transaction, person: str, series: Series, now: datetime, by: str) -> bool:
    """Takes somebody off, and withholds what waits for them; False, and nothing done, for one who is off already."""
    row = {"person": key(person.lower()), "series": series, "at": now, "by": by}
    if since(tx, person, series) or tx.execute(_PUT, row).one_or_none() is None:
        return False
    waiting = tx.execute(_WAITING, {"keys": _keys(tx, person)}).all()
    if mine := [one.id for one in waiting if series_of(Nature(one.nature), one.notice) is series]:
        tx.execute(_WITHHOLD, {"ids": mine})
    return True


def come_back(tx: Transaction, person: str, series: Series) -> bool:
    """False for one who was not off. What was withheld stays so: it is old by now."""
    return bool(tx.execute(_BACK, {"keys": _keys(tx, person), "of_series": series}).all())


def is_off(tx: Transaction, outgoing: int) -> bool:
    """Whether the reader of an outgoing mail is off its series."""
    row = tx.execute(_MAIL, {"of_id": outgoing}).one_or_none()
    series = series_of(Nature(row.nature), row.notice) if row else None
    return row is not None and series is not None and since(tx, row.recipient_key, series) is not None


def _keys(tx: Transaction, person: str) -> list[str]:
    """All addresses of theirs."""
    return sorted(_with_hashes(same(identities.of(tx, [person.lower()]), person.lower())))


def hashed(person: str) -> str:
    """How somebody is known here who was erased, and had been off: by their address again, and by nothing else."""
    return f"sha256:{sha256(person.encode()).hexdigest()}"


def _with_hashes(keys: Collection[str]) -> frozenset[str]:
    return frozenset({*keys, *map(hashed, keys)})
