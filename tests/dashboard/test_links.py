"""How many links to sign in an address gets: three within 15 minutes, ten within a day, each to its second (T23, reliability.md E)."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from dashboard.site import site
from tests.dashboard.browser import served
from tests.dashboard.test_access import KIM, NOW, World

BEGUN = NOW + timedelta(days=2)  # what the world has asked for before counts no more
INSTANT = 1 / 1000
DAY = 24 * 60 * 60
# Seconds after the first, how often a link is asked for then, and how many of them are mailed.
ASKED = (
    (0, 5, 3),
    (15 * 60 - INSTANT, 1, 0),
    (15 * 60, 4, 3),
    (30 * 60, 3, 3),
    (45 * 60, 2, 1),  # the tenth of the day
    (DAY - INSTANT, 1, 0),
    (DAY, 4, 3),
)


def test_an_address_gets_three_links_in_a_quarter_of_an_hour_and_ten_a_day(tmp_path: Path) -> None:
    world = World(tmp_path)
    mailed: list[tuple[object, ...]] = []
    secrets = (f"secret{number}" for number in count())
    desk = replace(world.powers.desk, secret=lambda: next(secrets), mail_link=lambda *link: mailed.append(link))
    for seconds, times, sent in ASKED:
        at, before = BEGUN + timedelta(seconds=seconds), len(mailed)
        powers = replace(world.powers, desk=desk, now=lambda at=at: at)
        with served(site(powers)) as browser:
            pages = {browser.post("/sign-in", {"address": KIM.address.upper()}).text for _ in range(times)}
        # What is mailed is mailed when the answer has gone: the server has ended, and its work with it.
        assert len(mailed) - before == sent, seconds
        assert len(pages) == 1, "whoever asks does not learn whether a link was mailed"
    assert {who for who, _ in mailed} == {KIM.address}
    world.database.close()
