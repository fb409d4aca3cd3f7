"""Who has which ticket open: as the other processes say, for as long as they say it."""

from datetime import timedelta

from sqlalchemy import func, select

from store import readers
from store.database import Database
from store.tables import reader

AWHILE, OVER = timedelta(seconds=60), timedelta(seconds=-1)
KIM, LEE = "kim@example.test", "lee@example.test"


def told(database: Database, process: str, *opened: readers.Open, length: timedelta = AWHILE) -> None:
    with database.write() as tx:
        readers.tell(tx, process, opened, length)


def elsewhere(database: Database, process: str) -> dict[int, set[str]]:
    with database.read() as tx:
        return {number: set(who) for number, who in readers.elsewhere(tx, process).items()}


def test_each_process_hears_what_the_others_said_last(database: Database) -> None:
    told(database, "one", (1001, KIM), (1002, KIM))
    told(database, "two", (1001, LEE))
    assert elsewhere(database, "one") == {1001: {LEE}}
    assert elsewhere(database, "two") == {1001: {KIM}, 1002: {KIM}}
    told(database, "one", (1001, KIM))
    told(database, "two")
    assert (elsewhere(database, "one"), elsewhere(database, "two")) == ({}, {1001: {KIM}})


def test_what_a_dead_process_said_is_over_and_goes_when_another_one_speaks(database: Database) -> None:
    told(database, "dead", (1001, KIM), length=OVER)
    assert elsewhere(database, "one") == {}
    told(database, "one", (1001, LEE))
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(reader)).scalar_one() == 1
