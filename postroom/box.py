"""MailboxConfig: one mailbox of the configuration, complete, and which of its folders are for what. It opens none."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from inbound.message import Address
from inbound.naming import JUNK, SENT
from postroom import values
from postroom.secret import Secret
from postroom.settings import MailboxSettings
from postroom.taking import Taker
from store import folders

AUTO = "auto"  # the folder that the server says is for that


@dataclass(frozen=True, slots=True)
class MailboxConfig:
    """A mailbox, complete: every default filled in."""

    name: str
    settings: MailboxSettings
    password: Secret
    port: int
    sender: Address
    workflow: str
    start: date | str  # "now", "all", the first day, or a moment of it

    @property
    def beside(self) -> dict[str, str]:
        """The folders that are read beside the first one: as the ledger calls each, and as the server is asked for it (`inbound.naming`)."""
        sent = SENT if self.settings.sent_folder == AUTO else self.settings.sent_folder
        return {name: name for name in self.settings.folders} | ({folders.SENT: sent} if sent else {})

    @property
    def junk_folder(self) -> str:
        """As `inbound.naming` takes it; "" where it is not looked at."""
        return JUNK if self.settings.junk_folder == AUTO else self.settings.junk_folder

    @property
    def untagged(self) -> bool:
        """Whether an answer to its mails comes to the escalate address itself, as an escalation does."""
        return self.settings.role == "escalate" and self.settings.reply_token == "off"  # noqa: S105 - a setting's word


class Folders(Taker):
    """Refuses folders that cannot be what they are named for."""

    def prove(self, key: str, box: MailboxSettings) -> None:
        """`key` is the mailbox's. Raises ConfigError."""
        self.take(f"{key}.folder", box.folder, values.plain)
        self.take(f"{key}.processed_folder", box.processed_folder, partial(values.plain, empty=True))
        self.take(f"{key}.sent_folder", box.sent_folder, partial(values.plain, empty=True))
        self.take(f"{key}.junk_folder", box.junk_folder, partial(values.plain, empty=True))
        self.each(f"{key}.folders[{{}}]", box.folders, values.plain)
        read = [name.lower() for name in (box.folder, *box.folders)]
        if box.processed_folder.lower() in read:
            # Each mail that is filed there would come again under a new UID.
            mend = 'that is the folder that is read: name another, or "" to leave mail there'
            raise self.source.refuse(f"{key}.processed_folder", box.processed_folder, mend)
        if box.sent_folder.lower() in {*read, box.processed_folder.lower()} - {""}:
            mend = "that folder holds mail that came: name the one that your mail program keeps sent mail in"
            raise self.source.refuse(f"{key}.sent_folder", box.sent_folder, mend)
        if box.sent_copy and not box.sent_folder:
            raise self.source.refuse(
                f"{key}.sent_copy", "true", 'name the folder that they go to: sent_folder = "auto"'
            )
        if len(set(read)) < len(read):
            raise self.source.refuse(f"{key}.folders", ", ".join(box.folders), "a folder is read once: name it once")
