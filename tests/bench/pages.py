"""How long the pages of staff take to come, over HTTP on loopback, from a database that holds many tickets."""

import time
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import func, select

from dashboard.site import site
from postroom.app import App
from postroom.serving import powers
from store import sessions
from store.tables import outbox, ticket
from tests.dashboard.browser import Browser, served

EACH = 40
COOKIE = "__Host-postroom=bench"


def pages(app: App) -> dict[str, float]:
    """The 95th percentile of each page, in seconds."""
    member = app.config.settings.staff[0].address
    with app.database.write() as tx:
        now = app.now()
        sessions.ask(tx, "link", member, "/tickets", now, now + timedelta(minutes=15))
        sessions.begin(tx, "link", "bench", now, now + timedelta(days=1))
        number = tx.execute(select(func.max(ticket.c.number))).scalar_one()
        sent = tx.execute(select(func.max(outbox.c.id))).scalar_one()
    asked = ("/tickets", "/tickets?view=open", "/tickets?view=closed", "/tickets?whose=mine", f"/tickets/{number}")
    with served(site(powers(app))) as browser:
        return {path: _p95(browser, path) for path in (*asked, "/mails", "/outbox", f"/outbox/o{sent}")}


def _p95(browser: Browser, path: str) -> float:
    taken = []
    for _ in range(EACH):
        start = time.perf_counter()
        answer = browser.get(path, Cookie=COOKIE)
        taken.append(time.perf_counter() - start)
        assert answer.status == 200, (path, answer.status)
    return quantiles(taken, n=20, method="inclusive")[18]
