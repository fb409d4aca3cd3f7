"""Clients: who takes part in which tickets, and what of each is theirs to see: what they wrote, and what was written to them (T20, T21).

Whoever waits to be let in, or takes part quietly, sees nothing. It reads, and changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, func, or_, select

from outbound.outbox import State
from store import attachments, identities, leading, reports, tickets
from store.columns import key
from store.database import Transaction
from store.lines import Moved, Said
from store.said import ENTRIES, as_said
from store.tables import entry, hold, outbox, person, ticket
from workflow.decision import Ticket
from workflow.merging import seen_from

Keys = Collection[str]  # all addresses of one person, in lower case

_THEIRS = (
    person.c.key.in_(bindparam("keys", expanding=True)),
    person.c.pending == false(),
    person.c.role != "quiet",  # a vendor hears nothing of its client
)
_KNOWN = select(person.c.ticket).where(*_THEIRS).limit(1)
_ON = select(person.c.address, person.c.role).where(*_THEIRS, person.c.ticket == bindparam("of_ticket"))
_TICKETS = select(ticket).where(ticket.c.number.in_(select(person.c.ticket).where(*_THEIRS)))
_NEWEST = _TICKETS.where(ticket.c.language != "").order_by(ticket.c.number.desc()).limit(1)
_NUMBERED = select(ticket).where(ticket.c.number.in_(bindparam("numbers", expanding=True)))
# What one of us may still take back is nobody's yet.
_WAITS = and_(
    outbox.c.attempts == 0,
    outbox.c.state.in_([State.QUEUED.value, State.HELD.value]),
    exists().where(hold.c.cause == outbox.c.cause),
)
# What was sent to others, or came from them, is left out here already: of mails to others not even the bytes are read.
_CONVERSATION = ENTRIES.where(
    entry.c.ticket == bindparam("of_ticket"),
    entry.c.visible_to == "client",
    or_(
        entry.c.outgoing.is_(None),
        outbox.c.recipient_key.in_(bindparam("keys", expanding=True)) & ~_WAITS,
    ),
).order_by(entry.c.id)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of somebody's tickets. None and "" ask for all."""

    open: bool | None = None
    search: str = ""  # a number, or words of the subject or of what they wrote


@dataclass(frozen=True, slots=True)
class TheirTicket:
    """A ticket as one who takes part in it knows it: of a merged one its own number and subject, and the state of where it leads."""

    ticket: Ticket
    address: str  # by which it knows them
    decides: bool  # whether it is their request
    conversation: tuple[Said, ...]
    history: tuple[Moved, ...]
    mark: str  # another one once anything of this has changed


def keys(tx: Transaction, address: str) -> frozenset[str]:
    """All addresses of whoever has this one."""
    return identities.same(identities.of(tx, [address.lower()]), address.lower())


def is_known(tx: Transaction, address: str) -> bool:
    """Whether they take part in any ticket."""
    return tx.execute(_KNOWN, {"keys": sorted(keys(tx, address))}).first() is not None


def language(tx: Transaction, theirs: Keys) -> str:
    """In which they were written to last; "" where nobody knows."""
    row = tx.execute(_NEWEST, {"keys": sorted(theirs)}).first()
    return str(row.language) if row else ""


def tickets_of(tx: Transaction, theirs: Keys, asked: Asked, limit: int) -> list[Ticket]:
    """Their tickets, the newest first. Of a merged one only its target knows whether it is open: it is here either way."""
    filters: list[ColumnElement[bool]] = []
    if asked.open is not None:
        filters.append(or_(ticket.c.open == asked.open, ticket.c.merged_into.is_not(None)))
    if asked.search:
        filters.append(_found(asked.search, theirs))
    rows = tx.execute(
        _TICKETS.where(*filters).order_by(ticket.c.number.desc()).limit(limit), {"keys": sorted(theirs)}
    ).all()
    return _as_they_stand(tx, [tickets.as_ticket(row) for row in rows])


def tickets_beside(tx: Transaction, organisations: Collection[str], search: str, limit: int) -> list[Ticket]:
    """All requests of these organisations, the newest first: a list, and not a word of what was said."""
    filters: list[ColumnElement[bool]] = [ticket.c.organisation.in_(sorted(organisations))]
    if search:
        filters.append(_named(search))
    rows = tx.execute(select(ticket).where(*filters).order_by(ticket.c.number.desc()).limit(limit)).all()
    return _as_they_stand(tx, [tickets.as_ticket(row) for row in rows])


