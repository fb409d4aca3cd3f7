"""What the tests of storage put in: mails, verdicts, decisions and outgoing mails of invented people; and the sweep."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import event, insert, select, text

from classifier.verdict import Kind, Ours, Verdict
from inbound.message import Address, Message
from outbound.keys import Keys
from outbound.outbox import Queued
from store import gather as gathering
from store import incoming, pending, tickets
from store.database import Database, Transaction, savepoint
from store.effect import Effect
from store.gather import Gathered
from store.incoming import Incoming
from store.limits import Limits
from store.tables import counter
from workflow.decision import Decision
from workflow.machine import Nature

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEYS = Keys((("k1", b"not a secret, for tests only"),))
SUPPORT = "support@example.com"
OURS = Ours(
    support=frozenset({SUPPORT}), escalate=frozenset({"escalate@example.com"}), staff=frozenset({"kim@example.com"})
)
ADA = Address("ada@example.org", "Ada")
BEN = Address("ben@example.net", "Ben")
EASY = Limits(**dict.fromkeys(Limits.__dataclass_fields__.keys() - {"exempt"}, 10**6))


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def mail(name: str, sender: Address = ADA, **more: object) -> Message:
    """A message; the name makes it unique."""
    known = Message(
        sha256=sha256(name.encode()).hexdigest(),
        content_key=sha256(f"content {name}".encode()).hexdigest(),
        size=100,
        message_id=f"<{name}@example.org>",
        from_=(sender,),
        to=(Address(SUPPORT),),
        subject=f"About {name}",
        text=f"Words of {name}",
    )
    return replace(known, **more)


def keep(database: Database, *names: str, now: datetime = NOW, first_uid: int = 1) -> list[int]:
    mails = [Incoming(uid, name.encode(), now) for uid, name in enumerate(names, first_uid)]
    with database.write() as tx:
        return incoming.keep(tx, "support", "INBOX", 1, mails, now)


def gather(tx: Transaction, message: Message, now: datetime = NOW, ours: Ours = OURS, **more: object) -> Gathered:
    known = {"role": "support", "keys": KEYS, "received_at": now}
    return gathering.gather(tx, message, ours=ours, now=now, **{**known, **more})


def ack(
    cause: str, ticket: int | None, to: str = ADA.addr, nature: Nature = Nature.ACKNOWLEDGEMENT, **more: object
) -> Queued:
    known = Queued(
        cause=cause,
        ticket=ticket,
        notice="received",
        nature=nature,
        recipient=to,
        sender=SUPPORT,
        subject="We have your mail",
        message_id=f"<{cause}.{to.partition('@')[0]}@example.com>".replace(":", "."),
        raw=b"Subject: We have your mail\r\n\r\nIt is here.\r\n",
    )
    return replace(known, **more)


def opening(number: int, message: Message, mail_id: int | None = None, now: datetime = NOW, **more: object) -> Effect:
    """What opens a ticket by a mail."""
    known = Effect(
        at=now,
        by=f"mail:{mail_id}",
        decision=Decision(because=("a person's mail",), status="outstanding", opens=True),
        ticket=number,
        mail=mail_id,
        message=message,
        verdict=Verdict(Kind.NEW_TICKET, ("no rule for machines matched",)),
        workflow="courseleaf",
        mailbox="support",
    )
    return replace(known, **more)


def reply(found: Gathered, message: Message, mail_id: int | None = None, now: datetime = NOW, **more: object) -> Effect:
    """What a client's reply does to the ticket that was gathered."""
    assert found.ticket
    known = Effect(
        at=now,
        by=f"mail:{mail_id}",
        decision=Decision(because=("the client replied",), status="outstanding", was=found.ticket.status),
        ticket=found.ticket.number,
        version=found.ticket.version,
        mail=mail_id,
        message=message,
        verdict=Verdict(Kind.CLIENT_REPLY, ("a reply",), ticket=found.ticket.number),
    )
    return replace(known, **more)


def opened(
    database: Database, name: str = "first", sender: Address = ADA, now: datetime = NOW, text: str = "", **more: object
) -> int:
    """A ticket that a mail opened, whole: its number."""
    message = mail(name, sender, text=text or f"Words of {name}")
    with database.read() as tx:
        uid = incoming.last_uid(tx, "support", "INBOX", 1) + 1
    mail_id = keep(database, name, now=now, first_uid=uid)[0]
    with database.write() as tx:
        number = tickets.numbers(tx, 1)[0]
    with database.write() as tx:
        pending.claim(tx, 50, now, 60)
        apply(tx, opening(number, message, mail_id, now, **more))
    return number


def apply(tx: Transaction, effect: Effect, limits: Limits = EASY) -> None:
    with savepoint(tx):
        tickets.apply(tx, effect, limits)


