"""What happened to tickets in some hours: the changes of their statuses, the first answers, the corrections. It reads, and sums nothing up."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select, union, union_all

from classifier.verdict import Kind
from outbound.reckoning import IMPORT, PERSON, TIMER, Change, Happened, Past
from store import imported
from store.columns import Instant, Key
from store.database import Transaction
from store.tables import correction, entry, history, mail, merging, outbox, ticket
from workflow.machine import Nature

_AT_ONCE = 500  # tickets of one statement
_SINCE, _UNTIL = bindparam("since", type_=Instant), bindparam("until", type_=Instant)
_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)


_BY = {"timer": TIMER, imported.BY: IMPORT}  # store.effect


def _within(column: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return column >= _SINCE, column < _UNTIL


_COPIED = (entry.c.kind == Kind.STAFF_REPLY.value, entry.c.direction == "out")  # with us in copy
_CHANGED = union(
    select(history.c.ticket).where(*_within(history.c.at)), select(merging.c.ticket).where(*_within(merging.c.at))
)
# What a person wrote, or what asks the client something; and what staff sent themselves.
_PERSONAL = outbox.c.nature == Nature.PERSONAL.value
_ANSWERED = union_all(
    select(outbox.c.ticket).where(*_within(outbox.c.sent_at), _PERSONAL, outbox.c.ticket.is_not(None)),
    select(mail.c.ticket).where(
        *_within(mail.c.kept_at), mail.c.kind == Kind.STAFF_REPLY.value, mail.c.ticket.is_not(None)
    ),
)
_TICKETS = (
    select(ticket.c.number, ticket.c.workflow, ticket.c.organisation, merging.c.at.label("merged_at"))
    .outerjoin(merging, merging.c.ticket == ticket.c.number)
    .where(ticket.c.number.in_(_NUMBERS))
)
_OF_CLIENT = (
    select(ticket.c.number)
    .where(ticket.c.organisation == bindparam("client", type_=Key))
    .order_by(ticket.c.number.desc())
    .limit(bindparam("limit"))
)
_CHANGES = (
    select(history, mail.c.kind)
    .outerjoin(mail, mail.c.id == history.c.mail)
    .where(history.c.ticket.in_(_NUMBERS), history.c.at < _UNTIL)
    .order_by(history.c.id)
)
_FIRST_ANSWERS = union_all(
    select(outbox.c.ticket, func.min(outbox.c.sent_at).label("at"))
    .where(outbox.c.ticket.in_(_NUMBERS), _PERSONAL)
    .group_by(outbox.c.ticket),
    select(entry.c.ticket, func.min(entry.c.at).label("at"))
    .where(entry.c.ticket.in_(_NUMBERS), *_COPIED)
    .group_by(entry.c.ticket),
)
_CAME = (
    select(mail.c.kind, func.count().label("mails"))
    .where(*_within(mail.c.kept_at), mail.c.kind != "")
    .group_by(mail.c.kind)
)
_CORRECTED = select(correction.c.was, correction.c.kind).where(*_within(correction.c.at))


def happened(tx: Transaction, since: datetime, until: datetime) -> Happened:
    """From `since` until `until`, not included."""
    hours = {"since": since, "until": until}
    changed = set(tx.execute(_CHANGED, hours).scalars())
    answered = set(tx.execute(_ANSWERED, hours).scalars())
    return Happened(
        since=since,
        until=until,
        tickets=tuple(_pasts(tx, changed | answered, answered, until)),
        came={row.kind: row.mails for row in tx.execute(_CAME, hours)},
        corrected=tuple((row.was, row.kind) for row in tx.execute(_CORRECTED, hours)),
    )


def of_client(tx: Transaction, client: str, until: datetime, limit: int) -> tuple[Past, ...]:
    """What happened until then to the tickets of a client, by their domain: to the newest, where they are more than `limit`."""
    numbers = tx.execute(_OF_CLIENT, {"client": client, "limit": limit}).scalars().all()
    return tuple(_pasts(tx, numbers, set(numbers), until))


def _pasts(tx: Transaction, numbers: Collection[int], answered: Collection[int], until: datetime) -> Iterator[Past]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        changes = _changes(tx, some, until)
        first = _first_answers(tx, [number for number in some if number in answered])
        for row in tx.execute(_TICKETS, {"numbers": some}):
            answer = first.get(row.number)
            at = answer if answer and answer < until else None
            yield Past(row.workflow, row.organisation, tuple(changes[row.number]), at, row.merged_at)


def _changes(tx: Transaction, numbers: Sequence[int], until: datetime) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = defaultdict(list)
    for row in tx.execute(_CHANGES, {"numbers": numbers, "until": until}):
        cause = row.kind or _BY.get(row.by, PERSON)
        found[row.ticket].append(Change(row.id, row.at, row.was, row.status, cause))
    return found


def _first_answers(tx: Transaction, numbers: Sequence[int]) -> dict[int, datetime]:
    first: dict[int, datetime] = {}
    if numbers:
        for row in tx.execute(_FIRST_ANSWERS, {"numbers": numbers}):
            if row.at is not None:
                first[row.ticket] = min(row.at, first.get(row.ticket, row.at))
    return first
