"""Servers that are not what they should be: slow, hostile, or without a sign-in. Each is told, and none gets a password."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from postroom.first.candidates import IMAP, SMTP, Candidate
from postroom.first.trying import CONNECT_SECONDS, Failed, SignIn, by_hand, greet_imap, greet_smtp, sign_in_smtp
from tests.servers.smtp_script import SmtpServer


@contextmanager
def saying(greeting: bytes) -> Iterator[int]:
    """A server that says this to everybody, and then no more; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    held.append(listener.accept()[0])
                    held[-1].sendall(greeting)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for one in held:
            one.close()


def plain(port: int) -> Candidate:
    return Candidate("127.0.0.1", port, "none", "as you wrote")


GREETINGS = {
    "nothing": b"",
    "escapes": b"\x1b[2J\x1b]0;gotcha\x07 what?\r\n" * 3,
    "zeros": b"\x00" * 70_000,
    "in already": b"* PREAUTH welcome\r\n",
    "goodbye": b"* BYE go away\r\n",
}


def seconds_until_it_failed(greeting: bytes, greet: Callable[[Candidate, str], object]) -> float:
    with saying(greeting) as port:
        begun = time.monotonic()
        with pytest.raises(Failed) as failed:
            greet(plain(port), "")
        assert str(failed.value)
        return time.monotonic() - begun


def test_a_server_that_talks_nonsense_or_nothing_fails_within_seconds() -> None:
    # All at once: silence is waited for as long as a connection may take.
    with ThreadPoolExecutor(2 * len(GREETINGS)) as beside:
        failing = {
            (name, greet.__name__): beside.submit(seconds_until_it_failed, greeting, greet)
            for name, greeting in GREETINGS.items()
            for greet in (greet_imap, greet_smtp)
        }
        took = {of: one.exception() or one.result() for of, one in failing.items()}
    wrong = {of: one for of, one in took.items() if not isinstance(one, float) or one >= CONNECT_SECONDS * 3}
    assert wrong == {}


def test_a_relay_without_a_sign_in_is_known_and_a_password_is_never_repeated() -> None:
    with SmtpServer() as relay:
        assert greet_smtp(plain(relay.port), "") is False
    with SmtpServer(users={"kim": "right"}) as server:
        server.fail("auth", "535 5.7.8 the password battery-staple is wrong")
        assert greet_smtp(plain(server.port), "") is True
        with pytest.raises(Failed, match=r"auth: 535 5.7.8 the password \*+ is wrong"):
            sign_in_smtp(plain(server.port), SignIn("kim", "battery-staple"), "")
    assert "battery" not in repr(SignIn("kim", "battery-staple"))


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("imap.example.com", [(993, "implicit"), (143, "starttls")]),
        ("imap.example.com:993", [(993, "implicit")]),
        ("imap.example.com:143", [(143, "starttls")]),
        (" imap.example.com:1993 ", [(1993, "implicit"), (1993, "starttls")]),
        ("localhost", [(993, "implicit"), (143, "starttls"), (143, "none")]),
        ("127.0.0.1:1143", [(1143, "implicit"), (1143, "starttls"), (1143, "none")]),
    ],
)
def test_what_a_person_writes_is_tried_the_safer_way_first_and_without_tls_on_this_machine_alone(
    text: str, ways: list[tuple[int, str]]
) -> None:
    assert [(one.port, one.tls) for one in by_hand(IMAP, text)] == ways


@pytest.mark.parametrize("text", ["", "a b", "host:0", "host:65536", "host:imap", "é.example", "a\x1bb", ":993"])
def test_what_is_no_server_is_asked_again(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a host|a port is"):
        by_hand(SMTP, text)
