"""Options that several commands have, and how commands end. Holds no command."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from postroom.completing import offering

DONE, NO, WRONG = 0, 1, 2  # exit status: done; the answer is no; wrong use or configuration
LARGEST = 2**63 - 1  # number that a database can hold
Command = TypeVar("Command", bound=Callable[..., Any])


class Number(click.ParamType[int]):
    """A ticket's number, as people write it: 1042 or #1042."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        digits = str(value).removeprefix("#")
        short = digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST))
        if not short or not 0 < int(digits) <= LARGEST:
            self.fail(f'"{str(value)[:40]}" is no ticket\'s number, such as 1042.', param, ctx)
        return int(digits)


NUMBER = Number()


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def staff_option(command: Command) -> Command:
    return click.option(
        "--as",
        "by",
        default="",
        metavar="ADDRESS",
        help='The member of staff who does it; the history says "command line", if not given.',
        shell_complete=offering("staff"),
    )(command)


def file_option(command: Command) -> Command:
    said = "The text of the mail; - reads it from standard input."
    return click.option("--file", "path", required=True, type=click.Path(), metavar="F", help=said)(command)


def attach_option(command: Command) -> Command:
    said = "A file that goes along; may be given again."
    return click.option("--attach", "attached", multiple=True, type=click.Path(), metavar="F", help=said)(command)


def number_argument(command: Command) -> Command:
    return click.argument("number", type=NUMBER, metavar="N", shell_complete=offering("tickets"))(command)
