"""The pool of parsers: one result a mail, in their order, whatever a mail does to the process that reads it."""

import multiprocessing
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbound.message import Message
from postroom.parsers import CONTEXT, Parsers, Unread
from tests.postroom.readers import forgets, mail, read, whose

SECONDS = 3.0
LATE = "its parser took over 3 seconds"
DIED = "its parser died"
DEADLY = {"HANG": LATE, "SLEEP": LATE, "LEAVE": DIED, "CRASH": DIED}


@pytest.fixture(scope="module")
def pool() -> Iterator[Parsers]:
    with closing(Parsers(read, 2, seconds=SECONDS)) as parsers:
        yield parsers


def ids(results: list[Message | Unread]) -> list[str]:
    return [one.message_id.strip("<>").partition("@")[0] if isinstance(one, Message) else one.reason for one in results]


def subjects(results: list[Message | Unread]) -> set[str]:
    return {one.subject if isinstance(one, Message) else one.reason for one in results}


def children() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid}


def test_nothing_to_parse_gives_nothing(pool: Parsers) -> None:
    assert pool.parse([]) == []


def test_more_mails_than_workers_come_back_in_their_order(pool: Parsers) -> None:
    assert ids(pool.parse([mail(number) for number in range(50)])) == [str(number) for number in range(50)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([0, 10_000, 300_000]) | st.just(None), max_size=12))
def test_results_keep_their_order_however_long_each_takes(pool: Parsers, sizes: list[int | None]) -> None:
    mails = [b"LEAVE" if size is None else mail(at) + b"x" * size for at, size in enumerate(sizes)]
    wanted = [DIED if size is None else str(at) for at, size in enumerate(sizes)]
    assert ids(pool.parse(mails)) == wanted


@pytest.mark.parametrize(("deed", "reason"), DEADLY.items())
def test_a_mail_that_its_reader_does_not_survive_is_unread_and_the_others_are_read(
    pool: Parsers, deed: str, reason: str
) -> None:
    begun = monotonic()
    results = pool.parse([mail(1), deed.encode() + b" now", mail(2), mail(3)])
    assert ids(results) == ["1", reason, "2", "3"]
    assert monotonic() - begun < SECONDS + 5


def test_every_worker_may_hang_at_once_and_the_pool_is_whole_again() -> None:
    with closing(Parsers(read, 2, seconds=0.5)) as parsers:
        begun = monotonic()
        results = parsers.parse([b"HANG", b"SLEEP", b"HANG", b"HANG", mail(1)])
        assert [isinstance(one, Unread) for one in results] == [True] * 4 + [False]
        assert monotonic() - begun < 4 * 0.5 + 3
        assert ids(parsers.parse([mail(number) for number in range(9)])) == [str(number) for number in range(9)]


def test_a_worker_that_died_between_two_calls_costs_no_mail_anything() -> None:
    with closing(Parsers(whose, 3, seconds=20)) as parsers:
        first = parsers._idle[-1].process
        pid = first.pid or 0
        os.kill(pid, signal.SIGKILL)
        wait([first.sentinel])
        readers = subjects(parsers.parse([b"WAIT"] * 6))
        assert len(readers) == 3
        assert str(pid) not in readers


def test_a_mail_that_takes_all_memory_is_unread_and_its_worker_goes_on() -> None:
    with closing(Parsers(read, 1, seconds=60)) as parsers:
        worker = parsers._idle[0].process
        allocating, other = parsers.parse([b"ALLOCATE", mail(1)])
        assert isinstance(allocating, Unread)
        assert "MemoryError in readers.py:" in allocating.reason
        assert isinstance(other, Message)
        assert worker.is_alive()


@pytest.mark.parametrize(("deed", "error"), [("FAIL", "ValueError in readers.py:"), ("UNSENDABLE", "Error in ")])
def test_a_fault_of_the_parser_is_told_by_its_place_and_never_by_the_text_of_the_mail(
    pool: Parsers, deed: str, error: str
) -> None:
    failed, other = pool.parse([deed.encode(), mail(1)])
    assert isinstance(failed, Unread)
    assert error in failed.reason
    assert "text of a mail" not in failed.reason
    assert isinstance(other, Message)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_any_bytes_give_a_message_and_the_same_workers_go_on(pool: Parsers, mails: list[bytes]) -> None:
    before = children()
    assert all(isinstance(one, Message) for one in pool.parse([b"\r\n" + raw for raw in mails]))
    assert before <= children()


