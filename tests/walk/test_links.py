"""One click in a mail: a page asks, a click does it once, and whatever is too late or forged is told so and changes nothing."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread
from typing import Any

from tests.dashboard.browser import Answer, Browser
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, rows, ticket
from tests.walk.test_web import WEB, browser

SITE = "https://help.example.test"
CLICK = re.compile(rf"{SITE}(/do/(\w+)/l[a-z0-9]+)")


def links(lab: Lab, running: Service, status: str) -> dict[str, str]:
    """Paths by choice, of the mail that the client gets when staff set this status."""
    before = len(lab.sent())
    do(lab, "set", str(only(lab)["number"]), status)
    running.wait_until(lambda: len(lab.sent()) > before)
    sent = message_from_bytes(lab.sent()[-1], EmailMessage, policy=default)
    plain, html = (sent.get_body([kind]) for kind in ("plain", "html"))
    assert plain
    assert html
    found = {what: path for path, what in CLICK.findall(plain.get_content())}
    assert set(CLICK.findall(html.get_content())) == {(path, what) for what, path in found.items()}
    return found


def only(lab: Lab) -> dict[str, Any]:
    """The one ticket, whole."""
    (row,) = rows(lab, "tickets")
    return ticket(lab, row["number"])


def title(answer: Answer) -> str:
    match = re.search(r"<h1>(.*?)</h1>", answer.text)
    assert match, answer.text
    return match[1]


def state(lab: Lab) -> tuple[object, ...]:
    row = only(lab)
    return row["status"], row["tags"], len(row["history"]), len(row["conversation"])


def test_a_click_asks_then_does_it_once_and_says_so_ever_after(lab: Lab) -> None:
    lab.deliver(mail(subject="Page <b>4</b> is white"))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        offered = links(lab, running, "Pending Client Feedback")
        assert offered.keys() == {"found_solution", "no_longer_needed"}
        path, before = offered["found_solution"], state(lab)

        asked = pages.get(path)
        assert (asked.status, title(asked)) == (200, "You found the solution yourself?")
        for words in (
            "Request #1",
            "Page &lt;b&gt;4&lt;/b&gt; is white",
            "“Client Found Solution”",
            "ada@client.example",
        ):
            assert words in asked.text
        assert [pages.ask(method, path, b"", {}).status for method in ("HEAD", "GET", "OPTIONS")] == [200, 200, 405]
        assert state(lab) == before, "mail scanners follow every link"

        for wrong in (path[:-9] + "aaaa" + path[-5:], path.replace("found_solution", "no_longer_needed"), "/do/x/y"):
            assert (pages.post(wrong).status, title(pages.get(wrong))) == (404, "This link does not work")
        assert state(lab) == before

        done = pages.post(path)
        assert (done.status, title(done)) == (200, "Thank you")
        row = only(lab)
        assert row["status"] == "Client Found Solution"
        assert row["history"][-1]["by"] == "ada@client.example"
        assert 'ada@client.example chose "found_solution"' in row["history"][-1]["because"][0]

        after = state(lab)
        assert {title(pages.get(path)), title(pages.post(path))} == {"You have answered already"}
        moved = pages.post(offered["no_longer_needed"])
        assert (moved.status, title(moved)) == (409, "Your request has moved on")
        assert state(lab) == after


@on_both
def test_clicks_at_one_moment_do_it_once(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        path = links(lab, running, "Question Answered")["helpful"]
        before = state(lab)
        answers = at_once(pages, path, 6)
        assert sorted(answers) == sorted(["Thank you", *["You have answered already"] * 5])
        status, tags, moves, entries = state(lab)
        assert (status, tags, moves, entries) == (before[0], ["helpful"], before[2], before[3] + 1)


def at_once(pages: Browser, path: str, many: int) -> list[str]:
    """The titles that so many clicks get."""
    titles: list[str] = []
    clicks = [Thread(target=lambda: titles.append(title(pages.post(path)))) for _ in range(many)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    return titles


def test_a_link_ends_when_its_ticket_moves_on_or_its_time_is_over(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        path = links(lab, running, "Pending Client Feedback")["found_solution"]
        old = links(lab, running, "Problem Solved")["not_helpful"]
        assert browser(running).post(path).status == 409
        lab.deliver(answer_to(lab.sent()[-1], "It is white again.\n"))
        running.wait_until(lambda: only(lab)["status"] == "Outstanding")
        assert browser(running).post(old).status == 409
        late = links(lab, running, "Question Answered")["helpful"]
    lab.move_clock(days=60, minutes=1)
    with Service(lab, **WEB) as running:
        expired = browser(running).post(late)
        assert (expired.status, title(expired)) == (410, "This link is too old")
    assert only(lab)["tags"] == []
