"""A sum is as old as its page may show it, and never of a day before."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import count

from dashboard.lately import FRESH, OLDEST, Lately
from dashboard.site import site
from store import tickets
from tests.dashboard.browser import Browser, served
from tests.dashboard.test_access import NOW, World, world
from tests.store.world import mail, opening

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


def test_a_report_shows_the_day_under_way_as_it_was_a_moment_ago_and_its_file_as_it_is(world: World) -> None:
    passed = timedelta()

    def opened(browser: Browser, at: str) -> int:
        """How many tickets came in that week."""
        said = re.sub(r"<[^>]*>", ",", browser.get(f"/reports{at}?length=week", Cookie="postroom=kims").text)
        (found,) = re.findall(r'\bAll[",]+(\d+)', said)[:1]
        return int(found)

    with served(site(replace(world.powers, now=lambda: NOW + passed))) as browser:
        assert (opened(browser, ""), opened(browser, "/in-and-out.csv")) == (0, 0)
        with world.database.write() as tx:
            tickets.apply(tx, opening(1003, mail("another"), now=NOW, workflow="courseleaf"))
        assert (opened(browser, ""), opened(browser, "/in-and-out.csv")) == (0, 1)
        passed = OLDEST
        assert opened(browser, "") == 1
