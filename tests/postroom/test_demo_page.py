"""The demo's own page: what is written goes out as a mail, what is wrong is said with what was typed, and nobody finds it who was not told where it is."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.demo.page import DemoPage
from postroom.demo.place import settle
from store import incoming
from store.incoming import Incoming
from tests.dashboard.browser import Browser


class Demo:
    """The page beside a program that has kept one mail."""

    def __init__(self, app: App) -> None:
        self.sent: list[tuple[str, ...]] = []
        self.page = DemoPage(app, self._send, lambda address, path: f"http://127.0.0.1/sign-in/{address}{path}")
        parts = urlsplit(self.page.address)
        self.browser, self.at = Browser(parts.port or 0), parts.path

    def _send(self, *mail: str) -> str:
        if "refuse" in mail[0]:
            raise Refused("the demo's SMTP server did not take it")
        self.sent.append(mail)
        return "sent"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    app = open_app(str(settle(tmp_path, 1, 1, "secret") / "postroom.toml"))
    with app.database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, b"Subject: <b>x</b>\r\n\r\n", app.now())], app.now())
    made = Demo(app)
    with made.page:
        yield made
    app.database.close()


def test_what_is_written_is_sent_and_shown_as_it_arrives(demo: Demo) -> None:
    assert "Ada Quill &lt;ada@client.example&gt;" in demo.browser.get(demo.at).text
    form = {
        "from": "Bo <bo@client.example>",
        "to": "escalate@demo.test",
        "subject": "White\r\nBcc: x",
        "text": "It is white.",
    }
    answer = demo.browser.post(demo.at, form)
    assert (answer.status, answer.headers["location"]) == (303, f"{demo.at}/arrived")
    assert demo.sent == [("It is white.", "Bo <bo@client.example>", "escalate@demo.test", "White Bcc: x")]
    watch = demo.browser.get(f"{demo.at}/arrived").text
    assert '<meta http-equiv="refresh" content="2">' in watch
    assert "m1" in watch
    assert "<script" not in watch


@pytest.mark.parametrize(
    "wrong", [{"from": "nobody"}, {"to": "ada@client.example"}, {"text": " "}, {"text": "refuse <this>"}, {"from": ""}]
)
def test_what_cannot_be_sent_is_said_with_what_was_typed(demo: Demo, wrong: dict[str, str]) -> None:
    form = {"from": "bo@client.example", "to": "support@demo.test", "text": "Words <of mine>"} | wrong
    answer = demo.browser.post(demo.at, form)
    assert (answer.status, demo.sent) == (409, [])
    assert 'role="alert"' in answer.text
    assert form["text"].replace("<", "&lt;").replace(">", "&gt;").strip() in answer.text


def test_what_is_no_address_is_named(demo: Demo) -> None:
    answer = demo.browser.post(demo.at, {"from": "x", "text": "It is white."})
    assert '"x" is no address: write one, such as ada@client.example' in unescape(answer.text)


def test_a_link_signs_in_as_staff_or_as_the_client(demo: Demo) -> None:
    answer = demo.browser.get(f"{demo.at}/as?address=kim@demo.test&path=/tickets")
    assert answer.headers["location"] == "http://127.0.0.1/sign-in/kim@demo.test/tickets"


def test_nobody_finds_it_who_was_not_told_where_it_is(demo: Demo) -> None:
    for path in ("/", "/as?address=kim@demo.test", "/x", f"{demo.at}x", "/arrived"):
        assert demo.browser.get(path).status == 404, path
    assert demo.browser.post("/", {"text": "x"}).status in {404, 405}
    assert demo.sent == []
