"""Handles: links to files that a mail cannot carry, and what is behind one. Each is for one file, one team and a month."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dashboard.fetched import Fetched
from outbound.handle import Place, handle, made_for, read_handle
from postroom.app import App
from postroom.log import event
from store import attachments

GOOD_FOR = timedelta(days=30)
Named = tuple[str, Place]  # a file by its name
Linked = tuple[str, str]  # a file's name, and its address


def links(app: App, files: Iterable[Named], ticket: int, team: str, at: datetime) -> list[Linked]:
    """The address of each for that team; none where no site is known."""
    site, to = app.config.settings.public_url, app.config.settings.forward[team]
    if not site:
        return []
    return [(name, handle(app.keys, site, place, ticket, to, at + GOOD_FOR)) for name, place in files]


def fetch(app: App, token: str) -> Fetched | None:
    """The file, while its link is good, and the team still has the address that it was made for."""
    found = read_handle(app.keys, token)
    if found is None or app.now() > found.expires:
        return None
    forward = app.config.settings.forward.items()
    team = next((name for name, address in forward if made_for(app.keys, found, address)), "")
    if not team:
        return None
    place = found.file
    with app.database.read() as tx:
        file = attachments.shown(tx, found.ticket, place.mail, place.position, outgoing=place.outgoing)
        if file is None:
            return None
        data = attachments.content(tx, file.id)
    event("file.fetched", file=f"a{file.id}", ticket=found.ticket, team=team, octets=len(data))
    return Fetched(file.name or "unnamed", data)
