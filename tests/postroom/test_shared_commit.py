"""What tasks give at the same moment is written together; each gets the result of its own."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.shared_commit import SharedCommit


class Book:
    """A place to write to, which notes what was written together."""

    def __init__(self, *, full: bool = False) -> None:
        self.pages: list[list[int]] = []
        self.full = full

    def write(self, items: Sequence[int]) -> list[str]:
        self.pages.append(list(items))
        if self.full:
            raise OSError("the disk is full")
        return [f"written {item}" for item in items]


async def gathered(book: Book, items: Sequence[int]) -> list[str | BaseException]:
    shared = SharedCommit(book.write)
    return await asyncio.gather(*(shared.add(item) for item in items), return_exceptions=True)


@given(st.lists(st.integers(), max_size=40))
def test_all_tasks_that_are_ready_share_one_write_and_each_gets_its_own_result(items: list[int]) -> None:
    book = Book()
    assert asyncio.run(gathered(book, items)) == [f"written {item}" for item in items]
    assert book.pages == ([items] if items else [])


def test_an_error_reaches_everybody_who_waits() -> None:
    results = asyncio.run(gathered(Book(full=True), [1, 2, 3]))
    assert [str(one) for one in results] == ["the disk is full"] * 3


def test_after_an_error_the_next_write_is_a_new_one() -> None:
    async def twice() -> tuple[str, list[list[int]]]:
        book = Book(full=True)
        shared = SharedCommit(book.write)
        with pytest.raises(OSError, match="full"):
            await shared.add(1)
        book.full = False
        return await shared.add(2), book.pages

    assert asyncio.run(twice()) == ("written 2", [[1], [2]])


def test_who_comes_later_gets_a_later_write() -> None:
    async def one_by_one() -> list[list[int]]:
        book = Book()
        shared = SharedCommit(book.write)
        for item in range(3):
            await shared.add(item)
        return book.pages

    assert asyncio.run(one_by_one()) == [[0], [1], [2]]


def test_who_gives_up_waiting_takes_nothing_from_the_others() -> None:
    async def one_gives_up() -> tuple[str, bool, list[list[int]]]:
        book = Book()
        shared = SharedCommit(book.write)
        tasks = [asyncio.create_task(shared.add(item)) for item in (1, 2)]
        asyncio.get_running_loop().call_soon(tasks[0].cancel)
        second = await tasks[1]
        return second, tasks[0].cancelled(), book.pages

    second, cancelled, pages = asyncio.run(one_gives_up())
    assert (second, cancelled) == ("written 2", True)
    assert pages == [[1, 2]]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_write_with_the_wrong_number_of_results_leaves_nobody_waiting(count: int) -> None:
    async def wrong() -> list[str | BaseException]:
        shared: SharedCommit[int, str] = SharedCommit(lambda _: ["done"] * count)
        adding = asyncio.gather(shared.add(1), shared.add(2), return_exceptions=True)
        return await asyncio.wait_for(adding, 5)

    assert all(isinstance(one, ValueError) for one in asyncio.run(wrong()))


def test_who_may_wait_waits_for_others_until_the_first_has_to_go_or_enough_are_there() -> None:
    async def pages(enough: int) -> list[list[int]]:
        book = Book()
        shared = SharedCommit(book.write, lambda waiting: len(waiting) == enough)
        first = asyncio.create_task(shared.add(1, 60.0))
        await asyncio.sleep(0)
        second = asyncio.create_task(shared.add(2, 60.0))
        await asyncio.sleep(0.01)
        third = asyncio.create_task(shared.add(3, 0.001))
        await asyncio.gather(first, second, third)
        return book.pages

    assert asyncio.run(pages(enough=9)) == [[1, 2, 3]]
    assert asyncio.run(pages(enough=2)) == [[1, 2], [3]]
