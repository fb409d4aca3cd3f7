"""Where the engineers' tracker says, by signed deliveries, what has become of its issues. Without a valid signature nothing is looked at."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.receipt import Receipt, Taken
from inbound.webhook import Delivery

STATUS = {
    Taken.FOLLOWED: 200,
    Taken.KNOWN: 200,
    Taken.OLD: 200,  # whoever gets another answer sends it again
    Taken.UNSIGNED: 401,
    Taken.STALE: 401,
    Taken.UNREADABLE: 422,
    Taken.UNKNOWN: 404,
    Taken.BUSY: 503,
}


class Hook:
    """One address."""

    def __init__(self, deliver: Callable[[Delivery], Receipt]) -> None:
        self._deliver = deliver
        self.routes = [Route("/hooks/linked", self._take, methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        id_, at, signature = (request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        receipt = await run_in_threadpool(self._deliver, Delivery(id_, at, signature, await request.body()))
        return JSONResponse({"taken": receipt.taken, "because": list(receipt.because)}, STATUS[receipt.taken])
