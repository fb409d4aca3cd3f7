"""Chart: a workflow as boxes and arrows, for those who draw it. It says what leads where, and never how that looks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from workflow.calendar import EVERY_DAY
from workflow.machine import Ball, Event, Status, Timer, Workflow

TITLES = {
    Ball.US: "With us",
    Ball.CLIENT: "With the client",
    Ball.THIRD_PARTY: "With a third party",
    Ball.NOBODY: "Closed",
}


class Why(StrEnum):
    """What makes a ticket follow an arrow."""

    MAIL = "mail"
    TIME = "time"
    STAFF = "staff"
    TRACKER = "tracker"


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one status to another. From "" leads what opens a ticket; from a side (Ball), what all of its statuses do."""

    source: str
    to: str
    why: Why
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that a picture shows. Groups in the order of Ball, statuses in that of the file; no group is empty."""

    title: str
    groups: tuple[tuple[Ball, tuple[Status, ...]], ...]
    arrows: tuple[Arrow, ...]
    anywhere: frozenset[str]  # statuses that staff may set wherever a ticket stands


def chart(workflow: Workflow) -> Chart:
    """The chart of a workflow. What changes nothing is not in it."""
    statuses = workflow.statuses.values()
    sides = [(ball, tuple(status for status in statuses if status.ball is ball)) for ball in Ball]
    groups = tuple((ball, members) for ball, members in sides if members)
    anywhere = frozenset(
        key for key in workflow.statuses if all(key in status.moves for status in statuses if status.key != key)
    )
    return Chart(workflow.title, groups, tuple(_merged(_arrows(workflow, groups, anywhere))), anywhere)


def _arrows(
    workflow: Workflow, groups: tuple[tuple[Ball, tuple[Status, ...]], ...], anywhere: frozenset[str]
) -> Iterator[Arrow]:
    for kind, move in workflow.opens.items():
        yield Arrow("", move.to, Why.MAIL, _plain(kind))
    for ball, members in groups:
        shared = _shared(members)
        for event, to in shared.items():
            yield Arrow(ball, to, Why.MAIL, _plain(event))
        for status in members:
            yield from _own(status, shared, anywhere)
        yield from _linked(workflow, ball, members)


def _own(status: Status, shared: dict[Event, str], anywhere: frozenset[str]) -> Iterator[Arrow]:
    for event, move in status.on.items():
        if move.to not in {status.key, shared.get(event)}:
            yield Arrow(status.key, move.to, Why.MAIL, _plain(event))
    if status.appointment:
        yield Arrow(status.key, status.appointment.to, Why.MAIL, "appointment declined")
    if status.timer:
        yield Arrow(status.key, status.timer.to, Why.TIME, _when(status.timer))
    for key in sorted(status.moves - anywhere):
        yield Arrow(status.key, key, Why.STAFF, "staff")


def _linked(workflow: Workflow, ball: Ball, members: tuple[Status, ...]) -> Iterator[Arrow]:
    """What the states of linked issues do; of the side, where they do so in each of its statuses."""
    for state, lead in workflow.linked.items():
        others = [status.key for status in members if status.key != lead.to]
        here = [key for key in others if key in lead.from_]
        for source in [ball] if here == others and len(here) > 1 else here:
            yield Arrow(source, lead.to, Why.TRACKER, f"issue {_plain(state)}")


def _shared(members: tuple[Status, ...]) -> dict[Event, str]:
    """The events that lead all these statuses to one and the same; it need not lead to itself."""
    found: dict[Event, str] = {}
    for event in Event:
        targets = {status.on[event].to if event in status.on else status.key for status in members}
        for to in sorted(targets):
            if len(members) > 1 and all(status.key == to or _leads(status, event, to) for status in members):
                found[event] = to
    return found


def _leads(status: Status, event: Event, to: str) -> bool:
    move = status.on.get(event)
    return move is not None and move.to == to


def _when(timer: Timer) -> str:
    counted = "" if timer.calendar == EVERY_DAY else f" ({timer.calendar.name})"
    end = "on its date" if timer.after is None else f"after {_days(timer.after.days)}{counted}"
    return f"{end}, reminder {_days(timer.remind.days)} before" if timer.remind else end


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _merged(arrows: Iterable[Arrow]) -> Iterator[Arrow]:
    """Arrows of one kind between the same two, as one with all their labels."""
    labels: dict[tuple[str, str, Why], list[str]] = {}
    for arrow in arrows:
        labels.setdefault((arrow.source, arrow.to, arrow.why), []).append(arrow.label)
    for (source, to, why), said in labels.items():
        yield Arrow(source, to, why, ", ".join(dict.fromkeys(said)))
