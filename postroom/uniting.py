"""Uniting: `#merge 1042` and `#unmerge` in a staff member's mail are done, and answered. It judges no sender; the classifier has."""

from dataclasses import replace
from datetime import datetime

from postroom import merging
from postroom.acting import NotPossible, changed
from postroom.app import App
from postroom.cases import Judged
from postroom.house import House, Told
from postroom.ordering import acting, first
from store.effect import Effect
from workflow.act import Merge, Note, Unmerge
from workflow.decide import decide_action
from workflow.decision import Ticket
from workflow.orders import VERBS, Asked, Order, asked

_UNITING = frozenset({"merge", "unmerge"})


def wanted(case: Judged) -> Asked | None:
    """What the mail asks for, where that is a merge or its undoing."""
    found = asked(case.read.parsed.reading.new)
    return found if any(order.verb in _UNITING for order in found.orders) else None


def unite(app: App, case: Judged, real: Ticket, seen: Ticket, found: Asked, at: datetime) -> Effect:
    """The change, with the answer to the one who wrote. `seen` is the ticket that the mail is about, `real` where it leads."""
    me, cause = acting(app, case), f"mail:{case.mail.id}"
    try:
        made = merging.plan(app, seen.number, _deed(found, me.addr), at, cause)
        effect, answer, stands = made.effect, _said(app, made, me.addr), made.stands
    except NotPossible as error:
        title = f"Nothing was done on #{seen.number}: {error}"
        effect, answer, stands = _nothing(app, real, me.addr, at), Told("done", me.addr, title, note=True), seen
    answer = replace(answer, lines=(*answer.lines, *first(app, case, real)))
    sent = House(app).to_staff([answer], stands, cause, at)
    return replace(effect, outgoing=(*effect.outgoing, *sent))


def _deed(found: Asked, by: str) -> Merge | Unmerge:
    """Raises NotPossible."""
    if len(found.orders) > 1:
        raise NotPossible("a merge stands alone: write another mail for the other commands")
    (order,) = found.orders
    return Unmerge(by) if order.verb == "unmerge" else Merge(_number(order), by)


def _number(order: Order) -> int:
    digits = order.about.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise NotPossible(f"say into which ticket: {VERBS['merge']}")
    return int(digits)


def _said(app: App, made: merging.Plan, to: str) -> Told:
    ticket, into = made.stands, made.target.number
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    here = f'in "{status.name if status else ticket.status}"'
    if made.effect.parts:
        title = f"Done: #{ticket.number} is a ticket of its own again, {here}, and no more part of #{into}"
        return Told("done", to, title, note=True)
    lines = (("To take it back", "reply #unmerge"),)
    return Told("done", to, f"Done: #{ticket.number} is merged into #{into}, {here}", lines=lines, note=True)


def _nothing(app: App, real: Ticket, by: str, at: datetime) -> Effect:
    workflow = app.workflow(real.workflow)
    return changed(real, decide_action(real, Note(by), workflow, at), workflow, at, by=by, outgoing=())
