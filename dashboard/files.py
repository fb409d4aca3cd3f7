"""Files: one file to whoever has the signed address that was made for it. It never shows one: a browser only saves it."""

from collections.abc import Callable
from urllib.parse import quote

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.fetched import Fetched

AT_ONCE = 1  # files that are taken out of the database: one may be as large as a mail
KIND = "application/octet-stream"
NONE = "There is no such file, or its link has ended. Ask whoever sent it to you.\n"


class Files:
    """The pages of files."""

    def __init__(self, fetch: Callable[[str], Fetched | None]) -> None:
        self._fetch = fetch
        self._limiter = CapacityLimiter(AT_ONCE)
        self.routes = [Route("/files/{token}", self._give, methods=["GET"])]

    async def _give(self, request: Request) -> Response:
        found = await run_sync(self._fetch, request.path_params["token"], limiter=self._limiter)
        if found is None:
            return PlainTextResponse(NONE, 404)
        # Whatever it is, no browser runs or shows what it does not know (T25).
        return Response(found.data, headers={"content-disposition": disposition(found.name)}, media_type=KIND)


def disposition(name: str) -> str:
    """RFC 6266: saved under its name (RFC 8187), or what old browsers can read of it."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._-") else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
