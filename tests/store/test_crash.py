"""SIGKILL at any moment: what was promised is there, nothing is half, no acknowledgement goes twice."""

import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest

from store import reports
from store.database import Database
from store.lines import Wanted
from tests.store import writer
from tests.store.world import sweep

KILLS = 6
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def spawn() -> BaseContext:
    """Processes that are forked from one which has imported everything: thirty start in seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([writer.__name__])
    return context


def killed(spawn: BaseContext, url: str, lines: int, chance: random.Random) -> list[str]:
    """A writer's promises until it was killed, somewhere behind that many of them."""
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=writer.main, args=(url, theirs.send))
    process.start()
    theirs.close()
    promises = [ours.recv() for _ in range(lines)]
    process.join(chance.random() * 0.02)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with contextlib.suppress(EOFError):
        while True:
            promises.append(ours.recv())
    ours.close()
    return promises


def dead_at(url: str, failpoint: str) -> list[str]:
    """A writer's promises until the failpoint killed it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "POSTROOM_FAILPOINT": failpoint}
    command = [sys.executable, "-m", writer.__name__, url]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.splitlines()


def check(database: Database, promises: list[str]) -> None:
    assert sweep(database) == []
    words = [line.split() for line in promises]
    with database.read() as tx:
        mails = {line.id: line for line in reports.mails(tx, limit=10**6)}
        numbers = [line.number for line in reports.tickets(tx, Wanted(), limit=10**6)]
        balance = reports.balance(tx)
        outgoing = {line.id: line.state for line in reports.outgoing(tx, limit=10**6)}
    assert balance.even
    kept = {line.uid for line in mails.values()}
    assert kept == set(range(1, len(kept) + 1))
    assert len(kept) >= max(int(n) for word, n in words if word == "kept")
    assert all(mails[int(id_)].state == "processed" for word, id_ in words if word == "applied")
    assert len(numbers) == len(set(numbers)) == balance.on_tickets == len(outgoing), "one ticket and one answer a mail"
    assert max(Counter(id_ for word, id_ in words if word == "sent").values(), default=0) <= 1


def test_a_writer_that_is_killed_at_random_moments_loses_and_doubles_nothing(url: str, spawn: BaseContext) -> None:
    database = Database.open(url)
    chance = random.Random(2026)
    promises: list[str] = []
    for _ in range(KILLS):
        promises += killed(spawn, url, chance.randrange(1, 40), chance)
    check(database, promises)
    database.close()


@pytest.mark.parametrize("name", ["raw.before_commit", "tx.mid"])
def test_a_writer_that_is_killed_at_a_failpoint_leaves_nothing_half(url: str, spawn: BaseContext, name: str) -> None:
    database = Database.open(url)
    promises = dead_at(url, f"{name}:2")
    with database.read() as tx:
        before = reports.balance(tx)
    # The second batch was not committed; the mails of which one was half applied are all pending again.
    assert (before.fetched, before.on_tickets) == (5, 5 if name == "raw.before_commit" else 0)
    check(database, promises)
    promises += killed(spawn, url, 30, random.Random(1))
    check(database, promises)
    database.close()
