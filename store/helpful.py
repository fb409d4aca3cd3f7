"""Whether the guide's words on a status have helped: one answer of each client to each, the newest; and their sum, for staff."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, case, func, select, update

from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.tables import helpful

Which = tuple[str, str]  # name of a workflow, key of a status

_of = helpful.c
_HERE = (
    _of.workflow == bindparam("of_workflow"),
    _of.status == bindparam("of_status"),
    _of.person == bindparam("who"),
)
_FIRST = unless_there(helpful)
_AGAIN = update(helpful).where(*_HERE).values(yes=bindparam("new_yes"), at=bindparam("new_at"))
_SUMS = select(
    _of.workflow,
    _of.status,
    func.sum(case((_of.yes, 1), else_=0)).label("helped"),
    func.count().label("answers"),
).group_by(_of.workflow, _of.status)
_THEIRS = select(_of.workflow, _of.status, _of.yes).where(_of.person == bindparam("who"))


def answer(tx: Transaction, which: Which, person: str, at: datetime, *, yes: bool) -> None:
    """Theirs from now on. `person`: an address in lower case."""
    workflow, status = which
    row = {"workflow": workflow, "status": status, "person": key(person), "yes": yes, "at": at}
    tx.execute(_FIRST, row)
    here = {"of_workflow": workflow, "of_status": status, "who": key(person)}
    tx.execute(_AGAIN, {**here, "new_yes": yes, "new_at": at})


def sums(tx: Transaction) -> Mapping[Which, tuple[int, int]]:
    """How many said yes, and no, of each status that anybody has said anything of."""
    return {(row.workflow, row.status): (row.helped, row.answers - row.helped) for row in tx.execute(_SUMS)}


def answers(tx: Transaction, person: str) -> Mapping[Which, bool]:
    """What one client has said."""
    return {(row.workflow, row.status): row.yes for row in tx.execute(_THEIRS, {"who": key(person)})}
