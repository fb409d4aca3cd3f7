"""Telling: staff hear of mails that do not reach their clients: once, and of many together. It mends nothing."""

from collections.abc import Sequence
from datetime import timedelta

from outbound.outbox import Queued, State
from postroom.app import App
from postroom.log import event, trouble
from postroom.post import Post
from store import outbox, outgoing, untold
from store.untold import Untold

# After an alert about one state, so long none about the same: what comes meanwhile is told together.
QUIET = {State.HELD: timedelta(hours=4), State.DEAD: timedelta(hours=1), State.BOUNCED: timedelta(hours=1)}
TITLES = {
    State.HELD: ("A mail is held back", "{n} mails are held back"),
    State.DEAD: ("A mail could not be delivered", "{n} mails could not be delivered"),
    State.BOUNCED: ("A mail came back", "{n} mails came back"),
}
WHAT_NOW = {
    State.HELD: "postroom retry lets one go; an acknowledgement is given up after 4 hours",
    State.DEAD: "postroom retry tries one again",
    State.BOUNCED: "nothing goes to these addresses by itself for a while; what you write yourself does",
}
SHOWN = 10  # of them, one a line


def tell(app: App) -> int:
    """Gives up what was held too long, and tells of what is new; how many mails were told of."""
    at = app.now()
    with app.database.write() as tx:
        if expired := outgoing.expire(tx, at):
            event("outbox.expired", mails=expired)
    return sum(_tell(app, state) for state in QUIET)


def _tell(app: App, state: State) -> int:
    at, cause = app.now(), f"outbox:{state}:"
    with app.database.read() as tx:
        found = untold.untold(tx, state)
        quiet = bool(found) and untold.alerted(tx, app.managers, cause, at - QUIET[state], at)
    if not found or quiet:
        return 0
    trouble("outbox.trouble", state=state, mails=len(found), first=f"o{found[0].id}")
    alerts = _alerts(app, state, found, f"{cause}{at.isoformat()}")
    with app.database.write() as tx:
        if not untold.tell(tx, [one.id for one in found]):
            return 0
        for queued in alerts:
            outbox.queue(tx, queued, app.limits, at)
    return len(found)


def _alerts(app: App, state: State, found: Sequence[Untold], cause: str) -> tuple[Queued, ...]:
    one, many = TITLES[state]
    title = one if len(found) == 1 else many.format(n=len(found))
    lines = [(f"o{mail.id}", _line(mail)) for mail in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(("And", f"{len(found) - SHOWN} more: postroom outbox --state {state}"))
    return Post(app).alert(title, [*lines, ("Now", WHAT_NOW[state])], cause, app.now())


def _line(mail: Untold) -> str:
    about = f" (#{mail.ticket})" if mail.ticket else ""
    return f"to {mail.recipient}{about}: {mail.reason}"
