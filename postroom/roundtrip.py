"""The round trip of `check --send`: a mail to a mailbox of ours, by SMTP out and by IMAP back. It deletes, moves and marks nothing.

It may be tried while a `run` works on the same mailbox: both folders in which the mail can lie are only looked at.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from inbound.down import MailboxRefused
from inbound.imap import Mailbox
from inbound.message import Message
from inbound.parse import parse
from outbound.outbox import Sent
from outbound.smtp import Smtp
from outbound.trial import Trial, token_kept, trial, trial_address
from postroom.app import App
from postroom.clock import monotonic
from postroom.config import MailboxConfig
from postroom.servers import imap_server, smtp_server

PATIENCE = 60.0  # seconds that a mail may take
LOOK_SECONDS = 1.0
FATE = 'The mail stays on the server; a run that reads it parks it as "own_mail"'


@dataclass(frozen=True, slots=True)
class Trip:
    """What became of one mail, or of two: where the plus address does not come back, the plain one is tried as well."""

    came: bool
    plus_kept: bool = False
    id_kept: bool = False
    seconds: float = 0.0
    trouble: str = ""  # of the plus address, or where nothing came back of both

    @property
    def reply_token(self) -> str:
        """Which one to use."""
        return "plus" if self.plus_kept else "off"

    @property
    def facts(self) -> dict[str, object]:
        """For programs."""
        if not self.came:
            return {}
        return {
            "plus_address_kept": self.plus_kept,
            "message_id_kept": self.id_kept,
            "reply_token": self.reply_token,
            "seconds": round(self.seconds, 1),
        }

    def __str__(self) -> str:
        if not self.came:
            return self.trouble
        plus = "plus address kept" if self.plus_kept else f"plus address not kept ({self.trouble})"
        kept = "Message-ID kept" if self.id_kept else f"Message-ID changed on the way{'' if self.plus_kept else _TAGS}"
        return f'back in {self.seconds:.1f} s; {plus}; {kept}; use reply_token = "{self.reply_token}". {FATE}'


_TAGS = ": replies are known by the tag in their subject alone"


def round_trip(app: App, box: MailboxConfig, patience: float = PATIENCE) -> Trip:
    """Takes at most twice `patience` seconds, and those of a server that is slow. Raises MailboxDown."""
    with ExitStack() as stack:
        watch = _Watch(stack, app, box)
        there, trouble = _replied(app, box, watch, patience)
        if there and token_kept(app.keys, there.message):
            return Trip(came=True, plus_kept=True, id_kept=there.id_kept, seconds=there.seconds)
        if there is None:
            there, lost = _sent(app, box, box.settings.address, watch, patience)
            trouble = trouble if there else lost
        if there is None:
            return Trip(came=False, trouble=trouble)
        return Trip(came=True, id_kept=there.id_kept, seconds=there.seconds, trouble=trouble)


@dataclass(frozen=True, slots=True)
class _Back:
    """The trial mail, as it came back."""

    message: Message
    id_kept: bool
    seconds: float


def _replied(app: App, box: MailboxConfig, watch: "_Watch", patience: float) -> tuple["_Back | None", str]:
    """The way of a reply: to the plus address. The second says what became of it where it is not kept."""
    try:
        to = trial_address(app.keys, box.settings.address)
    except ValueError as error:
        return None, str(error)
    there, trouble = _sent(app, box, to, watch, patience)
    return there, trouble or "it came without what stood behind the plus"


def _sent(app: App, box: MailboxConfig, to: str, watch: "_Watch", patience: float) -> tuple[_Back | None, str]:
    """The mail that came back, or why there is none."""
    mail = trial(app.keys, box.sender, to, secrets.token_hex(8), app.now())
    begun = monotonic()
    if refused := asyncio.run(_hand_over(app, mail)):
        return None, refused
    raw = watch.find(mail, begun + patience)
    if raw is None:
        return None, f"nothing came back to {box.settings.folder} within {patience:g} s; did a filter put it elsewhere?"
    message = parse(raw)
    return _Back(message, message.message_id == mail.message_id, monotonic() - begun), ""


async def _hand_over(app: App, mail: Trial) -> str:
    """Why the server did not take it; "" when it did."""
    smtp = Smtp(smtp_server(app.config))
    try:
        outcome = await smtp.send(mail.sender.addr, mail.recipient, mail.raw, _no_mark)
    finally:
        await smtp.close()
    return "" if isinstance(outcome, Sent) else f"not taken by {app.config.smtp_name}: {outcome.answer}"


async def _no_mark() -> None:
    """Nothing is kept of this mail: it is sent once, whatever comes."""


class _Watch:
    """The folders in which a mail can lie, as a `run` may file it meanwhile. Opened to be read alone."""

    def __init__(self, stack: ExitStack, app: App, box: MailboxConfig) -> None:
        self._folders: list[tuple[Mailbox, list[int]]] = []
        server = imap_server(box, app.config)
        for name in filter(None, (box.settings.folder, box.settings.processed_folder)):
            try:
                mailbox = stack.enter_context(Mailbox(server, name, "", monotonic=monotonic))
            except MailboxRefused:
                if name == box.settings.folder:
                    raise
                continue  # it is made by the first run
            self._folders.append((mailbox, mailbox.all_uids()[-1:] or [0]))

    def find(self, mail: Trial, until: float) -> bytes | None:
        """The mail as it lies there, as soon as it does; None when the time is over."""
        while True:
            if found := next((raw for raw in self._new() if mail.is_in(raw)), None):
                return found
            left = until - monotonic()
            if left <= 0:
                return None
            self._folders[0][0].wait(min(left, LOOK_SECONDS))

    def _new(self) -> Iterator[bytes]:
        for mailbox, last in self._folders:
            for uid in mailbox.uids_above(last[0]):
                last[0] = uid
                yield from (one.raw for mails in mailbox.fetch([uid]) for one in mails if isinstance(one.raw, bytes))
