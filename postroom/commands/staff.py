"""Staff, as a person at the keyboard names them: by their address in the configuration. It judges no rights."""

from postroom.app import App
from postroom.cli import Refused
from postroom.settings import StaffSettings

OPERATOR = "command line"  # who acts, where nobody is named


def author(app: App, address: str) -> tuple[str, str]:
    """Address and name of whoever acts. Raises Refused."""
    if not address:
        return OPERATOR, ""
    person = member(app, address)
    return person.address, person.name


def member(app: App, address: str) -> StaffSettings:
    """The member of staff with that address. Raises Refused, with all there are."""
    if person := app.member(address):
        return person
    known = ", ".join(person.address for person in app.config.settings.staff) or "nobody yet"
    raise Refused(f"{address} is not on the staff: the configuration names {known}")
