"""The demo as if a team had worked with it for three weeks: its sample mails, some deeds of Kim's and of a client's, and days between them."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from store.driver import sqlite3
from tests.dashboard.browser import Browser

PATIENCE = 60.0  # seconds
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)(/[\w/-]+)")
HOUR = 3_600_000_000  # microseconds
DEEDS: tuple[tuple[int, str, dict[str, str]], ...] = (
    (1001, "reply", {"text": "Thank you. We can see it, too, and look for the cause."}),
    (1001, "assign", {"to": "kim@demo.test"}),
    (1002, "status", {"status": "pending_client_feedback", "text": "Which browser do you use?"}),
    (1003, "reply", {"text": "Bitte versuchen Sie es noch einmal."}),
    (1003, "status", {"status": "problem_solved", "note": "A typo in the form."}),
    (1004, "assign", {"to": "lee@demo.test"}),
    (1004, "status", {"status": "support_rep_working"}),
    (1008, "status", {"status": "with_development"}),
    (1009, "note", {"text": "Lee knows this one from last year."}),
    (1012, "reply", {"text": "Yes, until Friday."}),
    (1012, "status", {"status": "question_answered", "text": "It is open until Friday."}),
    (1015, "status", {"status": "not_supported", "text": "That is a matter of your own network."}),
    (1016, "status", {"status": "appointment_scheduled", "until": "tomorrow 14:00"}),
    (1017, "status", {"status": "pending_client_feedback", "text": "Could you send it as a PDF?"}),
)
# By how much all of a ticket lies further back: some days, another for each; its opening some hours more.
AGES = (
    "UPDATE ticket SET created_at = created_at - {days} - {more}, status_since = status_since - {days}, ball_since = ball_since - {days}",
    "UPDATE history SET at = at - {days} - CASE WHEN was = '' THEN {more} ELSE 0 END",
    "UPDATE entry SET at = at - {days} - CASE WHEN direction = 'in' THEN {more} ELSE 0 END",
    "UPDATE outbox SET queued_at = queued_at - {days}, sent_at = sent_at - {days}",
    "UPDATE mail SET received_at = received_at - {days} - {more}, kept_at = kept_at - {days} - {more}",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """Where it is, and the cookies of who has signed in. `page`: the path of its own page."""

    pages: int  # port
    own: int
    page: str
    staff: str
    client: str


@contextmanager
def worked_with(folder: Path) -> Iterator[Demo]:
    """A demo in that folder, ended afterwards."""
    more = {"TMPDIR": str(folder), "PATH": str(Path(sys.executable).parent)}
    started = [sys.executable, "-m", "postroom", "demo"]
    with subprocess.Popen(started, env=more, stdout=subprocess.PIPE, text=True) as process:
        try:
            demo = _entered(process)
            _work(demo)
            database = next(folder.glob("postroom-demo-*/postroom.db"))
            _sent(database)
            _age(database)
            yield demo
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _entered(process: subprocess.Popen[str]) -> Demo:
    """Once it stays up, with the links of its invitation used."""
    assert process.stdout
    found: list[tuple[int, str]] = []
    for line in process.stdout:
        if match := LINK.search(line):
            found.append((int(match[1]), match[2]))
        if len(found) == 3:
            break
    (own, page), (port, staff), (_, client) = found
    _wait(Browser(port))
    return Demo(port, own, page, _cookie(port, staff), _cookie(port, client))


def _wait(pages: Browser) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if pages.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the demo's pages do not come")


def _cookie(port: int, path: str) -> str:
    return Browser(port).post(urlsplit(path).path).headers["set-cookie"].partition(";")[0]


def _work(demo: Demo) -> None:
    pages = Browser(demo.pages)
    for number, deed, form in DEEDS:
        shown = pages.get(f"/tickets/{number}", Cookie=demo.staff).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', shown))
        answer = pages.post(f"/tickets/{number}/{deed}", fields | form, Cookie=demo.staff)
        if answer.status != 303:
            print(f"{number} {deed}: {answer.status}: {''.join(re.findall('alert.*', answer.text))}")
    fields = dict(
        re.findall(r'<input type="hidden" name="(form)" value="(\w+)">', pages.get("/my", Cookie=demo.client).text)
    )
    for status in ("outstanding", "problem_solved"):
        pages.post(f"/statuses/courseleaf/{status}", {**fields, "helpful": "yes"}, Cookie=demo.client)


def _sent(database: Path) -> None:
    """Waits until nothing is on its way any more."""
    end = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as open_:
        while open_.execute("SELECT count(*) FROM outbox WHERE next_at IS NOT NULL").fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.1)


def _age(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as open_, open_:
        for statement in AGES:
            number = "number" if "ticket SET" in statement else "coalesce(ticket, 1000)"
            days, more = f"({number} * 7 % 19 + 1) * 24 * {HOUR}", f"({number} % 5 + 1) * 2.3 * {HOUR}"
            whole = f"CAST({days} AS INTEGER)", f"CAST({more} AS INTEGER)"
            open_.execute(statement.format(days=whole[0], more=whole[1]))
