"""One process at a time, by a lock that dies with its holder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from postroom.lock import Locked, only_one

HOLDER = "import sys\nfrom pathlib import Path\nfrom postroom.lock import only_one\n"
HOLDER += "with only_one(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"


def holder(file: Path) -> "subprocess.Popen[bytes]":
    """A process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_process_is_refused_with_the_number_of_the_first(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as first:
        with pytest.raises(Locked, match=rf"\(process {first.pid}\)"), only_one(tmp_path / "lock"):
            pytest.fail("two hold it")
        first.communicate()


def test_one_that_is_refused_takes_nothing_from_the_holder(tmp_path: Path) -> None:
    with only_one(tmp_path / "lock"):
        for _ in range(2):
            with pytest.raises(Locked, match=str(os.getpid())), only_one(tmp_path / "lock"):
                pytest.fail("two hold it")


def test_a_holder_that_was_killed_holds_it_no_longer(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as first:
        first.kill()
        first.wait()
    with only_one(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text("ascii") == f"{os.getpid()}\n"


def test_it_is_let_go_after_a_failure_and_can_be_had_again(tmp_path: Path) -> None:
    with pytest.raises(KeyError), only_one(tmp_path / "lock"):
        raise KeyError
    with only_one(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_a_longer_number_of_an_earlier_holder_is_not_left_over(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("99999999999999\n")
    with only_one(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text("ascii") == f"{os.getpid()}\n"


def test_a_program_that_the_holder_starts_does_not_keep_it(tmp_path: Path) -> None:
    script = "print('up', flush=True); input()"
    with only_one(tmp_path / "lock"):
        child = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
    with child, only_one(tmp_path / "lock"):
        child.communicate(b"\n")
