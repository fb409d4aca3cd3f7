"""docs/statuses.md: the statuses and notices of the workflows that ship, read from their files."""

from collections.abc import Iterator

from tests.workflow.desk import BOTH
from workflow.machine import Lead, Status, Timer, Workflow

HEAD = """\
# Statuses and notices

Printed from `workflow/profiles/` by `./do docs`. A status is named by its name or its key, in any case. A mail to the client ("the client gets") is a
notice: a folder of `templates/mail/`. What machines write changes no status and is never answered. [How to write a workflow](workflows.md).
"""
EVENTS = {
    "client_reply": "the client writes",
    "thanks": "the client says thanks",
    "approval": "the client says yes",
    "cc_only": "a mail that has us in Cc only",
    "escalation": "a mail to the escalate address",
    "staff_reply": "staff reply",
    "team_reply": "the team that it was forwarded to answers",
    "third_party_reply": "somebody of another domain who takes part writes, e.g. a vendor",
}


STAFF = {
    "alert": "something needs a person: a mail that could not be read, written or delivered",
    "new": "a ticket is opened that waits for us, to those who asked for `new`",
    "replied": "a client writes on a ticket, to whoever has it, or to all where nobody has, if they asked for `replied`",
    "escalated": "a client escalates, to those who asked for `escalated`, and to whoever has the ticket",
    "assigned": "somebody else gives them a ticket, to those who asked for `assigned`",
    "forwarded": "to another team: a ticket comes to a status that forwards to it, or its client writes on one that it has",
    "done": "they wrote on a ticket by mail: what was done, or why nothing was",
    "sign-in": "they ask for a link to the pages of staff",
    "digest": "once a day, what waits and for how long, to those whose `digest` names a time",
    "week": "once a week, the same beside the week before, to those whose `weekly` names a day and time",
}


CLIENT = {"sign-in": "they ask for a link to their pages; in `templates/mail/client/`"}


def text() -> str:
    return "\n".join(lines())


def lines() -> Iterator[str]:
    yield HEAD
    for flow in BOTH:
        yield f"## {flow.title} (`{flow.name}`)\n"
        yield f"A closed ticket is reopened by its client's reply within {flow.reopen.days} days; later the reply opens a new one.\n"
        yield from table("what opens a ticket | its status | the client gets", opening(flow))
        for title, is_open in (("Open", True), ("Closed", False)):
            rows = [row(flow, status) for status in flow.statuses.values() if status.open is is_open]
            yield f"### {title}\n"
            yield from table(
                "status | key | ball with | clients read | when staff, a timer or an issue set it, the client gets | timer",
                rows,
            )
        yield "### What a mail does\n"
        yield from table("what happens | in | goes to | the client gets", moves(flow))
        yield "### What a linked issue does\n"
        yield from table("its state | in | goes to", [linked(flow, *each) for each in flow.linked.items()])
        yield "### Notices\n"
        yield from table("notice | what it is | sent when", [notice(flow, name) for name in flow.notices])

    yield "## Mail to clients about no request\n"
    yield from table("notice | sent when", [f"`{name}` | {when}" for name, when in CLIENT.items()])
    yield "## Mail to staff\n"
    yield from table("notice | sent when", [f"`{name}` | {when}" for name, when in STAFF.items()])


def table(head: str, rows: list[str]) -> Iterator[str]:
    yield f"| {head} |\n|{'---|' * (head.count(' | ') + 1)}"
    yield from (f"| {one} |" for one in rows)
    yield ""


def opening(flow: Workflow) -> list[str]:
    return [f"`{kind}` | {flow.statuses[move.to].name} | {code(move.client)}" for kind, move in flow.opens.items()]


def row(flow: Workflow, status: Status) -> str:
    needs = " (needs a date)" if status.needs_date else ""
    needs += " (needs staff's words)" if status.needs_words else ""
    timer = timed(flow, status.timer) if status.timer else ""
    words = (status.name, f"`{status.key}`", status.ball, status.client_meaning, code(status.notify), timer + needs)
    return " | ".join(words)


def timed(flow: Workflow, timer: Timer) -> str:
    when = f"after {timer.after.days} days" if timer.after else "on its date"
    remind = f"{code(timer.reminder)} {timer.remind.days} days before; " if timer.remind else ""
    sent = f", with {code(timer.client)}" if timer.client else ""
    return f"{remind}{when} to {flow.statuses[timer.to].name}{sent}"


def moves(flow: Workflow) -> list[str]:
    """Statuses in which the same follows share a row."""
    found: dict[str, list[str]] = {}
    ends: dict[str, str] = {}
    for status in flow.statuses.values():
        for event, move in status.on.items():
            to = "stays" if move.to == status.key else flow.statuses[move.to].name
            tag = f", tag `{move.tag}`" if move.tag else ""
            end = f"{to}{tag} | {code(move.client)}"
            key = f"{event}{end}"
            found.setdefault(key, []).append(status.name)
            ends[key] = f"{EVENTS.get(event, event)} | {{}} | {end}"
    return [ends[key].format(", ".join(names)) for key, names in found.items()]


def linked(flow: Workflow, state: str, lead: Lead) -> str:
    here = [status.name for key, status in flow.statuses.items() if key in lead.from_]
    return f"`{state}` | {', '.join(here)} | {flow.statuses[lead.to].name}"


def notice(flow: Workflow, name: str) -> str:
    return f"`{name}` | {flow.notices[name].nature} | {'; '.join(occasions(flow, name))}"


def occasions(flow: Workflow, name: str) -> Iterator[str]:
    """Every way in which a notice leaves."""
    if name == "reply":
        yield "staff write to the client"
    yield from (f"{kind} opens a ticket" for kind, move in flow.opens.items() if move.client == name)
    events = {event for status in flow.statuses.values() for event, move in status.on.items() if move.client == name}
    yield from (EVENTS.get(event, event) for event in EVENTS if event in events)
    for status in flow.statuses.values():
        if status.notify == name:
            yield f"{status.name} is set"
        if status.appointment and status.appointment.client == name:
            yield f"staff drop what is in {status.name}"
        if status.timer and name in {status.timer.client, status.timer.reminder}:
            yield f"the timer of {status.name}"


def code(name: str) -> str:
    return f"`{name}`" if name else ""
