"""Looking: a mail of the ledger as its writer saw it, made by a worker that has no network and no database (reliability.md T15)."""

from dashboard.desk import Refused
from dashboard.look import look
from postroom.app import App
from postroom.parsers import Parsers, Unread
from store import incoming

SECONDS = 5.0  # a mail is made to take longer by whoever nests a hundred thousand elements
AT_MOST = 26 * 1024 * 1024  # octets of a mail that is shown: larger ones are saved


def raw(app: App, number: int) -> bytes:
    """The bytes of a mail, as they came. Raises LookupError."""
    with app.database.read() as tx:
        return b"".join(incoming.raw(tx, number))


def looked(app: App, number: int) -> str:
    """One page of HTML. Raises LookupError, and Refused for one that cannot be shown."""
    whole = raw(app, number)
    if len(whole) > AT_MOST:
        raise Refused("This mail is too large to be shown: save it.")
    parsers = Parsers(look, 1, seconds=SECONDS)
    try:
        (page,) = parsers.parse([whole])
    finally:
        parsers.close()
    if isinstance(page, Unread):
        raise Refused(f"This mail cannot be shown ({page.reason}): save it.")
    return page
