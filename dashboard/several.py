"""Several: one deed for many tickets of the list, and taking it back. Each is done by itself, as on its own page, and what came of each is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.asked import moment_of, whole
from dashboard.desk import Member, Order, Refused, Stale
from dashboard.filters import query
from dashboard.forms import FIELDS, posted
from dashboard.page import Page, page
from dashboard.room import HIGHEST, Room
from store import holds
from store.holds import Held

DEEDS = ("assign", "status")
MOST = 200  # at once: as many as the list shows
CHOSEN = "ticket-"  # then its number; the value is the version that the list showed
WAITS = "waits-"  # then its number; the value is the cause of its mails


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one. `why`: "" where it was done; `said`: what it is then."""

    number: int
    why: str = ""
    said: str = "done"


class Several(Room):
    """What the list posts."""

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/tickets", self._order, methods=["POST"]),
            Route("/tickets/take-back", self._back, methods=["POST"]),
        ]

    async def _order(self, request: Request) -> Response:
        form = await posted(request, FIELDS + MOST)
        return await run_in_threadpool(self._ordered, request, form)

    async def _back(self, request: Request) -> Response:
        form = await posted(request, FIELDS + MOST)
        return await run_in_threadpool(self._taken_back, request, form)

    def _ordered(self, request: Request, form: Mapping[str, str]) -> Response:
        member = self._sessions.member(request)
        if member is None or not self._sessions.is_ours(request, dict(form)):
            return self.lost(request, "")
        if (deed := form.get("deed", "")) not in DEEDS:
            return page(Page("en", "That is not done here"), self._powers.team, 404)
        orders = _orders(form, deed)
        results = [self._done(member, one) for one in orders]
        seen = {one.number: one.seen for one in orders}
        with self._powers.database.read() as tx:
            found = holds.wait(tx, [one.number for one in results if not one.why], self._powers.now())
        waits = {one.place: one for one in found if one.before == seen[one.place]}  # and not what was done before
        return self._said(request, member, form, results, waits)

    def _taken_back(self, request: Request, form: Mapping[str, str]) -> Response:
        member = self._sessions.member(request)
        if member is None or not self._sessions.is_ours(request, dict(form)):
            return self.lost(request, "")
        results = [self._undone(member, number, cause) for number, cause in _numbered(form, WAITS)]
        return self._said(request, member, form, results, {}, undone=True)

    def _said(
        self, request: Request, member: Member, form: Mapping[str, str], results: Sequence[Result],
        waits: Mapping[int, Held], *, undone: bool = False,
    ) -> Response:  # fmt: skip
        now, back = self._powers.now(), query(dict(parse_qsl(form.get("back", ""))))
        left = min((one.until for one in waits.values()), default=now) - now
        return self.shown(
            request, member, "several.html", results=results, back=back, waits=waits, undone=undone,
            seconds=max(1, round(left.total_seconds())),
        )  # fmt: skip

    def _done(self, member: Member, order: Order) -> Result:
        try:
            self._powers.desk.order(member, order)
        except (Refused, Stale) as error:
            return Result(order.number, str(error))
        return Result(order.number)

    def _undone(self, member: Member, number: int, cause: str) -> Result:
        try:
            return Result(number, said=self._powers.desk.take_back(member, number, cause)[1])
        except Refused as error:
            return Result(number, str(error))


def _numbered(form: Mapping[str, str], begins: str) -> list[tuple[int, str]]:
    """The tickets that a form names by fields of that beginning, in order, each with its value."""
    found = {whole(name.removeprefix(begins)): value for name, value in form.items() if name.startswith(begins)}
    return sorted((number, value) for number, value in found.items() if 0 < number < HIGHEST)[:MOST]


def _orders(form: Mapping[str, str], deed: str) -> list[Order]:
    upto = moment_of(form.get("upto", ""))
    return [
        Order(number, deed, whole(seen), upto, status=form.get("status", ""), to=form.get("to", ""))
        for number, seen in _numbered(form, CHOSEN)
    ]
