"""A sum is as old as its page may show it, and never of a day before."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

from dashboard.lately import FRESH, Lately
from tests.dashboard.test_access import NOW, World, world

__all__ = ["world"]


def test_a_sum_of_today_is_none_of_yesterday(world: World) -> None:
    passed, made = timedelta(), count(1)
    lately = Lately(replace(world.powers, now=lambda: NOW + passed), lambda _tx, _now: next(made))
    with world.database.read() as tx:
        assert lately.look(tx) == (1, None)
        passed = FRESH / 2
        assert lately.look(tx) == (1, None)
        assert lately.look(tx, NOW + FRESH / 4) == (2, None), "midnight has been meanwhile"
        passed += FRESH
        found, behind = lately.look(tx, NOW)
        assert (found, behind is not None) == (2, True)
        passed = -FRESH
        assert lately.look(tx)[0] == 3, "the clock was put back"
