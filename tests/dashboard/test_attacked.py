"""What strangers write, and what no browser of ours would ask, against every page: nothing runs, nothing breaks, nobody is led elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

from dashboard.site import site
from inbound.message import Address
from store import filters, sessions, tickets
from tests.dashboard.browser import Answer, Browser, served
from tests.dashboard.test_access import FORM, KIM, NOW, REFUSED, ROUTES, World, world
from tests.store.world import ack, keep, mail, opening

__all__ = ["world"]

EVIL = """"'><script>alert(1)</script><img src=x onerror=alert(2)><style>*{}</style></textarea></title><!-- {{ 7*7 }} ${7} &amp; """
EVE = Address("eve@example.org", EVIL)
ODD = (
    "\x00",
    "\ud800",
    "\u202e\u2066",
    "a" * 60_000,
    "%",
    "' OR 1=1 --",
    "\r\nSet-Cookie: a=b",
    "\U0001f4a5",
    EVIL,
    "-1",
    "1e9",
    "٣",
    "",
)
NAMES = (
    "as",
    "view",
    "whose",
    "status",
    "search",
    "state",
    "length",
    "first",
    "last",
    "client",
    "who",
    "language",
    "back",
)
ASKED = (
    "/tickets", "/tickets?as=columns", "/mails", "/outbox", "/reports", "/reports/times.csv", "/my", "/statuses", "/sign-in",
)  # fmt: skip
NUMBERS = ("0", "00001001", str(2**62), str(2**63), str(2**64), "9" * 30, "9" * 3999, "9" * 5000)


