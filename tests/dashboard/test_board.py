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
        assert "<small>100 and more</small>" in page("view=open&whose=mine")
        assert "<small>0</small>" in page("view=open&whose=nobodys&status=assessment")
