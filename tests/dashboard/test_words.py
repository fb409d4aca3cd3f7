"""The words of pages: each in four languages, with the same facts; and each page is whole, readable, and escapes what people wrote."""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from dashboard.click import Click, Outcome
from dashboard.powers import Powers
from dashboard.site import site
from outbound.phrasebook import LANGUAGES
from store.database import Database
from tests.dashboard.browser import served
from tests.dashboard.desks import DESK
from workflow.machine import Choice

WORDS = tomllib.loads(files("templates").joinpath("words.toml").read_text("utf-8"))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\u202e"
OUTCOMES = {Outcome.ASKS: 200, Outcome.DONE: 200, Outcome.USED: 200, Outcome.EXPIRED: 410, Outcome.MOVED: 409}


def test_every_text_is_there_in_every_language_with_the_same_facts() -> None:
    for key, texts in WORDS.items():
        assert set(texts) == set(LANGUAGES), key
        facts = {tuple(sorted(re.findall(r"\{(\w+)\}", text))) for text in texts.values()}
        assert len(facts) == 1, key
    for choice in Choice:
        assert {choice, f"{choice}_ask"} <= WORDS.keys()


class Seen(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_page_in_every_language_is_whole_without_script_and_takes_no_word_for_markup(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/postroom.db")

    def look(what: str, token: str) -> Click:
        outcome, language = token.split("-")
        return Click(Outcome(outcome), what, language, 7, HOSTILE, HOSTILE, HOSTILE, HOSTILE, NOW)

    powers = Powers(database, lambda: NOW, (), timedelta(), HOSTILE, look, look, lambda _: None, lambda _: None, DESK)
    with served(site(powers)) as browser:
        assert "font" in browser.get("/style.css").text
        for outcome, status in (OUTCOMES | {Outcome.NOBODYS: 404}).items():
            for language in (*LANGUAGES, "ja", ""):
                answer = browser.get(f"/do/approve/{outcome}-{language}")
                assert answer.status == status
                page = Seen()
                page.feed(answer.text)
                tags = [tag for tag, _ in page.tags]
                assert tags.count("h1") == tags.count("title") == tags.count("main") == 1
                assert tags.count("button") == (outcome is Outcome.ASKS)
                assert not {"script", "img", "iframe"} & set(tags)
                assert dict(page.tags)["html"] == {"lang": language if language in LANGUAGES else "en"}
                assert "{" not in answer.text.replace("{{ 7*7 }}", "")
    database.close()
