"""Relay: an outage of the SMTP server is said once, and its end makes what waits go once."""

import logging

import pytest

from outbound.outbox import Dead, Retry, Sent, Unknown
from postroom.relay import QUIET_SECONDS, Relay


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def relay(clock: Clock, caplog: pytest.LogCaptureFixture) -> Relay:
    caplog.set_level(logging.INFO, "postroom")
    return Relay("mail.example.test", clock)


def test_an_outage_is_said_once_with_its_reason_and_so_is_its_end(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    assert relay.heard(Sent("250")), "a process before may have seen it down"
    assert not relay.heard(Sent("250"))
    for _ in range(5):
        assert not relay.heard(Retry("auth: 535 wrong password"))
    assert relay.down
    for other in (Retry("rcpt: 450 later"), Retry("database: locked"), Dead("rcpt: 550 no"), Unknown("dot: lost")):
        assert not relay.heard(other)
    assert relay.down
    assert [relay.heard(Sent("250")) for _ in range(3)] == [True, False, False]
    assert not relay.down
    assert caplog.messages == [
        'smtp.down host=mail.example.test reason="auth: 535 wrong password"',
        "smtp.back host=mail.example.test",
    ]


def test_a_server_that_takes_every_other_connection_makes_no_storm(
    relay: Relay, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    refused = Retry("greeting: 421 too many connections")
    relay.heard(Sent("250"))
    hurried = 0
    for _ in range(1000):
        relay.heard(refused)
        hurried += relay.heard(Sent("250"))
    assert hurried == 1
    assert len(caplog.messages) == 2
    clock.at += QUIET_SECONDS
    relay.heard(refused)
    assert relay.heard(Sent("250"))


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "body", "database"])
def test_a_mails_own_trouble_is_no_outage(relay: Relay, phase: str, caplog: pytest.LogCaptureFixture) -> None:
    relay.heard(Sent("250"))
    relay.heard(Retry(f"{phase}: 450 connect: later"))
    assert not relay.down
    assert not relay.heard(Sent("250"))
    assert caplog.messages == []
