"""What a bounce does: to the outgoing mail that it is about, and to the address that it was for.

Only one that returns a signed id of ours gets here (S22): nobody can silence an address whose mail he has not read.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, false, insert, or_, select, update

from classifier.clues import gather as clues_of
from classifier.rules.bounce import plain_bounce
from classifier.undelivered import bounce_of, returned
from classifier.verdict import Bounce, Evidence, Kind, Lasting, Ours
from inbound.message import Message
from outbound.keys import Keys
from outbound.outbox import State
from outbound.token import read_message_id
from store import identities
from store.columns import Instant, Key, key
from store.database import Transaction
from store.effect import Effect, Returned
from store.inserting import unless_there
from store.limits import Limits
from store.tables import history, outbox, person, silence
from workflow.decision import Ticket

_LONGEST_DAYS = 36_500
_of = outbox.c
# Also one whose outcome is not recorded yet, or never will be: the report is the better witness (crash point 18).
# So is it of one that was handed out again after a doubt, and waits for its next try: the first copy had arrived.
_MAY_BOUNCE = or_(
    _of.state.in_([State.SENT.value, State.UNKNOWN.value, State.SENDING.value]),
    and_(_of.state == State.RETRY.value, _of.doubts > 0),
)
_RETURNED = select(_of.id, _of.recipient_key).where(
    _of.message_id == bindparam("message_id", type_=Key), _of.ticket == bindparam("on_ticket"), _MAY_BOUNCE
)
# A digest or an alert. NULL is asked for in words: both databases find those by the index of tickets, too.
_RETURNED_OF_NONE = select(_of.id, _of.recipient_key).where(
    _of.message_id == bindparam("message_id", type_=Key), _of.ticket.is_(None), _MAY_BOUNCE
)
_BOUNCED = (
    update(outbox)
    .where(_of.id == bindparam("of_id"), _MAY_BOUNCE)
    .values(state=State.BOUNCED, next_at=None, last_answer=bindparam("said"), told=False)
    .returning(_of.recipient, _of.recipient_key, _of.ticket)
)
_CLIENTS = select(person.c.key).where(
    person.c.ticket == bindparam("on_ticket"), person.c.role != "cc", person.c.pending == false()
)
_GONE = select(silence.c.address).where(
    silence.c.address.in_(bindparam("who", expanding=True)), silence.c.until > bindparam("now", type_=Instant)
)
_SILENT, _HISTORY = unless_there(silence), insert(history)
_LONGER = (
    update(silence)
    .where(silence.c.address == bindparam("who"))
    .values(until=bindparam("new_until"), outgoing=bindparam("by"))
)


def forget(tx: Transaction, now: datetime) -> None:
    """Addresses that get mail again."""
    tx.execute(delete(silence).where(silence.c.until <= now))


def of_ours(message: Message, ours: Ours, keys: Keys) -> Bounce | None:
    """What a mail says as a bounce that returns an id which we signed (S22); None for every other mail, at little cost."""
    own = next((one for one in returned(message) if read_message_id(keys, one)), "")
    if not own:
        return None
    clues = clues_of(Evidence(message, ours))
    reported = message.report is not None and message.report.report_type == "delivery-status"
    if not (reported or plain_bounce(clues)):
        return None
    return replace(bounce_of(message, clues, own), ours=True)


def came_back(tx: Transaction, bounce: Bounce | None, keys: Keys) -> Returned | None:
    """The mail of ours that has failed for good (RFC 3464 §2.3.3, status 5.y.z, or words that say so); a delay is about none."""
    own = read_message_id(keys, bounce.original_message_id) if bounce else None
    if bounce is None or own is None or bounce.lasting is not Lasting.PERMANENT:
        return None
    asked = {"message_id": bounce.original_message_id}
    if own.ticket is None:
        row = tx.execute(_RETURNED_OF_NONE, asked).one_or_none()
    else:
        row = tx.execute(_RETURNED, {**asked, "on_ticket": own.ticket}).one_or_none()
    return Returned(row.id, row.recipient_key) if row else None


def last_address(tx: Transaction, came_back: Returned, ticket: int, now: datetime) -> bool:
    """Whether it went to the last address of the ticket's client that had not returned our mail before.

    The client is everybody who takes part, with all addresses that they are known to have.
    """
    clients = set(tx.execute(_CLIENTS, {"on_ticket": ticket}).scalars())
    clients |= {one for every in identities.of(tx, clients).values() for one in every}
    return came_back.recipient_key in clients and not _reached(tx, clients, came_back, now)


def other_address(tx: Transaction, came_back: Returned, ticket: Ticket | None, now: datetime) -> str:
    """Another address of the ticket's requester, to which it went, that takes our mail as far as is known; "" where there is none."""
    if ticket is None or key(ticket.requester.key) != came_back.recipient_key:
        return ""
    known = identities.known(tx, ticket.requester)
    good = _reached(tx, [one.address.lower() for one in known], came_back, now)
    return next((one.address for one in known if key(one.address.lower()) in good), "")


def _reached(tx: Transaction, who: Collection[str], came_back: Returned, now: datetime) -> set[str]:
    """Those of these addresses that have returned nothing lately."""
    every = {key(one) for one in who}
    gone = tx.execute(_GONE, {"who": sorted(every), "now": now}).scalars() if every else ()
    return every - {*gone, came_back.recipient_key}


def mark(tx: Transaction, effect: Effect, limits: Limits) -> None:
    """The returned mail becomes `bounced`, its address silent, and the ticket's history, if it has one, says so."""
    if effect.returned is None or effect.verdict is None or effect.verdict.kind is not Kind.BOUNCE:
        return
    said = _said(effect.verdict.bounce)
    for row in tx.execute(_BOUNCED, {"of_id": effect.returned.outgoing, "said": said}).all():
        _silence(tx, row.recipient_key, effect.returned.outgoing, effect.at, limits)
        if row.ticket is not None and effect.ticket is not None:
            tx.execute(_HISTORY, _told(effect, f"o{effect.returned.outgoing} to {row.recipient} came back: {said}"))


def _said(bounce: Bounce | None) -> str:
    """Why it came back: the status, where the reason does not name it, and the reason."""
    if bounce is None:
        return ""
    status = "" if bounce.status in bounce.reason else bounce.status
    return f"{status} {bounce.reason}".strip()[:500]


def _silence(tx: Transaction, who: str, outgoing: int, now: datetime, limits: Limits) -> None:
    if not limits.silent_days_after_bounce:
        return
    days = timedelta(days=min(limits.silent_days_after_bounce, _LONGEST_DAYS))
    tx.execute(_SILENT, {"address": who, "until": now + days, "outgoing": outgoing})
    tx.execute(_LONGER, {"who": who, "new_until": now + days, "by": outgoing})


def _told(effect: Effect, because: str) -> dict[str, object]:
    """A line of the history in which the status stays; where it moves, another line says so."""
    return {
        "ticket": effect.ticket,
        "at": effect.at,
        "was": effect.decision.status,
        "status": effect.decision.status,
        "by": effect.by,
        "because": (because,),
        "mail": effect.mail,
    }
