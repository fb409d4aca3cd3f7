"""`postroom digest`: queues the digests that are due, or one now, or shows one and queues nothing."""

import click

from outbound.render import RenderError
from postroom import digesting
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.settings import StaffSettings
from store import digests


def digest(option: str | None, *, to: str, show: bool, week: bool) -> None:
    app = open_app(option)
    notice = digests.WEEK if week else digests.NOTICE
    if show:
        click.echo(_text(app, _person(app, to), notice))
    elif to:
        click.echo(_queued(app, _person(app, to), notice))
    else:
        number = digesting.digest(app)
        click.echo(f"{number} queued" if number else "no digest is due")


def _text(app: App, person: StaffSettings, notice: str) -> str:
    try:
        return digesting.text(app, person, notice)
    except RenderError as error:
        raise Refused(str(error)) from None


def _queued(app: App, person: StaffSettings, notice: str) -> str:
    _text(app, person, notice)  # one that cannot be written does not take the day's place
    day = digesting.today(app)
    placed = digesting.queue(app, person, day, notice)
    if placed is None:
        raise Refused(f"{person.address} has the digest of {day} already, and nobody gets two for one day: use --print")
    return f"o{placed}: the digest of {day} to {person.address} is queued"


def _person(app: App, address: str) -> StaffSettings:
    """The member of staff of that address; without one, the first who is told of the whole team's work."""
    staff = app.config.settings.staff
    wanted = (address or next(iter(app.managers), "")).lower()
    for person in staff:
        if person.address.lower() == wanted:
            return person
    if not staff:
        raise Refused("nobody is on the staff: add a [[staff]] to the configuration")
    known = ", ".join(person.address for person in staff)
    raise Refused(f"{address} is not on the staff: the configuration names {known}")
