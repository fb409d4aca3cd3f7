"""What an escalation may be about: the tickets that numbers, people, organisations and rare words lead to. It weighs none of them.

A dozen queries, each by an index and each with a limit, however many tickets there are.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, bindparam, func, select, true, union_all

from store.columns import aside, key
from store.database import Transaction
from store.leading import leads_to
from store.tables import entry, person, ticket, word
from store.tickets import MOST_WORDS
from workflow.candidates import Known, Sought, rare, words

FEW = 20  # tickets that one kind of evidence brings
COMMON = 200  # a word in more subjects leads to none of them
TEXT = 4000  # characters of a mail that are compared
TEXTS = 200  # mails

_of = ticket.c
# Each by itself: SQLite reads a whole index for both at once.
_COUNT = select(select(func.max(_of.number)).scalar_subquery(), select(func.min(_of.number)).scalar_subquery())
_PEOPLES = (
    select(person.c.ticket)
    .join(ticket, _of.number == person.c.ticket)
    .where(person.c.key.in_(bindparam("who", expanding=True)), aside(_of.open) == true())
    .order_by(person.c.ticket.desc())
    .limit(FEW)
)
_OF_ORGANISATION = (
    select(_of.number)
    .where(_of.organisation == bindparam("organisation"), _of.open == true())
    .order_by(_of.number.desc())
    .limit(FEW)
)
_TICKETS = select(ticket).where(_of.number.in_(bindparam("numbers", expanding=True)))
_PEOPLE = select(person.c.ticket, person.c.key).where(person.c.ticket.in_(bindparam("numbers", expanding=True)))
_TEXTS = (
    select(entry.c.ticket, func.substr(entry.c.text, 1, TEXT).label("text"))
    .where(entry.c.ticket.in_(bindparam("numbers", expanding=True)), entry.c.direction == "in")
    .limit(TEXTS)
)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to be weighed."""

    known: tuple[Known, ...]
    rarity: Mapping[str, float]


def candidates(tx: Transaction, sought: Sought) -> Found:
    """The tickets that some evidence leads to; where one was merged, the one that it leads to."""
    numbers = set(sought.in_subject | sought.in_text) | ({sought.pointed} if sought.pointed else set())
    who = [key(one) for one in {sought.sender, *sought.also, *sought.others} if one]
    if who:
        numbers |= set(tx.execute(_PEOPLES, {"who": who}).scalars())
    if sought.organisation:
        numbers |= set(tx.execute(_OF_ORGANISATION, {"organisation": sought.organisation}).scalars())
    alike, rarity = _of_words(tx, words(sought.subject, MOST_WORDS))
    rows = tx.execute(_TICKETS, {"numbers": list(numbers | alike)}).all()
    ends = {leads_to(tx, row.number) for row in rows if row.merged_into is not None}
    rows = [row for row in rows if row.merged_into is None]
    if more := ends - {row.number for row in rows}:
        rows += tx.execute(_TICKETS, {"numbers": list(more)}).all()
    return Found(tuple(_known(tx, rows)), rarity)


def _of_words(tx: Transaction, wanted: tuple[str, ...]) -> tuple[set[int], dict[str, float]]:
    """Tickets whose subjects share the rarest of these words, and how rare each is."""
    most, least = tx.execute(_COUNT).one()
    tickets = (most or 0) - (least or 0) + 1
    weight: Counter[int] = Counter()
    rarity: dict[str, float] = {}
    having: dict[str, list[int]] = {one: [] for one in wanted}
    if wanted:
        for row in tx.execute(_having(len(wanted)), {f"word {n}": one for n, one in enumerate(wanted)}):
            having[row.word].append(row.ticket)
    for one, found in having.items():
        common = len(found) > COMMON
        rarity[one] = rare(max(len(found), tickets // 50 if common else 0), tickets)
        for number in () if common else found:
            weight[number] += round(1000 * rarity[one])
    return {number for number, _ in weight.most_common(FEW)}, rarity


@cache
def _having(count: int) -> CompoundSelect[Any]:
    """The newest tickets that have each of so many words."""
    one = select(word.c.word, word.c.ticket).order_by(word.c.ticket.desc()).limit(COMMON + 1)
    each = (one.where(word.c.word == bindparam(f"word {n}")).subquery() for n in range(count))
    return union_all(*(select(newest) for newest in each))


def _known(tx: Transaction, rows: Collection[Row[Any]]) -> list[Known]:
    numbers = [row.number for row in rows]
    people, texts = defaultdict[int, set[str]](set), defaultdict[int, list[str]](list)
    for row in tx.execute(_PEOPLE, {"numbers": numbers}):
        people[row.ticket].add(row.key)
    for row in tx.execute(_TEXTS, {"numbers": numbers}):
        texts[row.ticket].append(row.text)
    return [
        Known(
            number=row.number,
            subject=row.subject,
            status=row.status,
            workflow=row.workflow,
            open=row.open,
            requester=row.requester,
            organisation=row.organisation,
            people=frozenset(people[row.number]),
            texts=tuple(texts[row.number]),
        )
        for row in rows
    ]
