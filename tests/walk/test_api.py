"""Another program works on tickets over HTTP, by a token of its own: what it does is done as by the one whose token it is."""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.browser import Answer, Browser
from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import Service, do, once, refused, rows, say, ticket
from tests.walk.test_web import WEB, browser

KIM, ADA = "kim@example.test", "ada@client.example"
ROOT = "/api/v1/tickets"


def made(lab: Lab, name: str, scopes: str, *more: str) -> str:
    """The secret of a new token."""
    return do(lab, "token", "new", name, "--for", KIM, "--scopes", scopes, *more).strip()


class Program:
    """Asks with a token."""

    def __init__(self, pages: Browser, secret: str) -> None:
        self._pages = pages
        self.secret = secret

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        octets = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        all_of_them = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"} | headers
        return self._pages.ask(method, path, octets, all_of_them)

    def read(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.text
        return json.loads(answer.text)


def why(answer: Answer) -> str:
    """What a program is told that was refused."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = json.loads(answer.text)
    assert found["status"] == answer.status
    return str(found["detail"])


@pytest.fixture
def running(lab: Lab) -> Iterator[Service]:
    lab.deliver(mail())
    once(lab)
    with Service(lab, **WEB) as service:
        yield service


@on_both
def test_a_program_reads_sets_answers_and_opens_tickets(lab: Lab, running: Service) -> None:
    shop = Program(browser(running), made(lab, "shop", "read,write,reply"))
    listed = shop.read(ROOT)
    assert [one["number"] for one in listed["tickets"]] == [1001]
    assert listed["tickets"] == rows(lab, "tickets"), "the same words as on the command line"
    found = shop.ask("GET", f"{ROOT}/1001")
    assert found.headers["etag"] == '"1"'
    assert "stays white after saving" in json.loads(found.text)["conversation"][0]["text"]
    answered = shop.ask("PUT", f"{ROOT}/1001/status", {"status": "Support Rep Working", "note": "by the shop"})
    assert json.loads(answered.text)["status"] == ticket(lab, 1001)["status"] == "Support Rep Working"
    assert shop.ask("PUT", f"{ROOT}/1001/assignee", {"address": "kim"}).status == 409
    assert shop.ask("PUT", f"{ROOT}/1001/assignee", {"address": KIM}).status == 200
    assert shop.ask("POST", f"{ROOT}/1001/notes", {"text": "Only among us."}).status == 200
    assert shop.ask("POST", f"{ROOT}/1001/replies", {"text": "It is mended."}).status == 200
    before = len(lab.smtp.accepted)
    opened = shop.ask(
        "POST", ROOT, {"client": "Bo <bo@client.example>", "subject": "Order 7", "text": "It left today."}
    )
    assert (opened.status, opened.headers["location"]) == (201, f"{ROOT}/1002")
    assert [one["by"] for one in shop.read(f"{ROOT}/1002")["history"]] == [KIM]
    running.wait_until(lambda: len(lab.smtp.accepted) > before)
    running.wait_until(lambda: {one.recipient for one in lab.smtp.accepted} == {ADA, "bo@client.example"})
    assert not any(b"Only among us." in one.raw or b"by the shop" in one.raw for one in lab.smtp.accepted)
    assert any(b"It is mended." in one.raw for one in lab.smtp.accepted)
    assert [one["number"] for one in shop.read(f"{ROOT}?limit=1")["tickets"]] == [1002]
    assert [one["number"] for one in shop.read(f"{ROOT}?search=white+saving")["tickets"]] == [1001]
    rest = shop.read(shop.read(f"{ROOT}?limit=1&open=true&status=outstanding&status=Support+Rep+Working")["next"])
    assert [one["number"] for one in rest["tickets"]] == [1001]
    assert rest["next"] is not None
    assert shop.read(rest["next"]) == {"tickets": [], "next": None}


@on_both
def test_what_was_asked_for_twice_is_done_once(lab: Lab, running: Service) -> None:
    shop = Program(browser(running), made(lab, "shop", "read,write,reply"))
    new = {"client": "bo@client.example", "subject": "Order 7", "text": "It left today."}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: shop.ask("POST", ROOT, new, **{"Idempotency-Key": "order-7"}), range(6)))
        notes = list(
            pool.map(
                lambda _: shop.ask("POST", f"{ROOT}/1001/notes", {"text": "Once."}, **{"Idempotency-Key": "n"}),
                range(6),
            )
        )
    assert {one.status for one in answers} == {201}
    assert len({one.headers["location"] for one in answers}) == 1
    assert len(rows(lab, "tickets")) == 2
    assert {one.status for one in notes} == {200}
    assert [one["text"] for one in ticket(lab, 1001)["conversation"]].count("Once.") == 1
    other = shop.ask("POST", f"{ROOT}/1001/notes", {"text": "Another."}, **{"Idempotency-Key": "n"})
    assert (other.status, why(other)) == (422, 'the key "n" names another request: give each its own')
    running.stop()
    lab.move_clock(days=2)
    with Service(lab, **WEB) as later:
        shop = Program(browser(later), shop.secret)
        key = {"Idempotency-Key": "n"}
        later.wait_until(
            lambda: shop.ask("POST", f"{ROOT}/1001/notes", {"text": "Another."}, **key).status == 200,
            what="that a key is forgotten after a day",
        )


@on_both
def test_whoever_has_not_seen_the_newest_changes_nothing(lab: Lab, running: Service) -> None:
    shop = Program(browser(running), made(lab, "shop", "read,write"))
    tag = {"If-Match": shop.ask("GET", f"{ROOT}/1001").headers["etag"]}
    do(lab, "set", "1001", "Support Rep Working")
    late = shop.ask("PUT", f"{ROOT}/1001/status", {"status": "Problem Solved"}, **tag)
    assert (late.status, why(late)) == (412, "#1001 is at version 2 now, and not at 1: read it again")
    assert ticket(lab, 1001)["status"] == "Support Rep Working"
    tag = {"If-Match": shop.ask("GET", f"{ROOT}/1001").headers["etag"]}
    with ThreadPoolExecutor(5) as pool:
        codes = list(
            pool.map(lambda n: shop.ask("POST", f"{ROOT}/1001/notes", {"text": f"{n}"}, **tag).status, range(5))
        )
    assert sorted(codes) == [200, 412, 412, 412, 412]


def test_a_token_is_good_for_what_it_is_for_and_for_as_long(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    with Service(lab, POSTROOM_WEB__API_REQUESTS_MINUTE="8", **WEB) as running:
        pages = browser(running)
        reader, writer = (Program(pages, made(lab, name, name)) for name in ("read", "write"))
        assert reader.ask("GET", f"{ROOT}/1001").status == 200
        no = reader.ask("POST", f"{ROOT}/1001/replies", {"text": "x"})
        assert (no.status, why(no)) == (403, "this needs a token for reply, and read is for read")
        own = writer.ask("PUT", f"{ROOT}/1001/status", {"status": "Problem Solved", "text": "My own words."})
        assert (own.status, why(own)) == (403, "this needs a token for reply, and write is for write")
        assert writer.ask("GET", ROOT).status == 403
        for headers in (
            {},
            {"Authorization": "Basic x"},
            {"Authorization": "Bearer guess"},
            {"Authorization": "Bearer \u00e9"},
        ):
            nobody = pages.ask("GET", ROOT, b"", headers)
            assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Bearer")
        assert pages.get("/tickets", Authorization=f"Bearer {reader.secret}").status == 303, "no token opens a page"
        for _ in range(6):
            assert reader.ask("GET", ROOT).status == 200
        many = reader.ask("GET", ROOT)
        assert (many.status, why(many)) == (429, "8 requests a minute are taken from one token")
        assert 0 < int(many.headers["retry-after"]) <= 61
        assert writer.ask("POST", f"{ROOT}/1001/notes", {"text": "x"}).status == 200, "the others are not held up"
        do(lab, "token", "revoke", "write")
        gone = writer.ask("POST", f"{ROOT}/1001/notes", {"text": "y"})
        assert (gone.status, why(gone)[:23]) == (401, "this token is not known")
        assert [(one["name"], one["owner"], one["state"]) for one in rows(lab, "token", "list")] == [
            ("read", KIM, "good")
        ]
        short = Program(pages, made(lab, "short", "read", "--days", "1"))
        assert short.ask("GET", ROOT).status == 200
    lab.move_clock(days=2)
    with Service(lab, **WEB) as later:
        assert Program(browser(later), short.secret).ask("GET", ROOT).status == 401
    assert [one["state"] for one in rows(lab, "token", "list")] == ["good", "expired"]
    assert not any(reader.secret in line for line in running.lines), "no secret is in the log"


def test_what_cannot_be_is_told_in_words(lab: Lab, running: Service) -> None:
    shop = Program(browser(running), made(lab, "shop", "read,write,reply"))
    for method, path, body, code, said in (
        ("GET", f"{ROOT}/9", None, 404, "there is no ticket #9"),
        ("GET", f"{ROOT}/{'9' * 40}", None, 404, "there is no ticket #999"),
        ("POST", f"{ROOT}/9/notes", {"text": "x"}, 404, "there is no ticket #9"),
        ("GET", f"{ROOT}?limit=0", None, 422, '"0" is no number from 1 to 200'),
        ("GET", f"{ROOT}?stauts=x", None, 422, "this takes no stauts: it takes assigned, before, limit, mailbox, open,"),
        ("GET", f"{ROOT}/1001?full=1", None, 422, "this takes no full: it takes nothing"),
        ("GET", f"{ROOT}?open=maybe", None, 422, 'open is true or false, and not "maybe"'),
        ("GET", f"{ROOT}?status=lost", None, 409, 'there is no status "lost"; the statuses are "Outstanding"'),
        ("PUT", f"{ROOT}/1001/status", {"status": "lost"}, 409, 'there is no status "lost"; the statuses are'),
        ("PUT", f"{ROOT}/1001/status", {}, 422, "Object missing required field `status`"),
        ("PUT", f"{ROOT}/1001/status", {"status": "x", "untl": "y"}, 422, "Object contains unknown field `untl`"),
        ("POST", f"{ROOT}/1001/replies", {"text": ""}, 422, "Expected `str` of length >= 1"),
        ("POST", f"{ROOT}/1001/replies", {"text": " \n "}, 409, "Nothing is written yet."),
        ("POST", f"{ROOT}/1001/replies", {"text": "\0\u202e"}, 409, "Nothing is written yet."),
        ("POST", f"{ROOT}/1001/replies", b"{", 400, "that is no JSON"),
        ("POST", f"{ROOT}/1001/replies", b'{"text": "\xff"}', 400, "that is no JSON"),
        ("POST", f"{ROOT}/1001/replies", b"[" * 200_000, 422, "Expected `object`, got `array`"),
        ("POST", ROOT, {"client": "bo", "subject": "x", "text": "y"}, 409, "write it as name@example.com"),
        ("POST", ROOT, {"client": "support@example.test", "subject": "x", "text": "y"}, 409, "is a mailbox of ours"),
        ("POST", ROOT, {"client": "bo@c.example", "subject": "x", "text": "\n\0"}, 409, "nothing is written yet"),
        ("POST", ROOT, {"client": "bo@c.example", "subject": "\n", "text": "y"}, 409, "the subject is empty"),
        ("POST", ROOT, {"client": "bo@c.example", "subject": "x", "text": "y", "mailbox": "z"}, 409, "names support"),
    ):  # fmt: skip
        answer = shop.ask(method, path, body)
        assert (answer.status, said in why(answer)) == (code, True), (path, body, answer.text)
    plain = shop.ask("POST", f"{ROOT}/1001/notes", b"text=x", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert (plain.status, why(plain)) == (415, "send JSON: Content-Type: application/json")
    assert shop.ask("POST", f"{ROOT}/1001/notes", {"text": "x"}, **{"Idempotency-Key": "\u00e9"}).status == 400
    assert shop.ask("POST", f"{ROOT}/1001/notes", {"text": "x"}, **{"If-Match": '"seven"'}).status == 412
    assert len(ticket(lab, 1001)["conversation"]) == 2, "nothing of it was done"


def test_what_the_documents_show_works(lab: Lab, running: Service) -> None:
    secret = made(lab, "shop", "read,write,reply")
    pages = Path(__file__).parents[2] / "docs" / "api.md"
    shown = [line for line in pages.read_text("utf-8").splitlines() if line.startswith("curl ")]
    known = {"TOKEN": secret, "POSTROOM": f"http://127.0.0.1:{browser(running).port}", "PATH": os.environ["PATH"]}
    for line in shown:
        done = subprocess.run(["bash", "-c", line], env=known, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    assert len(shown) == 5
    assert [(one["number"], one["status"]) for one in rows(lab, "tickets")] == [
        (1002, "Outstanding"),
        (1001, "Support Rep Working"),
    ]


def test_tokens_are_made_for_staff_and_shown_once(lab: Lab) -> None:
    assert "is not on the staff" in refused(lab, "token", "new", "crm", "--for", "eve@other.example")
    assert '"delete" is no scope: name some of read,write,reply' in refused(
        lab, "token", "new", "crm", "--for", KIM, "--scopes", "read,delete"
    )
    assert "is no name for a token" in refused(lab, "token", "new", "a b", "--for", KIM)
    secret = made(lab, "crm", "read")
    assert secret.startswith("postroom_")
    assert len(secret) > 50
    assert "there is a token crm already" in refused(lab, "token", "new", "crm", "--for", KIM)
    assert secret not in say(lab, "token", "list").stdout
    assert "there is no token shop: those that there are: crm" in refused(lab, "token", "revoke", "shop")
    assert secret.encode() not in (lab.folder / "postroom.db").read_bytes()
