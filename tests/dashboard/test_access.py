"""Who gets to see and do what: every route, for nobody, for whoever left the team, for a form of another site, and for staff (T22)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from dashboard.click import Click, Outcome
from dashboard.counter import Wish
from dashboard.desk import Desk, Leaving, Member, Order
from dashboard.guard import DOWN, FAULT, MOST_BYTES, Guard
from dashboard.powers import Powers
from dashboard.receipt import Receipt, Taken
from dashboard.site import site
from inbound.message import Address
from store import sessions, tickets
from store.database import Database
from store.errors import DatabaseDown, Gone
from tests.bench.asked import APART, NO_PAGES, OF_PROGRAMS, PAGES
from tests.dashboard.browser import Browser, served
from tests.dashboard.desks import COUNTER, DESK, PROGRAMS
from tests.store.world import ADA, BEN, mail, opening

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
KIM = Member("kim@example.test", "Kim", frozenset({"agent"}))
CHI = Address("chi@example.org", "Chi")  # was only copied in
FORM = "form"
LINK = f"https://help.example/do/approve/l{'2a' * 24}k1"
TO_SIGN_IN, REFUSED, NO_TOKEN, OPEN = 303, 403, 401, None
# Each route, an address of it, and what nobody gets: OPEN is for everybody.
ROUTES: dict[tuple[str, str], tuple[str, int | None]] = {
    ("GET", "/healthz"): ("/healthz", OPEN),
    ("GET", "/readyz"): ("/readyz", OPEN),
    ("GET", "/metrics"): ("/metrics", OPEN),  # from this machine, or with a token: tests/dashboard/test_metrics.py
    ("GET", "/do/{what}/{token}"): ("/do/approve/l2345", OPEN),
    ("POST", "/do/{what}/{token}"): ("/do/approve/l2345", OPEN),
    ("GET", "/files/{token}"): ("/files/i2345", OPEN),
    ("POST", "/hooks/linked"): ("/hooks/linked", OPEN),
    ("GET", "/style.css"): ("/style.css", OPEN),
    ("GET", "/desk.css"): ("/desk.css", OPEN),
    ("GET", "/favicon.ico"): ("/favicon.ico", OPEN),
    ("GET", "/desk.js"): ("/desk.js", OPEN),
    ("POST", "/tickets"): ("/tickets", REFUSED),
    ("POST", "/tickets/take-back"): ("/tickets/take-back", REFUSED),
    ("POST", "/tickets/filters"): ("/tickets/filters", REFUSED),
    ("GET", "/live"): ("/live?ticket=none", REFUSED),
    ("GET", "/sign-in"): ("/sign-in", OPEN),
    ("POST", "/sign-in"): ("/sign-in", OPEN),
    ("GET", "/sign-in/{secret}"): ("/sign-in/x", OPEN),
    ("POST", "/sign-in/{secret}"): ("/sign-in/x", OPEN),
    ("GET", "/"): ("/", OPEN),
    ("POST", "/sign-out"): ("/sign-out", TO_SIGN_IN),
    ("GET", "/tickets"): ("/tickets", TO_SIGN_IN),
    ("GET", "/tickets/{number:int}"): ("/tickets/1001", TO_SIGN_IN),
    ("POST", "/tickets/{number:int}/{deed}"): ("/tickets/1001/reply", REFUSED),
    ("POST", "/tickets/{number:int}/preview/{deed}"): ("/tickets/1001/preview/reply", REFUSED),
    ("POST", "/tickets/{number:int}/preview/{deed}/{mail:int}.html"): ("/tickets/1001/preview/reply/0.html", REFUSED),
    ("POST", "/tickets/{number:int}/take-back"): ("/tickets/1001/take-back", REFUSED),
    ("POST", "/tickets/{number:int}/words"): ("/tickets/1001/words", REFUSED),
    ("GET", "/mails"): ("/mails", TO_SIGN_IN),
    ("GET", "/mails/senders"): ("/mails/senders", TO_SIGN_IN),
    ("POST", "/mails/senders"): ("/mails/senders", REFUSED),
    ("GET", "/mails/m{number:int}"): ("/mails/m1", TO_SIGN_IN),
    ("POST", "/mails/m{number:int}"): ("/mails/m1", REFUSED),
    ("GET", "/mails/m{number:int}/look"): ("/mails/m1/look", TO_SIGN_IN),
    ("GET", "/mails/m{number:int}/raw"): ("/mails/m1/raw", TO_SIGN_IN),
    ("GET", "/tickets/{number:int}/files/{file:int}"): ("/tickets/1001/files/1", TO_SIGN_IN),
    ("GET", "/outbox"): ("/outbox", TO_SIGN_IN),
    ("GET", "/outbox/o{number:int}"): ("/outbox/o1", TO_SIGN_IN),
    ("POST", "/again/{which}"): ("/again/o1", REFUSED),
    ("GET", "/today"): ("/today", TO_SIGN_IN),
    ("GET", "/reports"): ("/reports", TO_SIGN_IN),
    ("GET", "/reports/{table}.csv"): ("/reports/times.csv", TO_SIGN_IN),
    ("GET", "/admin"): ("/admin", TO_SIGN_IN),
    ("GET", "/admin/workflows"): ("/admin/workflows", TO_SIGN_IN),
    ("GET", "/admin/workflows/{flow:int}.svg"): ("/admin/workflows/0.svg", TO_SIGN_IN),
    ("GET", "/admin/notices"): ("/admin/notices", TO_SIGN_IN),
    ("GET", "/admin/notices/{flow:int}/{folder}/{notice}"): ("/admin/notices/0/staff/new", TO_SIGN_IN),
    ("GET", "/admin/notices/{flow:int}/{folder}/{notice}/{sample:int}.html"): (
        "/admin/notices/0/staff/new/0.html",
        TO_SIGN_IN,
    ),
    ("GET", "/admin/log"): ("/admin/log", TO_SIGN_IN),
    ("GET", "/admin/log.csv"): ("/admin/log.csv", TO_SIGN_IN),
    ("GET", "/statuses"): ("/statuses", OPEN),
    ("POST", "/statuses/{workflow}/{status}"): ("/statuses/courseleaf/outstanding", REFUSED),
    ("GET", "/api/v1/openapi.json"): ("/api/v1/openapi.json", OPEN),
    ("GET", "/api/v1/tickets"): ("/api/v1/tickets", NO_TOKEN),
    ("POST", "/api/v1/tickets"): ("/api/v1/tickets", NO_TOKEN),
    ("GET", "/api/v1/tickets/{number:int}"): ("/api/v1/tickets/1001", NO_TOKEN),
    ("PUT", "/api/v1/tickets/{number:int}/status"): ("/api/v1/tickets/1001/status", NO_TOKEN),
    ("PUT", "/api/v1/tickets/{number:int}/assignee"): ("/api/v1/tickets/1001/assignee", NO_TOKEN),
    ("POST", "/api/v1/tickets/{number:int}/replies"): ("/api/v1/tickets/1001/replies", NO_TOKEN),
    ("POST", "/api/v1/tickets/{number:int}/notes"): ("/api/v1/tickets/1001/notes", NO_TOKEN),
    ("GET", "/my"): ("/my", TO_SIGN_IN),
    ("GET", "/my/{number:int}"): ("/my/1001", TO_SIGN_IN),
    ("GET", "/my/{number:int}/files/{file:int}"): ("/my/1001/files/1", TO_SIGN_IN),
    ("POST", "/my/{number:int}/{what}"): ("/my/1001/write", REFUSED),
}


class World:
    """A site whose desk writes down what it was asked to do."""

    def __init__(self, place: Path) -> None:
        self.done: list[object] = []
        self.team = [KIM]
        self.database = Database.open(f"sqlite:///{place}/postroom.db")
        desk: Desk = replace(
            DESK,
            member=lambda address: next((one for one in self.team if one.address == address.lower()), None),
            order=lambda *asked: self.done.append(asked),
            again=self.done.append,
            preview=lambda *_: (
                Leaving(ADA.addr, "Re: Help", "Words", html=f'<head></head><p>Words <a href="{LINK}">Approve</a></p>'),
            ),
            words=lambda *asked: self.done.append(asked) or "Usual words",
            take_back=lambda *asked: (self.done.append(asked) or Order(asked[1], "reply", 0, NOW, "x"), "Taken back"),
            raw=lambda _: b"Subject: Help\r\n\r\n",
            look=lambda _: "<p>Help</p>",
            mail_link=lambda *asked: self.done.append(asked),
            secret=map(str, count()).__next__,
        )
        nobodys = Click(Outcome.NOBODYS)
        self.powers = Powers(
            database=self.database,
            now=lambda: NOW,
            mailboxes=(),
            patience=timedelta(),
            team="Support",
            look=lambda *_: nobodys,
            click=lambda *_: nobodys,
            fetch=lambda _: None,
            fault=lambda _: None,
            desk=desk,
            counter=replace(COUNTER, grant=self._grant, mail_link=lambda *asked: self.done.append(asked)),
            programs=PROGRAMS,
            deliver=lambda _: Receipt(Taken.UNSIGNED),
        )
        with self.database.write() as tx:
            sessions.ask(tx, "link", KIM.address, "/tickets", NOW, NOW + timedelta(minutes=15))
            sessions.begin(tx, "link", "kims", NOW, NOW + timedelta(days=7))
            for number, who in ((1001, ADA), (1002, BEN)):
                tickets.apply(tx, opening(number, mail(f"of {who.name}", who), workflow="courseleaf", others=(CHI,)))
            for who in (ADA, BEN, CHI):
                sessions.ask(tx, who.addr, who.key, "/my", NOW, NOW + timedelta(minutes=15))
                sessions.begin(tx, who.addr, f"{who.name}s", NOW, NOW + timedelta(days=7))

    def _grant(self, address: str, wish: Wish) -> bool:
        self.done.append((address, wish))
        return True

    def asked(self, browser: Browser, **headers: str) -> dict[tuple[str, str], int]:
        """The status of every route, to whoever asks like that."""
        return {
            route: (
                browser.post(at, {"text": "x"}, **headers)
                if route[0] == "POST"
                else browser.ask(route[0], at, b"", headers)
            ).status
            for route, (at, _) in ROUTES.items()
        }


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.database.close()


def test_every_route_is_in_the_table(world: World) -> None:
    guard = site(world.powers)
    assert isinstance(guard, Guard)
    app = guard._app
    assert isinstance(app, Starlette)
    routes = [route for route in app.routes if isinstance(route, Route)]
    there = {(method, route.path) for route in routes for method in (route.methods or {"GET"}) - {"HEAD"}}
    assert there == ROUTES.keys()


def test_the_bench_asks_for_every_page() -> None:
    shown = {path for method, path in ROUTES if method == "GET" and not path.startswith(OF_PROGRAMS)}
    assert shown == set(PAGES) | NO_PAGES | APART
    assert not set(PAGES) & NO_PAGES


def test_nobody_and_whoever_left_see_and_do_nothing(world: World) -> None:
    closed = {route: code for route, (_, code) in ROUTES.items() if code is not OPEN}
    with served(site(world.powers)) as browser:
        for cookie in ("", "postroom=wrong", "postroom=link", "other=kims"):
            found = world.asked(browser, Cookie=cookie)
            assert {route: found[route] for route in closed} == closed, cookie
        world.team.clear()
        found = world.asked(browser, Cookie="postroom=kims")
        assert {route: found[route] for route in closed} == closed
        assert browser.get("/tickets", Cookie="postroom=kims").headers["location"] == "/sign-in?back=%2Ftickets"
    assert world.done == []


def test_staff_see_everything_and_a_form_of_another_site_does_nothing(world: World) -> None:
    with served(site(world.powers)) as browser:
        found = world.asked(browser, Cookie="postroom=kims")
        closed = {code for route, code in found.items() if route[1].startswith("/admin")}
        assert closed == {403}, "administration is for its keepers"
        shown = {code for route, code in found.items() if route[0] == "GET" and not route[1].startswith("/admin")}
        assert shown <= {200, 303, 401, 404, 410, 503}
        assert found["GET", "/tickets"] == found["GET", "/mails"] == found["GET", "/outbox"] == 200
        forms = {code for route, code in found.items() if route[0] == "POST" and ROUTES[route][1] == REFUSED}
        assert forms == {REFUSED}
        typed = {"text": "Try Firefox", "note": "Call her", "until": "Friday", "status": "stale"}
        ended = browser.post("/tickets/1001/status", typed, Cookie="postroom=kims").text
        assert [words in ended for words in typed.values()] == [True] * 4, "nothing typed is lost"
        assert world.done == []
        proof = browser.get("/tickets", Cookie="postroom=kims").text.partition(f'name="{FORM}" value="')[2][:64]
        upto = str(int(NOW.timestamp()) * 1_000_000)
        form = {FORM: proof, "text": "Hello\r\nyou", "seen": "3", "upto": upto}
        assert browser.post("/tickets/1001/reply", form, Cookie="postroom=kims").status == 303
        assert browser.post("/tickets/1001/erase", form, Cookie="postroom=kims").status == 404
        for field in ("text", "note"):
            long = browser.post("/tickets/1001/status", form | {field: "é" * 20_001}, Cookie="postroom=kims")
            assert (long.status, "é" * 20_001 in long.text) == (409, True), "nothing typed is lost"
        assert world.done == [(KIM, Order(1001, "reply", 3, NOW, "Hello\nyou"))]


def test_a_form_of_before_somebody_signed_in_anew_says_so_and_leads_to_its_page(world: World) -> None:
    typed = {FORM: "of another session", "text": "Try Firefox"}
    with served(site(world.powers)) as browser:
        for at, back in (
            ("/tickets/1001/reply", "/tickets/1001"),
            ("/tickets/1001/preview/reply", "/tickets/1001"),
            ("/tickets", "/tickets"),
            ("/mails/m1", "/mails"),
        ):
            told = browser.post(at, typed, Cookie="postroom=kims")
            assert (told.status, "<h1>You have signed in since this page was made</h1>" in told.text) == (403, True)
            assert f'<a href="{back}">To the page as it is now</a>' in told.text
            assert ("Try Firefox</textarea>" in told.text) is at.startswith("/tickets/"), "nothing typed is lost"
            ended = browser.post(at, typed, Cookie="postroom=ended")
            assert (ended.status, "<h1>You are signed out</h1>" in ended.text) == (403, True)
    assert world.done == []


def test_a_mail_whose_bytes_are_forgotten_is_no_fault_of_ours(world: World) -> None:
    def gone(_: int) -> str:
        raise Gone("its bytes have been forgotten")

    desk = replace(world.powers.desk, raw=gone, look=gone)
    with served(site(replace(world.powers, desk=desk))) as browser:
        for what in ("raw", "look"):
            answer = browser.get(f"/mails/m1/{what}", Cookie="postroom=kims")
            assert answer.status == 410
            assert "its bytes have been forgotten." in answer.text


def test_a_keeper_sees_administration_and_it_is_framed_by_itself_alone(world: World) -> None:
    world.team[0] = replace(KIM, keeper=True)
    with served(site(world.powers)) as browser:
        found = world.asked(browser, Cookie="postroom=kims")
        assert {code for route, code in found.items() if route[1].startswith("/admin")} == {200}
        frame = browser.get("/admin/notices/0/staff/new", Cookie="postroom=kims")
        assert "frame-src 'self'" in frame.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in frame.headers["content-security-policy"]
        shown = browser.get("/admin/notices/0/staff/new/0.html", Cookie="postroom=kims")
        assert "sandbox" in shown.headers["content-security-policy"]
        for lost in ("/admin/workflows/9.svg", "/admin/notices/9/staff/new", "/admin/notices/0/staff/none",
                     "/admin/notices/0/staff/new?language=xx", "/admin/notices/0/staff/new/99.html"):  # fmt: skip
            assert browser.get(lost, Cookie="postroom=kims").status == 404, lost
        assert ">Administration</a>" in browser.get("/tickets", Cookie="postroom=kims").text


def test_a_mail_that_would_leave_is_shown_in_a_frame_without_rights_and_no_link_of_it_acts(world: World) -> None:
    with served(site(world.powers)) as browser:
        proof = browser.get("/tickets", Cookie="postroom=kims").text.partition(f'name="{FORM}" value="')[2][:64]
        form, one = {FORM: proof, "text": "Words"}, "/tickets/1001/preview/reply/0.html"
        shown = browser.post(one, form, Cookie="postroom=kims")
        assert shown.status == 200
        assert '<a tabindex="-1" href="https://help.example/do/approve/…">Approve</a>' in shown.text
        assert "<style>a{pointer-events:none}</style></head>" in shown.text
        faults = {
            "/tickets/1001/preview/reply/1.html": 404,
            "/tickets/1001/preview/erase/0.html": 409,
            f"/tickets/{'9' * 30}/preview/reply/0.html": 409,
            "/tickets/1001/preview/reply/0.html": 403,
        }
        wrong = [browser.post(at, form, Cookie="postroom=kims") for at in list(faults)[:3]]
        wrong.append(browser.post(one, {"text": "Words"}, Cookie="postroom=kims"))
        assert [answer.status for answer in wrong] == list(faults.values())
        for answer in (shown, *wrong):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox" in policy
            assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert world.done == []


def test_a_client_sees_their_own_request_and_nothing_of_others_or_of_the_desk(world: World) -> None:
    with served(site(world.powers)) as browser:
        found = world.asked(browser, Cookie="postroom=Adas")
        seen = {route for route, code in found.items() if code == 200 and ROUTES[route][1] is not OPEN}
        assert seen == {("GET", "/my"), ("GET", "/my/{number:int}")}
        for route, code in found.items():
            if ROUTES[route][1] is not OPEN and route not in seen:
                assert code in {303, 401, 403, 404}, route
        assert browser.get("/tickets/1001", Cookie="postroom=Adas").headers["location"] == "/my"
        theirs = browser.get("/my/1001", Cookie="postroom=Adas").text
        assert "Words of of Ada" in theirs
        other, none = (browser.get(f"/my/{n}", Cookie="postroom=Adas") for n in ("1002", "999999"))
        assert (other.status, other.text) == (none.status, none.text) == (404, none.text), "a guess tells nothing"
        assert browser.get("/my/99999999999999999999999", Cookie="postroom=Adas").status == 404
        assert "Ben" not in browser.get("/my?view=all", Cookie="postroom=Adas").text
        proof = theirs.partition(f'name="{FORM}" value="')[2][:64]
        assert world.done == [], "a form of another site does nothing"
        form = {FORM: proof, "text": "Hello\r\nyou", "seen": "x"}
        assert browser.post("/my/1001/write", form, Cookie="postroom=Adas").status == 303
        assert world.done == [(ADA.key, Wish(1001, "write", "x", "Hello\nyou"))]
        assert browser.post("/my/1001/erase", form, Cookie="postroom=Adas").status == 404
        assert browser.post("/my/1001/write", form, Cookie="postroom=Bens").status == 403
        long = browser.post("/my/1001/write", form | {"text": "é" * 20_001}, Cookie="postroom=Adas")
        assert (long.status, "é" * 20_001 in long.text) == (409, True), "nothing typed is lost"
        assert browser.post("/my/1001/write", form | {"text": "x" * 10**7}, Cookie="postroom=Adas").status == 413
        assert len(world.done) == 1


def test_who_waits_to_be_let_in_and_who_takes_part_in_nothing_is_nobody(world: World) -> None:
    closed = {route: code for route, (_, code) in ROUTES.items() if code is not OPEN}
    with served(site(world.powers)) as browser:
        found = world.asked(browser, Cookie="postroom=Chis")
        assert {route: found[route] for route in closed} == closed
        assert browser.get("/my", Cookie="postroom=Chis").headers["location"] == "/sign-in?back=%2Fmy"
        answers = {browser.post("/sign-in", {"address": who}).text for who in (CHI.addr, ADA.addr, KIM.address, "x")}
    assert len(answers) == 1, "an address is not told"
    assert {one[0] for one in world.done} == {ADA.addr, KIM.address}


def test_a_client_is_led_to_their_own_pages_wherever_they_came_from(world: World) -> None:
    for place, (back, home) in enumerate(
        (
            ("/my/1001", "/my/1001"),
            ("/my?view=all", "/my?view=all"),
            ("/statuses", "/statuses"),
            ("/tickets/1001", "/my"),
            ("/mynah", "/my"),
            ("", "/my"),
        )
    ):
        with world.database.write() as tx:
            sessions.ask(tx, f"to{place}", ADA.key, back, NOW, NOW + timedelta(minutes=15))
        with served(site(world.powers)) as browser:
            answer = browser.post(f"/sign-in/to{place}")
            assert (answer.status, answer.headers["location"]) == (303, home)
    with served(site(world.powers)) as browser:
        assert browser.get("/my/1001", Cookie="postroom=kims").headers["location"] == "/tickets/1001"


def test_where_a_sign_in_leads_is_always_here(world: World) -> None:
    with served(site(world.powers)) as browser:
        for back in (
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nx: y",
            "/" + "a" * 300,
        ):
            page = browser.post("/sign-in", {"address": KIM.address, "back": back})
            assert page.status == 200
    # What is mailed is mailed when the answer has gone: the server has ended, and its work with it.
    with world.database.read() as tx:
        kept = tx.exec_driver_sql(f"SELECT DISTINCT back FROM sign_in WHERE address = '{KIM.address}'").scalars().all()
    assert kept == ["/tickets"]
    assert len(world.done) == 2, "with the one before, three in a quarter of an hour"


def test_a_fault_and_a_database_that_is_away_are_told_in_our_words_and_noted(world: World) -> None:
    noted: list[Exception] = []
    raised: list[Exception] = [
        ValueError("canary"),
        DatabaseDown("canary"),
        ValueError("canary"),
        DatabaseDown("canary"),
    ]

    def raises(_address: str) -> Member:
        raise raised.pop(0)

    powers = replace(world.powers, fault=noted.append, desk=replace(world.powers.desk, member=raises))
    with served(site(powers)) as browser:
        asked = [browser.get("/tickets", Cookie="postroom=kims") for _ in range(2)]
        form = {"text": "Typed\r\n<b>for long</b>", "note": "A note", "form": "x"}
        sent = [browser.post("/tickets/1001/reply", form, Cookie="postroom=kims") for _ in range(2)]
    for answers in (asked, sent):
        assert [answer.status for answer in answers] == [500, 503]
        for answer, words in zip(answers, (FAULT, DOWN), strict=True):
            assert f"<h1>{words.partition('.')[0]}</h1>" in answer.text
            assert "canary" not in answer.text
    typed = "Typed\n&lt;b&gt;for long&lt;/b&gt;\n\nA note</textarea>"
    assert [typed in answer.text for answer in (*asked, *sent)] == [False, False, True, True], "nothing typed is lost"
    assert [str(fault) for fault in noted] == ["canary"] * 2, "a database that is away is no fault of ours"


def test_what_leads_nowhere_is_told_to_everybody_but_staff_in_their_own_language(world: World) -> None:
    with served(site(world.powers)) as browser:
        for path in ("/my/none", "/none", "/sign-in/a/b"):
            assert "<h1>Diese Seite gibt es hier nicht</h1>" in browser.get(path, Accept_Language="de").text, path
        assert "<h1>There is no such page here</h1>" in browser.get("/tickets/none", Accept_Language="de").text
        large = browser.post("/my/1001/write", {"text": "x" * MOST_BYTES}, Cookie="postroom=Adas", Accept_Language="fr")
        assert (large.status, "<h1>La requête est trop volumineuse</h1>" in large.text) == (413, True)
        foreign = browser.post("/sign-in/x", Sec_Fetch_Site="cross-site", Accept_Language="es,\xe9;q=")
        assert (foreign.status, "<h1>Lo pidió otro sitio</h1>" in foreign.text) == (403, True)
