"""Mails as they came are shown by one worker, which is kept: whoever looks at the same time waits, and one that ended is replaced."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postroom.looking import Looking
from store import incoming
from store.database import Database
from store.incoming import Incoming
from tests.store.world import NOW

MANY = 12


def test_several_at_once_each_see_their_own_mail_by_one_worker_that_is_replaced(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/postroom.db")
    mails = [
        Incoming(one, f"Subject: {one}\r\n\r\nThese are the words of mail {one}.\r\n".encode(), NOW)
        for one in range(MANY)
    ]
    with database.write() as tx:
        numbers = incoming.keep(tx, "support", "INBOX", 1, mails, NOW)
    before = set(multiprocessing.active_children())
    looking = Looking(database)
    with ThreadPoolExecutor(4) as readers:
        pages = list(readers.map(looking.look, numbers))
    assert [f"words of mail {one}." in page for one, page in enumerate(pages)] == [True] * MANY
    (worker,) = set(multiprocessing.active_children()) - before
    worker.kill()
    worker.join()
    assert "words of mail 3." in looking.look(numbers[3])
    with pytest.raises(LookupError):
        looking.look(10**9)
    database.close()
