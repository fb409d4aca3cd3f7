"""One click takes a reader off the mails that come by themselves (RFC 8058), one brings them back; scanners, forgers and repeats change nothing."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.dashboard.browser import Browser
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, refused, rows, ticket
from tests.walk.test_links import title
from tests.walk.test_web import WEB, browser

SITE = "https://help.example.test"
HEARS = """
[[staff]]
address = "lee@example.test"
name = "Lee"
notify = ["new", "replied"]
"""
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sent(lab: Lab) -> list[EmailMessage]:
    return [message_from_bytes(raw, EmailMessage, policy=default) for raw in lab.sent()]


def leaving(letter: EmailMessage) -> str:
    """The path of the page that its headers name; "" for none."""
    match = re.fullmatch(rf"<{SITE}(/do/\S+)>", str(letter["List-Unsubscribe"] or ""))
    assert bool(match) is (letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
    return match[1] if match else ""


def off(lab: Lab) -> list[tuple[str, str]]:
    return [(row["person"], row["series"]) for row in rows(lab, "subscription")]


def set_status(lab: Lab, running: Service, status: str) -> EmailMessage:
    """The mail that the client gets of it."""
    before = len(lab.sent())
    do(lab, "set", "1001", status)
    running.wait_until(lambda: len(lab.sent()) > before)
    return sent(lab)[-1]


@on_both
def test_a_client_is_off_with_one_post_and_back_with_one(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        assert not leaving(sent(lab)[0]), "an answer to their own mail"
        assert not leaving(set_status(lab, running, "Pending Client Feedback")), "a question that we have to ask"
        path = leaving(set_status(lab, running, "Support Rep Working"))

        for method in ("GET", "HEAD"):
            assert pages.ask(method, path, b"", {}).status == 200
        asked = pages.get(path)
        assert title(asked) == "No more of these mails?"
        assert "ada@client.example" in asked.text
        assert off(lab) == [], "mail scanners follow every link"
        forged = path.replace("off-status", "off-digest"), path[:-9] + "aaaa" + path[-5:], "/do/off-status/l2345"
        assert [pages.ask("POST", wrong, ONE_CLICK, FORM).status for wrong in forged] == [404, 404, 404]
        assert off(lab) == []

        done = pages.ask("POST", path, ONE_CLICK, FORM)
        assert (done.status, title(done)) == (200, "You get no more of these mails")
        assert "set-cookie" not in done.headers
        assert pages.ask("POST", path, ONE_CLICK, FORM).status == 200, "mail programs ask twice"
        multipart = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
        assert pages.ask("POST", path, multipart, {"Content-Type": "multipart/form-data; boundary=x"}).status == 200
        assert off(lab) == [("ada@client.example", "status")]

        said = do(lab, "set", "1001", "With Development")
        assert "the client is not told: its reader has unsubscribed" in said
        assert leaving(set_status(lab, running, "Pending Client Feedback")) == ""
        do(lab, "reply", "1001", "--file", "-", words="It is white again.\n")
        running.wait_until(lambda: "It is white again" in str(sent(lab)[-1].get_body(["plain"])))

        back = re.search(r'action="(/do/on-status/\w+)"', pages.get(path).text)
        assert back
        assert title(pages.get(back[1])) == "Send these mails again?"
        assert title(pages.post(back[1])) == "You get these mails"
        assert off(lab) == []
        assert leaving(set_status(lab, running, "Support Rep Working"))


def test_what_waits_for_somebody_who_went_is_withheld_and_says_so(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
    do(lab, "set", "1001", "Support Rep Working")
    assert do(lab, "subscription", "Ada Quill <ada@client.example>", "off", "status", "--as", "kim@example.test") == (
        "ada@client.example gets no more status mails\n"
    )
    assert do(lab, "subscription", "ada@client.example", "off", "status").endswith("already\n")
    (waiting,) = [row for row in rows(lab, "outbox") if row["notice"] == "support-rep-working"]
    assert (waiting["state"], waiting["last_answer"]) == ("dead", "not sent: its reader has unsubscribed")
    assert "has unsubscribed; postroom subscription" in refused(lab, "retry", waiting["id"])
    assert "kim@example.test" in do(lab, "subscription")
    do(lab, "subscription", "ada@client.example", "on", "status")
    do(lab, "retry", waiting["id"])
    with Service(lab) as running:
        running.wait_until(lambda: len(lab.sent()) == 2)


def test_staff_leave_what_they_chose_and_deciders_cannot_leave_escalations(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(HEARS)
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 2)
        new = leaving(next(one for one in sent(lab) if one["To"] == "lee@example.test"))
        assert "/off-new/" in new
        assert title(pages.ask("POST", new, ONE_CLICK, FORM)) == "You get no more of these mails"
        lab.deliver(mail("It is grey now.\n", sender="Bob <bob@other.example>", subject="Grey"))
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        lab.deliver(answer_to(lab.sent()[0], "And slow.\n"))
        running.wait_until(lambda: any("/off-replied/" in leaving(one) for one in sent(lab)))
        assert [one["To"] for one in sent(lab)].count("lee@example.test") == 2, "the second new ticket was not told"
        lab.deliver(
            mail("Where is it?\n", sender="Cy <cy@third.example>", to="escalate@example.test", subject="Late"),
            to="escalate",
        )
        running.wait_until(lambda: any(one["To"] == "kim@example.test" for one in sent(lab)))
        assert not leaving(next(one for one in sent(lab) if one["To"] == "kim@example.test"))
        assert "decides on escalations" in refused(lab, "subscription", "kim@example.test", "off", "escalated")
        digest = digest_of(lab, running, "lee@example.test")
        assert title(pages.ask("POST", leaving(digest), ONE_CLICK, FORM)) == "You get no more of these mails"
    assert off(lab) == [("lee@example.test", "digest"), ("lee@example.test", "new")]
    assert ticket(lab, 1001)["status"] == "Outstanding"


def digest_of(lab: Lab, running: Service, address: str) -> EmailMessage:
    do(lab, "digest", "--to", address)
    running.wait_until(lambda: any("off-digest" in leaving(one) for one in sent(lab)))
    return next(one for one in sent(lab) if "off-digest" in leaving(one))


def test_an_old_link_still_works_for_a_year_and_a_forwarded_one_says_whose_it_is(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        path = leaving(set_status(lab, running, "Support Rep Working"))
        do(lab, "requester", "1001", "bob@client.example")
    for days, status in ((364, 200), (2, 410)):
        lab.move_clock(days=days)
        with Service(lab, "--only", "web", **WEB) as running:
            found: Browser = browser(running)
            answer = found.get(path)
            assert answer.status == status
            assert "ada@client.example" in answer.text, "whose mail it was, whoever has it now"
    assert off(lab) == []
