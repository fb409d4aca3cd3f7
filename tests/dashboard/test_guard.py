"""What holds for every request: limits, headers, and errors that tell nothing."""

import socket

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from dashboard.guard import HEADERS, MOST_BYTES, Guard
from postroom.serving import Impatient, listening
from store.errors import DatabaseDown
from tests.dashboard.browser import served

CANARY = "canary-7c1f"


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Does what the path says."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    request = Request(scope, receive)
    if scope["path"] == "/fault":
        raise ValueError(CANARY)
    if scope["path"] == "/down":
        raise DatabaseDown(CANARY)
    await PlainTextResponse(str(len(await request.body())))(scope, receive, send)


def test_every_answer_has_the_headers_and_none_tells_of_a_fault() -> None:
    faults: list[Exception] = []
    with served(Guard(pages, faults.append)) as browser:
        answers = [browser.get(path) for path in ("/", "/fault", "/down", f"/tickets/{'9' * 5000}")]
    assert [answer.status for answer in answers] == [200, 500, 503, 404]
    for answer in answers:
        assert HEADERS.items() <= answer.headers.items()
        assert CANARY not in answer.text
    assert [str(fault) for fault in faults] == [CANARY], "a database that is away is no fault of ours"


def test_a_body_has_a_limit_at_its_boundary_whether_or_not_it_says_its_size() -> None:
    with served(Guard(pages, lambda _: None)) as browser:
        assert browser.post("/", b"x" * MOST_BYTES).text == str(MOST_BYTES)
        assert browser.post("/", b"x" * (MOST_BYTES + 1)).status == 413
        with socket.create_connection(("127.0.0.1", browser.port), timeout=10) as line:
            chunk = b"%x\r\n%b\r\n" % (MOST_BYTES + 1, b"x" * (MOST_BYTES + 1))
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
            assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_request_that_never_ends_is_given_up() -> None:
    class Hasty(Impatient):
        idle_seconds = 0.2

    with served(Guard(pages, lambda _: None, body_seconds=0.2), Hasty) as browser:
        with socket.create_connection(("127.0.0.1", browser.port), timeout=10) as line:
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            assert line.recv(100).startswith(b"HTTP/1.1 408 ")
        with socket.create_connection(("127.0.0.1", browser.port), timeout=10) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost:")
            assert line.recv(100) == b"", "a head that is never whole"
        assert browser.get("/").status == 200


def test_the_end_of_an_answer_waits_for_no_receipt() -> None:
    with listening("127.0.0.1", 0) as listens, socket.create_connection(listens.getsockname()):
        accepted, _ = listens.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP, "asyncio sends at once where it is told that this is TCP"
