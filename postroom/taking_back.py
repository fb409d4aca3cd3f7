"""Taking back: what staff send from a page waits for some seconds, and until then it can be undone; and what it would be, before."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from dashboard.desk import Leaving, Member, Order, Refused
from outbound.outbox import Queued
from outbound.shown import shown
from postroom.acting import Hold, NotPossible, planned, settled
from postroom.answering import Words
from postroom.app import App
from postroom.log import event
from store import holds, issues, outbox
from store.said import readable
from workflow.act import Act
from workflow.issue import issue

HELD = {"reply", "status", "link"}  # deeds that may send words to a client

DONE = "Taken back: nothing of it has left, and the ticket is as it was."
CHANGED = "Taken back: nothing of it has left. The ticket was changed since, and stays as it is."
AGAIN = "It is taken back already: nothing of it has left."
TOO_LATE = "It is too late: it has left."


def hold(app: App, order: Order) -> Hold | None:
    """For how long the mails of this order wait; None where they leave at once."""
    seconds = app.config.settings.web.undo_seconds
    if not seconds or order.deed not in HELD:
        return None
    return Hold(app.now() + timedelta(seconds=seconds), msgspec.json.encode(order).decode())


def take_back(app: App, member: Member, number: int, which: str) -> tuple[Order, str]:
    """What this member did there a moment ago, undone, and what came of it. `which`: the cause of its mails. Raises Refused."""
    try:
        return settled(f"#{number}", lambda: _taken_back(app, member, number, which))
    except NotPossible as error:
        raise Refused(str(error)) from None
    except holds.Left:
        raise Refused(TOO_LATE) from None


def _taken_back(app: App, member: Member, number: int, which: str) -> tuple[Order, str]:
    now = app.now()
    with app.database.read() as tx:
        if not any(one.cause == which for one in holds.of(tx, number, now)):
            raise Refused(TOO_LATE)  # without a turn among those that write
    with app.database.write() as tx:
        held = next((one for one in holds.of(tx, number, now) if one.cause == which), None)
        if held is None:
            raise Refused(TOO_LATE)
        if held.by != member.address.lower():
            raise Refused(f"Only {held.by} can take this back.")
        typed = replace(msgspec.json.decode(held.typed, type=Order), note="")  # a note is kept: it went to nobody
        if held.taken:
            return typed, AGAIN
        whole = holds.take_back(tx, held, member.address, now)
        if typed.deed == "link" and (linked := issues.tracked(tx, issue(typed.to).key)):
            issues.unlink(tx, linked, held.place)
    event("act.taken_back", ticket=number)
    return typed, DONE if whole else CHANGED


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
