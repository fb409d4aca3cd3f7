"""Theirs: a ticket in the words of its client: what its status means, what happens next and when, who said what. It shows nothing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dashboard.next import Promises, of_ticket
from inbound.quotes import split
from outbound.facts import bare_subject
from outbound.link import nobody_elses
from outbound.phrasebook import say
from outbound.wording import day, moment
from store.lines import Moved, Said
from workflow.decision import Ticket
from workflow.machine import REPLY, Ball, Status, Workflow

_FOOT = "\n-- \n"


@dataclass(frozen=True, slots=True)
class Stands:
    """How it stands with a ticket, in its client's language."""

    number: int
    subject: str
    status: str
    colour: str
    open: bool
    ball: str  # whose turn it is
    means: str
    next: str  # what happens by itself, and by when; "" for nothing
    since: str
    asked: str  # when it was opened
    at: str  # of the guide: where the status is explained


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said. `rest` is all of it, where that is more than is new in it."""

    said: Said
    mine: bool
    at: str
    new: str
    rest: str


@dataclass(frozen=True, slots=True)
class Step:
    """A status that it came to."""

    at: str
    status: str
    means: str


def stands(ticket: Ticket, workflow: Workflow, language: str, zone: tzinfo, within: Promises) -> Stands:
    """A ticket whose status the workflow has no more is told by its key, and is nobody's turn but ours."""
    status = workflow.statuses.get(ticket.status)
    return Stands(
        number=ticket.number,
        subject=bare_subject(ticket.subject),
        status=status.name if status else ticket.status,
        colour=status.colour if status else "",
        open=status.open if status else True,
        ball=turn(status, language),
        means=meaning(status, language) if status else "",
        next=of_ticket(ticket, status, workflow, language, zone, within) if status else "",
        since=day(ticket.status_since.astimezone(zone), language),
        asked=day(ticket.created_at.astimezone(zone), language),
        at=anchor(workflow, ticket.status),
    )


def meaning(status: Status, language: str) -> str:
    return status.meanings.get(language) or status.client_meaning


def turn(status: Status | None, language: str) -> str:
    """Who has to do something next."""
    return say(language, f"ball_{(status.ball if status else Ball.US).replace('-', '_')}")


def anchor(workflow: Workflow, status: str) -> str:
    """Where the guide explains it."""
    return f"{workflow.name}-{status}".replace("_", "-")


def is_owed(conversation: Sequence[Said]) -> bool:
    """Whether they wrote last, and not one of us: what goes out by itself is no answer."""
    words = [one for one in conversation if one.direction == "in" or one.kind == REPLY or one.outgoing is None]
    return bool(words) and words[-1].direction == "in"


def lines(conversation: Sequence[Said], language: str, zone: tzinfo) -> tuple[Line, ...]:
    """In its order."""
    return tuple(_line(one, language, zone) for one in conversation)


def steps(history: Sequence[Moved], workflow: Workflow, language: str, zone: tzinfo) -> tuple[Step, ...]:
    """The newest first. Who moved it and why is staff's: it may name other people."""
    return tuple(
        _step(one.at, workflow.statuses.get(one.to), one.to, language, zone)
        for one in reversed(history)
        if one.to != one.from_
    )


def _step(at: datetime, status: Status | None, key: str, language: str, zone: tzinfo) -> Step:
    shown = moment(at.astimezone(zone), language)
    return Step(shown, status.name, meaning(status, language)) if status else Step(shown, key, "")


def _line(said: Said, language: str, zone: tzinfo) -> Line:
    at = moment(said.at.astimezone(zone), language)
    if said.outgoing is not None:  # our own template around somebody's words
        return Line(said, mine=False, at=at, new=_words(said.text), rest="")
    whole = said.text.strip()
    new = split(whole).new.strip() if said.mail is not None else whole
    return Line(said, said.direction == "in", at, new or whole, "" if new in {"", whole} else whole)


def _words(text: str) -> str:
    """What a mail of ours says, without its foot and its links: on the page there are buttons for what they do."""
    return "\n".join(line for line in text.partition(_FOOT)[0].split("\n") if nobody_elses(line) == line).strip()
