"""Folder: the mails of a Maildir, of a folder of .eml files, or of one file. It follows no link to a folder, and reads regular files alone."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from postroom.letters.letter import HEAD, LARGEST, Found, Letter, Trouble, came

MAILDIR = ("cur", "new")  # what lies in tmp is not whole yet


def letters(path: Path, most: int, now: datetime) -> Found:
    """Every mail of a folder, in any order, of at most so many. What cannot be read is told, and the rest is read."""
    boxes = [path / name for name in MAILDIR if (path / name).is_dir()]
    found: Found = []
    for root in boxes or [path]:
        found += _walked(root, most, now, any_name=bool(boxes))
    if not found and not boxes:
        return [Trouble(str(path), "no mail lies in it: it is no Maildir (cur, new), and has no .eml files")]
    return found


def letter(path: Path, now: datetime) -> Letter | Trouble:
    """The mail that one file is."""
    try:
        if not path.is_file():
            return Trouble(str(path), "it is no regular file")
        about = path.stat()
        if about.st_size == 0:
            return Trouble(str(path), "it is empty")
        if about.st_size > LARGEST:
            return Trouble(str(path), f"it has {about.st_size} bytes: more than {LARGEST}")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError) as error:
        return Trouble(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")
    written = datetime.fromtimestamp(max(0.0, about.st_mtime), UTC)
    return Letter(str(path), came(head, written, now), path, 0, about.st_size)


def _walked(root: Path, most: int, now: datetime, *, any_name: bool) -> Iterator[Letter | Trouble]:
    troubles: list[OSError] = []
    number = 0
    for folder, inside, files in os.walk(root, onerror=troubles.append):
        inside.sort()
        for name in sorted(files):
            if any_name or name.lower().endswith(".eml"):
                number += 1
                if number > most:
                    yield Trouble(str(root), f"it holds more than {most} mails: the others were not looked at")
                    return
                yield letter(Path(folder) / name, now)
    for trouble in troubles:
        yield Trouble(str(trouble.filename), f"cannot be read: {trouble.strerror}")
