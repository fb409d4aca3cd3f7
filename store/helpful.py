"""Whether the guide's words on a status have helped: one answer of each client to each, the newest; and their sum, for staff."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Text, bindparam, case, func, select, type_coerce, update

from store.columns import Instant, key
from store.database import Transaction
from store.inserting import unless_there
from store.tables import TAGGED, helpful, ticket

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
_IN_TIME = (_of.at >= bindparam("since", type_=Instant), _of.at < bindparam("until", type_=Instant))
_TAGS = type_coerce(ticket.c.tags, Text)
_OF_ANSWERS = select(
    func.count().filter(_TAGS.like('%"helpful"%')), func.count().filter(_TAGS.like('%"not-helpful"%'))
).where(
    TAGGED,
    ticket.c.status_since >= bindparam("since", type_=Instant),
    ticket.c.status_since < bindparam("until", type_=Instant),
)
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


def within(tx: Transaction, since: datetime, until: datetime) -> Mapping[Which, tuple[int, int]]:
    """The same, of what was said from `since` until `until`, not included."""
    rows = tx.execute(_SUMS.where(*_IN_TIME), {"since": since, "until": until})
    return {(row.workflow, row.status): (row.helped, row.answers - row.helped) for row in rows}


def of_answers(tx: Transaction, since: datetime, until: datetime) -> tuple[int, int]:
    """How many tickets whose status is of that time have clients of whom one click said that our answer helped, or did not."""
    yes, no = tx.execute(_OF_ANSWERS, {"since": since, "until": until}).one()
    return yes, no


def answers(tx: Transaction, person: str) -> Mapping[Which, bool]:
    """What one client has said."""
    return {(row.workflow, row.status): row.yes for row in tx.execute(_THEIRS, {"who": key(person)})}
