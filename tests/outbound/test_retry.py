"""S43: when an outgoing mail is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.outbox import State
from outbound.retry import PATIENCE, next_try, settle
from workflow.machine import Nature

QUEUED = datetime(2026, 11, 2, 9, tzinfo=UTC)
STALE_SOON = {Nature.ACKNOWLEDGEMENT, Nature.DIGEST}
natures = st.sampled_from(list(Nature))
attempts = st.integers(min_value=1, max_value=500)
chance = st.floats(min_value=0, max_value=1)
ages = st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=7))


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60)])
def test_the_first_tries_follow_the_table(attempt: int, minutes: int) -> None:
    delays = [delay(attempt, jitter) for jitter in (0, 0.5, 1)]
    assert delays == [timedelta(minutes=minutes * factor) for factor in (0.8, 1, 1.2)]


@given(st.integers(min_value=6, max_value=500), chance)
def test_later_tries_are_two_to_four_hours_apart(attempt: int, jitter: float) -> None:
    assert timedelta(hours=2) <= delay(attempt, jitter) <= timedelta(hours=4)


def delay(attempt: int, jitter: float) -> timedelta:
    at = next_try(attempt, QUEUED, Nature.PERSONAL, QUEUED, jitter)
    assert at is not None
    return at - QUEUED


@given(attempts, natures, ages, chance)
def test_a_try_is_always_later_than_now_and_never_after_the_end(
    attempt: int, nature: Nature, age: timedelta, jitter: float
) -> None:
    now, end = QUEUED + age, QUEUED + PATIENCE[nature]
    at = next_try(attempt, QUEUED, nature, now, jitter)
    if now >= end:
        assert at is None
    else:
        assert at is not None
        assert now < at <= end


@given(attempts, natures, ages, chance)
def test_more_attempts_never_wait_less(attempt: int, nature: Nature, age: timedelta, jitter: float) -> None:
    now = QUEUED + age
    at, later = (next_try(n, QUEUED, nature, now, jitter) for n in (attempt, attempt + 1))
    assert (at is None and later is None) or (at is not None and later is not None and at <= later)


@given(natures, st.lists(chance, min_size=100, max_size=100))
def test_every_mail_is_given_up_in_the_end_after_a_bounded_number_of_tries(
    nature: Nature, jitters: list[float]
) -> None:
    now, tries = QUEUED, 1
    for jitter in jitters:
        at = next_try(tries, QUEUED, nature, now, jitter)
        if at is None:
            break
        now, tries = at, tries + 1
    assert now == QUEUED + PATIENCE[nature]
    assert tries <= 70


def test_what_is_stale_after_a_day_is_given_up_then_and_all_else_after_five() -> None:
    day_later = QUEUED + timedelta(hours=24)
    for nature in STALE_SOON:
        assert next_try(9, QUEUED, nature, day_later, 0.5) is None
    for nature in set(Nature) - STALE_SOON:
        assert next_try(9, QUEUED, nature, day_later, 0.5) is not None
        assert next_try(99, QUEUED, nature, QUEUED + timedelta(days=5), 0.5) is None


def test_an_unknown_mail_goes_once_more_but_an_acknowledgement_or_a_digest_never() -> None:
    for nature in STALE_SOON:
        assert settle(nature, 1) is State.UNKNOWN
    for nature in set(Nature) - STALE_SOON:
        assert [settle(nature, n) for n in (1, 2, 3)] == [State.RETRY, State.UNKNOWN, State.UNKNOWN]
