"""`postroom init`: from an address to a configuration that works, with a look at what it would do. It sends no mail, moves none."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from inbound.message import Message
from postroom import config, log, values
from postroom.cli import Refused
from postroom.commands.foreseen import show
from postroom.first.asking import Asker
from postroom.first.houses import HOUSES, House
from postroom.first.mailbox import Seen
from postroom.first.plan import Plan
from postroom.first.talk import LookUp, Parse, Talk
from postroom.first.writing import write
from postroom.parsers import Parsers
from postroom.preview import preview, tidily
from postroom.reading import Parsed, read
from postroom.secret import SecretError, read_file
from postroom.source import ConfigError

WELCOME = """\
This asks for an address, finds its servers, tries them, and writes {path}.
It sends no mail, and marks and moves none. Ctrl-C ends it; before the end nothing is written.
"""
NEXT = """
Next, as the user that will run the service:
  {postroom} check --send    proves all of it, and sends one mail to yourself
  {postroom} run             begins
"""


def init(
    option: str | None, given: Mapping[str, str], *, yes: bool, look_up: LookUp, houses: Sequence[House] = HOUSES
) -> None:
    """Raises Refused, ConfigError. `given` are the answers on the command line, by the name of their option."""
    path = config.find(option, os.environ)
    _may_write(path)
    log.start(quiet=True)
    asker = Asker(given, silent=yes)
    parsers = Parsers(read)  # before any thread
    try:
        asker.say_all(WELCOME.format(path=path))
        asker.say()
        plan, seen = _planned(Talk(asker, look_up, _parse(parsers), _password(given), _ca_file(given), houses))
        for file in write(plan, path):
            asker.say(f"written: {file.name}")
        _offer(asker, path, seen, parsers)
        asker.say_all(NEXT.format(postroom=f"postroom --config {option}" if option else "postroom"))
    finally:
        parsers.close()


def _planned(talk: Talk) -> tuple[Plan, Seen]:
    try:
        return talk.plan()
    except (click.Abort, KeyboardInterrupt):
        click.echo(err=True)
        raise Refused("ended at a question: nothing was written") from None


def _may_write(path: Path) -> None:
    if path.exists():
        raise Refused(f"{path} is there already, and stays as it is: move it away, or name another with --config")
    if not os.access(path.resolve().parent, os.W_OK):
        raise Refused(f"{path.resolve().parent} cannot be written to: go to another folder")


def _password(given: Mapping[str, str]) -> str:
    if not (name := given.get("password-file")):
        return ""
    try:
        return read_file(Path(name))
    except SecretError as error:
        raise ConfigError(f"--password-file: {error}") from None


def _ca_file(given: Mapping[str, str]) -> str:
    """Absolute: the configuration may lie in another folder."""
    if not (name := given.get("ca-file")):
        return ""
    try:
        return str(values.authorities(Path(name).resolve()))
    except ValueError as error:
        raise ConfigError(f'--ca-file is "{name}": {error}') from None


def _parse(parsers: Parsers[Parsed]) -> Parse:
    def parse(raws: Sequence[bytes]) -> list[Message]:
        return [one.message for one in parsers.begin(list(raws)).result() if isinstance(one, Parsed)]

    return parse


def _offer(asker: Asker, path: Path, seen: Seen, parsers: Parsers[Parsed]) -> None:
    if not seen.last or asker.silent:
        return
    asker.say()
    if not asker.confirm(
        f"See what would have happened to the last {len(seen.last)} mails? Nothing is touched", default=True
    ):
        return
    ready = config.read(path, os.environ)
    asker.say("A moment …")
    with tidily():
        foreseen = list(preview(ready, seen.last, parsers))
    show(foreseen)
