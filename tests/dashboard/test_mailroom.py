"""The sum of all mails: every row is looked at, so nobody waits for it but whoever comes after a long time."""

import re
from dataclasses import replace
from datetime import timedelta

from dashboard.lately import FRESH, OLDEST
from dashboard.site import site
from tests.dashboard.browser import Browser, served
from tests.dashboard.test_access import NOW, World, world
from tests.store.world import keep

__all__ = ["world"]


def fetched(browser: Browser) -> int:
    match = re.search(r"(\d+) fetched = ", browser.get("/mails", Cookie="postroom=kims").text)
    assert match
    return int(match[1])


def test_the_sum_is_made_anew_behind_the_page_and_no_old_one_is_shown(world: World) -> None:
    passed = timedelta()
    with served(site(replace(world.powers, now=lambda: NOW + passed))) as browser:
        before = fetched(browser)
        keep(world.database, "one more", first_uid=50)
        assert fetched(browser) == before, "a moment ago"
        passed = FRESH
        assert fetched(browser) == before, "nobody waits for it"
        assert any(fetched(browser) == before + 1 for _ in range(100)), "once it was made"
        keep(world.database, "and another", first_uid=51)
        passed += OLDEST
        assert fetched(browser) == before + 2, "it was too long ago"


def test_the_state_of_a_mail_that_has_no_kind_yet_is_said_once(world: World) -> None:
    keep(world.database, "one more", first_uid=50)
    with served(site(world.powers)) as browser:
        shown = browser.get("/mails", Cookie="postroom=kims").text
    assert "<strong>pending</strong>" in shown
    assert '<span class="mark">pending</span>' not in shown
