"""Lock: one `run` at a time on a database file. The kernel lets go of it with the process, whatever ended that."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path


class Locked(Exception):
    """Another process holds it; the message says which."""


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Holds the lock while the block runs. Raises Locked."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise Locked(f"another postroom runs on this database (process {owner}); stop it first") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def alone_on(database: Path | None) -> Iterator[None]:
    """The lock beside a database file; a server's database (None) needs none: there the leases decide. Raises Locked."""
    with only_one(Path(f"{database}.lock")) if database else nullcontext():
        yield
