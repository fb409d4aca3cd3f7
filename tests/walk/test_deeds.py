"""One click of one of us: merge, take back, reopen, take, let wait. It asks first, is done once, and whoever the link was made for hears of it."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

from tests.dashboard.browser import Answer
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, rows, ticket
from tests.walk.test_links import at_once, title
from tests.walk.test_web import WEB, browser

SITE = "https://help.example.test"
SAM = "Sam Reed <sam@client.example>"
TEAM = """
[[staff]]
address = "lee@example.test"
name = "Lee"
notify = ["replied"]
"""
DEED = re.compile(rf"{SITE}(/do/([\w-]+)/l[a-z0-9]+)")


def sent(lab: Lab) -> list[EmailMessage]:
    return [message_from_bytes(raw, EmailMessage, policy=default) for raw in lab.sent()]


def links(letter: EmailMessage) -> dict[str, str]:
    """Paths by what they do; the same in text and HTML."""
    plain, html = (letter.get_body([kind]) for kind in ("plain", "html"))
    assert plain
    assert html
    found = {what: path for path, what in DEED.findall(plain.get_content())}
    assert found == {what: path for path, what in DEED.findall(html.get_content())}
    return {what: path for what, path in found.items() if not what.startswith("off-")}


def back(answer: Answer) -> str:
    match = re.search(r'action="(/do/[\w-]+/\w+)"', answer.text)
    assert match, answer.text
    return match[1]


def escalated(lab: Lab) -> dict[str, str]:
    """Two tickets that may be about the same, and what a manager may do with one click."""
    lab.deliver(mail("The quokka course page stays white after saving.\n", subject="Quokka <b>page</b>"))
    once(lab)
    text = "Ada asked about the quokka page; where is the answer?\n"
    lab.deliver(mail(text, sender=SAM, to="escalate@example.test", subject="Nobody answers"), to="escalate")
    once(lab)
    (asked,) = [one for one in sent(lab) if one["To"] == "kim@example.test"]
    return links(asked)


@on_both
def test_a_merge_asks_shows_both_is_done_once_and_taken_back(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(TEAM)
    offered = escalated(lab)
    assert offered.keys() == {"merge-1001"}
    path, before = offered["merge-1001"], (ticket(lab, 1001), ticket(lab, 1002))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        asked = pages.get(path)
        assert (asked.status, title(asked)) == (200, "Merge #1002 into #1001?")
        for words in (
            "#1002, sam@client.example, opened",
            "#1001, ada@client.example, opened",
            "Quokka &lt;b&gt;page&lt;/b&gt;",
            "Nobody answers",
            "You act as kim@example.test.",
        ):
            assert words in asked.text
        assert [pages.ask(method, path, b"", {}).status for method in ("HEAD", "GET", "OPTIONS")] == [200, 200, 405]
        wrong = (path.replace("merge-1001", "merge-1002"), path.replace("merge-1001", "unmerge"), path[:-9] + "aaaaa")
        assert [pages.post(one).status for one in wrong] == [404, 404, 404]
        assert (ticket(lab, 1001), ticket(lab, 1002)) == before, "scanners and forgers change nothing"

        titles = sorted(at_once(pages, path, 6))
        assert titles == ["#1002 is merged into #1001", *["This link has been used"] * 5]
        assert ticket(lab, 1002)["merged_into"] == 1001
        assert ticket(lab, 1001)["history"][-1]["by"] == "kim@example.test"
        used = pages.get(path)
        assert "kim@example.test merged #1002 into #1001" in unescape(used.text)

        running.wait_until(lambda: any("By a link in a mail to you" in str(one) for one in sent(lab)))
        word = next(one for one in sent(lab) if "By a link in a mail to you" in str(one))
        assert word["To"] == "kim@example.test", "a mail that was forwarded is noticed"
        assert states(word) == {"Outstanding"}, "a merged ticket is where the other one is"
        lab.deliver(answer_to(bytes(word), "#unmerge\n", sender="Kim <kim@example.test>"))
        running.wait_until(lambda: ticket(lab, 1002)["merged_into"] is None)
        running.wait_until(lambda: any("no more part" in plain(one) for one in sent(lab)))
        word = next(one for one in sent(lab) if "no more part" in plain(one))
        assert states(word) == {"Manager Escalation"}, "and back in its own"


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return " ".join(body.get_content().split()) if body else ""


def states(letter: EmailMessage) -> set[str]:
    return {name for name in ("Manager Escalation", "Outstanding") if name in plain(letter)}


def test_a_merge_is_taken_back_on_its_page_and_one_who_comes_late_is_told_who_was_first(lab: Lab) -> None:
    path = escalated(lab)["merge-1001"]
    with Service(lab, **WEB) as running:
        pages = browser(running)
        assert "goes from" not in pages.get(path).text
        do(lab, "set", "1001", "Problem Solved")
        opens = "#1001 goes from “Problem Solved” to “Outstanding”: it is open again."
        assert opens in pages.get(path).text
        done = pages.post(path)
        assert ticket(lab, 1001)["status"] == "Outstanding"
        undo = back(done)
        assert title(pages.get(undo)) == "Make #1002 a ticket of its own again?"
        assert title(pages.post(undo)) == "#1002 is a ticket of its own again"
        assert ticket(lab, 1002)["merged_into"] is None
        assert title(pages.get(path)) == "This link has been used"
        do(lab, "set", "1001", "Outstanding")
    lab.deliver(mail("Where is it?\n", sender=SAM, to="escalate@example.test", subject="Quokka again"), to="escalate")
    seen = len(lab.sent())
    once(lab)
    kims = [links(one) for one in sent(lab)[seen:] if one["To"] == "kim@example.test"]
    (late,) = [found for found in kims if any(what.startswith("merge-") for what in found)]
    do(lab, "merge", "1003", "1002", "--as", "kim@example.test")
    with Service(lab, **WEB) as running:
        pages = browser(running)
        for path in late.values():
            answer = pages.post(path)
            assert (answer.status, title(answer)) == (409, "This cannot be done any more")
            assert "kim@example.test merged #1003 into #1002" in answer.text
        do(lab, "unmerge", "1003")
        do(lab, "set", "1003", "Assessment", "--as", "kim@example.test")
        moved = pages.post(next(iter(late.values())))
        assert moved.status == 409
        assert "#1003 has moved on since the mail was written: it is in “Assessment”" in moved.text
        assert 'kim@example.test set "Assessment"' in unescape(moved.text)
    do(lab, "merge", "1003", "1001")
    lab.move_clock(days=7, minutes=1)
    with Service(lab, "--only", "web", **WEB) as running:
        assert browser(running).get(next(iter(late.values()))).status == 410
    assert rows(lab, "tickets")


def test_thanks_that_reopened_nothing_are_overruled_with_one_click_or_a_command(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(TEAM)
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Problem Solved")
    once(lab)
    lab.deliver(answer_to(lab.sent()[-1], "Thank you very much!\n"))
    once(lab)
    told = next(one for one in sent(lab) if one["To"] == "lee@example.test")
    offered = links(told)
    assert offered.keys() == {"reopen"}
    assert "Stays closed: it only says thanks" in told.get_body(["plain"]).get_content()  # type: ignore[union-attr]
    assert ticket(lab, 1001)["status"] == "Problem Solved"
    do(lab, "digest", "--to", "kim@example.test")
    once(lab)
    digest = sent(lab)[-1]
    assert "Stays closed, since its client only thanked" in digest.get_body(["plain"]).get_content()  # type: ignore[union-attr]
    with Service(lab, **WEB) as running:
        pages = browser(running)
        asked = pages.get(offered["reopen"])
        assert title(asked) == "Reopen #1001?"
        assert "it goes to “Outstanding”" in asked.text
        assert title(pages.post(offered["reopen"])) == "#1001 is open again, in “Outstanding”"
        row = ticket(lab, 1001)
        assert row["status"] == "Outstanding"
        assert row["history"][-1]["because"] == [
            'lee@example.test: the client\'s last mail counts as a reply: client_reply moves "Problem Solved" to "Outstanding"'
        ]
        late = pages.post(links(digest)["reopen"])
        assert (late.status, title(late)) == (409, "This cannot be done any more")
    do(lab, "set", "1001", "Problem Solved")
    assert "is now in Outstanding" in do(lab, "reopen", "1001", "--as", "kim@example.test")


def test_a_digest_offers_at_most_two_deeds_a_line_and_each_does_what_it_says(lab: Lab) -> None:
    for number in range(3):
        lab.deliver(mail(sender=f"Ada <ada{number}@client{number}.example>", subject=f"White {number}"))
    once(lab)
    do(lab, "set", "1002", "Pending Client Feedback")
    do(lab, "set", "1003", "Pending Client Feedback")
    lab.move_clock(days=20)
    once(lab)
    lab.move_clock(days=6)
    once(lab)
    do(lab, "digest", "--to", "kim@example.test")
    once(lab)
    letter = sent(lab)[-1]
    body = letter.get_body(["plain"])
    assert body
    lines = re.findall(rf"^  (.+): {SITE}/do/([\w-]+)/(\w+)\r?$", str(body.get_content()), re.MULTILINE)
    assert [(words, what) for words, what, _ in lines] == [
        ("Take it", "take"),
        ("Let it wait", "wait"),
        ("Let it wait", "wait"),
    ]
    take, first, second = (f"/do/{what}/{token}" for _, what, token in lines)
    with Service(lab, **WEB) as running:
        pages = browser(running)
        assert title(pages.get(take)) == "Take #1001?"
        assert title(pages.post(take)) == "#1001 is yours"
        assert ticket(lab, 1001)["assigned_to"] == "kim@example.test"
        waits = {number: ticket(lab, number)["due_at"] for number in (1002, 1003)}
        assert title(pages.post(first)).endswith("waits longer, in “Pending Client Feedback”")
        assert title(pages.post(first)) == "This link has been used"
        later = {number: ticket(lab, number)["due_at"] for number in (1002, 1003)}
        assert sorted(later[number] > waits[number] for number in waits) == [False, True]
        assert pages.get(second).status == 200
    lab.move_clock(days=3)
    once(lab)
    do(lab, "digest", "--to", "kim@example.test")
    stale = [number for number in (1002, 1003) if ticket(lab, number)["status"] == "Stale"]
    assert len(stale) == 1
    once(lab)
    offered = links(sent(lab)[-1])
    assert {"set-client_unreachable", "wait", "take"} >= offered.keys() >= {"set-client_unreachable"}
    with Service(lab, **WEB) as running:
        pages = browser(running)
        asked = pages.get(offered["set-client_unreachable"])
        assert "Its client is told by mail." in asked.text
        done = pages.post(offered["set-client_unreachable"])
        assert title(done) == f"#{stale[0]} is in “Client Unreachable”"
        assert title(pages.post(back(done))) == f"#{stale[0]} is in “Stale” again"
    assert ticket(lab, stale[0])["status"] == "Stale"
