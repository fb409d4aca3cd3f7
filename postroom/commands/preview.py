"""`postroom preview`: what would have happened to the last mails of a mailbox, a file or a folder. It reads, prints, and may write one report."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from classifier.verdict import Ours
from postroom import clock, config, log
from postroom.commands.foreseen import row, show
from postroom.commands.output import print_json
from postroom.commands.report import Report, may_write, page, write
from postroom.config import Config, NoConfig
from postroom.letters.collect import collect
from postroom.letters.letter import Letter, Trouble
from postroom.line import one_line
from postroom.parsers import Parsers
from postroom.preview import foresee, scratch, scratch_folder, tidily
from postroom.reading import read
from store.incoming import Incoming

# Stands in for a configuration that is not there: none of its values reaches anything but a scratch database.
NOTHING = {
    "POSTROOM_MAILBOX__0__ROLE": "support",
    "POSTROOM_MAILBOX__0__ADDRESS": "support@postroom.invalid",
    "POSTROOM_MAILBOX__0__IMAP__HOST": "localhost",
    "POSTROOM_MAILBOX__0__IMAP__USER": "nobody",
    "POSTROOM_MAILBOX__0__IMAP__PASSWORD": "none",
    "POSTROOM_SMTP__HOST": "localhost",
    "POSTROOM_SMTP__FROM": "Support <support@postroom.invalid>",
}
FETCHED = 1 << 30  # octets of a mailbox's mails that may lie in memory
UNCONFIGURED = "no configuration here: the workflow is courseleaf, and no address is known to be yours"


def preview(option: str | None, sources: Sequence[str], *, last: int, as_json: bool, html: str) -> bool:
    """Prints what would have happened. False when something could not be looked at."""
    log.still()
    ready, known = _configured(option)
    if html:
        may_write(Path(html))
    parsers = Parsers(read)  # before any thread
    try:
        with tidily(), scratch_folder(FETCHED) as folder:
            letters, troubles = collect(sources, last, ready if known else None, folder, clock.now())
            for trouble in troubles:
                _say(f"{trouble.where}: {trouble.why}")
            with scratch(ready, sum(letter.size for letter in letters)) as app:
                foreseen = list(foresee(app, _read(letters, troubles), parsers))
    finally:
        parsers.close()
    if not known:
        _say(UNCONFIGURED)
    if as_json:
        print_json(row(one) for one in foreseen)
    else:
        show(foreseen)
    if html:
        told = [f"{one.where}: {one.why}" for one in troubles] + ([] if known else [UNCONFIGURED])
        write(Path(html), page(Report.of(foreseen, sources, told, ready.zone, clock.now())))
        _say(f"the report is {html}")
    return not troubles


def _configured(option: str | None) -> tuple[Config, bool]:
    """The configuration, and whether there is one."""
    try:
        return config.read(config.find(option, os.environ), os.environ), True
    except NoConfig:
        nothing = config.read(config.find(None, {}), NOTHING)
        return replace(nothing, ours=Ours()), False


def _read(letters: Sequence[Letter], troubles: list[Trouble]) -> Iterator[tuple[str, str, Incoming]]:
    """One after the other, so that one alone is in memory."""
    for letter in letters:
        try:
            raw = letter.read()
        except OSError as error:
            troubles.append(Trouble(letter.where, f"cannot be read: {error.strerror}"))
            _say(f"{letter.where}: cannot be read: {error.strerror}")
            continue
        yield letter.mailbox, letter.where, Incoming(0, raw, letter.received_at)


def _say(line: str) -> None:
    click.echo(one_line(f"postroom: {line}"), err=True)
