"""Arguments and help of the commands for people. The work is in `commands/`."""

import click

from postroom.arguments.shared import json_option, number_argument, staff_option
from postroom.manual.shown import Shown


@click.command(cls=Shown)
@number_argument
@click.argument("part", type=click.Choice(["add", "remove"]), metavar="add|remove")
@click.argument("address", metavar="ADDRESS")
@click.option("--quiet", is_flag=True, help="They hear nothing of what is written to the client, e.g. a vendor.")
@staff_option
@click.pass_obj
def people(config: str | None, number: int, part: str, address: str, by: str, *, quiet: bool) -> None:
    """Let somebody take part in a ticket, or no more. Who was only copied in, or is new here, waits for this."""
    from postroom.commands.people import take_part as act

    if quiet and part == "remove":
        raise click.UsageError("--quiet belongs to add.")
    act(config, number, part, address, by, quiet=quiet)


@click.command(cls=Shown)
@click.argument("address", metavar="ADDRESS")
@click.argument("what", type=click.Choice(["add", "remove", "show"]), metavar="add|remove|show")
@click.argument("other", required=False, metavar="[ADDRESS]")
@json_option
@staff_option
@click.pass_obj
def person(config: str | None, address: str, what: str, other: str | None, by: str, *, as_json: bool) -> None:
    """Say that two addresses are one person's, or no more; show which a person has, and their tickets."""
    from postroom.commands import person as commands

    if (other is None) is not (what == "show"):
        raise click.UsageError("Name the second address of add and remove, and none of show.")
    if what == "show":
        commands.show(config, address, as_json=as_json)
    else:
        commands.change(config, address, what, other or "", by)


COMMANDS = (people, person)
