"""Files: saved and never shown, whatever they are and whatever they are called; every other address gets one and the same answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.click import Click, Outcome
from dashboard.fetched import Fetched
from dashboard.files import disposition
from dashboard.powers import Powers
from dashboard.site import site
from store.database import Database
from tests.dashboard.browser import served
from tests.dashboard.desks import COUNTER, DESK, PROGRAMS

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PAGE = "<script>alert(1)</script>"
HOSTILE = 'a"; filename=x.html\\ü.svg'


def nothing(_what: str, _token: str) -> Click:
    return Click(Outcome.NOBODYS)


def test_a_file_is_saved_under_its_name_and_no_browser_may_run_it(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/postroom.db")
    good = {"good": Fetched(HOSTILE, PAGE.encode())}
    powers = Powers(
        database,
        lambda: NOW,
        (),
        timedelta(),
        "Support",
        nothing,
        nothing,
        good.get,
        lambda _: None,
        DESK,
        COUNTER,
        PROGRAMS,
    )
    with served(site(powers)) as browser:
        answer = browser.get("/files/good")
        assert (answer.status, answer.text) == (200, PAGE)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
        partial = browser.get("/files/good", Range="bytes=0-3")
        assert (partial.status, partial.text) == (200, PAGE)
        others = {browser.get(path).text for path in ("/files/bad", "/files/%00", "/files/" + "a" * 3000)}
        assert len(others) == 1
        for wrong in ("/files/bad", "/files/", "/files/good/x", "/files/../good"):
            assert browser.get(wrong).status == 404, wrong
        assert browser.post("/files/good").status == 405
    database.close()


def test_what_a_file_is_called_breaks_no_header() -> None:
    for name, plain in (
        ("plan.pdf", "plan.pdf"),
        (HOSTILE, "a__ filename_x.html__.svg"),
        ("Übersicht\u202e.pdf", "_bersicht_.pdf"),
        ("a\r\nX: y", "a__X_ y"),
    ):
        made = disposition(name)
        assert made.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''"), made
        assert made.isascii()
        assert made.isprintable()
