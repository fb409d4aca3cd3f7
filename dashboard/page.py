"""Page: a title, what it is about, some sentences, at most one button. Without script, and readable by everybody."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

STYLE = files("templates").joinpath("dashboard/style.css").read_bytes()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. All of it is text: nothing of it is taken for markup."""

    language: str
    title: str
    about: tuple[str, ...] = ()  # number and subject of a request
    lines: tuple[str, ...] = ()  # empty ones are left out
    button: str = ""  # posts the page's own address
    small: str = ""


def page(said: Page, team: str, status: int = 200) -> Response:
    """The page as an answer."""
    return HTMLResponse(_templates().get_template("page.html").render(page=said, team=team), status)


def style(_request: Request) -> Response:
    return Response(STYLE, media_type="text/css")


ROUTES = [Route("/style.css", style)]


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("templates", "dashboard"), autoescape=True, undefined=StrictUndefined)
