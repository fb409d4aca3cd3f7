"""Writes a first configuration: password files, the key, and postroom.toml last. All of it or nothing, and never over a file."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from tempfile import NamedTemporaryFile

from outbound.token import key_line
from postroom.first.plan import Plan
from postroom.first.text import toml

KEY = "postroom.key"


def write(plan: Plan, path: Path) -> list[Path]:
    """What was written, postroom.toml last. Raises FileExistsError for a postroom.toml that is there; OSError."""
    folder = path.resolve().parent
    files = {name: free(folder, name) for name in plan.secrets}
    with _all_or_nothing() as written:
        for name, password in plan.secrets.items():
            written.append(put(folder / files[name], f"{password}\n"))
        if not (folder / KEY).exists():  # it is the same on all machines, and may have been copied here
            written.append(put(folder / KEY, key_line("k1", secrets.token_bytes(32))))
        written.append(put(path.resolve(), toml(plan, files)))
    return written


def free(folder: Path, name: str) -> str:
    """The name itself, or one like it that no file of the folder has."""
    stem, dot, kind = name.partition(".")
    names = chain([name], (f"{stem}-{number}{dot}{kind}" for number in count(2)))
    return next(one for one in names if not (folder / one).exists())


def put(path: Path, text: str) -> Path:
    """A file for its owner alone, whole before it has its name. Raises FileExistsError, OSError."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-") as file:  # mode 0600
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, path)
    return path


@contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
