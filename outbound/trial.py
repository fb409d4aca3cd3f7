"""The trial mail of `check --send`: one mail from a mailbox of ours to itself. Pure; it sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from inbound.message import Address, Message
from outbound.headers import address_words
from outbound.mime import assemble
from outbound.token import Keys, message_id, read_address, reply_address

NOBODYS = 32**6 - 1  # the highest number that a token can hold: no ticket ever has it
WORDS = """\
postroom check --send wrote this mail to see whether a reply to your team comes back as it was sent.

It is known as our own by its Message-ID: nobody is answered, and no ticket is opened. ({once})
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mail that can be told from every other by `once`, whatever a server changes in it."""

    sender: Address
    recipient: str
    message_id: str
    once: str
    raw: bytes

    def is_in(self, raw: bytes) -> bool:
        return self.once.encode() in raw


def trial(keys: Keys, sender: Address, recipient: str, once: str, at: datetime) -> Trial:
    """`once` is chance, in letters and digits. Raises ValueError for an address that no header can hold."""
    id_ = message_id(keys, f"check:{once}", "check", recipient, None, sender.domain)
    words = WORDS.format(once=once)
    headers = [
        ("From", address_words(sender)),
        ("To", [recipient]),
        ("Subject", ["postroom", "check", once]),
        ("Date", [format_datetime(at)]),
        ("Message-ID", [id_]),
        ("Auto-Submitted", ["auto-generated"]),
        ("X-Auto-Response-Suppress", ["All"]),
        ("X-Postroom-Loop", [id_]),
    ]
    return Trial(sender, recipient, id_, once, assemble(headers, id_, words, f"<pre>{escape(words)}</pre>"))


def trial_address(keys: Keys, address: str) -> str:
    """The mailbox's address with a token, as a reply would have it. Raises ValueError where it has no room for one."""
    return reply_address(keys, address, NOBODYS)


def token_kept(keys: Keys, message: Message) -> bool:
    """Whether the mail that came back still says where it was sent."""
    named: Sequence[str] = [*(one.addr for one in (*message.to, *message.cc)), *message.delivered_to]
    return any(read_address(keys, addr) == NOBODYS for addr in named)