def test_a_mail_of_many_megabytes_goes_through() -> None:
    with closing(Parsers(read, 2, seconds=60)) as parsers:
        assert ids(parsers.parse([mail(1) + b"x" * (20 << 20), mail(2)])) == ["1", "2"]


def reached_by_signals() -> None:
    with closing(Parsers(whose, 2, seconds=20)) as parsers:
        mine = children()
        for pid in mine:
            os.kill(pid, signal.SIGINT)
            os.kill(pid, signal.SIGTERM)
        assert subjects(parsers.parse([b"WAIT"] * 2)) == {str(pid) for pid in mine}


def test_workers_go_on_where_ctrl_c_and_systemd_reach_them_from_their_first_moment_on() -> None:
    """In a process of its own, which has started none before: who starts the first one decides what all of them hear."""
    alone = f"from {__name__} import reached_by_signals as go; go()"
    subprocess.run([sys.executable, "-c", alone], check=True, timeout=60, cwd=Path(__file__).parents[2])


def test_the_parent_hears_its_signals_as_before() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    Parsers(read, 1).close()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before


def test_close_ends_all_processes() -> None:
    others = children()
    parsers = Parsers(read, 3)
    mine = children() - others
    parsers.close()
    assert len(mine) == 3
    assert not children() & mine
    for pid in mine:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_call_that_is_cut_off_leaves_no_process_and_no_answer_for_the_next_one() -> None:
    others = children()
    with closing(Parsers(read, 2, seconds=60)) as parsers:
        before = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        try:
            with pytest.raises(KeyboardInterrupt):
                parsers.parse([b"HANG", mail(1), b"SLEEP", mail(2)])
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert ids(parsers.parse([mail(3), mail(4), mail(5)])) == ["3", "4", "5"]
        assert len(children() - others) == 2


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def test_no_worker_is_a_fork_of_this_process() -> None:
    """A fork of a process with threads may inherit a lock that nobody will ever release."""
    with closing(Parsers(read, 1)) as parsers:
        status = Path(f"/proc/{parsers._idle[0].process.pid}/status").read_text("utf-8")
    parent = int(next(line for line in status.splitlines() if line.startswith("PPid:")).split()[1])
    assert parent != os.getpid()


PARENT = """
import os, sys
from postroom.parsers import Parsers
from tests.postroom.readers import read

parsers = Parsers(read, 2, seconds=2)
print(*(worker.process.pid for worker in parsers._idle), flush=True)
parsers.parse([b"HANG", b"SLEEP"] if sys.argv[1] == "busy" else [])
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_no_worker_outlives_a_parent_that_was_killed(state: str) -> None:
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, state], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        handles = [os.pidfd_open(pid) for pid in pids]
        parent.kill()
    for handle in handles:
        ended, _, _ = select.select([handle], [], [], 20)
        os.close(handle)
        assert ended


@pytest.mark.parametrize("end", ["", "raise KeyError\n"])
def test_the_program_ends_with_its_workers_where_nobody_closed_them(end: str) -> None:
    script = "from postroom.parsers import Parsers\nfrom tests.postroom.readers import mail, read\n"
    script += f"p = Parsers(read, 2)\np.parse([mail(1)] * 9)\n{end}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, timeout=60, check=False
    )
    assert done.stderr.splitlines()[-1:] == ([b"KeyError"] if end else [])


def test_a_machine_that_allows_less_memory_than_a_gigabyte_is_obeyed() -> None:
    script = (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))\n"
        "from postroom.parsers import Parsers\nfrom tests.postroom.readers import mail, read\n"
        "p = Parsers(read, 1)\nprint(p.parse([mail(1, 'read')])[0].subject)\np.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == (b"read\n", b"")


def test_a_process_that_closes_no_parsers_ends_all_the_same() -> None:
    child = CONTEXT.Process(target=forgets)
    child.start()
    child.join(20)
    assert child.exitcode == 0
