"""Lists with a name: each member's own, and gone where they name somebody who was erased."""

from store import erasing, filters
from store.database import Database

KIM, LEE = "kim@example.com", "lee@example.com"


def test_a_name_is_for_one_list_of_one_person(database: Database) -> None:
    with database.write() as tx:
        filters.keep(tx, KIM, "Mine", "whose=mine")
        filters.keep(tx, KIM, "Mine", "whose=mine&view=open")
        filters.keep(tx, LEE, "Closed", "view=closed")
        assert filters.of(tx, KIM) == [("Mine", "whose=mine&view=open")]
        filters.forget(tx, KIM, "Mine")
        filters.forget(tx, KIM, "Mine")
        assert (filters.of(tx, KIM), filters.of(tx, LEE)) == ([], [("Closed", "view=closed")])


def test_a_list_that_names_somebody_goes_with_them(database: Database) -> None:
    with database.write() as tx:
        filters.keep(tx, KIM, "By query", "search=Ada%40example.org")
        filters.keep(tx, KIM, "Of ada@Example.org", "view=open")
        filters.keep(tx, KIM, "Others", "search=ben%40example.net")
        erasing.erase(tx, ["ada@example.org"])
        assert filters.of(tx, KIM) == [("Others", "search=ben%40example.net")]
