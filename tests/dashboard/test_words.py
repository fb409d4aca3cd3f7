"""The words of pages: each in four languages, with the same facts; and each page is whole, readable, and escapes what people wrote."""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from dashboard.click import Click, Outcome
from dashboard.deed import Deed
from dashboard.powers import Found, Powers
from dashboard.site import site
from dashboard.subscription import Subscription
from outbound.phrasebook import LANGUAGES
from outbound.series import Series
from store.database import Database
from tests.dashboard.browser import served
from tests.dashboard.desks import COUNTER, DESK, PROGRAMS
from workflow.machine import NOT_MEANT, Choice

WORDS = tomllib.loads(files("templates").joinpath("words.toml").read_text("utf-8"))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\u202e"
# Of each kind of page those with a button: to do it, or to take it back.
BACK = {Outcome.ASKS, Outcome.DONE, Outcome.USED}
BUTTONS = {"approve": {Outcome.ASKS}, "not_meant": {Outcome.ASKS}, "off": BACK, "on": BACK, "deed": {Outcome.ASKS}}
OUTCOMES = {Outcome.ASKS: 200, Outcome.DONE: 200, Outcome.USED: 200, Outcome.EXPIRED: 410, Outcome.MOVED: 409}


def test_every_text_is_there_in_every_language_with_the_same_facts() -> None:
    for key, texts in WORDS.items():
        assert set(texts) == set(LANGUAGES), key
        facts = {tuple(sorted(re.findall(r"\{(\w+)\}", text))) for text in texts.values()}
        assert len(facts) == 1, key
    for what in (*Choice, NOT_MEANT, "off", "on"):
        assert {what, f"{what}_ask"} <= WORDS.keys()
    assert {f"series_{series}" for series in Series} <= WORDS.keys()


class Seen(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_page_in_every_language_is_whole_without_script_and_takes_no_word_for_markup(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/postroom.db")

    def look(what: str, token: str) -> Found:
        outcome, language = Outcome(token.split("-", maxsplit=1)[0]), token.split("-")[1]
        if what in {"off", "on"}:
            return Subscription(outcome, what, "status", language, HOSTILE, NOW, f"/do/x/{HOSTILE}")
        if what == "deed":
            return Deed(outcome, HOSTILE, ((HOSTILE, HOSTILE),) * 2, (HOSTILE, ""), HOSTILE)
        return Click(outcome, what, language, 7, HOSTILE, HOSTILE, HOSTILE, HOSTILE, NOW)

    powers = Powers(
        database,
        lambda: NOW,
        (),
        timedelta(),
        HOSTILE,
        look,
        look,
        lambda _: None,
        lambda _: None,
        DESK,
        COUNTER,
        PROGRAMS,
    )
    with served(site(powers)) as browser:
        assert "font" in browser.get("/style.css").text
        for outcome, status in (OUTCOMES | {Outcome.NOBODYS: 404}).items():
            for what, language in ((what, tongue) for what in BUTTONS for tongue in (*LANGUAGES, "ja", "")):
                answer = browser.get(f"/do/{what}/{outcome}-{language}")
                assert answer.status == status
                page = Seen()
                page.feed(answer.text)
                tags = [tag for tag, _ in page.tags]
                assert tags.count("h1") == tags.count("title") == tags.count("main") == 1
                assert tags.count("button") == (outcome in BUTTONS[what]), (what, outcome)
                assert not {"script", "img", "iframe"} & set(tags)
                spoken = language if language in LANGUAGES and what != "deed" else "en"
                assert dict(page.tags)["html"] == {"lang": spoken}
                assert "{" not in answer.text.replace("{{ 7*7 }}", "")
    database.close()
