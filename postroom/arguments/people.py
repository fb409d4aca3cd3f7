"""Arguments and help of the commands for people. The work is in `commands/`."""

import click

from postroom.arguments.shared import json_option, number_argument, staff_option
from postroom.manual.shown import Shown

WHAT = ("add", "remove", "show", "export", "erase")


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
@click.argument("what", type=click.Choice(WHAT), metavar="|".join(WHAT))
@click.argument("other", required=False, metavar="[ADDRESS|FOLDER]")
@click.option("--yes", "sure", is_flag=True, help="With erase: do it, and do not only say what would go.")
@json_option
@staff_option
@click.pass_obj
def person(
    config: str | None, address: str, what: str, other: str | None, by: str, *, as_json: bool, sure: bool
) -> None:
    """Say that two addresses are one person's, or no more; show which a person has, and their tickets; export or erase all that is known of them."""
    from postroom.commands import person as commands
    from postroom.commands import personal

    if (other is None) is not (what in {"show", "erase"}) or (sure and what != "erase"):
        raise click.UsageError(
            "Name the second address of add and remove, a new folder of export, and neither of show and erase."
        )
    if what == "show":
        commands.show(config, address, as_json=as_json)
    elif what == "export":
        personal.export(config, address, other or "")
    elif what == "erase":
        personal.erase(config, address, sure=sure)
    else:
        commands.change(config, address, what, other or "", by)


COMMANDS = (people, person)
