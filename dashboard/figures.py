"""Figures: the tables of a report, from sheets of days and from how tickets stand now. Pure: it asks nobody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from dashboard.period import Days
from dashboard.table import Cell, Table, Worked
from outbound.reckoning import CLOCK, PERSON, TIMER, WORK, Reckoning
from outbound.sheet import Sheet, below, spans
from store.reopened import Reopened
from workflow.machine import Ball, Status

BOUNDS = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30, 90))
BALLS = {Ball.US: "us", Ball.CLIENT: "the client", Ball.THIRD_PARTY: "others"}
CAUSES = {PERSON: "one of us, or a client, on a page or by command", TIMER: "a date that came"}
BEFORE = "Before"
_Which = tuple[str, str]  # workflow and key of a status


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a report tells of."""

    days: Sheet
    before: Sheet
    steps: Sequence[tuple[Days, Sheet]]
    open: Mapping[_Which, int]
    ages: Mapping[Ball, Sequence[int]]
    reopened: Sequence[Reopened]
    guide: Mapping[_Which, tuple[int, int]]  # how many said yes, and no
    said: tuple[int, int]  # the same of answers that ended a ticket
    client: str = ""  # whose alone it is; "": everybody's


def tables(seen: Seen, reckoning: Reckoning) -> tuple[Table, ...]:
    """In the order in which they are read."""
    of_tickets = (
        _in_and_out(seen), _times(seen, reckoning), _ages(seen), _statuses(seen, reckoning), _kinds(seen),
    )  # fmt: skip
    if seen.client:
        return (*of_tickets, _reasons(seen), _reopened(seen, reckoning))
    others = (_clients(seen), _reasons(seen), _corrections(seen), _reopened(seen, reckoning), _guide(seen, reckoning))
    return (*of_tickets, *others)


def _in_and_out(seen: Seen) -> Table:
    """The steps of the chart, and their sum beside that of the period before."""
    lines = [(days, *_moved(sheet)) for days, sheet in seen.steps]
    sums = [("All", *_moved(seen.days)), (BEFORE, *_moved(seen.before))]
    note = (
        "What is closed as it comes, such as a copy or an absence note, is in and out at once. What is closed, opened again and closed again is out twice."
        " What is merged leads to another ticket, and goes out with that one."
    )
    return Table("in-and-out", "Tickets in and out", ("Days", "In", "Out", "Merged"), (*lines, *sums), note, shown=100)


def _moved(sheet: Sheet) -> tuple[int, int, int]:
    return sheet.get("in", 0), sheet.get("out", 0), sheet.get("merged", 0)


def _times(seen: Seen, reckoning: Reckoning) -> Table:
    named = (("answer", "To the first answer"), ("close", "To the close"))
    measures = ((CLOCK, ""), *([(WORK, ", in working hours")] if reckoning.work else []))
    lines = [
        (f"{name}{more}", *_spans(seen.days, key, measure), *_spans(seen.before, key, measure)[1:])
        for key, name in named
        for measure, more in measures
    ]
    columns = ("Time", "Tickets", "Median", "9 of 10", "Before: median", "9 of 10")
    return Table(
        "times", "How long it takes", columns, tuple(lines),
        "A first answer is the first mail that one of us wrote, or that asked the client something; an acknowledgement is none. A ticket that was reopened counts"
        " from then on. Nine of ten took no longer than “9 of 10”. Spans are known to within 5 %.",
    )  # fmt: skip


def _spans(sheet: Sheet, key: str, measure: str) -> tuple[Cell, Cell, Cell]:
    found = spans(sheet, key, measure)
    kind = Worked if measure == WORK else timedelta
    median, most = (
        (None if long is None else kind(seconds=long.total_seconds())) for long in (found.median, found.most)
    )
    return len(found), median, most


def _ages(seen: Seen) -> Table:
    between = [f"{less.days} to {more.days} days" for less, more in pairwise(BOUNDS)]
    names = ["less than a day", *between, f"more than {BOUNDS[-1].days} days"]
    lines: list[tuple[Cell, ...]] = [(name, *(seen.ages[ball][at] for ball in BALLS)) for at, name in enumerate(names)]
    lines.append(("All", *(sum(seen.ages[ball]) for ball in BALLS)))
    columns = ("Has waited", *(f"For {name}" for name in BALLS.values()))
    return Table("ageing", "How long open tickets have waited", columns, tuple(lines), "As it is now.", bar=1)


