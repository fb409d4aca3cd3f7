"""Whether this process lives, and whether the program can work: for whoever watches it. It says names and times, no secret."""

from collections.abc import Iterator
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.powers import Powers
from store import readings
from store.errors import DatabaseDown, SchemaMismatch
from store.tables import REVISION


class Health:
    """Two pages for machines."""

    def __init__(self, powers: Powers) -> None:
        self._powers = powers
        self.routes = [Route("/healthz", self._lives), Route("/readyz", self._ready)]

    async def _lives(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    def _ready(self, _request: Request) -> Response:
        reasons = list(self._reasons())
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    def _reasons(self) -> Iterator[str]:
        """Why it cannot work; nothing when it can."""
        powers = self._powers
        try:
            revision = powers.database.revision()
            if revision != REVISION:
                yield f"the database has schema {revision or 'none'}, this postroom works with {REVISION}"
                return
            with powers.database.read() as tx:
                last = readings.last(tx)
        except DatabaseDown:
            yield "the database does not answer"  # its own words may name hosts and users
        except SchemaMismatch:
            yield "the database is another program's"
        else:
            yield from (_silent(name, last.get(name)) for name in powers.mailboxes if self._is_late(last.get(name)))

    def _is_late(self, at: datetime | None) -> bool:
        return at is None or self._powers.now() - at > self._powers.patience


def _silent(name: str, at: datetime | None) -> str:
    since = f"since {at.isoformat(timespec='seconds')}" if at else "so far"
    return f"mailbox {name} has not been read {since}"
