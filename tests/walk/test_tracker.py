"""A tracker's signed deliveries, over real HTTP into a running postroom: each once, in the order of their time, and nothing without a signature."""

import hmac
import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from threading import Barrier, Thread

import pytest

from dashboard.guard import MOST_BYTES
from dashboard.site import site
from inbound.webhook import signing_key
from postroom.acting import NotPossible
from postroom.app import open_app
from postroom.serving import powers
from postroom.tracking import Word, hear, link
from store import sessions
from tests.dashboard.browser import Answer, Browser, served
from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import Service, do, once, rows, say, ticket
from tests.walk.test_web import WEB, browser
from workflow.issue import Issue

SECRET = "whsec_" + b64encode(b"not a secret, for tests only").decode()
DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"
IDS = count(1)
PLACE = "/hooks/linked"


def headers(body: bytes, id_: str = "", at: float = 0, key: bytes = b"") -> dict[str, str]:
    """As a tracker would sign it; `at`: seconds from now."""
    id_, seconds = id_ or f"d{next(IDS)}", str(int(datetime.now(UTC).timestamp() + at))
    signed = f"{id_}.{seconds}.".encode() + body
    mac = b64encode(hmac.digest(key or signing_key(SECRET), signed, "sha256")).decode()
    return {"webhook-id": id_, "webhook-timestamp": seconds, "webhook-signature": f"v1,{mac}"}


def tell(pages: Browser, state: str, key: str = "ENG-12", id_: str = "", since: str = "", **more: str) -> Answer:
    more |= {"at": since} if since else {}
    body = json.dumps({"key": key, "state": state, **more}).encode()
    return pages.ask("POST", PLACE, body, headers(body, id_))


def found(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.text)["taken"]


@contextmanager
def tracked(lab: Lab) -> Iterator[Browser]:
    """The pages of an installation with a secret, and a ticket that is linked to ENG-12."""
    prepared(lab)
    app = open_app(str(lab.folder / "postroom.toml"))
    with app.database.write() as tx:  # Kim has signed in
        sessions.ask(tx, "link", "kim@example.test", "/tickets", app.now(), app.now() + timedelta(minutes=15))
        sessions.begin(tx, "link", "kims", app.now(), app.now() + timedelta(days=7))
    with served(site(powers(app))) as pages:
        yield pages
    app.database.close()


def prepared(lab: Lab) -> None:
    file, secret = lab.folder / "postroom.toml", lab.folder / "tracker.secret"
    text = file.read_text().replace('workflow = "courseleaf"', 'workflow = "service-desk"')
    file.write_text(f'{text}\n[tracker]\nsecret_file = "tracker.secret"\n')
    secret.touch(0o600)
    secret.write_text(f"{SECRET}\n")
    lab.deliver(mail())
    once(lab)
    do(lab, "link", "1001", "ENG-12")


def state(lab: Lab) -> tuple[object, ...]:
    row = ticket(lab, 1001)
    return row["status"], len(row["history"]), len(row["conversation"]), row["issues"], len(rows(lab, "outbox"))


@on_both
def test_a_signed_delivery_moves_the_ticket_once_and_its_client_hears(lab: Lab) -> None:
    prepared(lab)
    with Service(lab, **WEB) as running:
        pages = browser(running)
        at = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
        first = tell(pages, "Started", "eng-12", "one", url="https://jira.example.test/browse/ENG-12")
        assert found(first) == (200, "followed")
        (line,) = json.loads(first.text)["because"]
        assert line == '#1001: linked issue ENG-12 is "started": "Scoping with Team" moves to "In Progress"'
        running.wait_until(lambda: any(b"Request #1001: In Progress" in one for one in lab.sent()))
        row = ticket(lab, 1001)
        assert (row["status"], row["history"][-1]["by"]) == ("In Progress", "tracker")
        (issue,) = row["issues"]
        assert (issue["state"], issue["url"]) == ("started", "https://jira.example.test/browse/ENG-12")
        before = state(lab)
        again = [tell(pages, "done", id_="one"), tell(pages, "started", id_="two")]
        assert [found(answer) for answer in again] == [(200, "known")] * 2
        assert ticket(lab, 1001)["status"] == before[0]
        assert found(tell(pages, "scoped")) == (200, "followed")
        assert 'is "scoped", a state that [linked] does not name' in ticket(lab, 1001)["conversation"][-1]["text"]
        assert found(tell(pages, "done", key="https://jira.example.test/browse/eng-12")) == (200, "followed")
        assert ticket(lab, 1001)["status"] == "Waiting for Customer Approval"
        done = state(lab)
        body = json.dumps({"key": "ENG-12", "state": "started", "at": at}).encode()
        assert found(pages.ask("POST", PLACE, body, headers(body))) == (200, "old"), "a word that was overtaken"
        assert state(lab) == done
        assert not running.said("WARNING")


