"""Arguments and help of the commands that keep the service going. The work is in `commands/`."""

import sys

import click

from postroom.arguments.shared import DONE, NO, json_option
from postroom.completing import offering
from postroom.manual.shown import Shown
from postroom.verbs import ALL, Verb, verbs


def read_verbs(_context: click.Context, _option: click.Parameter, words: str | None) -> frozenset[Verb]:
    try:
        return ALL if words is None else verbs(words)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(cls=Shown)
@click.option("--once", is_flag=True, help="Do all that is due, then end.")
@click.option(
    "--only",
    "verbs",
    metavar="VERBS",
    callback=read_verbs,
    help="Some of receive,process,age,deliver,web (or dashboard); else all.",
    shell_complete=offering("verbs"),
)
@click.pass_obj
def run(config: str | None, once: bool, verbs: frozenset[Verb]) -> None:
    """Run the service: read the mailboxes, decide, answer, serve the pages. It ends on SIGTERM or Ctrl-C."""
    from postroom.commands.run import run as serve

    sys.exit(DONE if serve(config, once=once, verbs=verbs) else NO)


@click.command(cls=Shown)
@click.option(
    "--to",
    default="",
    metavar="ADDRESS",
    help="Queue this person's digest now, whenever it would be due.",
    shell_complete=offering("staff"),
)
@click.option("--print", "show", is_flag=True, help="Show it, and queue nothing; without --to, the first manager's.")
@click.option("--week", is_flag=True, help="The one of the week, in place of the day's.")
@click.pass_obj
def digest(config: str | None, to: str, *, show: bool, week: bool) -> None:
    """Queue the digests that are due; `run` does so by itself. Nobody gets two for one day."""
    from postroom.commands.digest import digest as act

    act(config, to=to, show=show, week=week)


@click.command(cls=Shown)
@click.pass_obj
def upgrade(config: str | None) -> None:
    """Bring the database to this version's schema; a backup of the file is made first."""
    from postroom.commands.upgrade import upgrade as act

    act(config)


@click.command(cls=Shown)
@click.argument("file", type=click.Path(), metavar="FILE")
@click.pass_obj
def backup(config: str | None, file: str) -> None:
    """Copy all of the database into one file, while the service goes on. The copy is read back before it has its name."""
    from postroom.commands.backup import backup as act

    act(config, file)


@click.command(cls=Shown)
@click.argument("file", type=click.Path(), required=False, metavar="[FILE]")
@click.option("--replace", "replaces", is_flag=True, help="Where a database is; it is kept under another name.")
@click.option("--mark", is_flag=True, help="No file: the database was put back by other means, and is only marked.")
@click.pass_obj
def restore(config: str | None, file: str | None, *, replaces: bool, mark: bool) -> None:
    """Make a backup the database again. Nothing is answered twice, and mail that came since is found again."""
    from postroom.commands.restore import restore as act

    if (file is None) is not mark or (mark and replaces):
        raise click.UsageError("Name a file, or --mark alone.")
    act(config, file, replaces=replaces)


@click.command(cls=Shown)
@json_option
@click.pass_obj
def reconcile(config: str | None, *, as_json: bool) -> None:
    """Compare the ledger with the folders on the server: one line where nothing is missing. `run` does so once a day."""
    from postroom.commands.reconcile import reconcile as act

    sys.exit(DONE if act(config, as_json=as_json) else NO)


COMMANDS = (run, digest, upgrade, backup, restore, reconcile)
