"""Copies of a database: whole, checked and on the disk before they have their name. It never writes over a file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.failpoint import failpoint

BUSY_SECONDS = 60.0  # how long a copy waits for whoever writes


class NotCopied(Exception):
    """There is no copy; the message says why."""


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A file beside the target, for its owner alone, that takes its name when the block has ended. Raises NotCopied."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")  # what was cut off never looks like a copy
    handle = -1
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        yield part
        os.fsync(handle)
        failpoint("backup.before_rename")
        part.rename(target)
        settle(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise NotCopied(f"{target}: {error}") from None
    finally:
        if handle >= 0:
            part.unlink(missing_ok=True)
            os.close(handle)


def copy(source: Path, target: Path) -> None:
    """A SQLite file, by its own backup, whatever is being written meanwhile. Raises NotCopied.

    It is read in one go: in pieces it would begin again with each mail that comes in. Whoever writes waits so long, which
    is why the copy is brought to the disk only afterwards (docs/decisions/080).
    """
    with aside(target) as part:
        fill(source, part)


def fill(source: Path, part: Path) -> None:
    """The same into a file that is there, and empty. Raises sqlite3.Error, OSError, NotCopied."""
    uri = f"{source.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as old, closing(sqlite3.connect(part)) as new:
        new.execute("PRAGMA synchronous=OFF")
        old.backup(new)
    prove(part)


def prove(file: Path) -> None:
    """Read all of it. Raises NotCopied for what is no whole database."""
    with closing(sqlite3.connect(file)) as database:
        (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise NotCopied(f"{file}: it is damaged: {found}")


def settle(folder: Path) -> None:
    """The names in it are on the disk: a power cut leaves them."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
