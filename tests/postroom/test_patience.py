"""Patience, in simulated time: no server makes us knock twenty times in ten minutes, and a good one is soon asked again."""

import pytest

from postroom.patience import STEADY_SECONDS, Patience

TEN_MINUTES = 600.0


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def tries(clock: Clock, patience: Patience, held: float, read: float | None) -> int:
    """In ten minutes, with a server that holds each try up for `held` and, if it is `read`, hangs up after so long."""
    count = 0
    while clock.at < TEN_MINUTES:
        count += 1
        clock.at += held
        if read is not None:
            patience.served()
            clock.at += read
        clock.at += patience.failed(-1)
    return count


@pytest.mark.parametrize("held", [0.0, 0.5, 30.0, 60.0])
@pytest.mark.parametrize("read", [None, 0.0, 1.0, 10.0, STEADY_SECONDS - 0.1, STEADY_SECONDS, 60.0])
def test_no_server_is_asked_twenty_times_in_ten_minutes(held: float, read: float | None) -> None:
    clock = Clock()
    assert 2 < tries(clock, Patience(clock), held, read) < 20


def test_after_a_connection_that_stood_a_while_the_next_comes_at_once() -> None:
    clock = Clock()
    patience = Patience(clock)
    assert [patience.failed(0) for _ in range(4)] == [1, 2, 4, 8]
    patience.served()
    clock.at += STEADY_SECONDS / 2
    patience.served()
    clock.at += STEADY_SECONDS / 2
    assert [patience.failed(0) for _ in range(2)] == [1, 2]


def test_a_server_that_lets_us_in_and_hangs_up_is_left_alone_longer_each_time() -> None:
    clock = Clock()
    patience = Patience(clock)
    waits = []
    for _ in range(4):
        patience.served()
        waits.append(patience.failed(0))
    assert waits == [1, 2, 4, 8]
