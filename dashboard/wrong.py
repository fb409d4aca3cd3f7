"""Wrong: what is said where a request leads nowhere, or something of ours fails: to a person a page, with the words that they typed; to a program a line or JSON."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse, Response

from dashboard.openapi import ROOT
from dashboard.page import Page, page
from dashboard.problem import Problem

LINES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/hooks/",
    "/live",
    "/files/",
)  # of these programs ask, or whoever saves a file
FIRST = ("/", "To the first page")
TYPED = ("text", "note")  # fields in which people write more than a word


@dataclass(frozen=True, slots=True)
class Wrong:
    """Said in the team's name. The first sentence of `words` is the title of its page."""

    team: str

    def say(self, path: str, status: int, words: str, body: bytes = b"") -> Response:
        if path.startswith(f"{ROOT}/"):
            return Problem(status, words.strip()).answer
        if path.startswith(LINES):
            return PlainTextResponse(words, status)
        title, _, rest = words.strip().partition(". ")
        return page(Page("en", title.rstrip("."), lines=(rest,), back=FIRST, typed=typed(body)), self.team, status)


def typed(body: bytes) -> str:
    """What a person wrote into the form that this may be."""
    try:
        form = parse_qs(body.decode("ascii", "replace"), max_num_fields=300)
    except ValueError:
        return ""
    return "\n\n".join(word.replace("\r\n", "\n") for name in TYPED for word in form.get(name, ()))
