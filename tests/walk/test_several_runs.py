"""Two `postroom run` on one PostgreSQL: one is killed, frozen or cut off, the other takes over; the first comes back, and nothing is done twice."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from urllib.parse import quote

import pytest

from tests.servers.postgres import PASSWORD, Postgres
from tests.servers.wire import Wire
from tests.walk.killing import PATIENCE, Told, ask, count
from tests.walk.lab import Lab
from tests.walk.post import Post, person
from tests.walk.service import Service, do, once

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

PEOPLE = 4
AWAY = float(os.environ.get("AWAY_SECONDS", "0"))  # how long a run stays frozen or cut off, at least


def away() -> None:
    """Lets the time pass in which a run is frozen or cut off."""
    Event().wait(AWAY)


@pytest.fixture
def post(lab: Lab) -> Post:
    post = Post(lab)
    for number in range(PEOPLE):
        post.deliver(person(number))
    post.deliver(person(PEOPLE), "escalate")
    return post


def more(post: Post) -> None:
    """Another mail, when a run has come back."""
    post.deliver(person(len(post.delivered)))


def settled(post: Post) -> bool:
    """Every mail is processed and filed, and no answer waits."""
    ((mails, answers),) = ask(
        post.lab,
        "SELECT (SELECT count(*) FROM mail WHERE state IN ('processed', 'parked') AND moved),"
        " (SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'unknown'))",
    )
    return (mails, answers) == (len(post.delivered), 0)


def stopped(running: Service) -> None:
    """Waits until the process has been frozen, without taking its end away from who waits for that."""
    _, status = os.waitpid(running.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), running.lines


@contextmanager
def service(lab: Lab, *args: str, **environment: str) -> Iterator[Service]:
    """A run that is ended in any case, frozen or not."""
    running = Service(lab, *args, **environment)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGCONT)
        running.stop()


# Where it freezes, and what it says when it wakes and finds that it was taken for dead.
FROZEN = {
    "raw.after_commit": "lease.lost",  # kept, not filed: it must not move for the other one
    "tx.after_commit": "run.replaced",
    "smtp.mid_data": "mail.out.lost",  # it must not send the final dot
    "send.after_mark": "mail.out",  # nobody can tell: it sends the dot
    "smtp.dot_sent_no_reply": "mail.out",
}


@pytest.mark.parametrize("point", FROZEN)
def test_a_run_that_freezes_is_taken_over_and_does_nothing_twice_when_it_wakes(
    post: Post, point: str, told: Told
) -> None:
    lab = post.lab
    with service(lab, POSTROOM_FAILPOINT=f"{point}:stop") as frozen:
        stopped(frozen)
        with Service(lab) as other:
            other.wait_for("taken.over", "run=")
            other.wait_until(lambda: settled(post), PATIENCE)
            more(post)
            other.wait_until(lambda: settled(post), PATIENCE)
            away()
            frozen.process.send_signal(signal.SIGCONT)
            frozen.wait_for(FROZEN[point])
            frozen.wait_for("run.replaced")
            more(post)
            other.wait_until(lambda: settled(post), PATIENCE)
            assert frozen.stop() == other.stop() == 0
    sums = told(count(post))
    assert sums["duplicates"] == 0
    assert sums["unknowns"] == 0, "who wakes says what became of its mail"


@pytest.mark.parametrize("point", ["raw.after_commit", "tx.after_commit"])
def test_once_does_the_rest_when_it_wakes_and_whoever_had_taken_over_is_gone(
    post: Post, point: str, told: Told
) -> None:
    lab = post.lab
    with service(lab, "--once", POSTROOM_FAILPOINT=f"{point}:stop") as frozen:
        stopped(frozen)
        with Service(lab, "--only", "receive") as other:
            other.wait_for("taken.over", "run=")
            assert other.stop() == 0
        frozen.process.send_signal(signal.SIGCONT)
        frozen.wait_for("lease.lost")
        assert frozen.process.wait(PATIENCE) == 0
    assert settled(post)
    assert told(count(post))["duplicates"] == 0


def test_a_client_answer_whose_sender_freezes_between_mark_and_dot_goes_at_most_twice(post: Post, told: Told) -> None:
    """An acknowledgement would not go again; what a person waits for may, with the same bytes (`count` sees to that)."""
    lab = post.lab
    once(lab)
    ((number,),) = ask(lab, "SELECT min(number) FROM ticket")
    do(lab, "set", str(number), "Pending Client Feedback")
    before = len(lab.smtp.accepted)
    with service(lab, POSTROOM_FAILPOINT="send.after_mark:stop") as frozen:
        stopped(frozen)
        with Service(lab) as other:
            other.wait_until(lambda: len(lab.smtp.accepted) > before and settled(post), PATIENCE)
            frozen.process.send_signal(signal.SIGCONT)
            frozen.wait_for("mail.out")
            assert frozen.stop() == other.stop() == 0
    assert told(count(post))["duplicates"] == 1


def test_a_run_that_is_killed_is_taken_over_by_the_one_that_stands_by(post: Post, told: Told) -> None:
    lab = post.lab
    with Service(lab) as first, Service(lab) as second:
        second.wait_for("standing.by", count=4)
        first.wait_until(lambda: settled(post), PATIENCE)
        first.stop(signal.SIGKILL)
        more(post)
        second.wait_for("taken.over", "run=")
        second.wait_until(lambda: settled(post), PATIENCE)
        assert second.stop() == 0
    assert ask(lab, "SELECT count(*) FROM runner UNION ALL SELECT count(*) FROM lease") == [(0,), (0,)]
    assert told(count(post, kills=1))["sends"] == PEOPLE + 2


def test_a_run_that_is_cut_off_from_the_database_is_taken_over_and_stands_by_when_it_is_back(
    post: Post, postgres: Postgres, told: Told
) -> None:
    lab = post.lab
    name = lab.database.rpartition("@/")[2].partition("?")[0]
    with Wire(postgres.port) as wire:
        through = postgres.url(name, password=quote(PASSWORD, safe=""), port=wire.port)
        with Service(lab, POSTROOM_DATABASE=through) as lonely, Service(lab) as other:
            lonely.wait_for("mail.settled")
            wire.cut()
            lonely.wait_for("database.down")
            more(post)
            other.wait_for("taken.over", "run=")
            other.wait_until(lambda: settled(post), PATIENCE)
            away()
            wire.mend()
            lonely.wait_for("standing.by", count=4)
            more(post)
            other.wait_until(lambda: settled(post), PATIENCE)
            assert lonely.stop() == other.stop() == 0
            assert not [line for line in (*lonely.lines, *other.lines) if quote(PASSWORD, safe="") in line]
    assert told(count(post))["duplicates"] == 0


def test_runs_that_share_the_verbs_out_do_the_whole_work_together(post: Post, told: Told) -> None:
    lab = post.lab
    with (
        Service(lab, "--only", "receive"),
        Service(lab, "--only", "process, age"),
        Service(lab, "--only", "deliver") as last,
    ):
        last.wait_until(lambda: settled(post), PATIENCE)
    assert told(count(post))["sends"] == PEOPLE + 1
