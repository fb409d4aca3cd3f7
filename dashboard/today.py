"""Today: what has come and gone since midnight, what waits, which limits tripped, and how each mailbox is."""

from dataclasses import dataclass
from datetime import datetime, time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.lately import Lately
from dashboard.powers import Powers
from dashboard.room import Room
from dashboard.sessions import Sessions
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

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self._day = Lately(
            powers, lambda tx, now: tally(tx, self._begins(now), now)
        )  # all that came today is looked at
        self.routes = [Route("/today", self._shown, methods=["GET"])]

    def _begins(self, now: datetime) -> datetime:
        zone = self._powers.desk.zone
        return datetime.combine(now.astimezone(zone), time.min, zone)

    def _shown(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        now = self._powers.now()
        with self._powers.database.read() as tx:
            found, (day, behind), waiting = meter(tx), self._day.look(tx, self._begins(now)), held(tx)
        boxes = [self._box(name, found, now) for name in self._powers.mailboxes]
        answer = self.shown(
            request, member, "today.html", now=now, day=day, meter=found, boxes=boxes, held=waiting,
            outgoing=[(state, number) for state in STATES if (number := found.outgoing[state])], when=self.when,
        )  # fmt: skip
        answer.background = behind
        return answer

    def _box(self, name: str, found: Meter, now: datetime) -> Box:
        read = found.readings.get(name)
        late = read is None or now - read > self._powers.patience
        return Box(name, found.outages.get(name), read, late, found.reconciled.get(name))
