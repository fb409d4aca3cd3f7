"""A team with 200,000 tickets that wait for their clients, a hundred of which have waited long enough."""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from postroom.ageing import age
from postroom.app import App
from store import tickets
from store.database import Transaction
from store.tables import history, person, ticket

MANY, DUE = 200_000, 100
SLICE = 10_000


def wait(app: App) -> None:
    """Writes them: each in Pending Client Feedback for some days, its client reminded."""
    now = app.now()
    with app.database.write() as tx:
        first = tickets.numbers(tx, MANY)[0]
        for start in range(0, MANY, SLICE):
            _write(tx, [_row(first + number, number, now) for number in range(start, start + SLICE)])
        if tx.dialect.name == "postgresql":  # its own daemon would do so in a minute, amid the measurement
            tx.execute(text("ANALYZE"))


def ticked(app: App) -> tuple[float, float, int]:
    """Seconds of the query, seconds of the whole tick, and how many tickets moved on."""
    start = time.perf_counter()
    with app.database.read() as tx:
        tickets.due(tx, app.now(), DUE)
    asked = time.perf_counter() - start
    start = time.perf_counter()
    moved = age(app)
    return asked, time.perf_counter() - start, moved


def _write(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    tx.execute(insert(ticket), rows)
    of = [{"ticket": row["number"], "at": row["status_since"], "status": row["status"]} for row in rows]
    tx.execute(insert(history), [{**one, "was": "outstanding", "by": "kim@example.test", "because": ()} for one in of])
    people = [{"ticket": row["number"], "key": row["requester"], "address": row["requester"]} for row in rows]
    tx.execute(insert(person), [{**one, "name": "", "role": "requester", "pending": False} for one in people])


def _row(number: int, place: int, now: datetime) -> dict[str, Any]:
    """Every two-thousandth is due; the others within three weeks."""
    ahead = timedelta(days=20) * (place + 1) / MANY
    since = now - timedelta(days=21) if place % (MANY // DUE) == 0 else now - timedelta(days=20) + ahead
    return {
        "number": number,
        "workflow": "courseleaf",
        "status": "pending_client_feedback",
        "open": True,
        "ball_with": "client",
        "ball_since": since,
        "subject": f"The page {number} does not open",
        "requester": f"client{number}@example.net",
        "requester_name": "",
        "mailbox": "support",
        "created_at": since,
        "status_since": since,
        "version": 1,
        "due_at": since + timedelta(days=21),
        "reminded": True,
        "client_replied": False,
        "silent": "",
        "priority": "normal",
        "category": "",
        "assigned_to": "",
        "tags": (),
        "language": "en",
        "report_key": "",
    }
