"""A program that we post to, and that is slow, hostile or not there: it costs seconds and a few octets, and is told in a line."""

import socket
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from postroom.clock import monotonic
from postroom.posting import MOST_BYTES, post
from tests.servers.certificate import make_certificate
from tests.servers.http_script import HttpScript, Play, Say, saying

OK = b"HTTP/1.1 200 OK\r\n"


def drip(say: Say, over: Event) -> None:
    """An octet every now and then: none comes late."""
    for octet in OK + b"x-" + b"y" * 100_000:
        say(bytes([octet]))
        if over.wait(0.05):
            return


def flood(say: Say, over: Event) -> None:
    """A gigabyte, or as much of it as is taken."""
    say(OK + b"content-length: 1000000000\r\n\r\n")
    while not over.is_set():
        say(b"x" * 65536)


def not_yet(say: Say, over: Event) -> None:
    while not over.is_set():
        say(b"HTTP/1.1 100 Continue\r\n\r\n")


def heads(say: Say, over: Event) -> None:
    say(OK)
    while not over.is_set():
        say(b"x: y\r\n")


@pytest.mark.parametrize("play", [drip, not_yet, heads, lambda _say, over: over.wait(20)])
def test_an_answer_that_never_ends_is_waited_for_so_long_and_no_longer(play: Play) -> None:
    begun = monotonic()
    with HttpScript(play) as server:
        said = post(server.url, b"{}", {}, seconds=0.5, whole=0.6)
        assert monotonic() - begun < 10
    assert (said.status, said.good) == (0, False)
    assert said.reason in {"no answer within 0.5 s", "no whole answer within 0.6 s", "got more than 100 headers"}


def test_of_a_gigabyte_no_more_is_read_than_was_asked_for() -> None:
    with HttpScript(flood) as server:
        assert post(server.url, b"{}", {}).body == b""
        assert len(post(server.url, b"{}", {}, read=True).body) == MOST_BYTES


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest\r\n\r\n", 302, "HTTP 302 Found"),
        (b"HTTP/1.1 307 \r\nlocation: /again\r\n\r\n", 307, "HTTP 307"),
        (b"HTTP/1.1 500 \x1b[2J\x00" + b"x" * 1000 + b"\r\n\r\n", 500, f"HTTP 500  [2J {'x' * 186}"),
        (b"SSH-2.0-OpenSSH\r\n", 0, "SSH-2.0-OpenSSH"),
        (b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000, 0, "got more than 65536 bytes when reading header line"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", 0, "HTTP/1.1 999999 OK"),
    ],
)  # fmt: skip
def test_what_it_says_is_told_and_nobody_is_followed_elsewhere(answer: bytes, status: int, reason: str) -> None:
    with HttpScript(saying(answer)) as server:
        said = post(server.url, b"{}", {"content-type": "application/json"})
        assert (said.status, said.reason) == (status, reason)
        assert len(server.heads) == 1


@pytest.mark.parametrize(
    ("asked", "wish"),
    [(b"120", timedelta(minutes=2)), (b"-1", None), (b"9999999", None), (b"Fri, 27 Nov 2026 09:00:00 GMT", None)],
)
def test_when_it_wants_to_be_asked_again_is_heard_in_seconds(asked: bytes, wish: timedelta | None) -> None:
    with HttpScript(saying(b"HTTP/1.1 429 Slow Down\r\nretry-after: ", asked, b"\r\n\r\n")) as server:
        assert post(server.url, b"", {}).wish == wish


@pytest.mark.parametrize(
    ("asked", "date", "wish"),
    [
        (b"Sat, 28 Nov 2026 10:02:00 GMT", b"Sat, 28 Nov 2026 10:00:00 GMT", timedelta(minutes=2)),
        (b"Sat, 28 Nov 2026 09:00:00 GMT", b"Sat, 28 Nov 2026 10:00:00 GMT", None),
        (b"Sat, 28 Nov 2099 09:00:00 GMT", b"Sat, 28 Nov 2026 10:00:00 GMT", None),
        (b"Sat, 28 Nov 2026 10:02:00 GMT", b"", None),
        (b"Sat, 28 Nov 2026 10:02:00", b"Sat, 28 Nov 2026 10:00:00 GMT", None),
        (b"Sat, 99 Nov 999999 10:02:00 GMT", b"now", None),
    ],
)
def test_a_moment_is_heard_by_the_clock_of_the_server_that_names_it(
    asked: bytes, date: bytes, wish: timedelta | None
) -> None:
    head = b"HTTP/1.1 503 Later\r\ndate: " + date + b"\r\nretry-after: " + asked + b"\r\n\r\n"
    with HttpScript(saying(head)) as server:
        assert post(server.url, b"", {}).wish == wish


def test_whoever_is_not_there_or_is_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/", b"", {}).reason == "Connection refused"
    assert post("https://crm.invalid/", b"", {}).reason == "there is no host crm.invalid"
    assert post(f"https://{'x' * 300}.example/", b"", {}).status == 0
    good, other, old = (
        make_certificate(tmp_path / "good"),
        make_certificate(tmp_path / "other", "DNS:crm.example"),
        make_certificate(tmp_path / "old", days=0),
    )
    for made, trusted, why in (
        (good, good, ""),
        (good, old, "its certificate: unable to get local issuer certificate"),
        (other, other, "its certificate: Hostname mismatch, certificate is not valid for 'localhost'."),
        (old, old, "its certificate: certificate has expired"),
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted.authority))
        with HttpScript(saying(OK, b"\r\n"), made.server_context()) as server:
            assert post(server.url, b"", {}).reason == why
    monkeypatch.setenv("SSL_CERT_FILE", str(good.authority))
    with HttpScript(drip, good.server_context()) as server:
        assert post(server.url, b"", {}, whole=0.5).reason == "no whole answer within 0.5 s"
