"""Keeping: the file that a grant lies in. It is whole or not there, for its owner alone, and one process at a time renews it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import msgspec

from inbound.bearer import NoToken
from postroom.clock import monotonic
from postroom.oauth.grant import Grant
from postroom.secret import open_to_everybody
from store.failpoint import failpoint

PATIENCE_SECONDS = 90.0  # whoever renews it waits half a minute for the authority, at most
LOOK_SECONDS = 0.05
LONGEST_REST = timedelta(hours=1)
MOST_BYTES = 32 * 1024  # of a grant: those of Microsoft have some 5,000


class Turn:
    """Whose turn it is to renew. The lock file keeps until when the provider wants to be left alone, for all who come."""

    def __init__(self, lock: int) -> None:
        self._lock = lock

    def rest(self, now: datetime) -> timedelta:
        """For how long it still does; none where a clock was wrong."""
        try:
            left = datetime.fromisoformat(os.pread(self._lock, 64, 0).decode("ascii")) - now
        except (ValueError, TypeError):
            return timedelta()
        return left if left <= LONGEST_REST else timedelta()

    def asked_for(self, wish: timedelta, now: datetime) -> None:
        """Keeps its wish."""
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, (now + min(wish, LONGEST_REST)).isoformat().encode(), 0)


@contextmanager
def locked(path: Path, seconds: float = PATIENCE_SECONDS) -> Iterator[Turn]:
    """Until the end nobody else renews it. Raises NoToken: also where another process, which may be frozen, is at it for so long."""
    try:
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NoToken(f"{path}.lock cannot be written: {error.strerror}") from None
    try:
        _wait(path, lock, monotonic() + seconds)
        yield Turn(lock)
    finally:
        os.close(lock)


def _wait(path: Path, lock: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                raise NoToken(f"another process holds {path}.lock, and does not let go: is one frozen?") from None
            Event().wait(LOOK_SECONDS)
        else:
            return


def load(path: Path) -> Grant | None:
    """None where there is none yet. Raises NoToken."""
    try:
        raw = path.read_bytes()
        if open_to_everybody(path):
            raise NoToken(f"{path} can be read by everybody on this machine: chmod 600 {path}")
        return msgspec.json.decode(raw, type=Grant)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NoToken(f"{path} cannot be read: {error.strerror}") from None
    except (msgspec.MsgspecError, ValueError):
        raise NoToken(f"{path} does not hold what was kept there: delete it, and sign in again") from None


@contextmanager
def room(path: Path) -> Iterator[None]:
    """The room of a grant, taken before one is asked for: a refresh token is good once, and its successor has to be kept. Raises NoToken."""
    new = _beside(path)
    try:
        try:
            _write(new, bytes(MOST_BYTES))
        except OSError as error:
            raise NoToken(f"{path} cannot be written: {error.strerror}") from None
        yield
    finally:
        new.unlink(missing_ok=True)


def save(path: Path, grant: Grant) -> None:
    """Durable when it returns; a crash leaves the old one or the new one. Raises NoToken."""
    new = _beside(path)
    try:
        _write(new, msgspec.json.encode(grant))
        failpoint("oauth.before_rename")
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise NoToken(f"{path} cannot be written: {error.strerror}") from None


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _write(path: Path, content: bytes) -> None:
    """All of it, on the disk, in the room that is there already. Raises OSError."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
