"""Failpoints kill, and do nothing unless they are asked to."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
from store.failpoint import failpoint
for turn in range(3):
    failpoint("other")
    failpoint("here")
    print(turn, flush=True)
"""


def run(wanted: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "POSTROOM_FAILPOINT": wanted}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("wanted", ["", "nowhere", "her", "here.too"])
def test_without_its_name_nothing_happens(wanted: str) -> None:
    done = run(wanted)
    assert (done.returncode, done.stdout) == (0, "0\n1\n2\n")


@pytest.mark.parametrize(("wanted", "printed"), [("here", ""), ("here:1", ""), ("here:3", "0\n1\n")])
def test_the_process_is_killed_at_the_pass_that_was_named(wanted: str, printed: str) -> None:
    done = run(wanted)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, printed)


def test_it_raises_when_it_is_asked_to() -> None:
    done = run("here:raise")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Failure: here" in done.stderr


def test_it_freezes_when_it_is_asked_to_and_goes_on_when_it_is_woken() -> None:
    environment = {**os.environ, "POSTROOM_FAILPOINT": "here:stop"}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    process.send_signal(signal.SIGCONT)
    assert process.communicate(timeout=30)[0] == "0\n1\n2\n"
