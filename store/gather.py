"""gather: what storage knows about a mail, as evidence for a judgement. It judges nothing and changes nothing.

Queries a mail: one for its effect, which `delivered` makes for many at once; one for its conversation where it has references without a token of ours;
one for each ticket that is looked at, as a rule one; one for a configured report, for an answer to a mail of ours, and for a reply that has us in Cc alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, false, or_, select, true

from classifier.numbering import numbers
from classifier.recipients import named_in
from classifier.reports import fit
from classifier.verdict import PERSON, Evidence, Kind, Known, Link, Ours, Standing, Word
from inbound.message import Address, Message
from outbound.keys import Keys
from outbound.token import read_message_id
from store import bounced, identities, links
from store.beforehand import Delivered, delivered, writer
from store.columns import Instant, key
from store.database import Transaction
from store.effect import Returned
from store.emptying import NOBODY
from store.identities import Identities, same
from store.leading import FARTHEST
from store.links import Pointer
from store.tables import entry, outbox, person, thread, ticket
from store.tickets import as_ticket
from workflow.decision import Ticket

STALE = timedelta(hours=48)  # S16
SHORTEST_NAME = 4  # that says anything
_NOBODY: Mapping[str, int] = {}
_UNSAID: Mapping[str, Word] = {}

_TEXT = 16 * 1024  # characters of an escalation in which numbers are looked for
_IS_HIM = person.c.key.in_(bindparam("who", expanding=True))
_THREADS = (
    select(thread.c.message_id, thread.c.ticket, person.c.pending)
    .select_from(thread)
    .outerjoin(person, and_(person.c.ticket == thread.c.ticket, _IS_HIM))
    .where(thread.c.message_id.in_(bindparam("ids", expanding=True)))
)
_MINE = (
    select(person.c.ticket)
    .distinct()
    .where(_IS_HIM, person.c.pending == false(), person.c.ticket.in_(bindparam("numbers", expanding=True)))
)
_TICKET = (
    select(ticket, person.c.role, person.c.pending)
    .select_from(ticket)
    .outerjoin(person, and_(person.c.ticket == ticket.c.number, _IS_HIM))
    .where(ticket.c.number == bindparam("wanted"))
)
_NAMED = select(person.c.address, person.c.name).where(
    person.c.ticket == bindparam("wanted"), person.c.pending == false(), person.c.name != ""
)
_ADDRESSED = (
    select(entry.c.id)
    .where(entry.c.ticket == bindparam("wanted"))
    .where(or_(entry.c.direction == "out", entry.c.kind.in_([kind.value for kind in PERSON - {Kind.CC_ONLY}])))
    .limit(1)
)
_SENT = select(outbox.c.sent_at).where(
    outbox.c.ticket == bindparam("wanted"),
    outbox.c.message_id == bindparam("answered"),
    outbox.c.sent_at <= bindparam("here", type_=Instant),
)
_REPORT = (
    select(ticket.c.number)
    .where(ticket.c.report_key == bindparam("report_key"), ticket.c.open == true())
    .order_by(ticket.c.number.desc())
    .limit(1)
)


_STANDINGS = {"requester": Standing.REQUESTER, "quiet": Standing.QUIET}


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known of a mail. `ticket` is the one that `evidence.link` names.

    `place` is the one whose conversation it belongs to, where that was merged into `ticket`.
    """

    evidence: Evidence
    ticket: Ticket | None = None
    place: Ticket | None = None
    report_key: str = ""  # of the configured report that it is; "" if it is none
    others: tuple[Address, ...] = ()
    returned: Returned | None = None  # the mail of ours whose failure it reports
    note: bool = False  # it came by a staff token whose words are a note
    invited: bool = False  # it answers our own invitation of that ticket
    unreachable: bool = False  # it is the bounce of the client's last address
    elsewhere: str = ""  # it is the bounce of the requester, who has this other address
    persons: Identities = field(default_factory=dict)  # of the sender, and of those whom it names


