"""Two years of a team with 200,000 tickets: what its reports are made from, and how long their page takes to come."""

import time
from datetime import datetime, timedelta
from statistics import quantiles
from typing import Any

from sqlalchemy import insert, text

from dashboard.site import site
from postroom.app import App
from postroom.serving import powers
from postroom.summing import sum_up
from store import sessions, tickets
from store.database import Transaction
from store.tables import history, outbox, ticket
from tests.dashboard.browser import Browser, served

MANY, SLICE, EACH = 200_000, 10_000, 20
YEARS = timedelta(days=730)
COOKIE = "__Host-postroom=bench"
CLIENTS = 3000
OPEN = 50  # of so many tickets one is open
PATHS = {
    "report of a week": "/reports?length=week",
    "report of a month": "/reports?length=month",
    "report of a quarter": "/reports?length=quarter",
    "report of a year beside the one before": "/reports?length=dates&first=2000-01-01",
    "report of a year of one client, who has 2,000 of them,": "/reports?length=dates&first=2000-01-01&client=large.example",
    "log of a month": "/admin/log",
    "log of a year, of somebody who did nothing": "/admin/log?first=2000-01-01&who=lee@",
}


def work(app: App) -> None:
    """Writes them: each answered and closed within days, one of twenty reopened, one of fifty still open."""
    now = app.now()
    with app.database.write() as tx:
        first = tickets.numbers(tx, MANY)[0]
        for start in range(0, MANY, SLICE):
            _write(tx, [(first + place, place, now) for place in range(start, start + SLICE)])
        if tx.dialect.name == "postgresql":  # its own daemon would do so in a minute, amid the measurement
            tx.execute(text("ANALYZE"))


def summed(app: App) -> float:
    """Seconds that the sheets of all days take."""
    start = time.perf_counter()
    while sum_up(app):
        pass
    return time.perf_counter() - start


def reported(app: App) -> dict[str, float]:
    """The 95th percentile of each page, in seconds."""
    with app.database.write() as tx:
        now = app.now()
        member = app.config.settings.staff[0].address
        sessions.ask(tx, "link", member, "/reports", now, now + timedelta(minutes=15))
        sessions.begin(tx, "link", "bench", now, now + timedelta(days=1))
    with served(site(powers(app))) as browser:
        return {name: _p95(browser, path) for name, path in PATHS.items()}


def _p95(browser: Browser, path: str) -> float:
    taken = []
    for _ in range(EACH):
        start = time.perf_counter()
        answer = browser.get(path, Cookie=COOKIE)
        taken.append(time.perf_counter() - start)
        assert answer.status == 200, (path, answer.status)
    return quantiles(taken, n=20, method="inclusive")[18]


def _write(tx: Transaction, places: list[tuple[int, int, datetime]]) -> None:
    tx.execute(insert(ticket), [_ticket(*one) for one in places])
    tx.execute(insert(history), [row for one in places for row in _history(*one)])
    tx.execute(insert(outbox), [_answer(*one) for one in places])


def _opened(place: int, now: datetime) -> datetime:
    return now - YEARS + YEARS * (place + 1) / MANY - timedelta(minutes=5)


def _ticket(number: int, place: int, now: datetime) -> dict[str, Any]:
    at, still = _opened(place, now), place % OPEN == 0
    return {
        "number": number, "workflow": "courseleaf", "status": "outstanding" if still else "problem_solved", "open": still,
        "ball_with": "us" if still else "nobody", "ball_since": at, "subject": f"The page {number} does not open",
        "requester": f"a@client{place % CLIENTS}.example", "requester_name": "", "mailbox": "support", "created_at": at,
        "status_since": at, "version": 3, "reminded": False, "client_replied": False, "silent": "", "priority": "normal",
        "category": "", "assigned_to": "", "tags": ("helpful",) if place % 9 == 0 else (), "language": "en", "report_key": "",
        "organisation": f"client{place % CLIENTS}.example" if place % 100 else "large.example",
    }  # fmt: skip


def _history(number: int, place: int, now: datetime) -> list[dict[str, Any]]:
    at = _opened(place, now)
    later = timedelta(minutes=1 + place % 9000)
    moves = [("", "outstanding", at)]
    if place % OPEN:
        moves.append(("outstanding", "problem_solved", at + later))
    if place % OPEN and place % 20 == 0:
        moves += [("problem_solved", "outstanding", at + 2 * later), ("outstanding", "problem_solved", at + 3 * later)]
    return [
        {"ticket": number, "at": when, "was": was, "status": status, "by": "kim@example.test", "because": ("it is so",)}
        for was, status, when in moves
        if when <= now
    ]


def _answer(number: int, place: int, now: datetime) -> dict[str, Any]:
    at = min(now, _opened(place, now) + timedelta(minutes=1 + place % 700))
    return {
        "cause": f"bench:{number}", "notice": "reply", "recipient_key": "a", "recipient": "a", "organisation": "",
        "ticket": number, "nature": "personal", "limited": False, "sender": "s", "subject": "s", "message_id": f"<{number}>",
        "echo": "", "echo_text": "", "state": "sent", "reason": "", "attempts": 1, "fence": 1, "doubts": 0, "queued_at": at,
        "sent_at": at, "last_answer": "", "told": True, "raw": b"",
    }  # fmt: skip
