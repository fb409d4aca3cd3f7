"""A real database for each test. A second kind of database is a second entry of ENGINES."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.database import Database

ENGINES: dict[str, Callable[[Path], str]] = {"sqlite": lambda folder: f"sqlite:///{folder}/postroom.db"}


@pytest.fixture(params=sorted(ENGINES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ENGINES[request.param](tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()