def gather(
    tx: Transaction,
    message: Message,
    *,
    ours: Ours,
    role: str,
    keys: Keys,
    now: datetime,
    received_at: datetime,
    kept_at: datetime | None = None,
    known: Delivered | None = None,
    flooding: Mapping[str, int] = _NOBODY,
    persons: Identities = identities.NONE,
    words: Mapping[str, Word] = _UNSAID,
    archived: bool = False,
    outgoing: bool = False,
) -> Gathered:
    """Which ticket a mail belongs to and how that is known, and who its sender is there.

    `role` is the mailbox's; `known`, `flooding`, `persons` and `words` are what `beforehand` and `senders` found for
    mails of which this is one. `kept_at`: when it was here, for mail that has just come. `archived`: nobody but us could put it where it lay; `outgoing`: that is where our mailbox
    keeps what is sent from it.
    """
    done = (delivered(tx, [message]) if known is None else known).get(message.content_key)
    repeats = links.report_key(fit(message, ours), message.subject)
    who = writer(message, ours)
    mine = sorted(same(persons, who.addr.lower())) if who else []
    bounce = bounced.of_ours(message, ours, keys)
    returned = bounce.original_message_id if bounce else ""
    escalates = role == "escalate" or bool(named_in(ours.escalate, message, "to", "cc", "resent"))
    pointers = _pointers(tx, message, mine, keys, now, done, repeats, returned, ours.teams, escalates=escalates)
    found = _first_ticket(tx, pointers, mine, ours)
    copied = found is not None and named_in(ours.mailboxes, message, "to", "resent", "cc") == "cc"
    token = links.staff_token(message, keys, now, ours)
    evidence = Evidence(
        message=message,
        ours=ours,
        mailbox=role,
        link=found[0] if found else None,
        copied=bool(copied and found and not _addressed(tx, (found[2] or found[1]).number)),
        staff_token=token is not None,
        team=links.team(message, keys, ours.teams, who, found[0]) if found else "",
        own=links.is_own(message, keys, ours.mailboxes),
        duplicate_of=done.mail if done else None,
        returned=bounce,
        stale=now - received_at > STALE,
        own_loop=read_message_id(keys, message.value("x-postroom-loop")) is not None,
        seconds=_seconds(tx, message, keys, kept_at) if kept_at and not archived else None,
        flood=flooding.get(who.addr, 0) if who and not found else 0,
        sent=archived and message.author is not None and message.author.key in ours.mailboxes | ours.staff,
        outgoing=outgoing,
        client=(found[2] or found[1]).requester.key if found else "",
        word=words.get(who.key) if who else None,
        namesake=_namesake(tx, found[0], (found[2] or found[1]).number, who) if found and who else "",
    )
    ticket_, place = found[1:] if found else (None, None)
    came_back = bounced.came_back(tx, bounce, keys)
    gone = bool(came_back and ticket_ and bounced.last_address(tx, came_back, ticket_.number, now))
    beside = bounced.other_address(tx, came_back, place or ticket_, now) if came_back and not gone else ""
    return Gathered(
        evidence,
        ticket_,
        place,
        repeats,
        tuple(one for one in links.others(message, ours) if one.key not in mine),
        came_back,
        note=token is not None and token.note,
        invited=bool(ticket_ and links.invited(message, keys) == (place or ticket_).number),
        unreachable=gone,
        elsewhere=beside,
        persons=persons,
    )


def _pointers(
    tx: Transaction,
    message: Message,
    mine: Sequence[str],
    keys: Keys,
    now: datetime,
    done: Row[str, int, int | None] | None,
    repeats: str,
    returned: str,
    teams: links.Teams,
    *,
    escalates: bool,
) -> Iterator[Pointer]:
    """Every ticket that the mail points to, the strongest evidence first; a query is made only when it is reached."""
    if done and done.ticket is not None:
        answers = next(links.tokens(message, keys, now, teams=teams), None)
        address = answers.address if answers else ""
        yield Pointer(done.ticket, Known.THREAD, f"the same mail as mail {done.mail}", address)
    yield from links.tokens(message, keys, now, returned, teams)
    yield from _threads(tx, links.referred(message, returned), mine)
    yield from links.tags(message)
    if escalates:
        yield from _numbers(tx, message, mine)
    if repeats:
        for number in tx.execute(_REPORT, {"report_key": repeats}).scalars():
            yield Pointer(number, Known.THREAD, f"report: {repeats}", report=True)


