"""The command line as a whole: how each command begins and ends. Arguments are in `arguments/`, the work in `commands/`."""

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from postroom.arguments import first_run, mail, people, programs, rest, service, tickets
from postroom.arguments.shared import NO, WRONG
from postroom.manual.shown import ShownGroup
from postroom.streams import mend_streams, mended

VERSION = "0.1.0"
# The interpreter's last look for garbage, through all that is imported, takes a quarter of the time of a short command.
atexit.register(gc.freeze)


class Refused(Exception):
    """The answer is no. The message is one line for the person at the keyboard."""


class Postroom(ShownGroup):
    """Ends every command with one line and an exit status, never with a traceback for what a person can mend."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **kwargs: Any) -> Any:
        mend_streams()
        try:
            return super().main(mended(sys.argv[1:] if args is None else args), *more, **kwargs)
        except OSError as error:  # --help into a full disk
            self.end(f"standard output cannot be written: {error.strerror}", NO)

    def invoke(self, ctx: click.Context) -> Any:
        from postroom.config import ConfigError
        from postroom.failure import one_line

        try:
            return super().invoke(ctx)
        except ConfigError as error:
            self.end(str(error), WRONG)
        except Refused as error:
            self.end(str(error), NO)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(NO)
        except Exception as error:
            line = one_line(error)
            if line is None:
                raise
            self.end(line, NO)

    @staticmethod
    def end(line: str, status: int) -> None:
        from postroom.line import one_line

        click.echo(one_line(f"postroom: {line}"), err=True)
        sys.exit(status)


@click.group(
    "postroom", cls=Postroom, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config",
    type=click.Path(),
    metavar="FILE",
    help="The configuration; else POSTROOM_CONFIG, else postroom.toml here.",
)
@click.version_option(VERSION, prog_name="postroom")
@click.pass_context
def main(ctx: click.Context, config: str | None) -> None:
    """The support inbox that a team can trust with its mail."""
    ctx.obj = config


for room in (first_run, service, tickets, people, mail, programs, rest):
    for command in room.COMMANDS:
        main.add_command(command)
