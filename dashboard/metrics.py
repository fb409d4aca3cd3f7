"""The page of metrics, for Prometheus and its like. To this machine alone, or to whoever brings the token: never to a browser from outside."""

import hmac
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.exposition import CONTENT_TYPE, exposed
from dashboard.powers import Powers
from store.metering import meter, open_tickets

SCHEME = "bearer "


class Metrics:
    """One page."""

    def __init__(self, powers: Powers) -> None:
        self._powers = powers
        self.routes = [Route("/metrics", self._shown)]

    def _shown(self, request: Request) -> Response:
        powers = self._powers
        if powers.metrics_token and not self._brings(request, powers.metrics_token):
            return PlainTextResponse("A token is needed.\n", 401, {"www-authenticate": "Bearer"})
        if not powers.metrics_token and (powers.behind_proxy or not _is_here(request)):
            return PlainTextResponse("There is no such page here. Yours begin at /.\n", 404)
        with powers.database.read() as tx:
            found, tickets = meter(tx), open_tickets(tx)
        text = exposed(found, tickets, powers.counts.now(), powers.mailboxes, powers.sign_ins(), powers.now())
        return Response(text, media_type=CONTENT_TYPE)

    @staticmethod
    def _brings(request: Request, token: str) -> bool:
        given = request.headers.get("authorization", "")
        brought = given[len(SCHEME) :] if given.lower().startswith(SCHEME) else ""
        return hmac.compare_digest(brought.encode(), token.encode())


def _is_here(request: Request) -> bool:
    """Whether it comes from this machine. Behind a proxy everything does."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
