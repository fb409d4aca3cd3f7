"""Next: what happens with a request by itself, and by when, in a client's words: of one ticket with its dates, of a status in general."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from outbound.phrasebook import say
from outbound.wording import moment
from workflow.calendar import EVERY_DAY
from workflow.decision import Ticket
from workflow.machine import Ball, Nature, Status, Timer, Workflow

Promises = Mapping[str, str]  # within how long the team answers, by language: en, "one working day"


def of_ticket(ticket: Ticket, status: Status, workflow: Workflow, language: str, zone: tzinfo, within: Promises) -> str:
    """What its timer does, unless somebody does something before; else by when we answer. "" for neither."""
    timer, end = status.timer, ticket.until or _end(ticket, status)
    target = workflow.statuses.get(timer.to) if timer else None
    if target is None or end is None:
        return _promise(status, workflow, language, within)
    at = moment(end.astimezone(zone), language)
    return say(language, "next_date" if ticket.until else "next_silence", at=at, to=target.name)


def of_status(status: Status, workflow: Workflow, language: str, within: Promises) -> str:
    """The same for whoever reads about the status."""
    timer = status.timer
    target = workflow.statuses.get(timer.to) if timer else None
    if timer is None or target is None:
        return _promise(status, workflow, language, within)
    if timer.after is None:
        return say(language, "next_agreed", to=target.name) if status.needs_date else ""
    return say(language, "next_after", long=_long(timer.after.days, timer, language), to=target.name)


def _end(ticket: Ticket, status: Status) -> datetime | None:
    """When the timer runs out: a reminder comes before that."""
    timer = status.timer
    if timer is None or ticket.due_at is None:
        return None
    waits = timer.remind and not ticket.reminded
    return timer.calendar.after(ticket.due_at, timer.remind.days) if waits and timer.remind else ticket.due_at


def _long(days: int, timer: Timer, language: str) -> str:
    return say(language, ("" if timer.calendar == EVERY_DAY else "working_") + ("day" if days == 1 else "days"), n=days)


def _promise(status: Status, workflow: Workflow, language: str, within: Promises) -> str:
    """What the acknowledgement said that brought it to this status, where the turn is ours."""
    if status.ball is not Ball.US or status.key not in _acknowledged(workflow) or not within.get(language):
        return ""
    return say(language, "next_answer", within=within[language])


def _acknowledged(workflow: Workflow) -> frozenset[str]:
    """The statuses to which a client's mail leads that is acknowledged."""
    moves = [*workflow.opens.values(), *(move for one in workflow.statuses.values() for move in one.on.values())]
    forms = workflow.notices
    return frozenset(one.to for one in moves if one.client and forms[one.client].nature is Nature.ACKNOWLEDGEMENT)
