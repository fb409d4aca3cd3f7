"""What a browser needs before it can show a page: the page, one style sheet, at most one script, and nothing that these ask for."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from dashboard.site import site
from tests.dashboard.browser import Answer, Browser, served
from tests.dashboard.test_access import KIM, ROUTES, World, world

__all__ = ["world"]

ASKED_FOR = re.compile(r"<(?:link|script|img|iframe|object|embed|video|audio|source)\b[^>]*>")
LATER = re.compile(r'loading="lazy"|type="image|rel="(?!stylesheet)')  # nobody waits for it


def pages(browser: Browser, cookie: str) -> dict[str, Answer]:
    """Every page that whoever has this cookie gets, by its path."""
    paths = [at for (method, _), (at, _) in ROUTES.items() if method == "GET" and not at.startswith("/live")]
    answers = {path: browser.get(path, Cookie=f"postroom={cookie}") for path in [*paths, "/tickets?as=columns"]}
    return {at: one for at, one in answers.items() if one.headers.get("content-type", "").startswith("text/html")}


@pytest.mark.parametrize(
    ("cookie", "expected", "scripts"), [("kims", "/tickets/1001", 1), ("Adas", "/my/1001", 0), ("", "/sign-in", 0)]
)
def test_a_page_needs_one_style_sheet_and_at_most_one_script(
    world: World, cookie: str, expected: str, scripts: int
) -> None:
    world.team[0] = replace(KIM, keeper=True)
    with served(site(world.powers)) as browser:
        found = pages(browser, cookie)
        sheets = {browser.get(path).text for path in ("/style.css", "/desk.css")}
    assert expected in found
    assert ("/tickets?as=columns" in found) == (cookie == "kims")
    for path, page in found.items():
        needed = [one for one in ASKED_FOR.findall(page.text) if not LATER.search(one)]
        framed = "sandbox" in page.headers["content-security-policy"]  # a mail in its frame: it asks for nothing at all
        assert len([one for one in needed if one.startswith("<link")]) == (0 if framed else 1), (path, needed)
        assert len([one for one in needed if one.startswith("<script")]) <= scripts, (path, needed)
        others = [one for one in needed if not one.startswith(("<link", "<script"))]
        assert not others or path == "/admin/workflows", (path, others)
    assert not any("url(" in one or "@import" in one for one in sheets)


def test_the_script_asks_for_no_other_one() -> None:
    text = files("templates").joinpath("dashboard/desk.js").read_text("utf-8")
    assert not re.search(r"\bimport\b|importScripts|createElement", text)
