"""Streams: who gets one, how many there are, and that they end."""

import socket
from dataclasses import replace
from threading import Event

from starlette.applications import Starlette

from dashboard.live import MOST, Live
from dashboard.sessions import Sessions
from dashboard.site import site
from store import tickets
from tests.dashboard.browser import PATIENCE, served
from tests.dashboard.test_access import World, world
from tests.store.world import ADA, mail, opening

__all__ = ["world"]


def stream(port: int, asked: str = "/live?") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    line.sendall(f"GET {asked} HTTP/1.1\r\nHost: x\r\nCookie: postroom=kims\r\n\r\n".encode())
    return line


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


def test_there_are_so_many_and_a_closed_one_makes_room(world: World) -> None:
    with served(site(world.powers)) as browser:
        lines = [stream(browser.port) for _ in range(MOST)]
        for line in lines:
            heard(line, b": here")
        assert browser.get("/live?", Cookie="postroom=kims").status == 503
        lines.pop().close()
        for _ in range(int(PATIENCE * 20)):
            with stream(browser.port) as more:
                if b" 200 " in heard(more, b"\r\n\r\n"):
                    break
            Event().wait(0.05)
        else:
            raise AssertionError("a closed tab keeps its place")
        for line in lines:
            line.close()


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
