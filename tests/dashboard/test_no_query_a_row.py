"""A page asks the database as much of many rows as of few."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Engine, event, insert, select

from dashboard.site import site
from store import filters, tickets
from store.tables import entry, history
from tests.dashboard.browser import Browser, served
from tests.dashboard.test_access import KIM, World, world
from tests.store.world import ADA, ack, keep, mail, opening

__all__ = ["world"]

STAFF = (
    "/tickets", "/tickets?view=open", "/tickets?view=closed", "/tickets?whose=mine", "/tickets?search=words", "/tickets?as=columns", "/tickets/1001",
    "/mails", "/outbox", "/today", "/reports", "/admin", "/admin/log", "/statuses",
)  # fmt: skip
CLIENT = ("/my", "/my?view=all", "/my?search=words", "/my/1001", "/statuses")


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How often each statement is asked meanwhile, by whomever."""
    asked: Counter[str] = Counter()

    def note(*args: object) -> None:
        asked[str(args[2])] += 1

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def questions(browser: Browser) -> dict[tuple[str, str], int]:
    """By whose cookie and path."""
    found = {}
    for cookie, paths in (("kims", STAFF), ("Adas", CLIENT)):
        for path in paths:
            with counted() as asked:
                assert browser.get(path, Cookie=f"postroom={cookie}").status == 200, path
            found[cookie, path] = asked.total()
    return found


def filled(world: World, first: int, count: int) -> None:
    """Ada has so many tickets more, each with its mail and its answer; and as much was said on, and done to, one of them."""
    keep(world.database, *(f"no. {first + n}" for n in range(count)), first_uid=first)
    with world.database.write() as tx:
        for number in range(first, first + count):
            answer = ack(f"mail:{number}", number)
            tickets.apply(tx, opening(number, mail(f"no. {number}", ADA), workflow="courseleaf", outgoing=(answer,)))
            filters.keep(tx, KIM.address, f"list {number}", "view=open")
        for table in (entry, history):
            row = dict(tx.execute(select(table).where(table.c.ticket == 1001).limit(1)).mappings().one())
            del row["id"]
            tx.execute(insert(table), [row] * count)


def test_pages_ask_as_much_of_many_rows_as_of_few(world: World) -> None:
    world.team[0] = replace(KIM, keeper=True)
    with served(site(world.powers)) as browser:
        filled(world, 1003, 2)
        few = questions(browser)
        filled(world, 1005, 40)
        many = questions(browser)
    more = {key: (few[key], many[key]) for key in few if many[key] > few[key] + 1}
    assert more == {}, "one more where a column has more than it shows"
    assert max(many.values()) < 80, many
