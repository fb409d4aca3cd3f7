"""The log and the clock: one line an event, in UTC, that no value can break."""

import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroom import clock, log
from postroom.line import one_line

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING) (.*)")


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    before = log.LOG.handlers, log.LOG.level, log.LOG.propagate
    yield
    log.LOG.handlers, log.LOG.propagate = before[0], before[2]
    log.LOG.setLevel(before[1])


@pytest.fixture
def _far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is not UTC."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_far_away")
def test_an_event_is_one_line_with_its_time_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    log.start()
    log.event("mail.in", mailbox="support", count=3)
    log.trouble("mailbox.down", reason="it is gone")
    lines = capsys.readouterr().err.splitlines()
    found = [match.groups() for line in lines if (match := LINE.fullmatch(line))]
    assert found == [("INFO", "mail.in mailbox=support count=3"), ("WARNING", 'mailbox.down reason="it is gone"')]
    said = datetime.fromisoformat(lines[0].split()[0])
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=1)


def test_to_start_twice_says_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    log.start()
    log.start()
    log.event("started")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_quiet_log_tells_trouble_alone(capsys: pytest.CaptureFixture[str]) -> None:
    log.start(quiet=True)
    log.event("mail.in")
    log.trouble("mail.failed")
    assert [line.split()[-1] for line in capsys.readouterr().err.splitlines()] == ["mail.failed"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_value_starts_a_line_or_a_fact_of_its_own(caplog: pytest.LogCaptureFixture, text: str) -> None:
    caplog.clear()
    with caplog.at_level(logging.INFO, "postroom"):
        log.event("mail.in", file=text, last=1)
    (said,) = caplog.messages
    assert said.isprintable()
    word = re.fullmatch(r'mail\.in file=("(?:[^"\\]|\\.)*"|[^ "=]+) last=1', said)
    assert word
    value = re.sub(r"\\(.)", r"\1", word[1][1:-1]) if word[1].startswith('"') else word[1]
    assert value == one_line(text)


def test_what_a_server_says_is_logged_without_addresses(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "postroom"):
        log.event("mail.out", reason="550 5.1.1 <ada@client.example>: ada+1@client.example (ben@other.example) unknown")
    assert caplog.messages == ['mail.out reason="550 5.1.1 <…@…>: …@… (…@…) unknown"']


@given(st.text())
def test_a_line_keeps_all_that_can_be_seen(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert [(a, b) for a, b in zip(text, line, strict=True) if a != b and (a.isprintable() or b != " ")] == []


@pytest.mark.parametrize(("text", "seconds"), [("", 0), ("0", 0), ("-60", -60), ("1814400", 1814400), ("0.5", 0.5)])
def test_the_clock_is_moved_by_the_seconds_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: float
) -> None:
    monkeypatch.setenv(clock.OFFSET, text)
    moved = clock.now() - datetime.now(UTC)
    assert abs(moved.total_seconds() - seconds) < 5
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["soon", "nan", "inf", "-inf", "1e300", "1e9"])
def test_a_clock_that_cannot_be_moved_so_says_which_variable(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(clock.OFFSET, text)
    with pytest.raises(ValueError, match=f'{clock.OFFSET} is "{text}": write a number'):
        clock.now()


def test_jitter_is_from_nought_up_to_one_and_never_the_same() -> None:
    drawn = [clock.jitter() for _ in range(1000)]
    assert all(0 <= one < 1 for one in drawn)
    assert len(set(drawn)) > 900
