"""The guide: every status in every language for everybody; a client's answer counts once, and staff see the sum."""

from dataclasses import replace
from pathlib import Path

from dashboard.site import site
from dashboard.theirs import is_owed
from outbound.phrasebook import LANGUAGES
from store import helpful
from store.lines import Said
from tests.dashboard.browser import served
from tests.dashboard.test_access import FORM, NOW, World
from tests.workflow.desk import BOTH


def test_the_guide_counts_one_answer_of_a_client_and_shows_the_sum_to_staff(tmp_path: Path) -> None:
    world = World(tmp_path)
    with served(site(world.powers)) as browser:
        for language in LANGUAGES:
            page = browser.get("/statuses", Accept_Language=f"xx, {language};q=0.9, en;q=0.1").text
            assert f'<html lang="{language}">' in page
            for flow in BOTH:
                for status in flow.statuses.values():
                    assert f">{status.name}</span>" in page
                    assert (status.meanings.get(language) or status.client_meaning).replace("'", "&#39;") in page
            assert 'method="post"' not in page, "who is not signed in could be counted twice"
        page = browser.get("/statuses", Cookie="postroom=Adas").text
        form = {FORM: page.partition(f'name="{FORM}" value="')[2][:64]}
        here = "/statuses/courseleaf/stale"
        for said, code in (("yes", 303), ("no", 303), ("no", 303), ("perhaps", 404)):
            assert browser.post(here, form | {"helpful": said}, Cookie="postroom=Adas").status == code
        assert browser.post("/statuses/courseleaf/none", form | {"helpful": "no"}, Cookie="postroom=Adas").status == 404
        assert browser.post(here, {"helpful": "yes"}, Cookie="postroom=Bens").status == 403
        assert 'aria-pressed="true"' in browser.get("/statuses", Cookie="postroom=Adas").text
        seen = browser.get("/statuses", Cookie="postroom=kims").text
        assert (seen.count("0 yes, 1 no"), 'class="helpful"' in seen) == (1, False)
    with world.database.read() as tx:
        assert helpful.sums(tx) == {("courseleaf", "stale"): (0, 1)}
    world.database.close()


def test_the_guide_and_a_request_say_what_comes_next_and_by_when(tmp_path: Path) -> None:
    world = World(tmp_path)
    with served(site(world.powers)) as browser:
        guide = browser.get("/statuses").text
        for status, comes in {
            "outstanding": "You hear from us within one working day of your last message.",
            "pending-client-feedback": "If nothing more is heard for 21 days, it becomes “Stale”.",
            "appointment-scheduled": "On the agreed day it becomes “Appointment Complete”.",
        }.items():
            assert comes in guide.partition(f'<div id="courseleaf-{status}">')[2].partition("</div>")[0]
        for status in ("with-development", "cc-only", "problem-solved"):
            said = guide.partition(f'<div id="courseleaf-{status}">')[2].partition("</dd>")[0]
            assert ("You hear" in said, "becomes" in said) == (False, False), status
        german = browser.get("/statuses", Accept_Language="de").text
        assert "Hören wir 21 Tage lang nichts, wird daraus „Stale“." in german
        assert "hören Sie innerhalb" not in german, "the team has promised nothing in German"
        assert "You hear from us within one working day" in browser.get("/my/1001", Cookie="postroom=Adas").text
    world.database.close()


def test_whoever_was_answered_is_promised_no_answer() -> None:
    asked = Said(1, "new_ticket", "in", "ada@client.example", NOW, "", "", "client", (), None, 1001)
    received = replace(asked, mail=None, kind="received", direction="out", outgoing=1)
    answer, copied = replace(received, kind="reply"), replace(received, outgoing=None)
    assert is_owed([asked, received])
    assert is_owed([asked, answer, asked, received])
    assert not any(is_owed(one) for one in ([asked, answer], [asked, copied], [asked, answer, received], [received]))
