"""What a change leaves on its ticket: entries, people, history, Message-IDs, and the mails that it sends.

It never changes the ticket itself.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, insert, select, update

from classifier.verdict import PERSON, STAFFS, Kind
from inbound.message import Address
from outbound.outbox import Queued
from store import attachments, outbox, people
from store.attachments import Brought, Taken
from store.columns import key
from store.database import Transaction
from store.effect import Effect
from store.limits import Limits
from store.tables import entry, history, person, thread
from workflow.machine import REPLY, Nature

TEXT_LIMIT = 256 * 1024  # characters of one entry; the mail itself is kept whole
_JOINING = PERSON - STAFFS

_ENTRY, _HISTORY, _THREAD, _PERSON = insert(entry), insert(history), insert(thread), insert(person)
_PEOPLE = select(person.c.key, person.c.role, person.c.pending).where(person.c.ticket == bindparam("of_ticket"))
_CORRECTED = (
    update(entry)
    .where(entry.c.mail == bindparam("of_mail"), entry.c.ticket == bindparam("of_ticket"), entry.c.direction == "in")
    .values(kind=bindparam("new_kind"), visible_to=bindparam("new_visible_to"))
)
_LET_IN = (
    update(person)
    .where(person.c.ticket == bindparam("of_ticket"), person.c.key == bindparam("who"))
    .values(role=bindparam("new_role"), pending=bindparam("new_pending"))
)
_Row = dict[str, object]


def add(tx: Transaction, effects: Sequence[Effect], limits: Limits) -> None:
    """Write all of it; the tickets' rows stand already."""
    entries: list[_Row] = []
    threads: list[_Row] = []
    brought: list[Brought] = []
    taken: list[Taken] = []
    going = [queued for effect in effects for queued in effect.outgoing]
    all_placed = iter(outbox.queue_all(tx, going, limits, max(effect.at for effect in effects)))
    for effect in effects:
        if effect.again:
            _correct(tx, effect)
        else:
            entries += _incoming(effect)
            threads += _received(effect)
            brought += _brought(effect)
        entries += _note(effect)
        for queued in effect.outgoing:
            placed = next(all_placed)
            entries += _sent(effect, queued, placed)
            if placed.id is not None:
                threads.append({"message_id": queued.message_id, "ticket": queued.ticket or effect.conversation})
            if placed.new and placed.id is not None and queued.files:
                taken.append(Taken(placed.id, queued.files))
    for effect in effects:
        _settle(tx, effect)
    newcomers = [row for effect in effects for row in _newcomers(tx, effect)]
    moved = [_moved(effect) for effect in effects if effect.decision.moved]
    for statement, rows in ((_ENTRY, entries), (_THREAD, threads), (_PERSON, newcomers), (_HISTORY, moved)):
        if rows:
            tx.execute(statement, rows)
    attachments.add(tx, brought, taken)


def _incoming(effect: Effect) -> Iterator[_Row]:
    message, verdict = effect.message, effect.verdict
    if message is None or verdict is None:
        return
    yield {
        **_blank(effect),
        "kind": verdict.kind,
        "direction": "out" if _has_it(effect) else "in",
        "visible_to": "staff" if _for_staff(effect) else "client",
        "author": effect.author.addr if effect.author else "",
        "subject": message.subject,
        "text": _cut(message.text, effect.mail),
        "because": (*effect.decision.because, *verdict.offers, verdict.authentication),
    }


def _correct(tx: Transaction, effect: Effect) -> None:
    """The entry of a mail of which staff have said what it is. What was thought before stands in the note, and in `correction`."""
    if effect.verdict is not None:
        seen = "staff" if _for_staff(effect) else "client"
        new = {"new_kind": effect.verdict.kind, "new_visible_to": seen}
        tx.execute(_CORRECTED, {"of_mail": effect.mail, "of_ticket": effect.conversation, **new})


def _brought(effect: Effect) -> Iterator[Brought]:
    if effect.message is not None and effect.mail is not None and effect.message.attachments:
        yield Brought(effect.mail, effect.message.attachments)


def _received(effect: Effect) -> Iterator[_Row]:
    if effect.message is not None and effect.message.message_id:
        yield {"message_id": effect.message.message_id, "ticket": effect.conversation}


def _for_staff(effect: Effect) -> bool:
    """Whether a mail is for staff's eyes: staff wrote it, or its sender is new here."""
    staffs = effect.verdict is not None and effect.verdict.kind in STAFFS
    return _pending(effect) or (staffs and not _has_it(effect))


