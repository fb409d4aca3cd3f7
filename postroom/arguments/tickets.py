"""Arguments and help of the commands for tickets. The work is in `commands/`."""

from typing import Any

import click

from postroom.arguments.shared import NUMBER, attach_option, file_option, json_option, number_argument, staff_option
from postroom.completing import offering
from postroom.manual.shown import Shown


@click.command(cls=Shown)
@click.option(
    "--status", default="", metavar="NAME", help="Only those in this status.", shell_complete=offering("statuses")
)
@click.option("--open/--closed", "is_open", default=None, help="Only open ones, or only closed ones.")
@click.option(
    "--mailbox",
    default="",
    metavar="NAME",
    help="Only those of this mailbox, by name or address.",
    shell_complete=offering("mailboxes"),
)
@click.option(
    "--assigned",
    default="",
    metavar="ADDRESS",
    help="Only those of this person; nobody: of no one.",
    shell_complete=offering("staff"),
)
@click.option(
    "--search", default="", metavar="WORDS", help="Only those with these words, or this tag; or one, by its number."
)
@json_option
@click.pass_obj
def tickets(config: str | None, /, as_json: bool, **filters: Any) -> None:
    """List tickets, newest first."""
    from postroom.commands.look import tickets as listing

    listing(config, as_json=as_json, **filters)


@click.command(cls=Shown)
@number_argument
@click.option(
    "--save",
    "folder",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write its attachments into this folder.",
)
@json_option
@click.pass_obj
def ticket(config: str | None, number: int, folder: str | None, as_json: bool) -> None:
    """Show one ticket, whole: status, history with reasons, conversation, people, timers, attachments."""
    from postroom.commands.look import ticket as whole
    from postroom.commands.save import save

    if folder is None:
        whole(config, number, as_json=as_json)
    else:
        save(config, number, folder)


@click.command("set", cls=Shown)
@number_argument
@click.argument("status", metavar="STATUS", shell_complete=offering("statuses"))
@click.option("--note", default="", metavar="TEXT", help="A note for the team; no client ever sees it.")
@click.option("--say", default="", metavar="TEXT", help="Your own words to the client, in place of the usual mail.")
@click.option(
    "--until",
    default="",
    metavar="DATE",
    help="2026-12-03, 2026-12-03T14:00, 3 Dec or Friday, in the team's time zone.",
)
@staff_option
@click.pass_obj
def set_status(config: str | None, /, **given: Any) -> None:
    """Move a ticket to another status; the client hears of it as the workflow says."""
    from postroom.commands.act import set_status as act

    act(config, **given)


@click.command(cls=Shown)
@number_argument
@staff_option
@click.pass_obj
def reopen(config: str | None, number: int, by: str) -> None:
    """Let the client's last mail count as a reply after all, e.g. thanks that left a ticket closed."""
    from postroom.commands.act import reopen as act

    act(config, number, by)


@click.command(cls=Shown)
@number_argument
@file_option
@attach_option
@staff_option
@click.pass_obj
def reply(config: str | None, /, **given: Any) -> None:
    """Answer the client of a ticket in your own words."""
    from postroom.commands.act import reply as act

    act(config, **given)


@click.command(cls=Shown)
@click.option("--for", "client", required=True, metavar="ADDRESS", help="The client, who gets the mail.")
@click.option("--subject", required=True, metavar="WORDS", help="Of the ticket and of the mail.")
@file_option
@attach_option
@click.option(
    "--mailbox",
    "box",
    default="",
    metavar="NAME",
    help="From which one; the first support mailbox if not given.",
    shell_complete=offering("mailboxes"),
)
@staff_option
@click.pass_obj
def new(config: str | None, /, **given: Any) -> None:
    """Write to a client first: a new ticket, and a mail in your own words. The client's reply joins it."""
    from postroom.commands.begin import new as act

    act(config, **given)


@click.command(cls=Shown)
@number_argument
@click.argument("address", required=False, metavar="[ADDRESS]", shell_complete=offering("staff"))
@click.option("--nobody", is_flag=True, help="Instead, take it from whoever has it.")
@staff_option
@click.pass_obj
def assign(config: str | None, number: int, address: str | None, by: str, *, nobody: bool) -> None:
    """Give a ticket to a member of staff, or to nobody. No client hears of it."""
    from postroom.commands.act import assign as act

    if (address is None) is not nobody:
        raise click.UsageError("Name one member of staff, or give --nobody.")
    act(config, number, address or "", by)


@click.command(cls=Shown)
@number_argument
@click.argument("address", metavar="ADDRESS")
@staff_option
@click.pass_obj
def requester(config: str | None, number: int, address: str, by: str) -> None:
    """Say whose request a ticket is: for one that was forwarded to us. Nobody hears of it."""
    from postroom.commands.act import requester as act

    act(config, number, address, by)


@click.command(cls=Shown)
@number_argument
@click.argument("into", type=NUMBER, metavar="INTO", shell_complete=offering("tickets"))
@staff_option
@click.pass_obj
def merge(config: str | None, number: int, into: int, by: str) -> None:
    """Let a ticket lead to another one that is about the same. No client hears of it, and unmerge undoes it."""
    from postroom.commands.merge import merge as act

    act(config, number, into, by)


@click.command(cls=Shown)
@number_argument
@staff_option
@click.pass_obj
def unmerge(config: str | None, number: int, by: str) -> None:
    """Make a merged ticket one of its own again: both stand as they did before."""
    from postroom.commands.merge import unmerge as act

    act(config, number, by)


@click.command(cls=Shown)
@number_argument
@click.argument("written", metavar="URL|KEY")
@click.option("--remove", is_flag=True, help="Instead, take the link away; the ticket stays where it is.")
@staff_option
@click.pass_obj
def link(config: str | None, number: int, written: str, by: str, *, remove: bool) -> None:
    """Link a ticket to the engineers' issue that it waits for; it moves as the workflow says of an issue in that state."""
    from postroom.commands.link import link as act

    act(config, number, written, by, remove=remove)


@click.command(cls=Shown)
@click.argument("written", metavar="KEY", shell_complete=offering("issues"))
@click.argument("state", metavar="STATE", shell_complete=offering("issue states"))
@staff_option
@click.pass_obj
def linked(config: str | None, written: str, state: str, by: str) -> None:
    """Say what has become of an issue; the tickets that are linked to it move as their workflow says."""
    from postroom.commands.link import linked as act

    act(config, written, state, by)


@click.command(cls=Shown)
@number_argument
@click.argument("code", required=False, metavar="[LANGUAGE]", shell_complete=offering("languages"))
@click.option("--theirs", is_flag=True, help="Instead, the one that its client writes in.")
@staff_option
@click.pass_obj
def language(config: str | None, number: int, code: str | None, by: str, *, theirs: bool) -> None:
    """Say in which language the client of a ticket is written to."""
    from postroom.commands.act import language as act

    if (code is None) is not theirs:
        raise click.UsageError("Name one language, or give --theirs.")
    act(config, number, code or "", by)


COMMANDS = (tickets, ticket, set_status, reopen, reply, new, assign, requester, language, merge, unmerge, link, linked)
