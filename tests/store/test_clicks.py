"""A link is used once, on both databases, also by two at one moment."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from store import clicks
from store.database import Database
from store.errors import Used

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOKEN = "laaabas"


def test_a_link_is_used_once_in_any_case_and_not_at_all_when_its_act_is_undone(database: Database) -> None:
    with suppress(KeyError), database.write() as tx:
        clicks.use(tx, TOKEN, NOW)
        raise KeyError
    with database.read() as tx:
        assert clicks.used_at(tx, TOKEN) is None
    with database.write() as tx:
        clicks.use(tx, TOKEN, NOW)
    with pytest.raises(Used), database.write() as tx:
        clicks.use(tx, TOKEN.upper(), NOW)
    with database.read() as tx:
        assert clicks.used_at(tx, TOKEN.upper()) == NOW


def test_a_link_that_nobody_can_use_any_more_is_forgotten(database: Database) -> None:
    with database.write() as tx:
        clicks.use(tx, TOKEN, NOW)
        assert clicks.forget(tx, NOW) == 0
        assert clicks.used_at(tx, TOKEN) == NOW
        assert clicks.forget(tx, NOW + timedelta(microseconds=1)) == 1
        assert clicks.used_at(tx, TOKEN) is None


def test_of_two_at_one_moment_one_finds_it_used(database: Database) -> None:
    together, found = Barrier(2, timeout=20), list[str]()

    def use() -> None:
        together.wait()
        try:
            with database.write() as tx:
                clicks.use(tx, TOKEN, NOW)
        except Used:
            found.append("used")
        else:
            found.append("done")

    threads = [Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == ["done", "used"]