def those_of(tx: Transaction, theirs: Keys, numbers: Collection[int]) -> frozenset[int]:
    """Those of the tickets in which they take part."""
    found = select(person.c.ticket).where(*_THEIRS, person.c.ticket.in_(bindparam("numbers", expanding=True)))
    return frozenset(tx.execute(found, {"keys": sorted(theirs), "numbers": list(numbers)}).scalars())


def their_ticket(tx: Transaction, theirs: Keys, number: int) -> TheirTicket | None:
    """One ticket of theirs; None for every other number, be there a ticket or not."""
    on = tx.execute(_ON, {"keys": sorted(theirs), "of_ticket": number}).all()
    own = tickets.ticket(tx, number) if on else None
    if own is None:
        return None
    (seen,) = _as_they_stand(tx, [own])
    mine = next((row for row in on if row.role == "requester"), on[0])
    decides = mine.role == "requester"
    said = _conversation(tx, theirs, number, decides=decides)
    history = _history(tx, own)
    return TheirTicket(seen, mine.address, decides, said, history, _mark(seen, said))


def written(tx: Transaction, number: int, since: datetime) -> int:
    """How much was written on the ticket's page since then, by anybody."""
    here = (entry.c.ticket == number, entry.c.direction == "in", entry.c.mail.is_(None), entry.c.at > since)
    return tx.execute(select(func.count()).select_from(entry).where(*here)).scalar_one()


def _conversation(tx: Transaction, theirs: Keys, number: int, *, decides: bool) -> tuple[Said, ...]:
    files = attachments.of_tickets(tx, [number])
    rows = tx.execute(_CONVERSATION, {"of_ticket": number, "keys": sorted(theirs)})
    said = [as_said(row, files) for row in rows]
    return tuple(one for one in said if _is_theirs(one, theirs, decides=decides))


def _is_theirs(said: Said, theirs: Keys, *, decides: bool) -> bool:
    """What was sent to them; what they wrote; and what one of us sent to the requester with us in copy."""
    if said.outgoing is not None:
        return True
    if said.direction == "out":
        return decides
    return key(said.author.lower()) in theirs


def _history(tx: Transaction, own: Ticket) -> tuple[Moved, ...]:
    """Its own, and, once it was merged, what has become of the one that it leads to."""
    moves = reports.moves(tx, own.number)
    merged = leading.merged(tx, own.number) if own.merged_into else None
    if merged:
        moves += [one for one in reports.moves(tx, leading.leads_to(tx, own.number)) if one.at >= merged.at]
    return tuple(moves)


def _as_they_stand(tx: Transaction, named: Sequence[Ticket]) -> list[Ticket]:
    """Each as its own people see it: a look for each step that merges may have, however many tickets there are."""
    known = {one.number: one for one in named}
    for _ in range(leading.FARTHEST):
        missing = {one.merged_into for one in known.values() if one.merged_into} - known.keys()
        if not missing:
            break
        known |= {row.number: tickets.as_ticket(row) for row in tx.execute(_NUMBERED, {"numbers": sorted(missing)})}
    return [_stands(one, known) for one in named]


def _stands(own: Ticket, known: dict[int, Ticket]) -> Ticket:
    target = own
    for _ in range(leading.FARTHEST):
        target = known.get(target.merged_into or 0, target)
    return own if target is own else seen_from(own, target)


def _named(words: str) -> ColumnElement[bool]:
    """By its number, or by words of its subject."""
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= 12:
        return ticket.c.number == int(number)
    return ticket.c.subject.icontains(words, autoescape=True)


def _found(words: str, theirs: Keys) -> ColumnElement[bool]:
    wrote = select(entry.c.id).where(
        and_(
            entry.c.ticket == ticket.c.number,
            entry.c.visible_to == "client",
            entry.c.direction == "in",
            func.lower(entry.c.author).in_(sorted(theirs)),
            entry.c.text.icontains(words, autoescape=True),
        )
    )
    return or_(_named(words), wrote.exists())


def _mark(seen: Ticket, said: Sequence[Said]) -> str:
    """By what they see, and nothing else: what staff do among themselves leaves it as it is."""
    known = (seen.status, seen.status_since.isoformat(), sorted(seen.tags), len(said))
    return sha256(repr(known).encode()).hexdigest()[:16]
