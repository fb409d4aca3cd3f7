"""How work grows with what it works on: processor time, the least of some tries, for a busy machine's noise only adds."""

import gc
from collections.abc import Callable
from time import process_time
from typing import TypeVar

TRIES = 6
MOST = 2.6  # times as long for twice as much; quadratic work takes four times as long, in every try
NOTHING = 0.02  # seconds: below them the caches and the clock are measured; a megabyte of quadratic work takes many
Input = TypeVar("Input")


def seconds(work: Callable[[], object]) -> float:
    """The processor time of one go, without the collector's walk through what other tests have left behind."""
    gc.disable()
    try:
        start = process_time()
        work()
        return process_time() - start
    finally:
        gc.enable()


def least(work: Callable[[], object], times: int = 5) -> float:
    return min(seconds(work) for _ in range(times))


def doubles(work: Callable[[Input], object], half: Input, whole: Input) -> bool:
    """Whether twice the input takes no more than about twice as long, in the best of each half's tries."""
    of_half = of_whole = float("inf")
    for _ in range(TRIES):
        of_half = min(of_half, seconds(lambda: work(half)))
        of_whole = min(of_whole, seconds(lambda: work(whole)))
        if of_whole < max(MOST * of_half, NOTHING):
            return True
    return False
