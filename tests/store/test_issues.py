"""Issues and their tickets, on both databases: who changes one has seen it as it is, and a delivery is taken once."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from outbound.standing import Unheeded
from store import issues, reports
from store.database import Database
from store.errors import Moved, Used
from store.issues import Tracked
from store.lines import LinkedIssue, Wanted
from store.standing import Asked, standing
from tests.store.world import BEN, NOW, minutes, opened

ENG = Tracked("ENG-12", "", "cloned", None, 0)
DAY = timedelta(days=1)


def link(database: Database, number: int, seen: Tracked = ENG) -> None:
    with database.write() as tx:
        issues.link(tx, seen, number, "kim@example.com", NOW)


def now(database: Database, key: str = "ENG-12") -> Tracked:
    with database.read() as tx:
        found = issues.tracked(tx, key)
    assert found
    return found


def test_a_ticket_has_several_issues_and_an_issue_several_tickets(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two", BEN)
    link(database, one)
    link(database, two, now(database))
    link(database, one, replace(ENG, key="acme/app#3", url="https://git.example.com/acme/app/issues/3"))
    with database.read() as tx:
        assert issues.tickets(tx, "ENG-12") == [one, two]
        assert issues.tickets(tx, "ENG-1") == []
        page = reports.ticket_page(tx, one)
        assert page
        assert page.issues == (
            LinkedIssue("ENG-12", "", "cloned", None, "", one),
            LinkedIssue("acme/app#3", "https://git.example.com/acme/app/issues/3", "cloned", None, "", one),
        )
        found = {
            words: [line.number for line in reports.tickets(tx, Wanted(search=words))] for words in ("eng-12", "ENG-1")
        }
        assert found == {"eng-12": [two, one], "ENG-1": []}
        assert {one.key for one in issues.newest(tx, 5)} == {"ENG-12", "acme/app#3"}
    seen = now(database)
    with database.write() as tx:
        issues.unlink(tx, seen, one)
    with database.read() as tx:
        assert issues.tickets(tx, "ENG-12") == [two]


def test_whoever_has_not_seen_an_issue_as_it_is_changes_nothing(database: Database) -> None:
    one, two, three = (opened(database, name) for name in ("one", "two", "three"))
    link(database, one)
    before = now(database)
    link(database, two, before)
    with pytest.raises(Moved):
        link(database, three)  # as if it were new
    with pytest.raises(Moved):
        link(database, three, before)
    with pytest.raises(Moved), database.write() as tx:
        issues.say(tx, before, replace(before, state="started"))
    with pytest.raises(Moved), database.write() as tx:
        issues.unlink(tx, before, one)
    with database.read() as tx:
        assert issues.tickets(tx, "ENG-12") == [one, two]
    assert now(database) == replace(before, version=before.version + 1)


def test_a_digest_tells_of_what_led_nowhere_in_its_period_and_of_ones_own_alone_where_asked(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two")
    link(database, one)
    link(database, two, now(database))
    with database.write() as tx:
        issues.heard(tx, "ENG-12", [one], "it led nowhere", NOW)
        issues.heard(tx, "ENG-12", [two], "", NOW)
    asked = Asked(NOW - DAY, NOW, NOW + DAY, [])
    with database.read() as tx:
        found = standing(tx, asked).unheeded
        assert [(row.ticket.number, row.why) for row in found.rows] == [(one, "it led nowhere")]
        assert found.total == 1
        assert isinstance(found.rows[0], Unheeded)
        assert not standing(tx, replace(asked, only="kim@example.com")).unheeded.total
        assert not standing(tx, replace(asked, until=NOW - minutes(1))).unheeded.total
        assert not standing(tx, replace(asked, since=NOW, until=NOW + DAY)).unheeded.total
    with database.write() as tx:
        issues.heard(tx, "ENG-12", [one, two], "", NOW)
    with database.read() as tx:
        assert not standing(tx, asked).unheeded.total


def test_a_delivery_is_forgotten_after_its_time(database: Database) -> None:
    with database.write() as tx:
        issues.take(tx, "d1", NOW)
        assert issues.forget(tx, NOW) == 0
        assert issues.forget(tx, NOW + timedelta(microseconds=1)) == 1
        issues.take(tx, "d1", NOW)


def test_a_delivery_is_taken_once_also_at_one_moment_and_not_at_all_where_its_work_is_undone(
    database: Database,
) -> None:
    with suppress(KeyError), database.write() as tx:
        issues.take(tx, "d1", NOW)
        raise KeyError
    together, found = Barrier(3, timeout=20), list[str]()

    def take() -> None:
        together.wait()
        try:
            with database.write() as tx:
                issues.take(tx, "d1", NOW)
        except Used:
            found.append("used")
        else:
            found.append("taken")

    threads = [Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == ["taken", "used", "used"]