def test_whatever_is_not_signed_fresh_and_readable_changes_nothing(lab: Lab) -> None:
    with tracked(lab) as pages:
        before = state(lab)
        body = b'{"key": "ENG-12", "state": "started"}'
        right = headers(body)
        wrong = {
            "no headers": (body, {}, 401),
            "no signature": (body, right | {"webhook-signature": ""}, 401),
            "another body": (body.replace(b"started", b"done"), right, 401),
            "another secret": (body, headers(body, key=b"x" * 28), 401),
            "too old": (body, headers(body, at=-400), 401),
            "too new": (body, headers(body, at=400), 401),
            "a form": (b"key=ENG-12&state=started", headers(b"key=ENG-12&state=started"), 422),
            "no state": (b'{"key": "ENG-12"}', headers(b'{"key": "ENG-12"}'), 422),
            "a number for a key": (b'{"key": 12, "state": "a"}', headers(b'{"key": 12, "state": "a"}'), 422),
            "a list": (b"[]", headers(b"[]"), 422),
            "nothing": (b"", headers(b""), 422),
            "very deep": (b"[" * 60_000, headers(b"[" * 60_000), 422),
            "no text": (b'{"key": "\xff", "state": "a"}', headers(b'{"key": "\xff", "state": "a"}'), 422),
            "a zero in the key": (
                b'{"key": "a\\u0000", "state": "a"}',
                headers(b'{"key": "a\\u0000", "state": "a"}'),
                422,
            ),
            "half a character": (
                b'{"key": "\\ud800", "state": "a"}',
                headers(b'{"key": "\\ud800", "state": "a"}'),
                422,
            ),
            "a url that is none": (
                bad := b'{"key": "ENG-12", "state": "started", "url": "javascript:alert(1)"}',
                headers(bad),
                422,
            ),
            "a time without a zone": (
                late := b'{"key": "ENG-12", "state": "started", "at": "2026-11-27T09:30:00"}',
                headers(late),
                422,
            ),
            "a time before all others": (
                first := b'{"key": "ENG-12", "state": "started", "at": "0001-01-01T00:00:00+14:00"}',
                headers(first),
                422,
            ),
            "a time after all others": (
                last := b'{"key": "ENG-12", "state": "started", "at": "9999-12-31T23:59:59-14:00"}',
                headers(last),
                422,
            ),
            "an unknown issue": (other := b'{"key": "ENG-13", "state": "started"}', headers(other), 404),
            "too large": (b"x" * (MOST_BYTES + 1), headers(b""), 413),
        }
        answers = {name: pages.ask("POST", PLACE, given, extra) for name, (given, extra, _) in wrong.items()}
        assert {name: answer.status for name, answer in answers.items()} == {
            name: row[2] for name, row in wrong.items()
        }
        assert pages.get(PLACE).status == 405
        assert state(lab) == before
        assert all(SECRET not in answer.text and "Ada" not in answer.text for answer in answers.values())
        assert found(pages.ask("POST", PLACE, body, right)) == (200, "followed"), "what was refused left nothing behind"
    assert "FAILED  tracker: nothing takes its deliveries" in say(lab, "check").output
    assert "ok      tracker: its signed deliveries are taken at https://help." in say(lab, "check", **WEB).output


@on_both
def test_deliveries_at_one_moment_end_as_the_last_of_them_by_its_own_time(lab: Lab) -> None:
    with tracked(lab) as pages:
        now = datetime.now(UTC)
        words = ("started", "scoped", "started", "done")
        said = [(word, f"{word}{n}", (now + timedelta(seconds=n - 9)).isoformat()) for n, word in enumerate(words)]
        at_once = [*said, *said]
        together, answers = Barrier(len(at_once), timeout=20), list[Answer]()

        def one(word: str, id_: str, at: str) -> None:
            together.wait()
            answers.append(tell(pages, word, id_=id_, since=at))

        threads = [Thread(target=one, args=each) for each in at_once]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert {answer.status for answer in answers} <= {200, 503}
        for word, id_, at in said:  # whoever was told to come again does
            assert tell(pages, word, id_=id_, since=at).status == 200
        row = ticket(lab, 1001)
        assert row["issues"][0]["state"] == "done"
        assert row["status"] == "Waiting for Customer Approval"
        moves = [one["to"] for one in row["history"]]
        assert len(moves) == len(set(moves)), moves
        causes = [(mail["notice"], mail["recipient"]) for mail in rows(lab, "outbox")]
        assert len(causes) == len(set(causes)), "each change told once"


