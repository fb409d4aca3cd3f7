"""`postroom ticket N --save DIR`: a ticket's attachments as files. It writes in that folder alone, over nothing, and opens none."""

import os
from pathlib import Path

import click

from inbound.filenames import clean
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.line import one_line
from postroom.rows import file_id
from store import attachments, tickets
from store.lines import Attached

LONGEST = 200  # octets of a name; file systems take 255


def save(option: str | None, number: int, folder: str) -> None:
    app = open_app(option)
    with app.database.read() as tx:
        if tickets.ticket(tx, number) is None:
            raise Refused(f"there is no ticket #{number}")
        files = attachments.of_tickets(tx, [number])
    if not files:
        raise Refused(f"#{number} has no attachments")
    try:
        Path(folder).mkdir(exist_ok=True)
        for file in files:
            click.echo(_saved(app, file, Path(folder)))
    except OSError as error:
        raise Refused(f"{error.filename or folder} cannot be written: {error.strerror}") from None


def disk_name(file: Attached) -> str:
    """Its id, then its name: no two are alike, none begins with a dot, and none is a device's."""
    # Cleaned once more: whatever stands in the database, no path comes out.
    name = f"{file_id(file.id)}-{clean(file.name) or 'unnamed'}"
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    end = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
    return name.encode()[: LONGEST - len(end.encode())].decode("utf-8", "ignore") + end


def _saved(app: App, file: Attached, folder: Path) -> str:
    """What was done, in one line."""
    path = folder / disk_name(file)
    with app.database.read() as tx:
        data = attachments.content(tx, file.id)  # one at a time: each may be large
    try:
        # Never over a file, never through a link.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(data)
    except FileExistsError:
        return one_line(f"{path} is there already")
    return one_line(f"{path} ({len(data)} octets)")