class Seen(HTMLParser):
    """What a browser would take a page for: elements that run, attributes that run, and where forms and links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.leads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.runs += [name for name in given if name.startswith("on") or name == "style"]
        self.leads += [given[name] for name in ("href", "action", "formaction", "src") if name in given]
        if tag in {"style", "object", "embed", "base"} or (tag == "script" and given.get("src") != "/desk.js"):
            self.runs.append(tag)


@contextmanager
def written_by_eve(world: World) -> Iterator[Browser]:
    """She has a ticket, and every text on it is hers; Kim keeps the configuration."""
    world.team[0] = replace(KIM, keeper=True)
    keep(world.database, EVIL)
    with world.database.write() as tx:
        said = replace(mail("evil", EVE), subject=EVIL, text=f"{EVIL}\n\n> {EVIL}\n")
        answer = ack(
            "mail:9", 1003, to=EVE.addr, notice="reply", subject=EVIL, raw=b"Subject: x\r\n\r\n" + EVIL.encode()
        )
        effect = opening(1003, said, workflow="courseleaf", note=EVIL, outgoing=(answer,))
        tickets.apply(tx, replace(effect, decision=replace(effect.decision, because=(EVIL,))))
        filters.keep(tx, KIM.address, EVIL[:40], "view=open&search=" + quote(EVIL))
        sessions.ask(tx, "eve", EVE.key, "/my", NOW, NOW + timedelta(minutes=15))
        sessions.begin(tx, "eve", "Eves", NOW, NOW + timedelta(days=7))
    with served(site(world.powers)) as browser:
        yield browser


def harmless(path: str, page: Answer) -> None:
    assert page.status < 500, (path, page.text)
    assert "set-cookie" not in page.headers or path == "/sign-out", path
    assert "default-src 'none'" in page.headers["content-security-policy"], path
    assert "unsafe" not in page.headers["content-security-policy"], path
    if page.headers.get("content-type", "").startswith("text/html"):
        seen = Seen(page.text)
        assert seen.runs == [], path
        assert all(re.match(r"/(?!/)|#|$", one) for one in seen.leads), (path, seen.leads)


def test_what_somebody_writes_runs_on_no_page(world: World) -> None:
    with written_by_eve(world) as browser:
        for cookie in ("kims", "Eves", ""):
            for (method, _), (at, _) in ROUTES.items():
                path = at.replace("1001", "1003")
                if method == "GET" and not path.startswith(("/live", "/mails/m1/look", "/admin/notices")):
                    harmless(path, browser.get(path, Cookie=f"postroom={cookie}"))
        for query in (
            {"search": EVIL},
            {"search": "script"},
            {"as": "columns", "view": EVIL, "whose": EVIL},
            {"status": EVIL},
            {"as": "columns"},
        ):
            page = browser.get(f"/tickets?{urlencode(query)}", Cookie="postroom=kims")
            harmless("/tickets", page)
            assert page.status == 200
        shown = browser.get("/tickets/1003", Cookie="postroom=kims").text
        assert shown.count("&lt;script&gt;alert(1)") > 5, "it was all there"


def test_no_words_of_an_address_break_a_page(world: World) -> None:
    with served(site(world.powers)) as browser:
        for odd in ODD:
            words = quote(odd, errors="surrogatepass")
            query = "&".join(f"{name}={words}" for name in NAMES if len(words) < 1000 or name == "search")
            for path in ASKED:
                cookie = "Adas" if path == "/my" else "kims"
                asked = f"{path}{'&' if '?' in path else '?'}{query}"
                harmless(path, browser.get(asked, Cookie=f"postroom={cookie}"))
            for path in ("/sign-in/{}", "/do/approve/{}", "/files/{}", "/again/{}", "/tickets/1001/files/{}"):
                harmless(path, browser.get(path.format(words[:9000]), Cookie="postroom=kims"))


def test_no_number_breaks_a_page(world: World) -> None:
    world.team[0] = replace(KIM, keeper=True)
    numbered = [(route, at) for route, (at, _) in ROUTES.items() if ":int}" in route[1] or "{which}" in route[1]]
    with served(site(world.powers)) as browser:
        forms = {cookie: {FORM: proof(browser, f"postroom={cookie}"), "text": "x"} for cookie in ("kims", "Adas")}
        for number in NUMBERS:
            for (method, _), at in numbered:
                cookie = "Adas" if at.startswith("/my") else "kims"
                path = re.sub(r"\d+(?=$|[/.?])", number, at)
                form = urlencode(forms[cookie] | dict.fromkeys(("seen", "upto", "to", "status", "until"), number))
                answer = browser.ask(
                    method, path, form.encode() if method != "GET" else b"", {"Cookie": f"postroom={cookie}"}
                )
                assert answer.status < 500, (method, path[:60], answer.text)


def proof(browser: Browser, cookie: str) -> str:
    """What the forms of that session carry."""
    page = browser.get("/my" if cookie == "postroom=Adas" else "/tickets", Cookie=cookie).text
    return page.partition(f'name="{FORM}" value="')[2][:64]


def test_a_proof_is_good_for_its_own_session_alone(world: World) -> None:
    with world.database.write() as tx:
        sessions.ask(tx, "again", KIM.address, "/", NOW, NOW + timedelta(minutes=15))
        sessions.begin(tx, "again", "kims other", NOW, NOW + timedelta(days=7))
    with served(site(world.powers)) as browser:
        for form in (
            {FORM: proof(browser, "postroom=Adas")},
            {FORM: proof(browser, "postroom=kims other")},
            {FORM: ""},
            {FORM: proof(browser, "postroom=kims")[:-1]},
            {},
        ):
            for (method, _), (at, code) in ROUTES.items():
                if method == "POST" and code == REFUSED:
                    assert browser.post(at, form, Cookie="postroom=kims").status == REFUSED, at
    assert world.done == []


def test_a_session_that_somebody_planted_is_never_taken_up(world: World) -> None:
    """Session fixation: whoever signs in gets a session of their own, whatever cookie came with it."""
    with world.database.write() as tx:
        sessions.ask(tx, "link of kim", KIM.address, "/tickets", NOW, NOW + timedelta(minutes=15))
    with served(site(world.powers)) as browser:
        began = browser.post("/sign-in/link%20of%20kim", Cookie="postroom=planted")
        new = began.headers["set-cookie"].partition(";")[0]
        assert new not in {"postroom=planted", "postroom=kims"}
        assert browser.get("/tickets", Cookie=new).status == 200
        assert browser.get("/tickets", Cookie="postroom=planted").status == 303
        assert browser.post("/sign-in/link%20of%20kim", Cookie=new).status == 410
        assert browser.post("/sign-out", {FORM: proof(browser, new)}, Cookie=new).status == 303
        assert browser.get("/tickets", Cookie=new).status == 303, "it has ended, whoever has kept its secret"


def test_no_other_site_signs_anybody_in(world: World) -> None:
    with world.database.write() as tx:
        sessions.ask(tx, "of the attacker", KIM.address, "/tickets", NOW, NOW + timedelta(minutes=15))
    with served(site(world.powers)) as browser:
        for foreign in ("cross-site", "same-site"):
            answer = browser.post("/sign-in/of%20the%20attacker", Sec_Fetch_Site=foreign)
            assert (answer.status, "set-cookie" in answer.headers) == (403, False)
            assert "<h1>Another site asked for that</h1>" in answer.text
            assert browser.post("/do/approve/l2345", Sec_Fetch_Site=foreign).status == 404, "a link is its own proof"
            assert browser.get("/tickets", Cookie="postroom=kims", Sec_Fetch_Site=foreign).status == 200, (
                "a link from a mail"
            )
        assert browser.post("/sign-in/of%20the%20attacker", Sec_Fetch_Site="same-origin").status == 303
