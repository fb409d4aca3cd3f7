"""One deed for many tickets: as many as the list shows, and nothing for a form that is odd."""

from datetime import UTC, datetime

from dashboard.desk import Order
from dashboard.several import MOST
from dashboard.site import site
from tests.dashboard.browser import served
from tests.dashboard.test_access import FORM, KIM, World, world

__all__ = ["world"]
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_as_many_as_the_list_shows_go_at_once_and_odd_fields_are_nobodys(world: World) -> None:
    with served(site(world.powers)) as browser:
        proof = browser.get("/tickets", Cookie="postroom=kims").text.partition(f'name="{FORM}" value="')[2][:64]
        form = {FORM: proof, "deed": "assign", "to": "kim@example.test", "upto": str(int(AT.timestamp()) * 1_000_000)}
        odd = {"ticket-": "1", "ticket-x": "1", "ticket--1": "1", "ticket-0": "1", f"ticket-{10**30}": "1"}
        answer = browser.post("/tickets", form | odd, Cookie="postroom=kims")
        assert (answer.status, "No ticket was chosen" in answer.text, world.done) == (200, True, [])
        many = {f"ticket-{number}": "7" for number in range(1, MOST + 1)}
        answer = browser.post("/tickets", form | many, Cookie="postroom=kims")
        assert f"{MOST} of {MOST} done" in answer.text
        assert world.done == [(KIM, Order(n, "assign", 7, AT, to="kim@example.test")) for n in range(1, MOST + 1)]
        assert 'href="/tickets?"' in answer.text
        back = browser.post(
            "/tickets", form | {"back": "view=open&search=%3Cb%3E&other=1"}, Cookie="postroom=kims"
        ).text
        assert 'href="/tickets?view=open&amp;search=%3Cb%3E"' in back
        world.done.clear()
        assert browser.post("/tickets", form | many | {"deed": "erase"}, Cookie="postroom=kims").status == 404
        assert browser.post("/tickets", form | many | {FORM: "x"}, Cookie="postroom=kims").status == 403
        endless = {f"ticket-{number}": "7" for number in range(1, 1000)}
        assert browser.post("/tickets", form | endless, Cookie="postroom=kims").status == 403
        assert world.done == []
