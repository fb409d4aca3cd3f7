"""Each bug of the table is put into a copy of the program, and its test has to fail there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.seeded.bugs import BUGS, SIMULATION, Bug

ROOT = Path(__file__).parents[2]
ROOMS = ("inbound", "classifier", "workflow", "outbound", "templates", "store", "dashboard", "postroom", "tests")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room)  # with what is compiled: a bug is compiled again, by its date
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def broken(copy: Path, bug: Bug) -> Iterator[Path]:
    """The copy with the bug in it."""
    whole = (copy / bug.file).read_text()
    assert whole.count(bug.old) == 1, f"{bug.file} has changed: say anew where this bug would stand: {bug.old!r}"
    (copy / bug.file).write_text(whole.replace(bug.old, bug.new))
    yield copy
    (copy / bug.file).write_text(whole)


def ran(folder: Path, *tests: str) -> str:
    """The last line of pytest's report on these tests of that copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-q", "-x", *tests]
    environment = kept | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout[-3000:], done.stderr[-1000:])
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_the_bug_is_caught(bug: Bug, broken: Path) -> None:
    last = ran(broken, bug.test)
    assert "1 failed" in last
    assert "error" not in last  # a test that could not run has caught nothing


def test_without_a_bug_the_copy_passes_these_tests(copy: Path) -> None:
    """Of the simulation one seed stands for all."""
    quick = [bug.test for bug in BUGS if not bug.test.startswith(SIMULATION)]
    last = ran(copy, *quick, f"{SIMULATION.partition('::')[0]}::test_a_seed_played_again_is_the_same_history")
    assert re.match(r"\d+ passed", last)
