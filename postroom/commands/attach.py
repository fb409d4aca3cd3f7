"""`--attach F`: files of this machine, as they go along with a mail. It reads what it is told to, and sends nothing."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from inbound.filenames import clean
from outbound.file import File
from outbound.parts import ANY
from postroom.cli import Refused
from postroom.sendable import LARGEST

MOST = 50  # files of one mail


def attach(paths: Sequence[str]) -> tuple[File, ...]:
    """The files with their names cleaned. Raises Refused, in one line, for what cannot be read or is too much."""
    if len(paths) > MOST:
        raise Refused(f"{len(paths)} files are attached: at most {MOST} go into one mail")
    files: list[File] = []
    for path in paths:
        files.append(_file(Path(path), LARGEST - sum(len(file.data) for file in files)))
    return tuple(files)


def _file(path: Path, room: int) -> File:
    try:
        if not path.is_file():
            raise Refused(f"{path} is no file" if path.exists() else f"{path} cannot be read: there is no such file")
        with path.open("rb") as opened:
            data = opened.read(room + 1)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > room:
        raise Refused(f"with {path} the mail has more than {LARGEST} octets: send a link")
    name = clean(path.name) or "unnamed"
    kind, packed = mimetypes.guess_type(name)
    return File(name, kind if kind and not packed else ANY, data)
