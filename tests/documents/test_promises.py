"""What is promised is held by tests that are there: one that is taken away, or renamed, is missed here."""

from pathlib import Path

from tests.documents.promises import PROMISES

TESTS = Path(__file__).parents[1]


def test_every_promise_is_held_by_tests_that_are_there() -> None:
    missing = [
        f"{what}: {file}::{name}"
        for promises in PROMISES.values()
        for what, tests in promises.items()
        for file, name in (test.split("::") for test in tests)
        if f"def test_{name}(" not in (TESTS / file).read_text("utf-8")
    ]
    assert not missing, "\n".join(missing)
