"""`postroom people`: who takes part in a ticket."""

from dataclasses import replace

import click

from inbound.message import Address
from postroom.acting import NotPossible, changed, settled
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.staff import author
from store import people, tickets
from store.people import Part
from workflow.change import stay


def take_part(option: str | None, number: int, part: str, address: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    if address.count("@") != 1 or not address.isprintable() or " " in address or len(address) > 254:
        raise Refused(f'"{address[:60]}" is no address: write one, such as ada@client.example')
    try:
        click.echo(settled(f"#{number}", lambda: _changed(app, number, Part(part), Address(address), who)))
    except NotPossible as error:
        raise Refused(str(error)) from None


def _changed(app: App, number: int, part: Part, who: Address, by: str) -> str:
    with app.database.read() as tx:
        ticket, stands = tickets.ticket(tx, number), people.standing(tx, number, who)
    if ticket is None:
        raise NotPossible(f"there is no ticket #{number}")
    if ticket.merged_into is not None:
        raise NotPossible(f"#{number} is merged into #{ticket.merged_into}: name that one, or unmerge {number} first")
    if reason := _impossible(app, number, part, who, stands):
        raise NotPossible(reason)
    workflow = app.workflow(ticket.workflow)
    said = f"{by} let {who.addr} in" if part is Part.ADD else f"{by} took {who.addr} out"
    effect = changed(ticket, stay(ticket, workflow, (said,)), workflow, app.now(), by=by, outgoing=(), note=said)
    with app.database.write() as tx:
        tickets.apply(tx, replace(effect, part=(part, who)), app.limits)
    return f"#{number}: {who.addr} takes part" if part is Part.ADD else f"#{number}: {who.addr} takes no part any more"


def _impossible(app: App, number: int, part: Part, who: Address, stands: tuple[str, bool] | None) -> str:
    if who.key in app.config.ours.mailboxes:
        return f"{who.addr} is a mailbox of ours"
    if stands and stands[0] == "requester":
        return f"{who.addr} is the requester of #{number}"
    if part is Part.REMOVE and stands is None:
        return f"{who.addr} takes no part in #{number}"
    if part is Part.ADD and stands and not stands[1] and stands[0] != "cc":
        return f"{who.addr} takes part in #{number} already"
    return ""
