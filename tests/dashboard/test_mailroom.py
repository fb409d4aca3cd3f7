"""The sum of all mails: every row is looked at, so nobody waits for it but whoever comes after a long time."""

import re
from dataclasses import replace
from datetime import timedelta

from dashboard.lately import FRESH, OLDEST
from dashboard.mailroom import FEW
from dashboard.site import site
from outbound.outbox import TAKEN_BACK, State
from store import outbox
from store.limits import Limits
from tests.dashboard.browser import Browser, served
from tests.dashboard.test_access import NOW, World, world
from tests.store.world import ack, keep
from workflow.machine import Nature

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


def test_older_mails_are_a_link_away(world: World) -> None:
    keep(world.database, *(f"mail {number}" for number in range(FEW + 20)), first_uid=50)
    with world.database.write() as tx:
        for number in range(FEW + 20):
            outbox.queue(tx, ack(f"act:1001:{number}", 1001, nature=Nature.STAFF), Limits(), NOW)
    with served(site(world.powers)) as browser:
        for path in ("/mails?state=pending", "/outbox?state=queued"):
            newest = browser.get(path, Cookie="postroom=kims").text
            (older,) = re.findall(r'<a rel="next" href="([^"]+)"', newest)
            page = browser.get(older.replace("&amp;", "&"), Cookie="postroom=kims").text
            counts = [shown.count('<td data-is="Mail">') for shown in (newest, page)]
            assert (counts, 'rel="next"' in page, ">The newest</a>" in page) == ([FEW, 20], False, True), path
        for odd in ("0", "-1", "x", "9" * 40, "1"):
            assert browser.get(f"/mails?before={odd}", Cookie="postroom=kims").status == 200


def test_what_was_taken_back_is_no_mail_that_failed_and_is_found_by_its_own_name(world: World) -> None:
    with world.database.write() as tx:
        for reason in ("no such mailbox", TAKEN_BACK):
            mail = ack(f"act:1001:{reason}", 1001, subject=reason, state=State.DEAD, reason=reason)
            outbox.queue(tx, mail, Limits(), NOW)
    with served(site(world.powers)) as browser:
        for state, found in (("dead", 1), ("taken+back", 1), ("", 2), ("sent", 0), ("no+such", 2)):
            shown = browser.get(f"/outbox?state={state}", Cookie="postroom=kims").text
            assert shown.count('<td data-is="Mail">') == found, state
            assert (f"<bdi>{TAKEN_BACK}</bdi>" in shown) is (state in {"taken+back", "", "no+such"}), state
        assert (
            '<option value="taken back" selected>'
            in browser.get("/outbox?state=taken+back", Cookie="postroom=kims").text
        )
