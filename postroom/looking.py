"""Looking: a mail of the ledger as its writer saw it, made by a worker that has no network and no database (reliability.md T15)."""

from dashboard.desk import Refused
from dashboard.look import look
from postroom.kept import Kept
from postroom.parsers import Unread
from store import incoming
from store.database import Database

SECONDS = 5.0  # a mail is made to take longer by whoever nests a hundred thousand elements
AT_MOST = 26 * 1024 * 1024  # octets of a mail that is shown: larger ones are saved


def raw(database: Database, number: int) -> bytes:
    """The bytes of a mail, as they came. Raises LookupError."""
    with database.read() as tx:
        return b"".join(incoming.raw(tx, number))


class Looking:
    """All of it by one worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = Kept(look, SECONDS)

    def look(self, number: int) -> str:
        """One page of HTML. Raises LookupError, and Refused for one that cannot be shown."""
        whole = raw(self._database, number)
        if len(whole) > AT_MOST:
            raise Refused("This mail is too large to be shown: save it.")
        with self._kept.lent() as parsers:
            (page,) = parsers.parse([whole])
        if isinstance(page, Unread):
            raise Refused(f"This mail cannot be shown ({page.reason}): save it.")
        return page
