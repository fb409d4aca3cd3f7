"""`postroom upgrade`: the schema of this version; on SQLite after a backup of the file."""

import os
from pathlib import Path

import click

from postroom import config
from postroom.app import reach
from postroom.cli import Refused
from postroom.clock import now
from postroom.lock import Locked, alone_on
from store import runners
from store.copying import NotCopied, copy
from store.database import Database
from store.errors import SchemaMismatch
from store.tables import REVISION


def upgrade(option: str | None) -> None:
    """Raises Refused while a `run` works on the database; SchemaMismatch where it is newer, or not ours; DatabaseDown."""
    settings = config.read(config.find(option, os.environ), os.environ)
    database = Database(*reach(settings))
    try:
        with alone_on(settings.database_file):
            click.echo(_upgraded(database, settings.database_file))
    except Locked as error:
        raise Refused(str(error)) from None
    finally:
        database.close()


def _upgraded(database: Database, path: Path | None) -> str:
    """What was done. `path` is the file of SQLite; a server's database is backed up by those who run the server."""
    before = database.revision() if path is None or path.exists() else ""
    if before == REVISION:
        return f"schema: {before}, as this postroom wants it; nothing to do"
    if before > REVISION:
        raise SchemaMismatch(f"the database has schema {before}, newer than {REVISION}: install the newer postroom")
    if path is None and (running := _running(database)):
        raise Refused(f"another postroom runs on this database ({', '.join(running)}); stop it first")
    if before:
        click.echo(f"backup: {_backup(path) if path else 'none is made of a PostgreSQL database (pg_dump makes one)'}")
    database.upgrade()
    return f"schema: {before or 'none'} -> {database.revision()}"


def _running(database: Database) -> list[str]:
    """The runs on a server's database: no lock of this machine would tell."""
    with database.read() as tx:
        return runners.alive_of_old(tx)


def _backup(path: Path) -> Path:
    """Raises Refused."""
    target = path.with_name(f"{path.name}.{now():%Y%m%dT%H%M%S%fZ}.backup")
    try:
        copy(path, target)
    except NotCopied as error:
        raise Refused(f"no backup can be made, so nothing was changed: {error}") from None
    return target
