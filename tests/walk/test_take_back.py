"""What staff send from a page is seen before, waits for some seconds, and is taken back until then: no client has a word of it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, only_ticket, rows, ticket
from tests.walk.test_desk import STAFF, Desk
from tests.walk.test_today import words
from tests.walk.test_web import WEB, browser

WORDS = "Please try Firefox, and tell us."


def waits(seconds: int) -> dict[str, str]:
    return WEB | {"POSTROOM_WEB__UNDO_SECONDS": str(seconds)}


def a_team(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    lab.deliver(mail())


IN_FORM = re.compile(r'<textarea id="says"[^>]*>(.*?)</textarea>', re.DOTALL)


def replies(lab: Lab) -> list[dict[str, object]]:
    return [row for row in rows(lab, "outbox") if row["notice"] in {"reply", "problem-solved"}]


def prove_that_nobody_refused_it(lab: Lab, kim: Desk) -> None:
    (row,) = replies(lab)
    for path in ("/outbox", f"/outbox/{row['id']}"):
        said = words(kim.get(path).text)
        assert "taken back Why not sent: kim@example.test took it back" in said
        assert "dead" not in said.partition("Ticket ")[2]
    assert "Limits that tripped None." in words(kim.get("/today").text)


def test_words_are_seen_first_and_taken_back_and_nobody_has_had_them(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(50)) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        before = only_ticket(lab)
        one = f"/tickets/{before['number']}"
        kim, lee = (Desk(lab, running, pages, f"{name}@example.test") for name in ("kim", "lee"))

        seen = kim.post(f"{one}/preview/reply", kim.fields(one), text=WORDS)
        shown = unescape(seen.text)
        assert (seen.status, shown.count(WORDS)) == (200, 3), "in the mail, with its frame, and still in the form"
        assert "To <strong><bdi>ada<wbr>@client.example</bdi></strong> <span>Re: " in shown
        assert "Nothing is sent yet." in shown
        moved = kim.post(f"{one}/preview/status", kim.fields(one), status="problem_solved")
        assert "Nothing is sent yet." in moved.text
        assert '<option value="problem_solved" selected>' in moved.text
        assert "Nothing is written yet." in kim.post(f"{one}/preview/reply", kim.fields(one)).text
        assert (only_ticket(lab), replies(lab)) == (before, [])

        solved = kim.post(f"{one}/status", kim.fields(one), status="problem_solved", text=WORDS)
        assert solved.status == 303
        assert [row["state"] for row in replies(lab)] == ["queued"]
        assert only_ticket(lab)["status"] != before["status"]
        leaving = kim.get(one).text
        assert "Your words leave in" in leaving
        assert "Take the last change back" not in leaving, "that would leave the words on their way"
        assert "Kim’s words leave in" in lee.get(one).text
        its = kim.fields(one)["which"]
        other = lee.post(f"{one}/take-back", lee.fields(one), which=its)
        assert (other.status, "Only kim@example.test can take this back." in other.text) == (409, True)
        ada = Desk(lab, running, pages, "ada@client.example")
        mine = f"/my/{before['number']}"
        assert WORDS not in ada.get(mine).text

        back = kim.post(f"{one}/take-back", kim.fields(one))
        assert (back.status, f"{WORDS}</textarea>" in back.text) == (200, True), "nothing typed is lost"
        assert "Taken back: nothing of it has left, and the ticket is as it was." in back.text
        again = kim.post(f"{one}/take-back", kim.fields(one), which=its)
        assert (again.status, f"{WORDS}</textarea>" in again.text) == (200, True), "a second click is no harm"
        assert "It is taken back already: nothing of it has left." in again.text
        assert re.search("Take (it|the last change) back", kim.get(one).text) is None, (
            "done again, nobody would be told"
        )
        after = only_ticket(lab)
        told = {"conversation", "history", "version"}
        assert {name: after[name] for name in after.keys() - told} == {
            name: before[name] for name in before.keys() - told
        }
        assert WORDS not in ada.get(mine).text
        assert WORDS in kim.get(one).text, "staff see what was not sent"
        prove_that_nobody_refused_it(lab, kim)
        assert running.stop() == 0
    lab.move_clock(hours=1)
    with Service(lab) as running:
        lab.deliver(mail(subject="Another", message_id="<2@client.example>"))
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
    assert not any(WORDS.encode() in one.raw for one in lab.smtp.accepted)


def test_an_answer_begins_with_the_words_of_its_status_and_they_are_the_only_mail(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(0)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        before = only_ticket(lab)
        one = f"/tickets/{before['number']}"
        kim = Desk(lab, running, browser(running), "kim@example.test")
        asks = {"status": "pending_client_feedback"}
        begun = kim.post(f"{one}/words", kim.fields(one), **asks, text="PS")
        words = IN_FORM.search(unescape(begun.text)).group(1)
        assert words.startswith("Hello,\n\nWe are waiting for your answer")
        assert words.endswith("\n\nPS"), "nothing typed is lost"
        as_mail = unescape(kim.post(f"{one}/preview/status", kim.fields(one), **asks, text=words).text)
        assert as_mail.count("We are waiting for your answer") == 3, (
            "in the mail, with its frame, and still in the form"
        )
        assert as_mail.count("If we have heard nothing by") == 1, "its deadline stands beside any words"
        framed = kim.post(f"{one}/preview/status/0.html", kim.fields(one), **asks, text=words)
        assert (framed.status, "We are waiting for your answer" in framed.text) == (200, True)
        assert "style=" in framed.text, "as its reader sees it"
        assert "sandbox" in framed.headers["content-security-policy"]
        assert only_ticket(lab) == before
        mine = words.replace("We are waiting", "Ada, we are waiting")
        assert kim.post(f"{one}/status", kim.fields(one), **asks, text=mine).status == 303
        running.wait_until(lambda: any(b"Ada, we are waiting for your answer" in raw for raw in lab.sent()))
        assert only_ticket(lab)["status"] == "Pending Client Feedback"
        silent = kim.post(f"{one}/words", kim.fields(one), status="outstanding")
        assert (silent.status, "That sends the client no mail" in silent.text) == (409, True)
        here = unescape(kim.post(f"{one}/words", kim.fields(one), text="PS").text)
        assert f'dir="auto">{words}</textarea>' in here, "of the status that it has, where no other is chosen"
        do(lab, "set", str(before["number"]), "outstanding")
        silent = kim.post(f"{one}/words", kim.fields(one), text="PS")
        assert (silent.status, "That sends the client no mail" in silent.text, "PS</textarea>" in silent.text) == (
            409,
            True,
            True,
        )
    assert sum(b"waiting for your answer" in raw for raw in lab.sent()) == 1


def test_where_no_mail_would_leave_the_page_says_why(lab: Lab) -> None:
    lab.deliver(mail(List_Id="Users <users.client.example>", Precedence="list"))
    once(lab)
    with Service(lab, **waits(50)) as running:
        kim = Desk(lab, running, browser(running), "kim@example.test")
        for status, said in {
            "pending_client_feedback": "No mail would leave. Its client is told nothing by itself: it came through a list: List-Id",
            "assessment": "No mail would leave. Its client is told nothing by itself: it came through a list",
        }.items():
            seen = kim.post("/tickets/1001/preview/status", kim.fields("/tickets/1001"), status=status)
            assert said in words(seen.text)
        own = kim.post("/tickets/1001/preview/status", kim.fields("/tickets/1001"), status=status, text="Our words")
        assert "This would leave." in own.text


def test_what_is_not_taken_back_leaves_by_itself_also_after_the_run_was_killed(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(20)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        one = f"/tickets/{only_ticket(lab)['number']}"
        kim = Desk(lab, running, browser(running), "kim@example.test")
        kim.post(f"{one}/reply", kim.fields(one), text=WORDS)
        its = kim.fields(one)["which"]
        running.process.kill()
        running.process.wait()
    assert [row["state"] for row in replies(lab)] == ["queued"]
    do(lab, "run", "--once")
    assert [row["state"] for row in replies(lab)] == ["queued"], "it is not yet time"
    lab.move_clock(seconds=21)
    do(lab, "run", "--once")
    assert [row["state"] for row in replies(lab)] == ["sent"]
    assert sum(WORDS.encode() in mail.raw for mail in lab.smtp.accepted) == 1
    with Service(lab, **waits(20)) as running:
        kim.pages = browser(running)
        late = kim.post(f"{one}/take-back", kim.fields(one), which=its)
        assert (late.status, "It is too late" in late.text) == (409, True)


def test_an_appointment_is_taken_back_and_what_was_overtaken_is_not_even_shown(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        before = only_ticket(lab)
        one = f"/tickets/{before['number']}"
        kim = Desk(lab, running, browser(running), "kim@example.test")
        fields = kim.fields(one)
        asked = {"status": "appointment_scheduled", "until": f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d} 10:00"}
        assert kim.post(f"{one}/status", fields, **asked).status == 303
        assert only_ticket(lab)["appointment"]
        overtaken = kim.post(f"{one}/preview/reply", fields, text=WORDS)
        assert (overtaken.status, "While you wrote" in overtaken.text) == (409, True)
        assert "as it was" in kim.post(f"{one}/take-back", kim.fields(one)).text
        assert only_ticket(lab)["appointment"] == ""
        assert only_ticket(lab)["status"] == before["status"]


def test_a_ticket_that_others_changed_meanwhile_stays_as_they_left_it(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        one = f"/tickets/{only_ticket(lab)['number']}"
        kim = Desk(lab, running, browser(running), "kim@example.test")
        solved = kim.post(f"{one}/status", kim.fields(one), status="problem_solved")
        assert solved.status == 303
        lab.deliver(answer_to(lab.sent()[0], "It is white again.\n"))
        running.wait_until(lambda: only_ticket(lab)["status"] == "Outstanding")
        back = kim.post(f"{one}/take-back", kim.fields(one))
        assert "The ticket was changed since, and stays as it is." in back.text
        assert only_ticket(lab)["status"] == "Outstanding"
        assert [one["to"] for one in only_ticket(lab)["history"]][-2:] == ["Problem Solved", "Outstanding"]
        assert [row["state"] for row in replies(lab)] == ["dead"]


def waiting(desk: Desk, path: str) -> list[str]:
    """The causes of what waits there, and can be taken back by them, as the page lists it."""
    return re.findall(r'name="which" value="([^"]+)"', desk.get(path).text)


@on_both
def test_of_two_answers_each_is_taken_back(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        before = only_ticket(lab)
        one = f"/tickets/{before['number']}"
        kim = Desk(lab, running, browser(running), "kim@example.test")
        assert kim.post(f"{one}/reply", kim.fields(one), text="Please try Firefox.").status == 303
        assert kim.post(f"{one}/status", kim.fields(one), status="problem_solved", text="It is done.").status == 303
        shown = words(kim.get(one).text)
        assert shown.index("s. It is done. Take it back") < shown.index("s. Please try Firefox. Take it back"), (
            "newest first"
        )
        newer, older = waiting(kim, one)
        none = kim.post(f"{one}/take-back", kim.fields(one), which=f"{older}9")
        assert (none.status, "It is too late" in none.text) == (409, True)
        back = kim.post(f"{one}/take-back", kim.fields(one), which=older)
        assert "Please try Firefox.</textarea>" in back.text
        assert "The ticket was changed since, and stays as it is." in back.text
        assert only_ticket(lab)["status"] == "Problem Solved"
        assert waiting(kim, one) == [newer]
        assert sorted(row["state"] for row in replies(lab)) == ["dead", "queued"]
        back = kim.post(f"{one}/take-back", kim.fields(one), which=newer)
        assert "the ticket is as it was" in back.text
        after = only_ticket(lab)
        assert {name: after[name] for name in ("status", "status_since", "due_at", "client_replied")} == {
            name: before[name] for name in ("status", "status_since", "due_at", "client_replied")
        }
        assert [row["state"] for row in replies(lab)] == ["dead", "dead"]


def test_an_answer_on_a_ticket_that_leads_to_another_one_waits_too(lab: Lab) -> None:
    a_team(lab)
    lab.deliver(mail(subject="Another", sender="Ben <ben@client.example>", message_id="<2@client.example>"))
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        do(lab, "merge", "1002", "1001", "--as", "kim@example.test")
        before = [ticket(lab, number) for number in (1001, 1002)]
        kim = Desk(lab, running, browser(running), "kim@example.test")
        merged, leads = "/tickets/1002", "/tickets/1001"
        kim.post(f"{merged}/status", kim.fields(merged), status="problem_solved", text=WORDS)
        assert [row["state"] for row in replies(lab)] == ["queued"]
        assert ticket(lab, 1001)["status"] == "Problem Solved"
        assert waiting(kim, leads) == waiting(kim, merged) != []
        assert f'action="{merged}/take-back"' in kim.get(leads).text, "the words come back where they were written"
        back = kim.post(f"{merged}/take-back", kim.fields(merged))
        assert (f"{WORDS}</textarea>" in back.text, "as it was" in back.text) == (True, True)
        assert [row["state"] for row in replies(lab)] == ["dead"]
        after = [ticket(lab, number) for number in (1001, 1002)]
        for name in ("status", "status_since", "due_at", "merged_into"):
            assert [one[name] for one in after] == [one[name] for one in before], name
        do(lab, "unmerge", "1002")
        assert [ticket(lab, number)["status"] for number in (1001, 1002)] == ["Outstanding", "Outstanding"]


def test_what_a_link_tells_the_client_waits_and_is_taken_back_with_the_link(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        do(lab, "set", "1001", "support_rep_working", "--as", "kim@example.test")
        one, before = "/tickets/1001", only_ticket(lab)
        kim = Desk(lab, running, browser(running), "kim@example.test")
        assert kim.post(f"{one}/link", kim.fields(one), to="ENG-12").status == 303
        moved = only_ticket(lab)
        assert (moved["status"] != before["status"], [one["key"] for one in moved["issues"]]) == (True, ["ENG-12"])
        (told,) = (row for row in rows(lab, "outbox") if row["state"] == "queued")
        back = kim.post(f"{one}/take-back", kim.fields(one))
        assert ("as it was" in back.text, 'value="ENG-12"' in back.text) == (True, True), "nothing typed is lost"
        after = only_ticket(lab)
        assert (after["status"], after["issues"]) == (before["status"], [])
        assert next(row["state"] for row in rows(lab, "outbox") if row["id"] == told["id"]) == "dead"
        assert kim.post(f"{one}/link", kim.fields(one), to="ENG-12").status == 303, "again, and it holds"
        assert only_ticket(lab)["status"] == moved["status"]


def test_a_link_that_is_taken_back_behind_an_answer_is_gone_too(lab: Lab) -> None:
    a_team(lab)
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        do(lab, "set", "1001", "support_rep_working", "--as", "kim@example.test")
        one, before = "/tickets/1001", only_ticket(lab)
        kim = Desk(lab, running, browser(running), "kim@example.test")
        kim.post(f"{one}/link", kim.fields(one), to="ENG-12")
        kim.post(f"{one}/reply", kim.fields(one), text="PS: more words")
        for which in reversed(waiting(kim, one)):  # the older first
            assert kim.post(f"{one}/take-back", kim.fields(one), which=which).status == 200
        after = only_ticket(lab)
        assert (after["status"], after["issues"]) == (before["status"], [])


def test_what_is_done_to_several_waits_and_all_of_it_is_taken_back_at_once(lab: Lab) -> None:
    a_team(lab)
    for name in ("2", "3"):
        lab.deliver(mail(subject=f"Another {name}", message_id=f"<{name}@client.example>"))
    with Service(lab, **waits(50)) as running:
        running.wait_until(lambda: len(rows(lab, "tickets")) == 3)
        kim = Desk(lab, running, browser(running), "kim@example.test")
        before = [ticket(lab, number)["status"] for number in (1001, 1002, 1003)]
        kim.post("/tickets/1003/reply", kim.fields("/tickets/1003"), text=WORDS)
        chosen = dict(re.findall(r'name="(ticket-\d+)" value="(\d+)"', kim.get("/tickets").text))
        several = kim.fields("/tickets") | chosen
        quiet = words(kim.post("/tickets", several, deed="assign", to="kim@example.test").text)
        assert ("3 of 3 done" in quiet, "leave in" in quiet) == (True, False), "an answer of before is no part of it"

        chosen = dict(re.findall(r'name="(ticket-\d+)" value="(\d+)"', kim.get("/tickets").text))
        done = kim.post("/tickets", several | chosen, deed="status", status="problem_solved").text
        assert re.search(r"The mails of 3 of them leave in \d\d s\. Take all of them back", words(done))
        assert words(done).count("done, its mail waits") == 3
        its = dict(re.findall(r'name="(waits-\d+)" value="([\w:]+)"', done))
        kim.post("/tickets/1001/take-back", kim.fields("/tickets/1001"))
        back = words(kim.post("/tickets/take-back", several, **its, **{"waits-9": "act:9:9"}).text)
        assert "3 of 4 taken back" in back
        assert "#9 not done It is too late" in back
        assert "#1001 It is taken back already" in back
        assert back.count("the ticket is as it was") == 2
        assert sorted(row["state"] for row in replies(lab)) == ["dead", "dead", "dead", "queued"], "the answer goes"
        assert [ticket(lab, number)["status"] for number in (1001, 1002, 1003)] == before
