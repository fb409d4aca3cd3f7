"""A real database for each test, on both engines."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database
from store.errors import DatabaseDown
from tests.servers.postgres import Postgres
from tests.store.engines import NAMES, Engine, OnPostgres, OnSqlite
from tests.store.world import MISCOUNTED


@pytest.fixture(params=NAMES, scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == OnSqlite.name:
        return OnSqlite()
    server: Postgres = request.getfixturevalue("postgres")
    return OnPostgres(server)


@pytest.fixture(scope="session")
def template(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    Database.open(engine.url(folder)).close()
    return folder


@pytest.fixture
def empty(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that has no tables yet."""
    yield engine.url(tmp_path)
    engine.drop(tmp_path)


@pytest.fixture
def url(engine: Engine, template: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of one that is ready."""
    folder = tmp_path / "ready"
    folder.mkdir()
    yield engine.copy(template, folder)
    engine.drop(folder)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Whatever a test does to tickets: how many stand how is kept right."""
    opened = Database.open(url)
    yield opened
    with suppress(DatabaseDown), opened.read() as tx:  # a test may have taken it away
        assert tx.execute(text(MISCOUNTED)).all() == []
    opened.close()
