"""Streams: who gets one, how many there are, and that they end."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event

from starlette.applications import Starlette

from dashboard.desk import Member
from dashboard.live import EACH, MOST, Live
from dashboard.sessions import Sessions
from dashboard.site import site
from store import readers, sessions, tickets
from store.erasing import erase
from tests.dashboard.browser import PATIENCE, Answer, Browser, served
from tests.dashboard.test_access import KIM, NOW, World, world
from tests.store.world import ADA, mail, opening

__all__ = ["world"]


def stream(port: int, asked: str = "/live?", whose: str = "kims") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    line.sendall(f"GET {asked} HTTP/1.1\r\nHost: x\r\nCookie: postroom={whose}\r\n\r\n".encode())
    return line


def joined(world: World, name: str) -> str:
    """Somebody more on the team, signed in; their cookie."""
    world.team.append(Member(f"{name}@example.test", name.capitalize(), frozenset({"agent"})))
    with world.database.write() as tx:
        sessions.ask(tx, f"to {name}", f"{name}@example.test", "/", NOW, NOW + timedelta(minutes=15))
        sessions.begin(tx, f"to {name}", f"{name}s", NOW, NOW + timedelta(days=7))
    return f"{name}s"


def heard(line: socket.socket, words: bytes) -> bytes:
    """All that came, until these words."""
    got = b""
    while words not in got:
        more = line.recv(4096)
        assert more, got
        got += more
    return got


def test_a_page_that_saw_the_newest_hears_nothing_until_something_happens(world: World) -> None:
    with served(site(world.powers)) as browser:
        page = browser.get("/tickets", Cookie="postroom=kims")
        assert "script-src 'self'; connect-src 'self'" in page.headers["content-security-policy"]
        assert "script-src" not in browser.get("/sign-in").headers["content-security-policy"]
        seen = page.text.partition('data-seen="')[2].partition('"')[0]
        with (
            stream(browser.port, f"/live?seen={seen}") as board,
            stream(browser.port, "/live?ticket=1001&seen=99") as one,
        ):
            assert b"data:" not in heard(board, b": here")
            heard(one, b"data: changed")  # what it saw is not what is there
            with world.database.write() as tx:
                tickets.apply(tx, opening(1003, mail("of another", ADA), workflow="courseleaf"))
            assert f"id: {seen}".encode() not in heard(board, b"data: changed")


@contextmanager
def hundreds(browser: Browser, whose: list[str], each: int) -> Iterator[list[socket.socket]]:
    """So many streams for each of them, all of which have begun."""
    lines = [stream(browser.port, whose=one) for one in whose for _ in range(each)]
    for line in lines:
        heard(line, b": here")
    yield lines
    for line in lines:
        line.close()


def refused(browser: Browser, whose: str) -> Answer:
    return browser.get("/live?", Cookie=f"postroom={whose}")


def test_there_are_so_many_and_a_closed_one_makes_room(world: World) -> None:
    team = ["kims", *(joined(world, name) for name in ("lee", "max", "nia", "ole", "pia"))]
    with served(site(world.powers)) as browser, hundreds(browser, team[:-1], MOST // 5) as lines:
        assert refused(browser, team[-1]).status == 503
        lines.pop().close()
        for _ in range(int(PATIENCE * 20)):
            with stream(browser.port, whose=team[-1]) as more:
                if b" 200 " in heard(more, b"\r\n\r\n"):
                    break
            Event().wait(0.05)
        else:
            raise AssertionError("a closed tab keeps its place")


def test_nobody_takes_the_streams_of_all(world: World) -> None:
    lees = joined(world, "lee")
    with served(site(world.powers)) as browser, hundreds(browser, ["kims"], EACH):
        assert refused(browser, "kims").status == 503
        assert browser.get("/tickets", Cookie="postroom=kims").status == 200, "a page without a stream is a page"
        with stream(browser.port, whose=lees) as line:
            heard(line, b": here")


def test_two_with_one_ticket_see_each_other_whichever_process_shows_it(world: World) -> None:
    lees = joined(world, "lee")
    with (
        served(site(world.powers)) as here,
        served(site(world.powers)) as there,
        stream(here.port, "/live?ticket=1001&seen=1") as kim,
    ):
        with (
            stream(there.port, "/live?ticket=1001&seen=1", lees) as lee,
            stream(there.port, "/live?ticket=1002&seen=1", lees),
        ):
            assert b'here\ndata: ["Lee"]\n' in heard(kim, b"data: [")
            assert b'here\ndata: ["Kim"]\n' in heard(lee, b"data: [")
        assert b"here\ndata: []\n" in heard(kim, b"data: [")
        with world.database.read() as tx:
            assert readers.elsewhere(tx, "nobody") == {1001: {KIM.address}}


def test_whoever_is_erased_is_with_no_ticket(world: World) -> None:
    with world.database.write() as tx:
        readers.tell(tx, "another", {(1001, "lee@example.test"), (1002, "max@example.test")}, timedelta(seconds=60))
        erase(tx, ["lee@example.test"])
        assert readers.elsewhere(tx, "this") == {1002: {"max@example.test"}}


def test_a_stream_ends_with_the_run_and_with_its_session(world: World) -> None:
    ending = Event()
    with served(site(replace(world.powers, stopping=ending.is_set))) as browser, stream(browser.port) as line:
        heard(line, b": here")
        ending.set()
        heard(line, b"0\r\n\r\n")
    alone = Starlette(routes=Live(world.powers, Sessions(world.powers), looks=1).routes)
    with served(alone) as browser, stream(browser.port) as line:
        heard(line, b": still here")
        world.team.clear()
        heard(line, b"0\r\n\r\n")
