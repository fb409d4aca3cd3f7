"""The board says how many tickets there are, however few of them it shows."""

from sqlalchemy import insert, select

from dashboard.site import site
from store.tables import ticket
from tests.dashboard.browser import served
from tests.dashboard.test_access import KIM, World, world

__all__ = ["world"]


def test_a_list_and_a_column_say_how_many_there_are_and_not_how_many_they_show(world: World) -> None:
    with world.database.write() as tx:
        first = dict(tx.execute(select(ticket).limit(1)).mappings().one())
        tx.execute(
            insert(ticket),
            [first | {"number": 2000 + n, "status": "assessment", "assigned_to": KIM.address} for n in range(1234)],
        )
    with served(site(world.powers)) as browser:

        def page(query: str) -> str:
            return browser.get(f"/tickets?{query}", Cookie="postroom=kims").text

        assert "<small>the first 100 of 1,234</small>" in page("view=open&status=assessment")
        assert "<small>1,234<" in page("as=columns&view=open")
        assert "<small>the first 100 of 1,234</small>" in page("view=open&whose=mine")
        assert "<small>0</small>" in page("view=open&whose=nobodys&status=assessment")


def test_a_search_looks_everywhere_and_show_narrows_what_it_found(world: World) -> None:
    with world.database.write() as tx:
        first = dict(tx.execute(select(ticket).limit(1)).mappings().one())
        stands = {"open": {"ball_with": "us"}, "closed": {"open": False, "ball_with": "nobody"}}
        for number, (name, stand) in enumerate(stands.items()):
            row = first | {"number": 3000 + number, "subject": f"An {name} one", "tags": ("zebra",)} | stand
            tx.execute(insert(ticket), [row])
    with served(site(world.powers)) as browser:

        def found(query: str) -> list[str]:
            shown = browser.get(f"/tickets?{query}", Cookie="postroom=kims").text
            return [name for name in stands if f"<bdi>An {name} one</bdi>" in shown]

        assert found("search=zebra") == ["open", "closed"]
        assert found("search=zebra&view=us") == found("search=zebra&as=columns") == ["open"]
        assert found("search=zebra&view=closed") == ["closed"]
        assert found("view=all") == ["open", "closed"]
        assert found("view=all&as=columns") == ["open"], "columns of what is closed are not made"
        page = browser.get("/tickets?search=zebra", Cookie="postroom=kims").text
        assert '<option value="all" selected>' in page
        assert '<input type="hidden" name="search" value="zebra">' in page, "what is narrowed is still looked for"
