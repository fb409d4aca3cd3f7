"""`postroom merge` and `unmerge`."""

import click

from postroom import merging
from postroom.acting import NotPossible
from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.staff import author
from workflow.act import Merge, Unmerge


def merge(option: str | None, number: int, into: int, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    try:
        done = merging.merge(app, number, Merge(into, who))
    except NotPossible as error:
        raise Refused(str(error)) from None
    click.echo(f"#{number} is merged into {_stands(done)}")


def unmerge(option: str | None, number: int, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    try:
        done = merging.unmerge(app, number, Unmerge(who))
    except NotPossible as error:
        raise Refused(str(error)) from None
    click.echo(f"#{number} is a ticket of its own again; {_stands(done)}")


def _stands(done: merging.Merged) -> str:
    """The target, as it stands now."""
    status = done.workflow.statuses.get(done.target.status)
    priority = f", {done.target.priority} priority" if done.target.priority != "normal" else ""
    return f"#{done.target.number}, which is in {status.name if status else done.target.status}{priority}"
