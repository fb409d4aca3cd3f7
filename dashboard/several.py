"""Several: one deed for many tickets of the list. Each is done by itself, as on its own page, and what came of each is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
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

DEEDS = ("assign", "status")
MOST = 200  # at once: as many as the list shows
CHOSEN = "ticket-"  # then its number; the value is the version that the list showed


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one. `why`: "" where it was done."""

    number: int
    why: str


class Several(Room):
    """What the list posts."""

    @property
    def routes(self) -> list[Route]:
        return [Route("/tickets", self._order, methods=["POST"])]

    async def _order(self, request: Request) -> Response:
        form = await posted(request, FIELDS + MOST)
        return await run_in_threadpool(self._ordered, request, form)

    def _ordered(self, request: Request, form: Mapping[str, str]) -> Response:
        member = self._sessions.member(request)
        if member is None or not self._sessions.is_ours(request, dict(form)):
            return self.lost(request, "")
        if (deed := form.get("deed", "")) not in DEEDS:
            return page(Page("en", "That is not done here"), self._powers.team, 404)
        results = [self._done(member, one) for one in _orders(form, deed)]
        with self._powers.database.read() as tx:
            waits = holds.wait(tx, [one.number for one in results if not one.why], self._powers.now())
        left = min(waits.values()) - self._powers.now() if waits else timedelta()
        return self.shown(
            request,
            member,
            "several.html",
            results=results,
            waits=waits,
            seconds=max(1, round(left.total_seconds())),
            back=query(dict(parse_qsl(form.get("back", "")))),
        )

    def _done(self, member: Member, order: Order) -> Result:
        try:
            self._powers.desk.order(member, order)
        except (Refused, Stale) as error:
            return Result(order.number, str(error))
        return Result(order.number, "")


def _orders(form: Mapping[str, str], deed: str) -> list[Order]:
    upto = moment_of(form.get("upto", ""))
    chosen = {whole(name.removeprefix(CHOSEN)): whole(seen) for name, seen in form.items() if name.startswith(CHOSEN)}
    asked = sorted((number, seen) for number, seen in chosen.items() if 0 < number < HIGHEST)[:MOST]
    return [
        Order(number, deed, seen, upto, status=form.get("status", ""), to=form.get("to", "")) for number, seen in asked
    ]
