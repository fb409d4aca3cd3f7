"""Letting a ticket lead to another one, and undoing that, as parts of a change that `tickets.apply` writes. It moves nothing.

A merged ticket keeps its number, conversation, people, status and timer, and `merged_into` leads from it. So each client's
mails, and what may be shown to whom, stay where they were (T21), and a merge can be undone.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, insert, select, type_coerce, update

from classifier.verdict import STAFFS
from store import tables
from store.database import Transaction
from store.effect import Effect
from store.errors import Moved
from store.stands import OF_STATUS, OF_TICKET, State, put_back, state
from store.tables import entry, history, merging
from workflow.decision import Ticket
from workflow.merging import CLIENTS, counts

_of = tables.ticket.c
_GROUPS = (OF_STATUS, *((name,) for name in OF_TICKET))
_LOCK = (
    select(_of.number, _of.merged_into)
    .where(_of.number.in_(bindparam("both", expanding=True)))
    .order_by(_of.number)
    .with_for_update()
)
_POINT = (
    update(tables.ticket)
    .where(_of.number == bindparam("wanted"), _of.version == bindparam("seen"))
    .values(version=_of.version + 1, merged_into=bindparam("target"))
)
_MERGED = select(merging).where(merging.c.ticket == bindparam("wanted"))
_LATER = (
    select(merging.c.ticket, merging.c.was)
    .where(merging.c.target == bindparam("target"), merging.c.id > bindparam("above"))
    .order_by(merging.c.id)
)
_KEEP = (
    update(merging)
    .where(merging.c.ticket == bindparam("wanted"))
    .values(was=bindparam("new_was"), became=bindparam("new_became"))
)
_INTO = select(_of.number).where(_of.merged_into.in_(bindparam("targets", expanding=True)))
_ANSWERED = (
    select(entry.c.id)
    .where(
        entry.c.ticket.in_(bindparam("family", expanding=True)),
        entry.c.direction == "in",
        entry.c.visible_to == "client",
        entry.c.kind.in_(sorted(CLIENTS)),
        type_coerce(entry.c.at, BigInteger) > bindparam("since", type_=BigInteger),
    )
    .limit(1)
)


@contextmanager
def noted(tx: Transaction, effect: Effect) -> Iterator[None]:
    """Around the change of the target: from now on `effect.merges` leads to it. Raises Moved where that one has changed.

    What a mail of a merged ticket changes there counts as done by that merge.
    """
    ticket, target = effect.merges, effect.ticket
    theirs = effect.place if effect.verdict and effect.verdict.kind not in STAFFS else effect.through
    if target is not None and theirs:
        was = state(tx, target)
        yield
        _carry(tx, effect, theirs, was)
        return
    if ticket is None or target is None:
        yield
        return
    _lock(tx, ticket.number, target)
    was = state(tx, target)
    yield
    became = state(tx, target)
    _point(tx, ticket, target)
    row = {"ticket": ticket.number, "target": target, "at": effect.at, "by": effect.by}
    tx.execute(insert(merging), {**row, "was": json.dumps(was), "became": json.dumps(became)})
    because = effect.decision.because
    _tell(tx, effect, ticket.number, (ticket.status, ticket.status), because[:1])
    if not effect.decision.moved:
        _tell(tx, effect, target, (became["status"], became["status"]), because)


def undo(tx: Transaction, effect: Effect) -> None:
    """Behind the change of the target: `effect.parts` is one of its own again, and the target stands as before the merge.

    What others have changed there since stays, and so does the status where a client of the target's own has written.
    Raises Moved where it is merged no more.
    """
    ticket = effect.parts
    if ticket is None:
        return
    row = tx.execute(_MERGED, {"wanted": ticket.number}).one_or_none()
    if row is None or row.target != effect.ticket:
        raise Moved(f"ticket {ticket.number} is not merged into {effect.ticket}")
    _lock(tx, ticket.number, row.target)
    _point(tx, ticket, None)
    tx.execute(delete(merging).where(merging.c.ticket == ticket.number))
    was, became, now = json.loads(row.was), json.loads(row.became), state(tx, row.target)
    if _answered(tx, row.target, became["status_since"]):
        was |= {name: became[name] for name in OF_STATUS}
    later = {one.ticket: json.loads(one.was) for one in tx.execute(_LATER, {"target": row.target, "above": row.id})}
    found = next((one for one in later if _stands(later[one], became)), next(iter(later), None))
    back = now
    if found is not None:  # what this merge has changed, that one has found so: its undoing brings it back
        patched = json.dumps(_undone(later[found], was, became))
        tx.execute(update(merging).where(merging.c.ticket == found).values(was=patched))
    if found is None:
        back = _undone(now, was, became)
    elif not _stands(later[found], became):  # what a mail has changed since the last of them
        back = {**now, **{name: _undone(now, was, became)[name] for name in OF_STATUS}}
    put_back(tx, row.target, back)
    _tell(tx, effect, ticket.number, (ticket.status, ticket.status), effect.decision.because)
    _tell(tx, effect, row.target, (now["status"], back["status"]), effect.decision.because)


def _undone(now: Mapping[str, Any], was: Mapping[str, Any], became: Mapping[str, Any]) -> State:
    """`now` with everything as it `was` that still is as it `became`."""
    names = (*(OF_STATUS if _stands(now, became) else ()), *OF_TICKET)
    return {**now, **{name: was[name] for name in names if now[name] == became[name]}}


def _stands(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    return all(now[name] == then[name] for name in ("status", "status_since"))


def _carry(tx: Transaction, effect: Effect, place: int, before: State) -> None:
    """Into the row of each merge that has led the mail here: whether a client wrote, and what it has changed at their end."""
    after, wrote = state(tx, effect.ticket or 0), effect.verdict is not None and counts(effect.verdict)
    number: int | None = place
    while number != effect.ticket and (row := tx.execute(_MERGED, {"wanted": number}).one_or_none()):
        was, became = json.loads(row.was), json.loads(row.became)
        if wrote:
            kept = became.get("wrote", [])
            became["wrote"] = sorted({place, *([number] if kept is True else kept or [])})
        if row.target == effect.ticket:
            for names in _GROUPS:
                _one_change(was, became, {name: (before[name], after[name]) for name in names})
        tx.execute(_KEEP, {"wanted": number, "new_was": json.dumps(was), "new_became": json.dumps(became)})
        number = row.target


def _one_change(was: State, became: State, move: Mapping[str, tuple[Any, Any]]) -> None:
    """Makes two changes one; where somebody has come between, the newer alone is still to be undone."""
    if all(old == new for old, new in move.values()):
        return
    if any(became[name] != old for name, (old, _) in move.items()):
        was |= {name: old for name, (old, _) in move.items()}
    became |= {name: new for name, (_, new) in move.items()}


def _answered(tx: Transaction, target: int, since: int) -> bool:
    """Whether a client of what is left there has written since."""
    family, targets = {target}, {target}
    while targets := set(tx.execute(_INTO, {"targets": sorted(targets)}).scalars()) - family:
        family |= targets
    return tx.execute(_ANSWERED, {"family": sorted(family), "since": since}).first() is not None


def _lock(tx: Transaction, *numbers: int) -> None:
    """Both rows, in the order of their numbers: two merges that cross do not wait for each other. SQLite has one writer."""
    tx.execute(_LOCK, {"both": numbers}).all()


def _point(tx: Transaction, ticket: Ticket, target: int | None) -> None:
    if tx.execute(_POINT, {"wanted": ticket.number, "seen": ticket.version, "target": target}).rowcount != 1:
        raise Moved(f"ticket {ticket.number} is not at version {ticket.version} any more")


def _tell(tx: Transaction, effect: Effect, number: int, move: tuple[str, str], because: tuple[str, ...]) -> None:
    row = {"ticket": number, "at": effect.at, "was": move[0], "status": move[1], "by": effect.by, "because": because}
    tx.execute(insert(history), {**row, "mail": effect.mail})
