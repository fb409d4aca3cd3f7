"""Arguments and help of the commands for other programs. The work is in `commands/`."""

import click

from postroom.arguments.shared import json_option
from postroom.completing import offering
from postroom.manual.shown import Shown, ShownGroup


@click.group(cls=ShownGroup)
def token() -> None:
    """Make, show and revoke what other programs sign in with."""


@token.command("new", cls=Shown)
@click.argument("name", metavar="NAME")
@click.option(
    "--for",
    "owner",
    required=True,
    metavar="ADDRESS",
    help="The member of staff for whom it acts.",
    shell_complete=offering("staff"),
)
@click.option(
    "--scopes",
    default="read",
    metavar="SCOPES",
    help="Some of read,write,reply; read if not given.",
    shell_complete=offering("scopes"),
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, metavar="N", help="How long it is good; 365 if not given."
)
@click.pass_obj
def new(config: str | None, name: str, owner: str, scopes: str, days: int) -> None:
    """Make a token, and show it: this once, for it is kept nowhere."""
    from postroom.commands.token import new as act

    act(config, name, owner, scopes, days)


@token.command("list", cls=Shown)
@json_option
@click.pass_obj
def list_(config: str | None, *, as_json: bool) -> None:
    """Show whose tokens there are, what for, until when, and when each was last used."""
    from postroom.commands.token import show

    show(config, as_json=as_json)


@token.command("revoke", cls=Shown)
@click.argument("name", metavar="NAME", shell_complete=offering("tokens"))
@click.pass_obj
def revoke(config: str | None, name: str) -> None:
    """End a token at once."""
    from postroom.commands.token import revoke as act

    act(config, name)


@click.group(cls=ShownGroup)
def webhook() -> None:
    """Show what other programs are told of tickets, and tell them again what they did not take."""


@webhook.command("list", cls=Shown)
@json_option
@click.pass_obj
def waiting(config: str | None, *, as_json: bool) -> None:
    """Show how much waits for each of them, what was given up, and why."""
    from postroom.commands.webhook import show

    show(config, as_json=as_json)


@webhook.command("again", cls=Shown)
@click.argument("name", metavar="NAME", shell_complete=offering("webhooks"))
@click.pass_obj
def again(config: str | None, name: str) -> None:
    """Tell one of them what was given up, oldest first."""
    from postroom.commands.webhook import again as act

    act(config, name)


COMMANDS = (token, webhook)
