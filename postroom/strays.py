"""Strays: mails to us that lie in a folder which is not read, and were never read: somebody moved them away before. It moves none."""

from collections import Counter
from datetime import datetime, timedelta

from inbound.imap import Fetched, Mailbox, MailboxRefused
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.recovering import lacking
from store import folders, incoming

Shape = tuple[datetime, int]

LATELY = timedelta(days=2)  # older ones were told of yesterday
SERVERS_DAY = timedelta(days=1)  # a day begins there at another time than here
MOST_FOLDERS = 200
MOST_MAILS = 50  # of one folder that are read whole
_HEAD = 64 * 1024  # bytes in which the headers are looked through


def strays(app: App, box: MailboxConfig, mailbox: Mailbox) -> tuple[str, ...]:
    """Folders that have some, with their number: "2 in Archive". `mailbox` is open, and selected again afterwards. Raises MailboxDown."""
    with app.database.read() as tx:
        begun = folders.since(tx, box.name, box.settings.folder)
        known = incoming.shapes(tx, box.name)
    if begun is None:
        return ()
    since = max(begun, app.now() - LATELY)
    numbers = {
        name: _in_folder(app, box, mailbox.beside(name), since, known) for name in mailbox.others()[:MOST_FOLDERS]
    }
    mailbox.turn()
    return tuple(f"{number} in {name}" for name, number in numbers.items() if number)


def _in_folder(app: App, box: MailboxConfig, folder: Mailbox, since: datetime, known: Counter[Shape]) -> int:
    try:
        folder.open()
        lately = folder.received_since((since - SERVERS_DAY).date())
        listed = folder.listed(sorted(lately))
    except MailboxRefused:  # it is not ours to read
        return 0
    candidates = [uid for uid, (at, size) in sorted(listed.items()) if at >= since and not known[at, size]]
    batches = folder.fetch(candidates[-MOST_MAILS:])
    return sum(_is_to_us(box, mail) for batch in batches for mail in lacking(app, box, batch))


def _is_to_us(box: MailboxConfig, mail: Fetched) -> bool:
    """Whether a header names one of its addresses: some houses keep appointments and notes in folders, too."""
    raw = mail.raw if isinstance(mail.raw, bytes) else next(mail.raw.pieces(_HEAD), b"")
    head = raw[:_HEAD].partition(b"\r\n\r\n")[0].lower()
    return any(address.lower().encode() in head for address in (box.settings.address, *box.settings.aliases))
