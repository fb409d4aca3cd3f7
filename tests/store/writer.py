"""A process that tests kill: it keeps, claims, applies and delivers without end, and says what it was told is durable.

Each line that it says is a promise: what it names was committed before.
"""

import sys
from collections.abc import Callable
from datetime import timedelta

from outbound.outbox import Sent
from store import incoming, outgoing, pending, tickets
from store.database import Database
from store.errors import Moved
from store.incoming import Incoming
from tests.store.world import EASY, NOW, ack, apply, mail, opening

Say = Callable[[str], object]


def main(url: str, say: Say) -> None:
    database = Database.open(url)
    with database.read() as tx:
        turn = incoming.last_uid(tx, "support", "INBOX", 1)
    with database.write() as tx:
        pending.take_over(tx)
        outgoing.take_over(tx, NOW)
    while True:
        batch = [Incoming(uid, f"mail {uid}".encode() * 200, NOW) for uid in range(turn + 1, turn + 6)]
        turn += 5
        with database.write() as tx:
            incoming.keep(tx, "support", "INBOX", 1, batch, NOW)
        say(f"kept {turn}")
        process(database, say)
        deliver(database, say)


def process(database: Database, say: Say) -> None:
    with database.write() as tx:
        claimed = pending.claim(tx, 10, NOW, 60)
    with database.write() as tx:
        numbers = tickets.numbers(tx, len(claimed))
    with database.write() as tx:
        for one, number in zip(claimed, numbers, strict=True):
            effect = opening(number, mail(f"m{one.id}"), one.id, outgoing=(ack(f"mail:{one.id}", number),))
            try:
                apply(tx, effect, EASY)
            except Moved:
                continue
    for one in claimed:
        say(f"applied {one.id}")


def deliver(database: Database, say: Say) -> None:
    now = NOW + timedelta(seconds=1)
    with database.write() as tx:
        claimed = outgoing.claim(tx, 4, now, 60)
    with database.write() as tx:
        going = outgoing.final_dot(tx, [(one.id, one.fence) for one in claimed], now)
    for one in claimed:
        if one.id in going:
            say(f"sent {one.id}")  # stands for the wire: said before it is recorded
    with database.write() as tx:
        for one in claimed:
            outgoing.record(tx, one.id, one.fence, Sent("250"), now)


if __name__ == "__main__":
    main(sys.argv[1], lambda line: print(line, flush=True))
