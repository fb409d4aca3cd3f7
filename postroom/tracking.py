"""Tracking: tickets are linked to issues of the engineers' tracker, and follow what is said of these. One way in for commands and deliveries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from postroom.acting import Hold, NotPossible, changed, family, nothing, settled, word, write
from postroom.app import App
from store import issues, leading, tickets
from store.database import Transaction
from store.effect import Effect
from store.issues import Tracked
from workflow.change import stay
from workflow.decide import decide_linked
from workflow.decision import Decision
from workflow.issue import CLONED, Issue
from workflow.machine import Workflow

MOST = 500  # tickets of one issue: they change together


class NotLinked(NotPossible):
    """No ticket is linked to that issue."""


class News(StrEnum):
    """What a word about an issue was."""

    NEW = "new"
    KNOWN = "known"  # it has that state already
    OLD = "old"  # a later word came before it


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of an issue: its state, as of when (aware), and by whom it is said."""

    issue: Issue
    state: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What a word, or a link, has done to a ticket: to the one where a merged one leads."""

    effect: Effect
    workflow: Workflow
    cause: str = ""  # of its mails

    @property
    def decision(self) -> Decision:
        return self.effect.decision


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a word."""

    news: News
    followed: tuple[Followed, ...] = ()


def hear(app: App, said: Word, also: Callable[[Transaction], None] = nothing) -> Heard:
    """Moves every ticket that is linked to the issue, as its workflow says. Raises NotLinked, or NotPossible where others keep changing it.

    `also` is written in the same transaction; what it raises undoes all of it.
    """
    return settled(said.issue.key, lambda: _hear(app, said, also))


def link(app: App, number: int, issue: Issue, by: str, hold: Hold | None = None) -> Followed:
    """Links a ticket to an issue, and lets it follow the issue's state. Raises NotPossible; then nothing has changed."""
    return settled(f"#{number}", lambda: _done(app, linking(app, number, issue, by), hold))


def unlink(app: App, number: int, issue: Issue, by: str) -> None:
    """Raises NotPossible; then nothing has changed. The ticket stays where it is."""
    settled(f"#{number}", lambda: _done(app, unlinking(app, number, issue, by)))


def _hear(app: App, said: Word, also: Callable[[Transaction], None]) -> Heard:
    now, key = app.now(), said.issue.key
    with app.database.read() as tx:
        before, numbers = issues.tracked(tx, key), issues.tickets(tx, key)
        leads = {number: leading.leads_to(tx, number) for number in numbers}
    if before is None or not numbers:
        raise NotLinked(f"no ticket is linked to {key}")
    at = min(said.at, now)  # a tracker whose clock is ahead would have the last word for so long
    if before.said_at and at < before.said_at:
        with app.database.write() as tx:
            also(tx)
        return Heard(News.OLD)
    stands = replace(before, state=said.state, said_at=at, url=said.issue.url or before.url)
    words = f'linked issue {key} is "{said.state}"'
    known = said.state == before.state
    followed = (
        []
        if known
        else [_follow(app, one, key, words, said.state, said.by, now) for one in sorted(set(leads.values()))]
    )
    with app.database.write() as tx:
        also(tx)
        issues.say(tx, before, stands)
        tickets.apply_all(tx, [one.effect for one in followed], app.limits)
        for one in followed:
            here = [number for number, last in leads.items() if last == one.effect.ticket]
            issues.heard(tx, key, here, one.decision.refused, now)
    return Heard(News.KNOWN if known else News.NEW, tuple(followed))


def _done(app: App, followed: Followed, hold: Hold | None = None) -> Followed:
    write(app, followed.effect, followed.cause, hold)
    return followed


def linking(app: App, number: int, issue: Issue, by: str) -> Followed:
    """What follows when a ticket is linked, as it is to be applied. Raises NotPossible."""
    with app.database.read() as tx:
        there = issues.tracked(tx, issue.key)
        linked = issues.tickets(tx, issue.key)
    if number in linked:
        raise NotPossible(f"#{number} is linked to {issue.key} already")
    if len(linked) >= MOST:
        raise NotPossible(f"{issue.key} has {MOST} tickets: link this one to an issue of its own")
    before = there or Tracked(issue.key, issue.url, CLONED, None, 0)
    words = f'{by} linked it to {issue.key}, which is "{before.state}"'
    followed = _follow(app, number, issue.key, words, before.state, by, app.now())
    return replace(followed, effect=replace(followed.effect, issue=replace(before, url=before.url or issue.url)))


def unlinking(app: App, number: int, issue: Issue, by: str) -> Followed:
    """What follows when it is linked no more. The ticket stays where it is. Raises NotPossible."""
    _, ticket, _ = family(app, number)
    with app.database.read() as tx:
        before = issues.tracked(tx, issue.key)
        if before is None or number not in issues.tickets(tx, issue.key):
            raise NotPossible(f"#{number} is not linked to {issue.key}")
    workflow = app.workflow(ticket.workflow)
    decision = stay(ticket, workflow, (f"{by} took the link to {issue.key} away",))
    effect = changed(ticket, decision, workflow, app.now(), by=by, outgoing=(), note=decision.because[0])
    place = number if number != ticket.number else None
    return Followed(replace(effect, place=place, issue=before, unlinks=True), workflow)


def _follow(app: App, number: int, key: str, words: str, state: str, by: str, now: datetime) -> Followed:
    """What the state does to the ticket of that number, or to the one where it leads. Those that lead there hear of it, too."""
    _, ticket, _ = family(app, number)
    _, _, others = family(app, ticket.number)
    with app.database.read() as tx:  # after the ticket: two issues that end at one moment do not wait for each other
        all_of_them = issues.of_tickets(tx, [ticket.number, *(one.number for one in others)])
    states = {one.key: one.state for one in all_of_them if one.key != key}
    workflow = app.workflow(ticket.workflow)
    decide = partial(decide_linked, said=words, state=state, workflow=workflow, now=now, others=states)
    decision = decide(ticket)
    cause = f"linked:{ticket.number}:{ticket.version}"
    outgoing = word(app, [ticket, *others], decide, cause, now)
    note = "" if decision.moved else decision.because[0]  # a move stands in the history
    effect = changed(ticket, decision, workflow, now, by=by, outgoing=outgoing, note=note)
    return Followed(replace(effect, place=number if number != ticket.number else None), workflow, cause)
