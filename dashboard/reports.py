"""The reports of staff: what happened to tickets in a week, a month, a quarter or between two dates, as a page and as CSV."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.figures import BALLS, BOUNDS, Seen, tables
from dashboard.lately import Lately
from dashboard.page import Page, page
from dashboard.period import A_DAY, Days, Length, Period, around, between, steps
from dashboard.powers import Powers
from dashboard.room import Room
from dashboard.sessions import Sessions
from dashboard.table import Table, text, words
from outbound.reckoning import Happened
from outbound.sheet import Sheet, added, below
from store import ageing, helpful, sheets
from store.database import Transaction
from store.happened import of_client
from store.reopened import reopened

LIVE = 62  # days at most that are summed up for a page
REOPENED = 100
NEWEST = 2000  # tickets of one client
LONGEST = 253  # characters of a domain
Sheets = Callable[[Days], Sheet]


class Reports(Room):
    """The page, and each of its tables as a file."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self._days: dict[date, Lately[Sheet]] = {}
        self.routes = [
            Route("/reports", self._shown, methods=["GET"]),
            Route("/reports/{table}.csv", self._file, methods=["GET"]),
        ]

    def _shown(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        period, today, client = self._period(request), self._today(), _client(request)
        behind = BackgroundTasks()
        found, whole = self._tables(period, client, behind)
        answer = self.shown(
            request, member, "reports.html", tables=found, period=period, lengths=list(Length), words=words, whole=whole,
            today=today, client=client, query=f"length={period.length}&first={period.days.first}&last={period.days.last}",
            top=max([1, *(number for row in found[0].rows[:-2] for number in row[1:3] if isinstance(number, int))]),
        )  # fmt: skip
        answer.background = behind
        return answer

    def _file(self, request: Request) -> Response:
        if self._sessions.member(request) is None:
            return self.sign_in(request)
        period, wanted = self._period(request), request.path_params["table"]
        table = next((one for one in self._tables(period, _client(request))[0] if one.key == wanted), None)
        if table is None:
            return page(Page("en", "There is no such table", back=("/reports", "Reports")), self._powers.team, 404)
        name = f"{table.key}-{period.days.first}-{period.days.last}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(text(table), headers=headers, media_type="text/csv")

    def _today(self) -> date:
        return self._powers.now().astimezone(self._powers.desk.zone).date()

    def _period(self, request: Request) -> Period:
        asked, today = request.query_params, self._today()
        length = asked.get("length", "")
        chosen = Length(length) if length in set(Length) else Length.MONTH
        first, last = asked.get("first", ""), asked.get("last", "")
        if chosen is Length.DATES:
            return asked_dates(first, last, today, today)
        return _told(around(chosen, _day(first) or today, today), first)

    def _tables(
        self, period: Period, client: str, behind: BackgroundTasks | None = None
    ) -> tuple[tuple[Table, ...], bool]:
        """And whether all of it is in them. `behind`: what is to be done once a page has left, whose days under way may be as they were a moment ago."""
        reckoning = self._powers.desk.reckoning
        with self._powers.database.read() as tx:
            of, whole = self._of_client(tx, period, client) if client else self._of_all(tx, period, behind)
            return tables(self._seen(tx, period, of, client), reckoning), whole

    def _of_all(self, tx: Transaction, period: Period, behind: BackgroundTasks | None) -> tuple[Sheets, bool]:
        reckoning, first, last = self._powers.desk.reckoning, period.days.first, period.days.last
        begin, now = min(period.before.first, first), self._powers.now()

        def make(day: date) -> Sheet:
            if behind is None or day <= sheets.last_over(reckoning, now):
                return sheets.made(tx, reckoning, day)
            sheet, again = self._under_way(day).look(tx)
            if again:
                behind.tasks.append(again)
            return sheet

        found, whole = sheets.of_days(tx, reckoning, begin, last, now, LIVE, first, make)
        return lambda days: added(sheet for day, sheet in found.items() if day in days), whole

    def _under_way(self, day: date) -> Lately[Sheet]:
        """A day that is not over: all that has happened in it is looked at."""
        if day not in self._days:
            reckoning = self._powers.desk.reckoning
            made = Lately(self._powers, lambda tx, _now: sheets.made(tx, reckoning, day))
            self._days = {**{one: kept for one, kept in self._days.items() if one >= day - A_DAY}, day: made}
        return self._days[day]

    def _of_client(self, tx: Transaction, period: Period, client: str) -> tuple[Sheets, bool]:
        pasts = of_client(tx, client, self._moments(period.days)[1], NEWEST)
        lives = [(min(one.moments), max(one.moments), one) for one in pasts if one.moments]

        def of(days: Days) -> Sheet:
            since, until = self._moments(days)
            then = tuple(one for first, last, one in lives if first < until and last >= since)
            return self._powers.desk.reckoning.sheet(Happened(since, until, then))

        return of, len(pasts) < NEWEST

    def _seen(self, tx: Transaction, period: Period, of: Sheets, client: str) -> Seen:
        charted = [(step, of(step)) for step in steps(period.days)]
        days, (since, until) = added(sheet for _, sheet in charted), self._moments(period.days)
        changes = [int(rest[0]) for rest, _ in below(days, "reopened as")]
        return Seen(
            days=days,
            before=of(period.before),
            steps=charted,
            open=ageing.by_status(tx, client),
            ages=ageing.by_age(tx, self._powers.now(), BOUNDS, [*BALLS], client),
            reopened=reopened(tx, changes, REOPENED),
            guide={} if client else helpful.within(tx, since, until),
            said=(0, 0) if client else helpful.of_answers(tx, since, until),
            client=client,
        )

    def _moments(self, days: Days) -> tuple[datetime, datetime]:
        """When they begin, and when they are over."""
        zone = self._powers.desk.zone
        begins, ends = (datetime.combine(day, time.min, zone) for day in (days.first, days.last + A_DAY))
        return begins.astimezone(UTC), ends.astimezone(UTC)


def _client(request: Request) -> str:
    """The domain of the client whose figures alone are asked for; "" for everybody's."""
    return request.query_params.get("client", "").strip().lower()[:LONGEST]


def asked_dates(first: str, last: str, otherwise: date, today: date) -> Period:
    """Between two days of a form; `otherwise` is the first, and today the last, where it has none."""
    return _told(between(_day(first) or otherwise, _day(last) or today, today), first, last)


def _told(period: Period, *given: str) -> Period:
    """Says so where something was given that is no date."""
    wrong = next((text for text in given if text and _day(text) is None), "")
    if not wrong:
        return period
    return replace(period, instead=f'"{wrong[:LONGEST]}" is no date such as 2026-12-03: this is {period.days}.')


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
