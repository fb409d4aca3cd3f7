"""Taking back: what staff send from a page waits for some seconds, and until then it can be undone; and what it would be, before."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from dashboard.desk import Leaving, Member, Order, Refused
from outbound.outbox import Queued
from outbound.shown import shown
from postroom.acting import Hold, NotPossible, planned
from postroom.answering import Words
from postroom.app import App
from postroom.log import event
from store import holds, outbox
from store.said import readable
from workflow.act import Act

HELD = {"reply", "status"}  # deeds that may send words to a client

DONE = "Taken back: nothing of it has left, and the ticket is as it was."
CHANGED = "Taken back: nothing of it has left. The ticket was changed by others meanwhile, and stays as they left it."
AGAIN = "It is taken back already: nothing of it has left."
TOO_LATE = "It is too late: it has left."


def hold(app: App, order: Order) -> Hold | None:
    """For how long the mails of this order wait; None where they leave at once."""
    seconds = app.config.settings.web.undo_seconds
    if not seconds or order.deed not in HELD:
        return None
    return Hold(app.now() + timedelta(seconds=seconds), msgspec.json.encode(order).decode())


def take_back(app: App, member: Member, number: int) -> tuple[Order, str]:
    """What this member did there a moment ago, undone, and what came of it. Raises Refused."""
    now = app.now()
    try:
        with app.database.write() as tx:
            held = holds.of(tx, number, now)
            if held is None:
                raise Refused(TOO_LATE)
            if held.by != member.address.lower():
                raise Refused(f"Only {held.by} can take this back.")
            whole = not held.taken and holds.take_back(tx, held, member.address, now)
    except holds.Left:
        raise Refused(TOO_LATE) from None
    if not held.taken:
        event("act.taken_back", ticket=number)
    typed = replace(msgspec.json.decode(held.typed, type=Order), note="")  # a note is kept: it went to nobody
    return typed, AGAIN if held.taken else DONE if whole else CHANGED


def leaving(app: App, number: int, deed: Act, words: Words) -> tuple[Leaving, ...]:
    """The mails that it would send, as they would be now. Raises NotPossible."""
    plan = planned(app, number, deed, words)
    with app.database.read() as tx:
        whys = outbox.foreseen(tx, plan.outgoing, app.limits, plan.at)
    return tuple(_leaving(mail, why) for mail, why in zip(plan.outgoing, whys, strict=True))


def _leaving(mail: Queued, why: str) -> Leaving:
    if not mail.raw:
        raise NotPossible(f"its mail cannot be made: {mail.reason}")
    files = tuple(file.name for file in mail.files)
    return Leaving(mail.recipient, mail.subject, readable(mail.raw), files, why or mail.reason, shown(mail.raw))
