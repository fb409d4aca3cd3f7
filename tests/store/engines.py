"""The databases that the store's tests run on: how one is named, made from another, and thrown away. It opens none."""

import shutil
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from tests.servers.postgres import Postgres

NAMES = ("postgresql", "sqlite")


class Engine(Protocol):
    """A kind of database. A test's folder stands for its database."""

    name: str

    def url(self, folder: Path) -> str:
        """Of a database without tables; on SQLite, of a file that is not there."""

    def copy(self, template: Path, folder: Path) -> str:
        """Quicker than to run the migrations for each test. Its URL."""

    def drop(self, folder: Path) -> None:
        """With whoever is connected to it."""


class OnSqlite:
    """A file in the folder."""

    name = "sqlite"

    def url(self, folder: Path) -> str:
        return f"sqlite:///{folder}/postroom.db"

    def copy(self, template: Path, folder: Path) -> str:
        shutil.copy(template / "postroom.db", folder / "postroom.db")
        return self.url(folder)

    def drop(self, folder: Path) -> None:
        (folder / "postroom.db").unlink(missing_ok=True)


class OnPostgres:
    """A database of the server, named after the folder."""

    name = "postgresql"

    def __init__(self, server: Postgres) -> None:
        self._server = server

    def url(self, folder: Path) -> str:
        self._server.create(_named(folder))
        return self._server.url(_named(folder))

    def copy(self, template: Path, folder: Path) -> str:
        self._server.create(_named(folder), _named(template))
        return self._server.url(_named(folder))

    def drop(self, folder: Path) -> None:
        self._server.drop(_named(folder))


def _named(folder: Path) -> str:
    return f"t{sha256(str(folder).encode()).hexdigest()[:16]}"
