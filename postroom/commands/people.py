"""`postroom people`: who takes part in a ticket."""

import click

from classifier.recipients import whose
from postroom import acting
from postroom.acting import NotPossible
from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.address import one_address
from postroom.commands.staff import author
from store import people
from workflow.act import Part, TakePart


def take_part(option: str | None, number: int, part: str, address: str, by: str, *, quiet: bool) -> None:
    app = open_app(option)
    by_whom, _ = author(app, by)
    who = one_address(address, "ADDRESS")
    if reason := whose(app.config.ours, who.addr):
        raise Refused(f"{who.addr} is {reason}")
    with app.database.read() as tx:
        standing = people.standing(tx, number)
    try:
        acting.act(app, number, TakePart.of(Part.QUIET if quiet else Part(part), who, by_whom, standing))
    except NotPossible as error:
        raise Refused(str(error)) from None
    part_now = "takes part" if part == Part.ADD else "takes no part any more"
    part_now += ", and hears nothing of it" if quiet else ""
    click.echo(f"#{number}: {who.addr} {part_now}")
