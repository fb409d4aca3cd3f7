"""How fast what is queued goes out, each mail marked and recorded, beside aiosmtplib alone with the same mails."""

import asyncio
import time

from sqlalchemy import select, update

from outbound.outbox import State
from postroom import pipeline
from postroom.app import App
from store.tables import outbox
from tests.bench.sink import Letter, bare

_AGAIN = update(outbox).values(state=State.QUEUED, next_at=outbox.c.queued_at, sent_at=None, attempts=0)


def answered(app: App, port: int) -> tuple[float, float, float, float]:
    """Bare mails a second, ours, ours as a part of bare, and how many times bare's CPU. All of the outbox is queued before."""
    with app.database.write() as tx:
        tx.execute(_AGAIN)
        letters: list[Letter] = [
            (row.sender, row.recipient, bytes(row.raw))
            for row in tx.execute(select(outbox.c.sender, outbox.c.recipient, outbox.c.raw))
        ]
    before, connections = time.process_time(), app.config.settings.smtp.connections
    alone = asyncio.run(bare(port, letters, connections))
    between, start = time.process_time(), time.perf_counter()
    asyncio.run(pipeline.deliver(app))
    rate = len(letters) / (time.perf_counter() - start)
    cpu = (time.process_time() - between) / (between - before)
    with app.database.read() as tx:
        states = set(tx.execute(select(outbox.c.state)).scalars())
    assert states == {State.SENT}, states
    return alone, rate, rate / alone, cpu
