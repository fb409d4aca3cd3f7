"""The pages of one-click links: GET shows what a link would do and changes nothing, since mail scanners follow every link; POST does it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.click import Click, Outcome
from dashboard.page import Page, page
from dashboard.powers import Powers
from outbound.phrasebook import say, spoken

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

    def _answer(self, click: Click) -> Response:
        return page(_worded(click), self._powers.team, STATUS[click.outcome])


def _worded(click: Click) -> Page:
    """What a page says."""
    language = spoken(click.language)

    def text(key: str, **facts: object) -> str:
        return say(language, key, **facts)

    about = (text("request", number=click.number), click.subject) if click.number else ()
    stands = text("now", status=click.status) if click.status else ""
    at = f"{click.at:%Y-%m-%d %H:%M (%Z)}" if click.at else ""
    match click.outcome:
        case Outcome.ASKS:
            follows = text("leads", to=click.to) if click.to else text("stays")
            lines = (follows, text("as", by=click.by))
            label = text(click.what)
            return Page(language, text(f"{click.what}_ask"), about, lines, button=label, small=text("untouched"))
        case Outcome.DONE:
            noted = text("noted", label=text(click.what))
            return Page(language, text("thanks"), about, (noted, stands), small=text("reply"))
        case Outcome.USED:
            return Page(language, text("used"), about, (text("used_at", at=at), stands), small=text("reply"))
        case Outcome.EXPIRED:
            return Page(language, text("expired"), about, (text("expired_at", at=at), stands), small=text("reply"))
        case Outcome.MOVED:
            return Page(language, text("moved"), about, (text("moved_why"), stands), small=text("reply"))
        case Outcome.NOBODYS:
            return Page(language, text("nobodys"), (), (text("nobodys_why"),))
