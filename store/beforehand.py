"""Beforehand: what is looked up for a whole batch of mails at once, before each is gathered by itself. It changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, func, select

from classifier.verdict import Ours
from inbound.message import Address, Message
from store import identities
from store.columns import Instant
from store.database import Transaction
from store.identities import Identities
from store.limits import Limits, exempt
from store.links import MOST_OTHERS
from store.tables import effect, ticket

_HOUR = timedelta(hours=1)
_EFFECTS = select(effect.c.content_key, effect.c.mail, effect.c.ticket).where(
    effect.c.content_key.in_(bindparam("content_keys", expanding=True))
)
_LATELY = (
    select(ticket.c.requester, func.count().label("opened"))
    .where(
        ticket.c.requester.in_(bindparam("who", expanding=True)),
        ticket.c.created_at > bindparam("since", type_=Instant),
    )
    .group_by(ticket.c.requester)
)

Delivered = Mapping[str, Row[str, int, int | None]]  # the effects of mails that came before, by content key


def delivered(tx: Transaction, messages: Iterable[Message]) -> Delivered:
    """Which of these mails have been delivered before, and what that brought about: one query."""
    keys = [message.content_key for message in messages if message.content_key]
    return {row.content_key: row for row in tx.execute(_EFFECTS, {"content_keys": keys})} if keys else {}


def persons(tx: Transaction, messages: Sequence[Message], ours: Ours) -> Identities:
    """Who of those who write these mails, and of those whom they name, has several addresses: one query, two where somebody has."""
    writers = {who.key for one in messages if (who := writer(one, ours))}
    named = {one.key for message in messages for one in (*message.to, *message.cc)[:MOST_OTHERS]}
    return identities.of(tx, (writers | named) - ours.mailboxes)


def floods(
    tx: Transaction, messages: Iterable[Message], ours: Ours, limits: Limits, now: datetime
) -> Mapping[str, int]:
    """How many tickets the senders of these mails have opened within the hour, where that is too many: one query.

    Forms, and senders that the configuration names, may.
    """
    writers = {who.addr for one in messages if (who := writer(one, ours)) and who.key not in ours.forms}
    asked = [addr for addr in writers if not exempt(addr, limits)]
    rows = tx.execute(_LATELY, {"who": asked, "since": now - _HOUR}).all() if asked else []
    return {row.requester: row.opened for row in rows if row.opened >= limits.tickets_per_sender_hour}


def writer(message: Message, ours: Ours) -> Address | None:
    """From; behind a form or list that puts its own address there, Reply-To."""
    author = message.author
    if author and author.key in ours.forms | ours.mailboxes and message.reply_to:
        return message.reply_to[0]
    return author
