"""PostgreSQL that dies, drops connections, or answers a COMMIT into the void, amid the work: nothing is lost, nothing done twice.

The numbers are those of ARCHITECTURE.md's table.
"""

import time
from urllib.parse import quote

import pytest

from tests.servers.postgres import PASSWORD, Postgres
from tests.servers.wire import Wire
from tests.walk.killing import PATIENCE, Told, ask, count
from tests.walk.lab import Lab
from tests.walk.post import Post, person
from tests.walk.service import Service
from tests.walk.test_several_runs import settled

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

BACK_SECONDS = 10.0  # reliability.md C4


def delivered(lab: Lab, people: int, first: int = 0) -> Post:
    post = Post(lab)
    for number in range(first, first + people):
        post.deliver(person(number))
    return post


def name_of(lab: Lab) -> str:
    return lab.database.rpartition("@/")[2].partition("?")[0]


# What stands in the transaction whose COMMIT is done, and whose answer never comes.
UNHEARD = {
    "keep": (b"INSERT INTO mail",),
    "9 tx.commit_ack_lost": (b"INSERT INTO effect",),
    "claim": (b"UPDATE outbox", b"SKIP LOCKED"),
    "17 sent.commit_ack_lost": (b"UPDATE outbox", b"sent_at="),
}


@pytest.mark.parametrize("point", UNHEARD)
def test_a_commit_whose_answer_is_lost_is_looked_up_and_not_done_again(
    lab: Lab, postgres: Postgres, point: str, told: Told
) -> None:
    post = delivered(lab, 3)
    with Wire(postgres.port) as wire:
        wire.lose_answer(*UNHEARD[point])
        through = postgres.url(name_of(lab), password=quote(PASSWORD, safe=""), port=wire.port)
        with Service(lab, POSTROOM_DATABASE=through) as running:
            assert wire.lost.wait(PATIENCE), running.lines
            running.wait_until(lambda: settled(post), PATIENCE)
            assert running.stop() == 0
    sums = told(count(post))
    assert sums["sends"] == sums["tickets"] == 3
    assert sums["unknowns"] == 0


def test_a_server_that_crashes_and_sessions_that_are_ended_amid_the_work_lose_and_double_nothing(
    lab: Lab, postgres: Postgres, told: Told
) -> None:
    post = delivered(lab, 20)
    with Service(lab) as running:
        for turn in range(1, 6):  # whatever each session has just in hand
            running.wait_for("mail.", count=6 * turn)
            postgres.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(lab)}'")
        for number in range(20, 40):
            post.deliver(person(number))
        running.wait_for("mail.settled", count=22)
        postgres.stop()
        begun, before = time.monotonic(), len(running.said("mail."))
        postgres.start()
        running.wait_until(lambda: len(running.said("mail.")) > before, PATIENCE)
        back = time.monotonic() - begun
        running.wait_until(lambda: settled(post), PATIENCE)
        assert running.stop() == 0
    assert back < BACK_SECONDS
    sums = told(count(post))
    assert sums["sends"] - sums["duplicates"] + sums["unknowns"] >= 40
    assert ask(lab, "SELECT count(*) FROM mail WHERE attempts > 3") == [(0,)]
