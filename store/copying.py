"""Copies of a database: whole, checked and on the disk before they have their name. It never writes over a file."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.driver import sqlite3
from store.failpoint import failpoint

BLOCK = 1024 * 1024  # octets
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
    """A SQLite file, whatever is being written to it meanwhile. Raises NotCopied."""
    with aside(target) as part:
        fill(source, part)


def fill(source: Path, part: Path) -> None:
    """The same into a file that is there, and empty. Raises sqlite3.Error, OSError, NotCopied."""
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)) as database:
        (mode,) = database.execute("PRAGMA journal_mode").fetchone()
        if mode == "wal":  # nobody waits for whoever reads
            with closing(sqlite3.connect(part)) as new:
                database.backup(new)
    if mode != "wal":
        _twice(source, part)
    prove(part)


def _twice(source: Path, part: Path) -> None:
    """First while others write, and then what has changed since, while they wait (docs/decisions/080)."""
    # Closed last: a descriptor of the file that is closed takes this process's locks on it along.
    with source.open("rb", buffering=0) as old, part.open("r+b", buffering=0) as new:
        _same(old.fileno(), new.fileno())
        uri = f"{source.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as database:
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on nobody changes the file
            _same(old.fileno(), new.fileno())


def _same(old: int, new: int) -> None:
    size = os.fstat(old).st_size
    os.ftruncate(new, size)
    for place in range(0, size, BLOCK):
        block = os.pread(old, BLOCK, place)
        if block != os.pread(new, BLOCK, place):
            os.pwrite(new, block, place)


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
