"""Mailbox: the last mails of a configured mailbox, laid into a scratch folder. Opened with EXAMINE, read with BODY.PEEK: nothing is marked."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from inbound.fetching import EPOCH
from inbound.imap import BadArgument, Fetched, Mailbox, MailboxDown
from inbound.spool import Spool
from postroom.clock import monotonic
from postroom.config import Config, MailboxConfig
from postroom.letters.letter import HEAD, Found, Letter, Trouble, came
from postroom.servers import imap_server

_PIECE = 1 << 20


def named(config: Config, name: str) -> tuple[MailboxConfig, str] | None:
    """The mailbox of that name, address or alias, and which of its folders: the one that is read, or that behind a colon.

    A role is a name, too, where one mailbox alone has it.
    """
    for box in config.mailboxes:
        for known in (box.name, box.settings.address, *box.settings.aliases):
            if found := _folder(box, known, name):
                return box, found
    roles = [(box, found) for box in config.mailboxes if (found := _folder(box, box.settings.role, name))]
    return roles[0] if len(roles) == 1 else None


def _folder(box: MailboxConfig, known: str, name: str) -> str:
    """Which folder is meant, where a mailbox that is `known` so is named; "" where it is not."""
    rest = name[len(known) :]
    meant = name[: len(known)].lower() == known.lower() and rest[:1] in {"", ":"}
    return (rest[1:] or box.settings.folder) if meant else ""


def letters(box: MailboxConfig, folder: str, config: Config, last: int, scratch: Path, now: datetime) -> Found:
    """The last mails of one of its folders. What the server says, or does not give, is told."""
    where = f"{box.name}, {folder}"
    found: Found = []
    try:
        with Mailbox(imap_server(box, config), folder, "", monotonic=monotonic) as mailbox:
            uids = mailbox.all_uids()
            if not uids:
                return [Trouble(where, _empty(box, folder))]
            for batch in mailbox.fetch(uids[-last:]):
                found += [_laid(one, box, folder, scratch, now) for one in batch]
            found += [Trouble(f"{where}, UID {uid}", why) for uid, why in mailbox.unreadable.items()]
    except OSError as error:
        found.append(Trouble(where, f"no room for its mails in {scratch.parent}: {error.strerror}"))
    except (MailboxDown, BadArgument) as error:
        found.append(Trouble(where, str(error)))
    return found


def _empty(box: MailboxConfig, folder: str) -> str:
    filed = box.settings.processed_folder
    beside = f"; what was filed: postroom preview {box.name}:{filed}" if filed and folder != filed else ""
    return f"no mail lies in it{beside}"


def _laid(one: Fetched, box: MailboxConfig, folder: str, scratch: Path, now: datetime) -> Letter:
    with NamedTemporaryFile(dir=scratch, suffix=".eml", delete=False) as file:
        file.writelines(_pieces(one.raw))
        file.seek(0)
        head = file.read(HEAD)
    path = Path(file.name)
    arrived = now if one.received_at == EPOCH else min(one.received_at, now)
    at = came(head, arrived, now)
    return Letter(f"{box.name}, UID {one.uid}", at, path, 0, path.stat().st_size, box.name, folder, arrived)


def _pieces(raw: bytes | Spool) -> Iterator[bytes]:
    if isinstance(raw, bytes):
        yield raw
    else:
        yield from raw.pieces(_PIECE)
