"""Today: what has come and gone since midnight, what waits, which limits tripped, and how each mailbox is."""

from dataclasses import dataclass
from datetime import datetime, time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.room import Room
from outbound.outbox import State
from outbound.standing import Outage, Reconciled
from store.metering import Meter, meter
from store.standing import held, tally

STATES = (
    State.QUEUED,
    State.SENDING,
    State.RETRY,
    State.HELD,
    State.UNKNOWN,
    State.DEAD,
    State.BOUNCED,
    State.FAILED_RENDER,
)


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox. None for what has never been."""

    name: str
    outage: Outage | None
    read: datetime | None
    late: bool  # it was not read for longer than is usual
    compared: Reconciled | None


class Today(Room):
    """One page."""

    @property
    def routes(self) -> list[Route]:
        return [Route("/today", self._shown, methods=["GET"])]

    def _shown(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        now = self._powers.now()
        begins = datetime.combine(now.astimezone(self._powers.desk.zone), time.min, self._powers.desk.zone)
        with self._powers.database.read() as tx:
            found, day, waiting = meter(tx), tally(tx, begins, now), held(tx)
        boxes = [self._box(name, found, now) for name in self._powers.mailboxes]
        return self.shown(
            request, member, "today.html", now=now, day=day, meter=found, boxes=boxes, held=waiting,
            outgoing=[(state, number) for state in STATES if (number := found.outgoing[state])], when=self.when,
        )  # fmt: skip

    def _box(self, name: str, found: Meter, now: datetime) -> Box:
        read = found.readings.get(name)
        late = read is None or now - read > self._powers.patience
        return Box(name, found.outages.get(name), read, late, found.reconciled.get(name))
