"""`postroom upgrade`: the schema of this version, after a backup of the file."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click

from postroom import config
from postroom.cli import Refused
from postroom.clock import now
from postroom.lock import Locked, only_one
from store.database import Database


def upgrade(option: str | None) -> None:
    """Raises Refused while a `run` works on the database."""
    settings = config.read(config.find(option, os.environ), os.environ)
    path = Path(settings.database.removeprefix("sqlite:///"))
    try:
        with only_one(Path(f"{path}.lock")):
            if path.exists():
                click.echo(f"backup: {_backup(path)}")
            database = Database(settings.database)
            before = database.revision() if path.exists() else ""
            database.upgrade()
            click.echo(f"schema: {before or 'none'} -> {database.revision()}")
            database.close()
    except Locked as error:
        raise Refused(str(error)) from None


def _backup(path: Path) -> Path:
    """A copy by SQLite's own backup: whole, whatever is being written meanwhile."""
    copy = path.with_name(f"{path.name}.{now():%Y%m%dT%H%M%SZ}.backup")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
