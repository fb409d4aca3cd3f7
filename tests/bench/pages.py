"""How long pages take to come, over HTTP on loopback, from a database that holds many tickets, at rest and while mail comes in."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import quantiles

import psycopg
from sqlalchemy import func, insert, literal, select, text, update

from dashboard.site import site
from postroom.app import App
from postroom.indexing import index
from postroom.serving import powers
from postroom.summing import sum_up
from store import census
from store.tables import LIVE, entry, mail, ticket
from tests.bench.asked import Asked
from tests.bench.mails import mails
from tests.dashboard.browser import PATIENCE, Answer, Browser, served
from tests.servers.dovecot import free_port
from tests.walk.lab import Lab
from tests.walk.service import Service

EACH = 40
ENTRIES = 3  # that each ticket is given besides
LETTERS = 1200  # of each of these


@dataclass(frozen=True, slots=True)
class _Kept(Browser):
    """One connection for all that it asks, as browsers keep it: an answer can be late there alone (RFC 1122 §4.2.3.2)."""

    line: HTTPConnection

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.line.request(method, path, body, dict(headers))
        got = self.line.getresponse()
        return Answer(got.status, {}, got.read().decode())


@contextmanager
def _connected(port: int) -> Iterator[Browser]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
        yield _Kept(port, line)


def talk(app: App) -> int:
    """More was said on every ticket, and all of it is indexed; how many entries there are then."""
    with app.database.write() as tx:
        whole = {column.name: column for column in entry.c} | {"text": func.substr(entry.c.text, 1, LETTERS)}
        top = tx.execute(select(func.max(entry.c.id))).scalar_one()
        for number in range(1, ENTRIES + 1):
            more = whole | {"id": entry.c.id + literal(number * top)}
            said = select(*more.values()).where(entry.c.direction == "in", entry.c.id <= top)
            tx.execute(insert(entry).from_select(list(more), said))
    while index(app):
        pass
    while sum_up(app):  # its own chore would do so amid the intake
        pass
    with app.database.write() as tx:
        if tx.dialect.name == "postgresql":  # its own daemon would do so in a minute
            tx.execute(text("ANALYZE"))
        return tx.execute(select(func.count()).select_from(entry)).scalar_one()


def aged(app: App) -> None:
    """As after years: six of ten tickets are closed, by the one member of the team, who has two hundred others."""
    member, of = app.config.settings.staff[0].address, ticket.c.number
    closed = {"open": False, "ball_with": "nobody", "status": "problem_solved"}
    with app.database.write() as tx:
        tx.execute(update(ticket).where(of % 10 < 6).values(assigned_to=member, **closed))
        tx.execute(update(ticket).where(of % 1000 == 7).values(assigned_to=member))
        census.sum_up(tx)
    # No team changes all its tickets at once: the server's own daemon has time to tidy up.
    if (url := app.config.settings.database).startswith("postgresql"):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
            server.execute("VACUUM FULL census")


def at_rest(app: App, asked: list[Asked]) -> dict[str, float]:
    """The 95th percentile of each page, in seconds."""
    with served(site(powers(app))) as serving, _connected(serving.port) as browser:
        for one in asked:
            _taken(browser, one)  # its template is compiled once in the life of a process
        return {one.shown: _p95([_taken(browser, one) for _ in range(EACH)]) for one in asked}


def amid_intake(app: App, lab: Lab, asked: list[Asked], count: int) -> dict[str, float]:
    """The same from a run that reads, settles and answers so many mails meanwhile; as often as there is time for."""
    port = free_port()
    web = {"POSTROOM_WEB__ENABLED": "true", "POSTROOM_WEB__PORT": str(port)}
    taken: dict[str, list[float]] = {one.shown: [] for one in asked}
    with Service(lab, POSTROOM_PUBLIC_URL=f"http://localhost:{port}", **web) as running:
        running.wait_for("web.serving")
        with _connected(port) as browser:
            for one in asked:
                _taken(browser, one)
        for raw in mails(count, seed=77):
            lab.deliver(raw)
        with _connected(port) as browser:
            while lab.left() or _waiting(app):
                for one in asked:
                    taken[one.shown].append(_taken(browser, one))
    return {shown: _p95(times) for shown, times in taken.items()}


def _waiting(app: App) -> bool:
    """Whether a mail is not settled yet."""
    with app.database.read() as tx:
        return tx.execute(select(mail.c.id).where(LIVE).limit(1)).first() is not None


def _taken(browser: Browser, asked: Asked) -> float:
    start = time.perf_counter()
    cookie = f"__Host-postroom={asked.who}; postroom={asked.who}"
    answer = (
        browser.post(asked.path, asked.form, Cookie=cookie) if asked.form else browser.get(asked.path, Cookie=cookie)
    )
    assert answer.status == 200, (asked.shown, answer.status)
    return time.perf_counter() - start


def _p95(taken: list[float]) -> float:
    return quantiles(taken, n=20, method="inclusive")[18]
