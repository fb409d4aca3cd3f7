"""A real database for each test. A second kind of database is a second entry of ENGINES."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.database import Database


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder}/postroom.db"


def sqlite_copy(template: Path, folder: Path) -> None:
    """Quicker than to run the migrations for each test."""
    shutil.copy(template / "postroom.db", folder / "postroom.db")


# How a database of that kind is named, and how one that is ready becomes another.
ENGINES: dict[str, tuple[Callable[[Path], str], Callable[[Path, Path], None]]] = {"sqlite": (sqlite_url, sqlite_copy)}


@pytest.fixture(params=sorted(ENGINES), scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def template(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    Database.open(ENGINES[engine][0](folder)).close()
    return folder


@pytest.fixture
def url(engine: str, tmp_path: Path) -> str:
    """Of a database that is not there yet."""
    return ENGINES[engine][0](tmp_path)


@pytest.fixture
def database(engine: str, template: Path, url: str, tmp_path: Path) -> Iterator[Database]:
    ENGINES[engine][1](template, tmp_path)
    opened = Database.open(url)
    yield opened
    opened.close()
