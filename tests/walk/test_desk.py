"""The staff's pages: in by a mailed link, a ticket answered, noted, moved and assigned; a stale or a foreign form does nothing."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

from tests.dashboard.browser import Answer, Browser
from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import Service, do, only_ticket, rows, ticket
from tests.walk.test_web import WEB, browser

LINK = re.compile(r"https://help\.example\.test(/sign-in/[\w-]{43})\b(?!-)")  # a mailed link, not that of a notice
STAFF = """
[[staff]]
address = "lee@example.test"
name = "Lee"
notify = ["assigned"]
"""


class Desk:
    """A member of staff before the pages, with a cookie."""

    def __init__(self, lab: Lab, running: Service, pages: Browser, address: str, back: str = "/tickets") -> None:
        self.pages = pages
        pages.post("/sign-in", {"address": address, "back": back})
        running.wait_until(lambda: bool(links_to(lab, address)))
        self.path = links_to(lab, address)[-1]
        assert pages.get(self.path).status == 200
        assert pages.get(self.path).status == 200, "a scanner that looks uses nothing up"
        self.first = pages.post(self.path)
        self.cookie = self.first.headers["set-cookie"].partition(";")[0]

    def get(self, path: str) -> Answer:
        return self.pages.get(path, Cookie=self.cookie)

    def fields(self, path: str) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([\w:]+)">', self.get(path).text))

    def post(self, path: str, fields: dict[str, str], **form: str) -> Answer:
        return self.pages.post(path, fields | form, Cookie=self.cookie)


def links_to(lab: Lab, address: str) -> list[str]:
    found = []
    for one in lab.smtp.accepted:
        if one.recipient == address:
            message = message_from_bytes(one.raw, EmailMessage, policy=default)
            plain = message.get_body(["plain"])
            assert plain
            found += LINK.findall(plain.get_content())
    return found


def test_staff_list_by_status_and_keep_lists_by_name(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    for subject in ("One", "Two"):
        lab.deliver(mail(subject=subject))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        do(lab, "set", "1001", "problem_solved")
        kim, lee = (Desk(lab, running, pages, f"{name}@example.test") for name in ("kim", "lee"))
        for query, found in {
            "status=problem_solved": ["One"],
            "status=outstanding": ["Two"],
            "status=outstanding&view=closed": [],
            "status=outstanding&search=one": [],
            "status=problem_solved&search=one": ["One"],
            "status=no+such": ["Two"],
        }.items():
            shown = kim.get(f"/tickets?{query}").text
            assert [one for one in ("One", "Two") if f"<bdi>{one}</bdi>" in shown] == found, query

        fields = kim.fields("/tickets")
        kept = kim.post("/tickets/filters", fields, name=" Solved  <ones> ", status="problem_solved", view="closed")
        assert (kept.status, kept.headers["location"]) == (303, "/tickets?view=closed&status=problem_solved")
        link = '<a href="/tickets?view=closed&amp;status=problem_solved"'
        assert f"{link}>Solved &lt;ones&gt;</a>" in kim.get("/tickets").text
        assert f'{link} aria-current="page">' in kim.get(kept.headers["location"]).text
        assert link not in lee.get("/tickets").text
        again = kim.post("/tickets/filters", fields, name="Solved <ones>", view="client")
        assert link not in kim.get("/tickets").text, "it names another list now"
        assert "Solved &lt;ones&gt;" in kim.get(again.headers["location"]).text
        kim.post("/tickets/filters", fields, forget="Solved <ones>", view="client")
        assert "Solved" not in kim.get("/tickets?view=client").text.partition("saved")[2].partition("</div>")[0]
        assert kim.post("/tickets/filters", {"form": "forged"}, name="x").status == 403


@on_both
def test_staff_sign_in_by_mail_and_work_on_a_ticket(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    lab.deliver(mail(subject="Page <b>4</b> is white", text="It is <i>white</i>.\n\nOn 1 Nov Bo wrote:\n> Old words\n"))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        one = f"/tickets/{rows(lab, 'tickets')[0]['number']}"
        asked = pages.get(f"{one}?x=1")
        assert (asked.status, asked.headers["location"]) == (303, f"/sign-in?back={one.replace('/', '%2F')}%3Fx%3D1")
        known = pages.post("/sign-in", {"address": "nobody@example.test"})
        kim = Desk(lab, running, pages, "Kim@example.test".lower(), one)
        assert known.text == pages.post("/sign-in", {"address": "kim@example.test"}).text, "an address is not told"
        assert kim.first.headers["location"] == one
        for word in ("__Host-postroom=", "Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert word in kim.first.headers["set-cookie"]
        assert pages.post(kim.path).status == 410

        board = kim.get("/tickets").text
        assert "Page &lt;b&gt;4&lt;/b&gt; is white" in board
        assert "No mail" not in kim.get("/mails").text
        page = kim.get(one).text
        assert "It is &lt;i&gt;white&lt;/i&gt;." in page
        assert "<i>" not in page

        fields = kim.fields(one)
        assert kim.post(f"{one}/note", fields, text="Only among us").status == 303
        stale = kim.post(f"{one}/reply", fields, text="I typed <this>")
        assert (stale.status, "I typed &lt;this&gt;</textarea>" in stale.text) == (409, True)
        assert kim.post(f"{one}/reply", kim.fields(one), text="Please try Firefox.").status == 303
        running.wait_until(lambda: any(b"Please try Firefox." in raw for raw in lab.sent()))
        assert kim.post(f"{one}/assign", kim.fields(one), to="lee@example.test").status == 303
        lost = kim.post(f"{one}/status", kim.fields(one), status="no such")
        assert (lost.status, "no such" in unescape(lost.text)) == (409, True)
        moved = kim.post(f"{one}/status", kim.fields(one), status="appointment_scheduled", until="32 Dec")
        assert (moved.status, 'value="32 Dec"' in moved.text) == (409, True)
        assert kim.post(f"{one}/status", kim.fields(one), status="problem_solved", text="It was Firefox.").status == 303
        running.wait_until(lambda: any(b"It was Firefox." in raw for raw in lab.sent()))
        row = only_ticket(lab)
        assert (row["status"], row["assigned_to"]) == ("Problem Solved", "lee@example.test")
        assert next(said["text"] for said in row["conversation"] if said["direction"] == "note") == "Only among us"
        assert not any(b"Only among us" in raw for raw in lab.sent())

        before = only_ticket(lab)
        foreign = pages.post(f"{one}/reply", {"text": "forged", "seen": "9"}, Cookie=kim.cookie)
        assert (foreign.status, "forged</textarea>" in foreign.text) == (403, True)
        assert pages.post(f"{one}/reply", fields | {"text": "forged"}).status == 403
        assert pages.post("/sign-out", {}, Cookie=kim.cookie).status == 303
        assert kim.get("/tickets").status == 200, "no other site signs anybody out"
        assert only_ticket(lab) == before
        assert kim.post("/sign-out", kim.fields(one)).status == 303
        assert kim.get("/tickets").status == 303


@on_both
def test_the_second_of_two_is_told_what_the_first_did_and_keeps_what_they_typed(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        number = rows(lab, "tickets")[0]["number"]
        kim, page = Desk(lab, running, pages, "kim@example.test"), f"/tickets/{number}"
        fields = kim.fields(page)
        assert kim.post(f"{page}/note", fields, text="Only among us").status == 303
        working = ("Support Rep Working", "--say", "We look into it.")
        do(lab, "set", str(number), *working, "--as", "lee@example.test")
        stale = kim.post(f"{page}/reply", fields, text="I typed <this>")
        assert stale.status == 409
        assert "I typed &lt;this&gt;</textarea>" in stale.text
        said = (
            r'While you wrote, you left a note at \d\d:\d\d; Lee set it to "Support Rep Working" at \d\d:\d\d, and wrote to the'
            r" client\. Nothing of yours is done yet"
        )
        assert re.search(said, unescape(stale.text))

        lost = kim.post(f"{page}/status", kim.fields(page), status="no such", note="Typed for us")
        assert "Typed for us</textarea>" in lost.text
        solved = {"status": "problem_solved", "text": "It was Firefox.", "note": "Ada was rude"}
        assert kim.post(f"{page}/status", kim.fields(page), **solved).status == 303
        assert kim.post(f"{page}/assign", kim.fields(page), to="lee@example.test").status == 303
        assert "<summary><bdi>Lee</bdi> was told: assigned" in kim.get(page).text, "folded"
        running.wait_until(lambda: any(b"It was Firefox." in raw for raw in lab.sent()))
        talk = ticket(lab, number)["conversation"]
        assert [said["text"] for said in talk if said["kind"] == "note"][:2] == ["Only among us", "Ada was rude"]
        assert {said["author"] for said in talk if said["kind"] == "reply"} == {"kim@example.test", "lee@example.test"}
        assert not any(word in raw for raw in lab.sent() for word in (b"Only among us", b"Ada was rude"))


def test_a_merge_and_a_change_of_status_are_undone_on_their_page(lab: Lab) -> None:
    for subject in ("One", "Two"):
        lab.deliver(mail(subject=subject, sender=f"{subject} <{subject}@client.example>"))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        two, one = (row["number"] for row in rows(lab, "tickets"))
        kim, page = Desk(lab, running, pages, "kim@example.test"), f"/tickets/{two}"
        for wrong in ("", "x", "99999", str(two), "9" * 13):
            refused = kim.post(f"{page}/merge", kim.fields(page), to=wrong)
            assert (refused.status, 'role="alert"' in refused.text) == (409, True), wrong
        fields = kim.fields(page)
        assert kim.post(f"{page}/note", fields, text="Looking").status == 303
        stale = kim.post(f"{page}/merge", fields, to=f"#{one}")
        assert (stale.status, "While you wrote" in stale.text) == (409, True)
        assert f'value="#{one}"' in stale.text, "nothing typed is lost"
        assert kim.post(f"{page}/merge", kim.fields(page), to=f"#{one}").status == 303
        assert ticket(lab, two)["merged_into"] == one
        assert f"It leads to #{one}." in kim.get(page).text
        fields = kim.fields(page)
        do(lab, "set", str(one), "Support Rep Working")
        stale = kim.post(f"{page}/reply", fields, text="Dear Two")
        assert (stale.status, "command line set it to" in stale.text, "Dear Two</textarea>" in stale.text) == (
            409,
            True,
            True,
        )
        assert kim.post(f"{page}/reply", kim.fields(page), text="Dear Two").status == 303
        assert kim.post(f"{page}/unmerge", kim.fields(page)).status == 303
        assert ticket(lab, two)["merged_into"] is None
        assert "Take the last change back" not in kim.get(page).text
        kim.post(f"{page}/status", kim.fields(page), status="problem_solved")
        assert "Take the last change back" in kim.get(page).text
        assert kim.post(f"{page}/undo", kim.fields(page)).status == 303
        assert ticket(lab, two)["status"] == "Outstanding"


def test_who_was_only_in_copy_is_let_in_and_taken_out_on_the_page(lab: Lab) -> None:
    lab.deliver(mail(Cc="Bo <bo@client.example>"))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        kim, page = Desk(lab, running, pages, "kim@example.test"), f"/tickets/{rows(lab, 'tickets')[0]['number']}"
        assert "hears nothing yet" in kim.get(page).text

        def stands() -> dict[str, bool]:
            return {one["address"]: one["pending"] for one in only_ticket(lab)["people"]}

        assert stands() == {"ada@client.example": False, "bo@client.example": True}
        for wrong in ("", "bo", "kim@example.test", "support@example.test", "<script>@x"):
            refused = kim.post(f"{page}/let-in", kim.fields(page), to=wrong)
            assert (refused.status, 'role="alert"' in refused.text) == (409, True), wrong
            assert ">Kim@" not in refused.text, "an address is written as it is"
        for deed, to, left in (
            ("let-in", "bo@client.example", {"bo@client.example": False}),
            ("let-in", "chi@client.example", {"bo@client.example": False, "chi@client.example": False}),
            ("take-out", "bo@client.example", {"chi@client.example": False}),
        ):
            assert kim.post(f"{page}/{deed}", kim.fields(page), to=to).status == 303
            assert stands() == {"ada@client.example": False} | left


def test_the_mail_room_shows_why_and_takes_a_failed_mail_up_again(lab: Lab) -> None:
    lab.deliver(mail(subject="Hello"))
    lab.smtp.fail("rcpt", "550 5.1.1 nobody here", 1)
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: any(row["state"] == "dead" for row in rows(lab, "outbox")))
        kim = Desk(lab, running, pages, "kim@example.test")
        (dead,) = [row["id"] for row in rows(lab, "outbox") if row["state"] == "dead" and row["ticket"]]
        page = kim.get(f"/outbox/{dead}").text
        assert "550 5.1.1 nobody here" in unescape(page)
        assert kim.post(f"/again/{dead}", {}).status == 403
        again = kim.fields(f"/outbox/{dead}")
        assert kim.post(f"/again/{dead}", again).status == 303
        running.wait_until(lambda: any(row["id"] == dead and row["state"] == "sent" for row in rows(lab, "outbox")))
        refused = kim.post(f"/again/{dead}", again)
        assert (refused.status, "only such a mail goes again" in refused.text) == (409, True)
        assert kim.get("/outbox/o99").status == kim.get("/mails/m99").status == 404
        assert "1 fetched = 1 on tickets" in kim.get("/mails").text


def test_an_address_gets_few_links_and_whoever_leaves_the_team_is_signed_out(lab: Lab) -> None:
    with Service(lab, **WEB) as running:
        pages = browser(running)
        kim = Desk(lab, running, pages, "kim@example.test")
        for _ in range(5):
            pages.post("/sign-in", {"address": "KIM@example.test "})
        running.wait_until(lambda: len(links_to(lab, "kim@example.test")) == 3)
        assert pages.get(kim.path).status == 410
        running.stop()
    text = (lab.folder / "postroom.toml").read_text()
    (lab.folder / "postroom.toml").write_text(text.replace("kim@example.test", "pat@example.test"))
    with Service(lab, **WEB) as running:
        assert browser(running).get("/tickets", Cookie=kim.cookie).status == 303
    assert len(links_to(lab, "kim@example.test")) == 3
    do(lab, "tickets")