def _has_it(effect: Effect) -> bool:
    """Whether staff sent it to the client themselves, with us in copy."""
    return effect.verdict is not None and effect.verdict.copied and not _pending(effect)


def _pending(effect: Effect) -> bool:
    return effect.decision.pending or (effect.verdict is not None and effect.verdict.pending)


def _note(effect: Effect) -> Iterator[_Row]:
    if effect.note:
        yield {**_blank(effect), "kind": "note", "author": effect.by, "text": effect.note}


def _sent(effect: Effect, queued: Queued, placed: outbox.Placed) -> Iterator[_Row]:
    to_staff = queued.nature is Nature.STAFF
    # Staff's own words are theirs, whoever's address they leave from.
    person = effect.by if queued.notice == REPLY else queued.sender
    row = {**_blank(effect), "author": person, "subject": queued.subject}
    row["ticket"] = queued.ticket or effect.conversation
    if placed.withheld:
        text = f'"{queued.notice}" to {queued.recipient} was not sent: {placed.withheld}'
        yield {**row, "kind": "withheld", "text": text, "because": (placed.withheld,)}
    elif placed.new:
        seen = "staff" if to_staff else "client"
        yield {**row, "kind": queued.notice, "direction": "out", "visible_to": seen, "outgoing": placed.id}


def _blank(effect: Effect) -> _Row:
    """A note for staff: whatever is not said to be a client's stays among staff (T20)."""
    return {
        "ticket": effect.conversation,
        "mail": effect.mail,
        "outgoing": None,
        "kind": "",
        "direction": "note",
        "visible_to": "staff",
        "author": effect.by,
        "at": effect.at,
        "subject": "",
        "text": "",
        "because": effect.decision.because,
    }


def _moved(effect: Effect) -> _Row:
    return {
        "ticket": effect.ticket,
        "at": effect.at,
        "was": effect.decision.was,
        "status": effect.decision.status,
        "by": effect.by,
        "because": effect.decision.because,
        "mail": effect.mail,
    }


def _cut(text: str, mail: int | None) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}\n[cut here: mail {mail} holds all of it]"


def _settle(tx: Transaction, effect: Effect) -> None:
    """Who takes part, and writes from another address of theirs, stays one person."""
    joins = effect.verdict is not None and effect.verdict.kind in _JOINING and not _pending(effect)
    if joins and effect.addresses and effect.author and effect.conversation is not None and not effect.opens:
        people.at(tx, effect.conversation, effect.author, effect.addresses)


def _newcomers(tx: Transaction, effect: Effect) -> list[_Row]:
    """Whom the ticket did not know; who waits there and may come in is let in.

    Nobody who is in is put out again by a mail, and the requester never changes by one (T05).
    """
    wanted = _people(effect)
    if effect.opens or not wanted:
        return list(wanted.values())
    known = {row.key: row for row in tx.execute(_PEOPLE, {"of_ticket": effect.conversation})}
    for row in wanted.values():
        old = known.get(str(row["key"]))
        if old is not None and old.pending and row["role"] != "cc" and (old.role == "cc" or not row["pending"]):
            let_in = {"new_role": row["role"], "new_pending": row["pending"]}
            tx.execute(_LET_IN, {"of_ticket": effect.conversation, "who": row["key"], **let_in})
    return [row for row in wanted.values() if row["key"] not in known]


def _people(effect: Effect) -> dict[str, _Row]:
    """The author, and pending those whom the mail names: a Cc grants nothing by itself (T02).

    A conversation that only copies us in is those people's own: any of them may turn to us with it.
    """
    people: dict[str, _Row] = {}
    first, role = effect.author, "participant"
    if effect.opens:
        first, role = effect.requester or effect.author, "requester"
    elif effect.of_us or effect.verdict is None or effect.verdict.kind not in _JOINING:
        first = None
    pending = not effect.opens and _pending(effect)
    theirs = effect.opens and effect.verdict is not None and effect.verdict.kind is Kind.CC_ONLY
    for address in filter(None, (first, *effect.others)):
        here = address is first
        row = _person(effect, address, role if here else "cc", pending=pending if here else not theirs)
        people.setdefault(str(row["key"]), row)
    return people


def _person(effect: Effect, address: Address, role: str, *, pending: bool) -> _Row:
    return {
        "ticket": effect.conversation,
        "key": key(address.key),
        "address": address.addr,
        "name": address.name,
        "role": role,
        "pending": pending,
    }
