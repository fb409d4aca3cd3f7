"""Page: a title, what it is about, some sentences, at most one button. Readable by everybody, and without its script, too."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from outbound.wording import fill, ink

STYLE = "style.css"  # of the pages that mails link to
DESK = "desk.css"  # of those of staff and clients
SCRIPT = "desk.js"  # of those of staff
KEEP = {"cache-control": "max-age=600"}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. All of it is text: nothing of it is taken for markup."""

    language: str
    title: str
    about: tuple[tuple[str, ...], ...] = ()  # a box each: number and subject of a request
    lines: tuple[str, ...] = ()  # empty ones are left out
    button: str = ""
    action: str = ""  # the path that the button posts; "" for the page's own
    small: str = ""
    back: tuple[str, str] = ("", "")  # where a link leads on, and what it says
    typed: tuple[str, str] = ("", "")  # what somebody wrote into a form that was not done, behind words that say so


def page(said: Page, team: str, status: int = 200) -> Response:
    """The page as an answer."""
    return shown("page.html", status, page=said, team=team)


def shown(template: str, code: int = 200, **names: object) -> Response:
    """A template of this room as an answer."""
    return HTMLResponse(_templates().get_template(template).render(names), code)


def compile_all() -> None:
    """Every template of this room, so that nobody's first look waits for it: a tenth of a second for the dearest."""
    for name in _templates().list_templates(["html"]):
        _templates().get_template(name)


def style(_request: Request) -> Response:
    return Response(_file(STYLE), media_type="text/css", headers=KEEP)


def desk_style(colours: Iterable[str]) -> Route:
    """The one style sheet of a page, by which `data-colour` is shown, too: no page may bring styles of its own (Content-Security-Policy)."""
    rules = (f'[data-colour="{one}"] {{ background: {one}; color: {ink(one)} }}\n' for one in map(fill, colours))
    sheet = _file(DESK) + "".join(rules).encode()
    return Route(f"/{DESK}", lambda _: Response(sheet, media_type="text/css", headers=KEEP))


def icon(_request: Request) -> Response:
    """Where every browser asks for it, so that no page has to name it."""
    return Response(_file("icon.svg"), media_type="image/svg+xml", headers=KEEP)


def script(_request: Request) -> Response:
    return Response(_file(SCRIPT), media_type="text/javascript", headers=KEEP)


ROUTES = [Route(f"/{STYLE}", style), Route(f"/{SCRIPT}", script), Route("/favicon.ico", icon)]


@cache
def _file(name: str) -> bytes:
    return files("templates").joinpath(f"dashboard/{name}").read_bytes()


@cache
def _templates() -> Environment:
    made = Environment(loader=PackageLoader("templates", "dashboard"), autoescape=True, undefined=StrictUndefined)
    made.filters |= {"fill": fill, "ink": ink}
    return made
