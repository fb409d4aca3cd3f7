"""Filters: a member of staff gives a list of tickets a name, to have it one click away; or lets it go."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.forms import posted
from dashboard.room import Room
from store import filters

# Of a list's address, and how long each may be.
PARTS = {"as": 20, "view": 20, "whose": 20, "status": 60, "search": 200}
LONGEST = 40  # characters of a name


class Filters(Room):
    """What the list posts about itself."""

    @property
    def routes(self) -> list[Route]:
        return [Route("/tickets/filters", self._keep, methods=["POST"])]

    async def _keep(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._kept, request, form)

    def _kept(self, request: Request, form: dict[str, str]) -> Response:
        member, name = self._sessions.member(request), " ".join(form.get("name", "").split())[:LONGEST]
        if member is None or not self._sessions.is_ours(request, form):
            return self.lost(request, name)
        asked = query(form)
        with self._powers.database.write() as tx:
            if "forget" in form:
                filters.forget(tx, member.address.lower(), form["forget"])
            elif name:
                filters.keep(tx, member.address.lower(), name, asked)
        return RedirectResponse(f"/tickets?{asked}", 303)


def query(asked: Mapping[str, str]) -> str:
    """The part of a list's address that says which tickets are in it: the same for the same list."""
    said = {name: asked.get(name, "").strip()[:longest] for name, longest in PARTS.items()}
    return urlencode({name: value for name, value in said.items() if value})
