"""`postroom merge` and `unmerge`."""

import click

from postroom import merging
from postroom.acting import NotPossible
from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.staff import author
from workflow.act import Merge, Unmerge


def merge(option: str | None, number: int, into: int, by: str) -> None:
    click.echo(f"#{number} is merged into {_done(option, number, into, by)}")


def unmerge(option: str | None, number: int, by: str) -> None:
    click.echo(f"#{number} is a ticket of its own again; {_done(option, number, None, by)}")


def _done(option: str | None, number: int, into: int | None, by: str) -> str:
    """The target, as it stands then."""
    app = open_app(option)
    who, _ = author(app, by)
    try:
        target, workflow = merging.done(app, number, Unmerge(who) if into is None else Merge(into, who))
    except NotPossible as error:
        raise Refused(str(error)) from None
    status = workflow.statuses.get(target.status)
    priority = f", {target.priority} priority" if target.priority != "normal" else ""
    return f"#{target.number}, which is in {status.name if status else target.status}{priority}"
