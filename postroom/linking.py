"""Linking: `#link ENG-12` and `#unlink ENG-12` in a staff member's mail are done, and answered. It judges no sender; the classifier has."""

from dataclasses import replace
from datetime import datetime

from postroom import tracking
from postroom.acting import NotPossible, changed
from postroom.app import App
from postroom.cases import Judged
from postroom.house import House, Told
from postroom.ordering import acting, first
from postroom.tracking import Followed
from store import issues
from store.effect import Effect
from workflow.act import Note
from workflow.after import after
from workflow.decide import decide_action
from workflow.decision import Ticket
from workflow.issue import Issue, issue
from workflow.orders import VERBS, Asked, Order, asked

_LINKING = frozenset({"link", "unlink"})


def wanted(case: Judged) -> bool:
    """Whether the mail asks for a link or its undoing."""
    return any(order.verb in _LINKING for order in asked(case.read.parsed.reading.new).orders)


def link(app: App, case: Judged, real: Ticket, seen: Ticket, at: datetime) -> Effect:
    """The change, with the answer to the one who wrote. `seen` is the ticket that the mail is about, `real` where it leads."""
    me, cause = acting(app, case), f"mail:{case.mail.id}"
    try:
        order = _alone(asked(case.read.parsed.reading.new, me.name))
        named = _named(app, order, seen.number)
        plan = tracking.unlinking if order.verb == "unlink" else tracking.linking
        followed = plan(app, seen.number, named, me.addr)
        effect, stands = followed.effect, after(seen, followed.decision, at)
        answer = _said(followed, order, named, seen, stands, me.addr)
    except NotPossible as error:
        title = f"Nothing was done on #{seen.number}: {error}"
        effect, answer, stands = _nothing(app, real, me.addr, at), Told("done", me.addr, title, note=True), seen
    answer = replace(answer, lines=(*answer.lines, *first(app, case, real)))
    sent = House(app).to_staff([answer], stands, cause, at)
    # The mail itself is the entry of what it did.
    return replace(effect, note="", outgoing=(*effect.outgoing, *sent))


def _alone(found: Asked) -> Order:
    """Raises NotPossible."""
    if len(found.orders) > 1 or found.words:
        raise NotPossible("a link stands alone: write another mail for words and other commands")
    return found.orders[0]


def _named(app: App, order: Order, number: int) -> Issue:
    """The issue that is meant; of a ticket with one alone it needs no name to be linked no more. Raises NotPossible."""
    if order.verb == "unlink" and not order.about:
        with app.database.read() as tx:
            keys = [one.key for one in issues.of_tickets(tx, [number])]
        if len(keys) != 1:
            has = f"#{number} is linked to {', '.join(keys) or 'no issue'}"
            raise NotPossible(f"say which: {has}" if keys else has)
        return Issue(keys[0])
    try:
        return issue(order.about)
    except ValueError as error:
        raise NotPossible(f'"{order.about[:60]}" is no issue: {error} ({VERBS[order.verb]})') from None


def _said(followed: Followed, order: Order, named: Issue, was: Ticket, now: Ticket, to: str) -> Told:
    status = followed.workflow.statuses.get(now.status)
    lines = [("Mail", f"to {mail.recipient}") for mail in followed.effect.outgoing]
    if order.verb == "unlink":
        title = f"Done: #{was.number} is linked to {named.key} no more"
        lines.append(("To take it back", f"reply #link {named.key}"))
    else:
        moved = f'now in "{status.name}"' if status and followed.decision.moved else followed.decision.because[0]
        title = f"Done: #{was.number} is linked to {named.key}; {moved}"
        lines.append(("To take it back", f"reply #unlink {named.key}"))
    return Told("done", to, title, lines=tuple(lines), note=True)


def _nothing(app: App, real: Ticket, by: str, at: datetime) -> Effect:
    workflow = app.workflow(real.workflow)
    return changed(real, decide_action(real, Note(by), workflow, at), workflow, at, by=by, outgoing=())
