"""The pages of one-click links: GET shows what a link would do and changes nothing, since mail scanners follow every link; POST does it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import choosing, doing, unsubscribing
from dashboard.click import Click, Outcome
from dashboard.deed import Deed
from dashboard.page import Page, page
from dashboard.powers import Found, Powers
from dashboard.subscription import Subscription

STATUS = {
    Outcome.ASKS: 200,
    Outcome.DONE: 200,
    Outcome.USED: 200,  # whoever clicks twice has what they wanted
    Outcome.EXPIRED: 410,
    Outcome.MOVED: 409,
    Outcome.NOBODYS: 404,
}


class Links:
    """One address for all of them: /do/<what>/<token>."""

    def __init__(self, powers: Powers) -> None:
        self._powers = powers
        self.routes = [
            Route("/do/{what}/{token}", self._show, methods=["GET"]),
            Route("/do/{what}/{token}", self._do, methods=["POST"]),
        ]

    def _show(self, request: Request) -> Response:
        return self._answer(self._powers.look(request.path_params["what"], request.path_params["token"]))

    def _do(self, request: Request) -> Response:
        return self._answer(self._powers.click(request.path_params["what"], request.path_params["token"]))

    def _answer(self, found: Found) -> Response:
        return page(_worded(found), self._powers.team, STATUS[found.outcome])


def _worded(found: Found) -> Page:
    match found:
        case Click():
            return choosing.worded(found)
        case Subscription():
            return unsubscribing.worded(found)
        case Deed():
            return doing.worded(found)
