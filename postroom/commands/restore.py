"""`postroom restore`: a backup becomes the database again, marked as one that the world has gone on from."""

import os
from contextlib import closing, suppress
from pathlib import Path

import click

from postroom import config, erased
from postroom.app import reach, read_keys
from postroom.cli import Refused
from postroom.clock import now
from postroom.config import Config
from postroom.line import one_line
from postroom.lock import Locked, alone_on
from store import restored, runners, tokens
from store.copying import NotCopied, aside, fill
from store.database import Database
from store.driver import sqlite3
from store.dump import undump
from store.errors import SchemaMismatch
from store.tables import REVISION

JOURNALS = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a file; under another name they are another file's

Restored = tuple[int, list[str]]


def restore(option: str | None, file: str | None, *, replaces: bool) -> None:
    """Without a file the database is as somebody has put it back, and is only marked. Raises Refused, SchemaMismatch, DatabaseDown."""
    settings = config.read(config.find(option, os.environ), os.environ)
    source = None if file is None else Path(file)
    if source and not source.is_file():
        raise Refused(f"there is no file {source}")
    try:
        with alone_on(settings.database_file):
            doubted, known = _restored(settings, source, replaces=replaces)
    except Locked as error:
        raise Refused(str(error)) from None
    except (NotCopied, sqlite3.Error) as error:
        raise Refused(f"nothing was restored: {error}") from None
    click.echo(f"restored: {one_line(source)}" if source else "marked as restored")
    if doubted:
        click.echo(f"not sent by itself, for it may have gone since: {doubted} of `postroom outbox --state unknown`")
    if known:
        click.echo(f"good again as they were then, tokens of other programs: {', '.join(known)}; postroom token list")
    click.echo("next: postroom check, then postroom run: it reads what was filed since, and answers none of it again")


def _restored(settings: Config, source: Path | None, *, replaces: bool) -> Restored:
    """How many outgoing mails are in doubt, and the names of all tokens."""
    path = settings.database_file
    if source and path:
        return _file(settings, path, source, replaces=replaces)
    with closing(Database(*reach(settings))) as database:
        if path is None:
            _prove_alone(database)
        if source:
            if database.revision():
                raise Refused(
                    "there is a database: restore into a new one (CREATE DATABASE …), and name it in the configuration"
                )
            undump(*reach(settings), source)
        return _marked(settings, database)


def _file(settings: Config, path: Path, source: Path, *, replaces: bool) -> Restored:
    if path.exists() and path.stat().st_size and not replaces:
        raise Refused(f"there is a database: {path}; with --replace it is kept under another name")
    with aside(path) as part:
        fill(source, part)
        with closing(Database(f"sqlite:///{part}")) as database:
            found = _marked(settings, database)
        if path.exists():
            _put_away(path)
    return found


def _put_away(path: Path) -> None:
    """Gives the file another name beside its own, which the new one then takes: at no moment is there none."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as old:  # what a kill left in its journal is undone
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
    kept = path.with_name(f"{path.name}.{now():%Y%m%dT%H%M%S%fZ}.replaced")
    os.link(path, kept)
    for name in JOURNALS:
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{name}").rename(kept.with_name(f"{kept.name}{name}"))
    click.echo(f"kept: {one_line(kept)}, the database as it was")


def _prove_alone(database: Database) -> None:
    """On a server; no lock of this machine would tell."""
    if not database.revision():
        return
    with database.read() as tx:
        running = runners.alive_of_old(tx)
    if running:
        raise Refused(f"another postroom runs on this database ({', '.join(running)}); stop it first")


def _marked(settings: Config, database: Database) -> Restored:
    """Brings the schema up to this version's, marks it, and erases whoever was erased since."""
    before = database.revision()
    if not before:
        raise Refused("nothing was restored: that is no database of postroom's")
    if before > REVISION:
        raise SchemaMismatch(f"the backup has schema {before}, newer than {REVISION}: install the newer postroom")
    if before < REVISION:
        database.upgrade()
    keys = read_keys(settings)
    with database.write() as tx:
        doubted = restored.mark(tx, now())
        erased.erase_again(tx, settings, keys)
        return doubted, [one.name for one in tokens.every(tx)]
