"""Whatever a program sends, one of the documented statuses answers it, with words that say why; and no kill does a thing twice."""

import socket
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from dashboard.openapi import PROBLEMS
from tests.dashboard.browser import Answer
from tests.walk.lab import Lab, mail
from tests.walk.service import Service, do, once, rows, ticket
from tests.walk.test_api import ADA, ROOT, Program, made, why
from tests.walk.test_web import WEB, browser

OFTEN = {"POSTROOM_WEB__API_REQUESTS_MINUTE": "1000"}
ALL = "read,write,reply"
BODIES = (
    (b"", 400, "truncated"),
    (b"\x00", 400, "malformed"),
    (b"NaN", 400, "malformed"),
    (b"null", 422, "Expected `object`, got `null`"),
    (b"1e999999", 422, "out of range"),
    (b'{"text": NaN}', 400, "malformed"),
    (b'{"text": 1}', 422, "Expected `str`, got `int`"),
    (b'{"text": "\\ud800"}', 400, "no JSON"),
    (b'{"text": ' + b"[" * 100_000, 422, "Expected `str`, got `array`"),
    (b'{"a": ' * 40_000, 422, "unknown field `a`"),
    (b"\xef\xbb\xbf{}", 400, "malformed"),
    ('{"text": "x"}'.encode("utf-16"), 400, "malformed"),
    (b'{"text": "x"} {"text": "y"}', 400, "trailing characters"),
    (b'{"text": "' + b"x" * 600_000 + b'"}', 413, "too large"),
    (b"x" * 10_000_000, 413, "too large"),
)
ODD = ("\x00", "a\x00b", "\r\nBcc: eve@evil.example", "\x1b[2J", "\uffff\u202e", "\U0001f600" * 20_000, "0001-01-01")
NAMES = ("status", "mailbox", "assigned", "open", "before", "limit", "stauts")


def good(answer: Answer) -> None:
    """One that the documents name."""
    if answer.status not in {200, 201}:
        assert str(answer.status) in PROBLEMS
        assert why(answer)


