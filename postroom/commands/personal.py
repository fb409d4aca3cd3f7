"""`postroom person ADDRESS export|erase`: all that is known of a person, as files; and all of it gone."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from classifier.recipients import whose
from inbound.imap import MailboxDown
from postroom import erased
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.address import one_address
from postroom.erasing import erase_copies
from postroom.line import one_line
from store import erasing, identities, incoming, personal
from store.errors import Gone

FACTS = "person.jsonl"


def export(option: str | None, address: str, folder: str) -> None:
    """Into a new folder: a line of JSON for each row, and each mail as it was."""
    app = open_app(option)
    theirs = _addresses(app, address)
    place = Path(folder)
    try:
        place.mkdir(mode=0o700)
        rows = _facts(app, theirs, place)
        mails = _mails(app, theirs, place)
    except OSError as error:
        raise Refused(f"{error.filename or place}: {error.strerror}") from None
    click.echo(f"{', '.join(map(one_line, theirs))}: {rows} rows in {one_line(place / FACTS)}, {mails} mails beside it")
    click.echo(
        "look through it before you hand it on: what your team noted, and what colleagues of theirs wrote, is in it"
    )


def erase(option: str | None, address: str, *, sure: bool) -> None:
    app = open_app(option)
    theirs = _addresses(app, address)
    with app.database.read() as tx:
        copies = personal.copies(tx, theirs)
        rows = sum(1 for _ in personal.rows(tx, theirs))
    if not rows:
        raise Refused(f"nothing is known of {', '.join(theirs)}")
    if not sure:
        raise Refused(
            f"{rows} rows and {len(copies)} mails of {', '.join(theirs)} would go, here and on the mail servers: "
            "export them first if anybody may want them, then say --yes"
        )
    try:
        there = erase_copies(app, copies)  # first: afterwards nobody knows which they were
    except MailboxDown as error:
        raise Refused(f"a mail server cannot be reached, so nothing was erased here: {error}") from None
    try:
        hashes = erased.note(app.config, app.keys, theirs)
    except OSError as error:
        raise Refused(f"{erased.path(app.config)}: {error.strerror}: nothing was erased here") from None
    with app.database.write() as tx:
        gone = erasing.erase(tx, theirs)
        erasing.note(tx, hashes)
    scrubbed = app.database.scrub()
    click.echo(
        f"erased: {gone.mails} mails, {gone.outgoing} of ours, what {gone.tickets} tickets said; {there} on the mail servers"
    )
    if not scrubbed:
        click.echo(
            "somebody reads the database all the time: some of it may be in the file beside it until the run is started anew"
        )
    click.echo(
        f"backups that were made before have all of it: let them run out, and keep {erased.path(app.config)}, by which restore erases again"
    )


def _addresses(app: App, address: str) -> list[str]:
    """All that they are known by."""
    who = one_address(address, "ADDRESS")
    if reason := whose(app.config.ours, who.addr):
        raise Refused(f"{who.addr} is {reason}, and no client")
    with app.database.read() as tx:
        return sorted(identities.same(identities.of(tx, [who.key]), who.key))


def _facts(app: App, theirs: Iterable[str], place: Path) -> int:
    number = 0
    with app.database.read() as tx, _new(place / FACTS) as file:
        for table, row in personal.rows(tx, list(theirs)):
            file.write(msgspec.json.encode({"table": table, **row}) + b"\n")
            number += 1
    return number


def _mails(app: App, theirs: list[str], place: Path) -> int:
    """How many; bytes that have been forgotten are in no file."""
    number = 0
    with app.database.read() as tx:
        for copy in personal.copies(tx, theirs):
            number += _written(place / f"m{copy.id}.eml", incoming.raw(tx, copy.id))
        for id_, raw in personal.outgoing(tx, theirs):
            number += _written(place / f"o{id_}.eml", [raw] if raw else ())
    return number


def _written(path: Path, pieces: Iterable[bytes]) -> bool:
    try:
        first = next(iterator := iter(pieces), None)
    except Gone:
        return False
    if first is None:
        return False
    with _new(path) as file:
        file.write(first)
        file.writelines(iterator)
    return True


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
