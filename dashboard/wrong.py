"""Wrong: what is said where a request leads nowhere, or something of ours fails: to a person a page, with the words that they typed; to a program a line or JSON."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse, Response

from dashboard.openapi import ROOT
from dashboard.page import Page, page
from dashboard.problem import Problem
from dashboard.tongue import preferred
from outbound.phrasebook import ENGLISH, say

LINES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/hooks/",
    "/live",
    "/files/",
)  # of these programs ask, or whoever saves a file
STAFFS = ("/tickets", "/mails", "/outbox", "/today", "/reports", "/admin")  # who read English; all others their own
WORDED = {403: "foreign", 404: "no_page", 408: "too_slow", 413: "too_large", 500: "fault", 503: "down"}
TYPED = ("text", "note")  # fields in which people write more than a word


@dataclass(frozen=True, slots=True)
class Wrong:
    """Said in the team's name. The first sentence of `words` is the title of its page."""

    team: str

    def say(self, path: str, status: int, words: str, heard: str = "", body: bytes = b"") -> Response:
        """`heard`: the Accept-Language of a request; `body`: of one that was read."""
        if path.startswith(f"{ROOT}/"):
            return Problem(status, words.strip()).answer
        if path.startswith(LINES):
            return PlainTextResponse(words, status)
        language = ENGLISH if path.startswith(STAFFS) else preferred(heard, ENGLISH)
        told = say(language, WORDED[status]) if status in WORDED else words.strip()
        title, _, rest = told.partition(". ")
        said = Page(language, title.rstrip("."), lines=(rest,), back=("/", say(language, "first_page")))
        return page(replace(said, typed=(say(language, "to_be_copied"), typed(body))), self.team, status)


def typed(body: bytes) -> str:
    """What a person wrote into the form that this may be."""
    try:
        form = parse_qs(body.decode("ascii", "replace"), max_num_fields=300)
    except ValueError:
        return ""
    return "\n\n".join(word.replace("\r\n", "\n") for name in TYPED for word in form.get(name, ()))