def _numbers(tx: Transaction, message: Message, mine: Sequence[str]) -> Iterator[Pointer]:
    """The one ticket whose number an escalation names and in which its sender takes part; of several none is certain."""
    named = numbers(f"{message.subject}\n{message.text[:_TEXT]}")
    found = tx.execute(_MINE, {"who": mine, "numbers": named}).scalars().all() if named and mine else []
    if len(found) == 1:
        yield Pointer(found[0], Known.NUMBER, f"number: {found[0]}")


def _threads(tx: Transaction, ids: list[str], mine: Sequence[str]) -> Iterator[Pointer]:
    """The nearest id first. Of two tickets with one id, the one that the sender takes part in, then the older.

    Whoever sends first with another's Message-ID does not get that one's conversation (T30).
    """
    if not ids:
        return
    places = {key(one): place for place, one in reversed(list(enumerate(ids)))}
    rows = tx.execute(_THREADS, {"ids": list(places), "who": mine}).all()
    for row in sorted(rows, key=lambda row: (places[row.message_id], row.pending is not False, row.ticket)):
        yield Pointer(row.ticket, Known.THREAD, f"reference: {ids[places[row.message_id]]}")


def _first_ticket(
    tx: Transaction, pointers: Iterator[Pointer], mine: Sequence[str], ours: Ours
) -> tuple[Link, Ticket, Ticket | None] | None:
    """The first pointer to a ticket that exists; where it leads, and whose conversation it is."""
    for pointer in pointers:
        way = _way(tx, pointer.ticket, mine)
        if not way or (pointer.report and not way[-1].open):  # repeats join an open ticket
            continue
        standing, place = _standing(way, mine, ours)
        ticket_ = as_ticket(way[-1])
        # Without tokens there is one address for answers on all tickets of a mailbox: the mailbox's own.
        address = pointer.address or dict(ours.untagged).get(place.mailbox, "")
        # Of an emptied ticket nothing but the number is left: nobody is new on it, nor waits there to be let in.
        known = Known.TAG if place.requester == NOBODY else pointer.known
        link = Link(ticket_.number, known, standing, pointer.by, address, report=pointer.report)
        return link, ticket_, as_ticket(place) if place.number != ticket_.number else None
    return None


def _seconds(tx: Transaction, message: Message, keys: Keys, kept_at: datetime) -> float | None:
    """How long after the mail of ours that it answers it was kept, both by our clock; None where it answers none, or none that is known to be sent."""
    for one in message.in_reply_to[:1]:
        own = read_message_id(keys, one)
        if own and own.ticket is not None:
            asked = {"wanted": own.ticket, "answered": one, "here": kept_at}
            sent = tx.execute(_SENT, asked).scalars().first()
            return (kept_at - sent).total_seconds() if sent else None
    return None


def _namesake(tx: Transaction, link: Link, number: int, who: Address) -> str:
    """Who takes part in the ticket under the name of a stranger who holds its token: perhaps they are one person."""
    if link.standing is not Standing.STRANGER or link.known is not Known.TOKEN or len(who.name) < SHORTEST_NAME:
        return ""
    rows = tx.execute(_NAMED, {"wanted": number}).all()
    return next((row.address for row in rows if row.name.casefold() == who.name.casefold()), "")


def _addressed(tx: Transaction, number: int) -> bool:
    """Whether anybody has turned to us on this ticket, or we to anybody."""
    return tx.execute(_ADDRESSED, {"wanted": number}).first() is not None


def _way(tx: Transaction, number: int, mine: Sequence[str]) -> list[Row[Any]]:
    """The ticket of that number, and those that it leads to, the last of which was merged into none; none for a circle."""
    way: list[Row[Any]] = []
    for _ in range(FARTHEST):
        rows = tx.execute(_TICKET, {"wanted": number, "who": mine}).all()
        if not rows:
            break
        row = min(rows, key=lambda row: (row.pending is not False, row.role != Standing.REQUESTER))
        way.append(row)
        if row.merged_into is None:
            return way
        number = row.merged_into
    return []


def _standing(way: Sequence[Row[Any]], mine: Sequence[str], ours: Ours) -> tuple[Standing, Row[Any]]:
    """Who the sender is, on the first of these tickets in which they take part; on none, they are new on the one that was named."""
    for row in way:
        if row.role is not None and not row.pending:
            return _STANDINGS.get(row.role, Standing.PARTICIPANT), row
    return (Standing.STRANGER if ours.staff.isdisjoint(mine) else Standing.STAFF), way[0]
