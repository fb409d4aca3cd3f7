"""Options that several commands have, and how commands end. Holds no command."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from postroom.completing import offering

DONE, NO, WRONG = 0, 1, 2  # exit status: done; the answer is no; wrong use or configuration
NUMBER = click.IntRange(1, 2**63 - 1)  # what a database can hold
Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def staff_option(command: Command) -> Command:
    return click.option(
        "--as",
        "by",
        default="",
        metavar="ADDRESS",
        help="The member of staff who does it.",
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