def _statuses(seen: Seen, reckoning: Reckoning) -> Table:
    entered = {(rest[0], rest[1]): number for rest, number in below(seen.days, "entered")}
    left = {(rest[0], rest[1]) for rest, _ in below(seen.days, "in status")}
    lines = []
    for which in _in_order({*entered, *left, *seen.open}, reckoning):
        found = spans(seen.days, "in status", *which)
        lines.append(
            (_name(which, reckoning), seen.open.get(which, 0), entered.get(which, 0), found.median, found.most)
        )
    columns = ("Status", "Open now", "Entered", "Median in it", "9 of 10")
    note = "Times are those of tickets that left the status in these days."
    return Table("statuses", "Statuses", columns, tuple(lines), note, bar=2, shown=100)


def _kinds(seen: Seen) -> Table:
    now, before = _by(seen.days, "in kind"), _by(seen.before, "in kind")
    lines = []
    for kind in _most_first(now, before):
        answer, close = (spans(seen.days, f"{what} kind", kind).median for what in ("answer", "close"))
        name = "one of us, who wrote first" if kind == PERSON else kind.replace("_", " ")
        lines.append((name, now[kind], before[kind], answer, close))
    columns = ("Opened by", "Tickets", BEFORE, "To the answer", "To the close")
    note = "The kind of the first mail. Times are medians, of what was answered and closed in these days."
    return Table("kinds", "What opened tickets", columns, tuple(lines), note, bar=1)


def _reasons(seen: Seen) -> Table:
    now, before = _by(seen.days, "reopened"), _by(seen.before, "reopened")
    lines = [
        (CAUSES.get(cause, cause.replace("_", " ")), now[cause], before[cause]) for cause in _most_first(now, before)
    ]
    return Table("reopened", "What reopened tickets", ("Reopened by", "Tickets", BEFORE), tuple(lines), bar=1)


def _by(sheet: Sheet, at: str) -> Counter[str]:
    return Counter({rest[0]: number for rest, number in below(sheet, at)})


def _clients(seen: Seen) -> Table:
    came, left = _by(seen.days, "in client"), _by(seen.days, "out client")
    lines = [(one or "public mail domains", came[one], left[one]) for one in _most_first(came, left)]
    note = "By the domain of whose request it is."
    return Table("clients", "Clients", ("Client", "In", "Out"), tuple(lines), note, bar=1, shown=15)


def _most_first(now: Counter[str], other: Counter[str]) -> list[str]:
    return sorted({*now, *other}, key=lambda one: (-now[one], -other[one], one))


def _reopened(seen: Seen, reckoning: Reckoning) -> Table:
    lines = [
        (
            one.ticket,
            one.at.astimezone(reckoning.zone).replace(microsecond=0),
            _name((one.workflow, one.was), reckoning),
            _name((one.workflow, one.status), reckoning),
            "; ".join(one.because),
        )
        for one in seen.reopened
    ]
    columns = ("Ticket", "When", "Was", "Is", "Why")
    return Table("reopened-tickets", "Reopened last", columns, tuple(lines), tickets=True)


def _corrections(seen: Seen) -> Table:
    now, before = (
        Counter({(rest[0], rest[1]): number for rest, number in below(sheet, "corrected")})
        for sheet in (seen.days, seen.before)
    )
    ordered = sorted({*now, *before}, key=lambda one: (-now[one], -before[one], one))
    lines = [(was.replace("_", " "), is_.replace("_", " "), now[was, is_], before[was, is_]) for was, is_ in ordered]
    came = sum(number for _, number in below(seen.days, "came"))
    note = f"{sum(now.values()):,} of {came:,} mails that were read."
    return Table(
        "corrections", "Mails that staff corrected", ("Taken for", "It is", "Mails", BEFORE), tuple(lines), note
    )


def _guide(seen: Seen, reckoning: Reckoning) -> Table:
    lines: list[tuple[Cell, ...]] = [("An answer that ended a ticket, by a link in its mail", *seen.said)]
    lines += [(_name(which, reckoning), *seen.guide[which]) for which in _in_order(seen.guide, reckoning)]
    note = "What clients said in these days of our answers, and of what the guide says of a status."
    return Table("helpful", "Was this helpful?", ("Of", "Yes", "No"), tuple(lines), note, shown=100)


def _in_order(found: Iterable[_Which], reckoning: Reckoning) -> list[_Which]:
    """As the workflow files have them; those that a file has no more at the end."""

    def place(which: _Which) -> tuple[str, int, str]:
        keys = [*reckoning.workflow(which[0]).statuses]
        return which[0], keys.index(which[1]) if which[1] in keys else len(keys), which[1]

    return sorted(found, key=place)


def _name(which: _Which, reckoning: Reckoning) -> str:
    known: Status | None = reckoning.workflow(which[0]).statuses.get(which[1])
    return known.name if known else which[1]
