"""Staff find tickets by the words that were said on them, whether the index has come to these yet or not."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import insert, select, text

from store import erasing, search
from store.database import Database, Transaction
from store.tables import entry
from tests.store.world import ack, opened

Find = Callable[[str], set[int]]


def finder(database: Database) -> Find:
    def found(asked: str) -> set[int]:
        with database.read() as tx:
            return search.tickets(tx, asked)

    return found


def index(database: Database) -> int:
    """All of it; how many steps that took."""
    steps = 0
    while True:
        with database.write() as tx:
            if not search.index(tx):
                return steps
        steps += 1


def told(database: Database, name: str, words: str) -> int:
    """A ticket that was opened with these words."""
    return opened(database, name, text=words)


def told_often(database: Database, words: Sequence[str]) -> int:
    """One ticket on which all of this was said, a mail each; its number."""
    number = told(database, "first", "Hello.")
    with database.write() as tx:
        row = dict(tx.execute(select(entry).where(entry.c.ticket == number)).mappings().one())
        del row["id"]
        tx.execute(insert(entry), [row | {"text": text} for text in words])
    return number


MANY = search.AT_ONCE + search.UNREAD  # entries
ASKED = {
    "printer": {1},
    "PRINTER jam": {1},
    "printer toner": set(),
    "grün": {2},
    "GRUN": {2},
    "registr": {2},  # none has the word itself: what begins so
    "print": {1},
    "pr": set(),
    "登録": {3},
    "ん": set(),  # no pair begins with it
    "登": {3},
    "ada@example.org": {1, 2, 3},
    "Ada": {1, 2, 3},
    "INV-2026": {3},
    "'; DROP TABLE ticket": set(),
    '"*': set(),
    "": set(),
    "NOT printer": set(),
    "a" * 200: set(),
}


@pytest.fixture
def find(database: Database) -> Find:
    told(database, "one", "The printer is in a jam. Das grüne Licht blinkt.")
    told(database, "two", "The registration is grün.")
    told(database, "three", "ここで登録できません INV-2026/0042")
    return finder(database)


@pytest.mark.parametrize("indexed", [False, True])
def test_words_are_found_by_the_index_and_where_it_has_not_come_to_yet(
    database: Database, find: Find, *, indexed: bool
) -> None:
    if indexed:
        index(database)
    assert {asked: {number - 1000 for number in find(asked)} for asked in ASKED} == ASKED


def test_what_comes_after_the_index_was_made_is_found_at_once(database: Database, find: Find) -> None:
    index(database)
    number = told(database, "four", "Another printer.")
    assert find("printer") == {1001, number}
    assert index(database) == 1
    assert find("printer") == {1001, number}


def test_of_an_old_database_the_newest_are_indexed_first_and_then_all(database: Database) -> None:
    number = told_often(database, [f"Words of number{n}." for n in range(MANY)])
    find, newest = finder(database), f"number{MANY - 1}"
    assert (find("number0"), find(newest)) == (set(), {number})
    with database.write() as tx:
        assert not search.is_whole(tx)
        assert search.index(tx) == search.AT_ONCE
    assert (find("number0"), find(newest)) == (set(), {number})
    index(database)
    with database.read() as tx:
        assert search.is_whole(tx)
    assert (find("number0"), find(newest)) == ({number}, {number})


def test_our_staffs_own_words_are_found_and_those_of_templates_are_not(database: Database) -> None:
    raw = b"Subject: Re\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTurn the lever to the left.\r\n"
    answer = ack("mail:1", 1001, notice="reply", raw=raw)
    thanks = ack("mail:1", 1001, to="ada@example.org", message_id="<other@example.com>")
    opened(database, outgoing=(answer, thanks))
    find = finder(database)
    for _ in "before", "after":
        assert (find("lever"), find("here")) == ({1001}, set())
        index(database)


def test_an_answer_with_a_file_of_megabytes_is_found_by_its_words(database: Database) -> None:
    made = EmailMessage()
    made.set_content("Turn the lever to the left.\n")
    made.add_attachment(b"x" * 2 * search.READ, maintype="application", subtype="pdf", filename="lever.pdf")
    opened(database, outgoing=(ack("mail:1", 1001, notice="reply", raw=made.as_bytes(policy=SMTP)),))
    find = finder(database)
    for _ in "before", "after":
        assert (find("lever"), find("eHh4")) == ({1001}, set())
        index(database)


def test_an_index_that_is_forgotten_is_made_again(database: Database, find: Find) -> None:
    index(database)
    with database.write() as tx:
        search.forget(tx)
    assert find("printer") == {1001}
    assert index(database)
    assert find("printer") == {1001}


def test_who_was_erased_is_found_no_more(database: Database, find: Find) -> None:
    index(database)
    with database.write() as tx:
        erasing.erase(tx, ["ada@example.org"])
    for _ in "before", "after":
        assert find("printer") == find("ada") == set()
        index(database)


def erase(tx: Transaction) -> None:
    erasing.erase(tx, ["ada@example.org"])


def elsewhere(url: str, work: Callable[[Transaction], object]) -> None:
    """In another process: connections of its own."""
    other = Database.open(url)
    try:
        with other.write() as tx:
            work(tx)
    finally:
        other.close()


def has_to_wait(tx: Transaction, other: Future[None]) -> None:
    """Until the server says that somebody waits for this transaction; SQLite lets nobody else begin at all."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
    while tx.dialect.name == "postgresql" and not tx.execute(waits).scalar():
        assert not other.done(), other.result()


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("first", ["index", "erase"])
def test_who_is_erased_while_another_process_indexes_is_found_no_more(
    database: Database, url: str, find: Find, first: str, *, begun: bool
) -> None:
    if begun:
        index(database)
        told(database, "more", "Another printer.")
    works = {"index": search.index, "erase": erase}
    (second,) = works.keys() - {first}
    with ThreadPoolExecutor() as threads:
        with database.write() as tx:
            works[first](tx)
            other = threads.submit(elsewhere, url, works[second])
            has_to_wait(tx, other)
        other.result()
    for _ in "before", "after":
        assert find("printer") == find("ada") == set()
        index(database)
    with database.read() as tx:
        assert search.is_whole(tx)


def test_two_that_index_at_once_do_it_once(database: Database) -> None:
    number = told_often(database, [f"The same printer{n}." for n in range(search.AT_ONCE + 50)])
    with ThreadPoolExecutor() as both:
        steps = list(both.map(index, [database, database]))
    assert sum(steps) >= 2
    find = finder(database)
    assert all(find(f"printer{n}") == {number} for n in range(search.AT_ONCE + 50))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_what_is_committed_late_under_a_smaller_id_is_indexed_then(database: Database) -> None:
    """At a server, an entry may come to light after one that was written later."""
    first = told(database, "one", "The first printer.")
    with database.write() as tx:
        row = dict(tx.execute(select(entry).where(entry.c.ticket == first)).mappings().one())
        row["id"] = tx.execute(text("SELECT nextval(pg_get_serial_sequence('entry', 'id'))")).scalar()
    second = told(database, "two", "The second printer.")
    index(database)
    with database.write() as tx:
        tx.execute(insert(entry), row | {"text": "It came late."})
    assert finder(database)("late") == set()
    index(database)
    assert (finder(database)("late"), finder(database)("printer")) == ({first}, {first, second})
