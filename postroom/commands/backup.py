"""`postroom backup`: all of the database in one file, while the service goes on."""

import os
from contextlib import nullcontext
from pathlib import Path

import click

from outbound.wording import count
from postroom import config, erased
from postroom.app import reach
from postroom.cli import Refused
from postroom.config import Config
from postroom.line import one_line
from postroom.priority import behind
from store import restored
from store.copying import NotCopied, copy
from store.database import Database
from store.dump import dump
from store.journal import filesystem, journal_mode


def backup(option: str | None, file: str) -> None:
    """Raises Refused; DatabaseDown, SchemaMismatch where there is nothing of ours to back up."""
    settings = config.read(config.find(option, os.environ), os.environ)
    target = Path(file)
    if target.exists():
        raise Refused(f"{target} is there already: name another file")
    mails, tickets = _held(settings)
    try:
        _copy(settings, target)
    except NotCopied as error:
        raise Refused(f"there is no backup: {error}") from None
    size = target.stat().st_size
    click.echo(
        f"backup: {one_line(target)}, {size / 1e6:.1f} MB, read back whole: {count(mails, 'mail', 'mails')}, {count(tickets, 'ticket', 'tickets')}"
    )
    click.echo(
        f"keep with it: {', '.join(map(one_line, _beside(settings)))}, and the passwords that the first one names"
    )


def _held(settings: Config) -> tuple[int, int]:
    """What is in it, before it is copied; more may come meanwhile."""
    path = settings.database_file
    if path and not path.exists():
        raise Refused(f"there is no database yet: {path}")
    database = Database(*reach(settings))
    try:
        if not database.revision():
            raise Refused("the database is empty: there is nothing to back up")
        with database.read() as tx:
            return restored.size(tx)
    finally:
        database.close()


def _copy(settings: Config, target: Path) -> None:
    if path := settings.database_file:
        # Where nobody waits for it, it need not hurry.
        with behind() if journal_mode(filesystem(path)) == "WAL" else nullcontext():
            copy(path, target)
    else:
        dump(*reach(settings), target)


def _beside(settings: Config) -> list[Path]:
    """What a database is worth little without: tokens that clients have are signed with the key; who was erased is to stay so."""
    others = [settings.key_file.absolute(), erased.path(settings).absolute()]
    return [settings.source.path.absolute(), *(one for one in others if one.exists())]