def counters(database: Database) -> set[str]:
    """The simplest rows that there are: for tests of transactions."""
    with database.read() as tx:
        return set(tx.execute(select(counter.c.name)).scalars())


def add_counter(tx: Transaction, name: str) -> None:
    tx.execute(insert(counter), {"name": name, "value": 0})


_COUNTED = (
    "SELECT workflow, status, open, ball_with, merged_into IS NOT NULL, assigned_to <> '', count(*) FROM ticket"
    " GROUP BY 1, 2, 3, 4, 5, 6"
)
_KEPT = (
    "SELECT workflow, status, open, ball_with, merged, assigned, sum(tickets) FROM census"
    " GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(tickets) <> 0"
)
# How many tickets stand how, where that is not as it is kept.
MISCOUNTED = " UNION ALL ".join(
    f"SELECT * FROM ({one} EXCEPT {other}) AS wrong" for one, other in ((_COUNTED, _KEPT), (_KEPT, _COUNTED))
)
_BROKEN = {
    "how many tickets stand how": f"SELECT count(*) FROM ({MISCOUNTED}) AS wrong",
    "a mail is on a ticket and not processed": "SELECT count(*) FROM mail WHERE (state = 'processed') <> (ticket IS NOT NULL)",
    "a processed mail has no entry": "SELECT count(*) FROM mail WHERE state = 'processed' AND id NOT IN (SELECT mail FROM entry WHERE mail IS NOT NULL)",
    "a settled mail has no effect": "SELECT count(*) FROM mail WHERE state = 'processed' AND content_key NOT IN (SELECT content_key FROM effect)",
    "an effect has no settled mail": "SELECT count(*) FROM effect WHERE mail NOT IN (SELECT id FROM mail WHERE state IN ('processed', 'parked'))",
    "a ticket has no history": "SELECT count(*) FROM ticket WHERE number NOT IN (SELECT ticket FROM history)",
    "a ticket has no requester": "SELECT count(*) FROM ticket WHERE number NOT IN (SELECT ticket FROM person WHERE role = 'requester')",
    "a ticket's status is not its last": "SELECT count(*) FROM ticket t WHERE status <> (SELECT h.status FROM history h WHERE h.ticket = t.number ORDER BY h.id DESC LIMIT 1)",
    "an outgoing mail has no entry": "SELECT count(*) FROM outbox WHERE ticket IS NOT NULL AND id NOT IN (SELECT outgoing FROM entry WHERE outgoing IS NOT NULL)",
    "a blob has no chunk": "SELECT count(*) FROM blob WHERE id NOT IN (SELECT blob FROM chunk) AND id NOT IN (SELECT blob FROM part)",
    "a blob has two places": "SELECT count(*) FROM part WHERE blob IN (SELECT blob FROM chunk)",
    "a blob belongs to nothing": "SELECT count(*) FROM blob WHERE id NOT IN (SELECT blob FROM mail)"
    " AND id NOT IN (SELECT blob FROM attachment WHERE blob IS NOT NULL)",
    "a number was given twice": "SELECT count(*) FROM ticket WHERE number > (SELECT value FROM counter WHERE name = 'ticket')",
    "a resting row is due": "SELECT count(*) FROM outbox WHERE state IN ('sent', 'dead', 'bounced', 'failed_render') AND next_at IS NOT NULL",
    "a live row is never due": "SELECT count(*) FROM outbox WHERE state IN ('queued', 'retry', 'sending') AND next_at IS NULL",
}


def sweep(database: Database) -> list[str]:
    """What is broken in the database: nothing, after whatever happened to it."""
    with database.read() as tx:
        broken = [what for what, query in _BROKEN.items() if tx.execute(text(query)).scalar()]
        if tx.dialect.name == "sqlite":
            broken += [f"foreign key: {row}" for row in tx.exec_driver_sql("PRAGMA foreign_key_check")]
            broken += [str(row) for row in tx.exec_driver_sql("PRAGMA integrity_check").scalars() if row != "ok"]
    return broken


def plans(database: Database, work: Callable[[Transaction], object], verb: str) -> list[str]:
    """How the engine goes about the statements of `work` that begin with `verb`, line by line."""
    made: list[tuple[str, tuple]] = []
    with database.write() as tx:
        event.listen(tx, "before_cursor_execute", lambda *args: made.append((args[2], args[3])))
        work(tx)
        asked = [one for one in made if one[0].startswith(verb)]
        if tx.dialect.name == "sqlite":
            return [row[3] for sql, args in asked for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", args)]
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")  # these tables are so small that it would read them whole
        return [line for sql, args in asked for line in tx.exec_driver_sql(f"EXPLAIN {sql}", args).scalars()]
