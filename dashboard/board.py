"""The board: the tickets that are to be looked at, as a list or in columns by status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.asked import written
from dashboard.desk import Member
from dashboard.filters import query
from dashboard.powers import Powers
from dashboard.room import Room
from dashboard.sessions import Sessions
from outbound.wording import span
from store import board, filters, lanes, reports, search, traces
from store.database import Transaction
from store.lanes import Lane, Place
from store.lines import NOBODY, TicketLine, Wanted
from workflow.machine import Ball, Status

FEW = 100  # lines of a list
IN_A_COLUMN = 20
VIEWS = {
    "us": ("Waits for us", Wanted(open=True, ball=Ball.US)),
    "client": ("Waits for the client", Wanted(open=True, ball=Ball.CLIENT)),
    "third-party": ("Waits for others", Wanted(open=True, ball=Ball.THIRD_PARTY)),
    "open": ("All open", Wanted(open=True)),
    "closed": ("Closed", Wanted(open=False)),
}
ALL = {"all": ("All, open or closed", Wanted())}  # of a list alone: columns of all that was closed help nobody
COLUMNS = "columns"  # how it may be shown, beside as a list
LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket on the board."""

    line: TicketLine
    status: Status | None
    since: str
    seen: int | None  # its version; None for one that leads to another


@dataclass(frozen=True, slots=True)
class Column:
    """A status with its first tickets. `flow`: its workflow's title where there are several; `total`: in words."""

    status: Status
    flow: str
    rows: tuple[Row, ...]
    total: str
    more: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of the board asks for, whatever somebody has made of it."""

    view: str
    whose: str
    words: str
    status: Status | None
    columns: bool


class Board(Room):
    """Where staff begin."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self._flows = {flow.name: flow for flow in powers.counter.workflows}
        self._statuses = {key: one for flow in self._flows.values() for key, one in flow.statuses.items()}
        self.routes = [Route("/", self._home, methods=["GET"]), Route("/tickets", self._shown, methods=["GET"])]

    def _home(self, request: Request) -> Response:
        return RedirectResponse("/my" if self._sessions.client(request) else "/tickets", 303)

    def _shown(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        asked = self._asked(request.query_params)
        title, wanted = _wanted(asked, member)
        with self._powers.database.read() as tx:
            pulse, saved = traces.pulse(tx), filters.of(tx, member.address.lower())
            whole = not asked.words or search.is_whole(tx)
            total = None if asked.columns else board.number(tx, wanted)
            rows, columns = self._rows(tx, asked, wanted) if total != 0 else ([], [])  # to find none takes the longest
        flows = [self._powers.desk.workflow(name) for name in sorted({row.line.workflow for row in rows})]
        return self.shown(
            request, member, "columns.html" if asked.columns else "tickets.html", title=title, rows=rows, total=total, columns=columns, view=asked.view,
            views=_views(columns=asked.columns), whose=asked.whose, search=asked.words, whole=whole, few=FEW, pulse=pulse, status=asked.status,
            statuses={key: one for flow in flows for key, one in flow.statuses.items()}.values(), all_statuses=self._statuses, saved=saved,
            shape=COLUMNS if asked.columns else "", query=query(request.query_params), other=_other(request.query_params, asked),
            members=self._powers.desk.members, names={one.address.lower(): one.shown for one in self._powers.desk.members}, upto=written(self._powers.now()),
        )  # fmt: skip

    def _asked(self, said: Mapping[str, str]) -> Asked:
        columns = said.get("as") == COLUMNS
        status = self._statuses.get(said.get("status", ""))
        words = said.get("search", "").strip()[:LONGEST]
        first = _first(status, words, columns=columns)
        view = said.get("view", first)
        return Asked(view if view in _views(columns=columns) else first, said.get("whose", ""), words, status, columns)

    def _rows(self, tx: Transaction, asked: Asked, wanted: Wanted) -> tuple[list[Row], list[Column]]:
        """All tickets that are shown, and the columns in which they stand."""
        if asked.columns:
            found = lanes.lanes(tx, wanted, self._places(asked, wanted), IN_A_COLUMN)
            rows = self._dated(tx, [line for lane in found for line in lane.lines])
            return list(rows.values()), [self._column(lane, rows) for lane in found]
        every = reports.tickets(tx, wanted, FEW) if asked.words else board.lines(tx, wanted, FEW)
        return list(self._dated(tx, every).values()), []

    def _places(self, asked: Asked, wanted: Wanted) -> list[Place]:
        """Each status that the view is about, in the order of its workflow."""
        return [
            (flow.name, key)
            for flow in self._flows.values()
            for key, one in flow.statuses.items()
            if one.open == wanted.open
            and wanted.ball in {"", one.ball}
            and (not asked.status or asked.status.key == key)
        ]

    def _dated(self, tx: Transaction, lines: Sequence[TicketLine]) -> dict[int, Row]:
        seen = traces.versions(tx, [one.number for one in lines])
        return {one.number: self._row(one, seen) for one in lines}

    def _row(self, line: TicketLine, seen: Mapping[int, int]) -> Row:
        status = self._powers.desk.workflow(line.workflow).statuses.get(line.status)
        since = span(max(self._powers.now() - line.status_since, timedelta()))
        return Row(line, status, since, None if line.merged_into else seen.get(line.number))

    def _column(self, lane: Lane, rows: Mapping[int, Row]) -> Column:
        flow = self._flows[lane.place[0]]
        shown = tuple(rows[line.number] for line in lane.lines)
        total = f"{lane.total:,}" if lane.counted else f"{lane.total:,}+"
        title = flow.title if len(self._flows) > 1 else ""
        return Column(flow.statuses[lane.place[1]], title, shown, total, lane.total > len(shown))


def _first(status: Status | None, words: str, *, columns: bool) -> str:
    """The view that is shown where none is named."""
    if status:
        return "open" if status.open else "closed"
    return "open" if columns else "all" if words else "us"


def _views(*, columns: bool) -> Mapping[str, tuple[str, Wanted]]:
    return VIEWS if columns else VIEWS | ALL


def _wanted(asked: Asked, member: Member) -> tuple[str, Wanted]:
    """With the title that says it."""
    title, wanted = _views(columns=asked.columns)[asked.view]
    assigned = {"mine": member.address, "nobodys": NOBODY}.get(asked.whose, "")
    if asked.words:
        title = f"Found for “{asked.words}”"
    statuses = (asked.status.key,) if asked.status and not asked.columns else ()
    return title, replace(wanted, statuses=statuses, assigned=assigned, search=asked.words)


def _other(said: Mapping[str, str], asked: Asked) -> str:
    """The same board in its other shape."""
    return query({**said, "as": "" if asked.columns else COLUMNS})