@on_both
def test_a_ticket_that_is_linked_at_the_moment_of_a_word_misses_nothing(lab: Lab) -> None:
    prepared(lab)
    numbers = range(1002, 1007)
    for number in numbers:
        lab.deliver(mail(subject=f"White {number}", sender=f"c{number}@client.example"))
    once(lab)
    app = open_app(str(lab.folder / "postroom.toml"))
    word = Word(Issue("ENG-12"), "started", app.now(), "tracker")
    links = [partial(link, app, number, Issue("ENG-12"), "kim") for number in numbers]
    at_one_moment(partial(hear, app, word), *links)
    stand = {row["number"]: row["status"] for row in rows(lab, "tickets")}
    assert stand == dict.fromkeys([1001, *numbers], "In Progress")
    # Of two issues that end at one moment, one is the last.
    link(app, 1001, Issue("ENG-13"), "kim")
    hear(app, Word(Issue("ENG-13"), "started", app.now(), "tracker"))
    at_one_moment(*(partial(hear, app, Word(Issue(key), "done", app.now(), "tracker")) for key in ("ENG-12", "ENG-13")))
    assert ticket(lab, 1001)["status"] == "Waiting for Customer Approval"
    app.database.close()


def at_one_moment(*steps: Callable[[], object]) -> None:
    """Each in a thread of its own; whoever is told to try again does."""
    together = Barrier(len(steps), timeout=20)

    def until_done(step: Callable[[], object]) -> None:
        together.wait()
        for _ in range(20):
            try:
                step()
            except NotPossible as busy:
                assert "by others" in str(busy)  # noqa: PT017 - everything else is a fault
            else:
                return

    threads = [Thread(target=until_done, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_without_a_secret_there_is_no_such_address_and_a_wrong_one_stops_every_start(lab: Lab) -> None:
    app = open_app(str(lab.folder / "postroom.toml"))
    body = b'{"key": "ENG-12", "state": "started"}'
    with served(site(powers(app))) as pages:
        assert pages.ask("POST", PLACE, body, headers(body)).status == 404
    app.database.close()
    wrong = say(lab, "tickets", POSTROOM_TRACKER__SECRET="whsec_canary")
    assert wrong.exit_code == 2
    (line,) = wrong.stderr.splitlines()
    assert "POSTROOM_TRACKER__SECRET: " in line
    assert "base64" in line
    assert "canary" not in line


@pytest.mark.skipif(shutil.which("curl") is None, reason="the example needs curl")
def test_the_example_of_the_document_does_what_it_says(lab: Lab) -> None:
    (example,) = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    with tracked(lab) as pages:
        here = example.replace("https://help.example.com", f"http://127.0.0.1:{pages.port}")
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", here], cwd=lab.folder, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        assert json.loads(ran.stdout)["taken"] == "followed"
        assert ticket(lab, 1001)["status"] == "In Progress"
        tell(pages, "In <i>Review</i>", url="https://jira.example.test/browse/ENG-12?a=1&b=%22")
        shown = pages.get("/tickets/1001", Cookie="__Host-postroom=kims").text
        proof = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', shown))

        def typed(deed: str, to: str) -> int:
            return pages.post(f"/tickets/1001/{deed}", proof | {"to": to}, Cookie="__Host-postroom=kims").status

        wrong = {
            (deed, to): typed(deed, to) for deed, to in (("link", "two words"), ("link", "eng-12"), ("unlink", "A-1"))
        }
        assert set(wrong.values()) == {409}, wrong
        assert typed("link", "https://git.example.test/acme/app/issues/7") == typed("unlink", "ENG-12") == 303
        assert [one["key"] for one in ticket(lab, 1001)["issues"]] == ["acme/app#7"]
    page = "https://jira.example.test/browse/ENG-12?a=1&amp;b=%22"
    assert f'<a href="{page}" rel="noopener noreferrer">ENG-12</a> <span>in i review i</span>' in shown
    assert "a state that [linked] does not name" in shown