def test_no_text_and_no_query_is_a_fault_of_ours(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    with Service(lab, **WEB, **OFTEN) as running:
        shop = Program(browser(running), made(lab, "shop", ALL))
        for odd in ODD:
            new = {"client": "bo@client.example", "subject": odd[:150], "text": f"{odd[:19_000]}y"}
            for method, path, body in (
                ("POST", f"{ROOT}/1001/notes", {"text": odd}),
                ("PUT", f"{ROOT}/1001/status", {"status": odd}),
                ("PUT", f"{ROOT}/1001/status", {"status": "Support Rep Working", "until": odd}),
                ("PUT", f"{ROOT}/1001/status", {"status": "Support Rep Working", "note": odd}),
                ("PUT", f"{ROOT}/1001/assignee", {"address": odd}),
                ("POST", ROOT, new),
                ("POST", ROOT, new | {"client": f"bo{odd[:100]}@client.example"}),
                ("POST", ROOT, new | {"mailbox": odd}),
            ):
                good(shop.ask(method, path, body))
        for name in NAMES:
            for text in ("%00", "a%00b", "%ED%A0%80", "%FF", "'", "9" * 30):
                good(shop.ask("GET", f"{ROOT}?{name}={text}"))
        for tag in ('W/"1"', '"1", "2"', '"-1"', "\u00b9", '""', '"99999999999999999999"'):
            good(shop.ask("POST", f"{ROOT}/1001/notes", {"text": "x"}, **{"If-Match": tag}))
        assert not running.said("fault")
        running.wait_until(lambda: {row["state"] for row in rows(lab, "outbox")} == {"sent"})
    heads = [one.raw.partition(b"\r\n\r\n")[0] for one in lab.smtp.accepted]
    assert not any(b"\nBcc" in head or b"\x00" in head for head in heads)


def test_what_is_no_json_or_too_much_is_a_problem_in_words(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    with Service(lab, **WEB, **OFTEN) as running:
        shop = Program(browser(running), made(lab, "shop", ALL))
        for body, status, said in BODIES:
            answer = shop.ask("POST", f"{ROOT}/1001/notes", body)
            assert (answer.status, said in why(answer)) == (status, True), (body[:40], answer.text)
        for method, path, status in (
            ("OPTIONS", ROOT, 405),
            ("DELETE", f"{ROOT}/1001", 405),
            ("GET", "/api/v1/nothing", 404),
            ("GET", f"{ROOT}/-1", 404),
            ("GET", f"{ROOT}/1001%00", 404),
        ):
            answer = shop.ask(method, path)
            assert (answer.status, bool(why(answer))) == (status, True)
        assert shop.ask("HEAD", f"{ROOT}/1001").headers["etag"] == '"1"'
        assert len(ticket(lab, 1001)["conversation"]) == 2, "nothing of it was done"


@pytest.mark.parametrize("place", ["tx.mid", "send.after_claim"])
def test_killed_amid_a_request_the_same_key_does_it_once(lab: Lab, place: str) -> None:
    lab.deliver(mail())
    once(lab)
    secret = made(lab, "shop", ALL)
    new = {"client": "bo@client.example", "subject": "Order 7", "text": "It left today."}
    key = {"Idempotency-Key": "order-7"}
    with Service(lab, POSTROOM_FAILPOINT=place, **WEB) as running:
        with suppress(OSError, HTTPException):  # it is dead
            Program(browser(running), secret).ask("POST", ROOT, new, **key)
        killed = "exit status -9" if place == "tx.mid" else ""  # the process of the pages, or the run
        running.wait_until(lambda: bool(killed and running.said("web.down", killed)) or running.process.poll() == -9)
    with Service(lab, **WEB) as again:
        shop = Program(browser(again), secret)
        assert shop.ask("POST", ROOT, new, **key).status == 201
        assert shop.ask("POST", ROOT, new, **key).status == 201
        again.wait_until(lambda: any(one.recipient == "bo@client.example" for one in lab.smtp.accepted))
    assert [row["requester"] for row in rows(lab, "tickets")] == ["bo@client.example", ADA]
    assert [one.recipient for one in lab.smtp.accepted].count("bo@client.example") == 1


def test_a_program_that_answers_a_robot_stops_and_a_person_writes_on(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    with Service(lab, POSTROOM_LIMITS__PROGRAM_WORDS_HOUR="3", **WEB) as running:
        shop = Program(browser(running), made(lab, "shop", ALL))
        path = f"{ROOT}/1001/replies"
        codes = [shop.ask("POST", path, {"text": f"Thank you for mail {n}."}).status for n in range(5)]
        assert codes == [200, 200, 200, 409, 409]
        told = shop.ask("PUT", f"{ROOT}/1001/status", {"status": "Problem Solved", "text": "Thank you."})
        assert why(told).startswith(f"{ADA} got 3 mails within an hour: it may be a robot that answers")
        new = {"client": f"Ada <{ADA}>", "subject": "Order 7", "text": "It left today."}
        assert shop.ask("POST", ROOT, new).status == 409
        assert shop.ask("POST", ROOT, new | {"client": "bo@client.example"}).status == 201
        assert shop.ask("POST", f"{ROOT}/1001/notes", {"text": "It goes round and round."}).status == 200
        assert shop.ask("PUT", f"{ROOT}/1001/status", {"status": "Support Rep Working"}).status == 200
        words = lab.folder / "words.txt"
        words.write_text("A person here.")
        do(lab, "reply", "1001", "--file", str(words))


def test_a_restore_names_the_tokens_that_are_good_again(lab: Lab, tmp_path: Path) -> None:
    once(lab)
    made(lab, "shop", "read")
    do(lab, "backup", str(tmp_path / "old.db"))
    do(lab, "token", "revoke", "shop")
    said = do(lab, "restore", str(tmp_path / "old.db"), "--replace")
    assert "good again as they were then, tokens of other programs: shop; postroom token list\n" in said
    assert [(one["name"], one["state"]) for one in rows(lab, "token", "list")] == [("shop", "good")]


def test_a_token_that_is_revoked_while_its_request_arrives_is_good_for_nothing(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    with Service(lab, **WEB) as running:
        secret = made(lab, "shop", ALL)
        body = b'{"text": "Too late."}'
        head = f"POST {ROOT}/1001/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", browser(running).port), timeout=30) as sock:
            sock.sendall(head.encode() + body[:5])
            do(lab, "token", "revoke", "shop")
            sock.sendall(body[5:])
            assert sock.makefile("rb").readline().split()[1] == b"401"
        assert "Too late." not in str(ticket(lab, 1001))


def test_a_token_goes_with_its_owner_and_a_cookie_is_none(lab: Lab) -> None:
    secret = made(lab, "shop", ALL)
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('address = "kim@example.test"', 'address = "lee@example.test"'))
    other = do(lab, "token", "new", "crm", "--for", "lee@example.test", "--scopes", "read").strip()
    with Service(lab, **WEB) as running:
        pages = browser(running)
        gone = Program(pages, secret).ask("GET", ROOT)
        assert (gone.status, "its owner has left the team" in why(gone)) == (401, True)
        assert Program(pages, other).ask("GET", ROOT).status == 200
        for headers in (
            {"Cookie": f"session={other}"},
            {"Cookie": f"Authorization=Bearer {other}"},
            {"X-Token": other},
        ):
            assert pages.get(ROOT, **headers).status == 401
        asked = pages.get(f"{ROOT}?access_token={other}")
        assert (asked.status, other in asked.text) == (401, False)
        shown = "".join(running.lines)
        assert secret not in shown
        assert other not in shown
    assert [(one["name"], one["state"]) for one in rows(lab, "token", "list")] == [
        ("crm", "good"),
        ("shop", "no owner"),
    ]
