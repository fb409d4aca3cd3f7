"""Years of mail become conversations: threaded, closed where they are old, once, whatever cuts it off; and nobody is written to."""

import mailbox
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from postroom.app import open_app
from postroom.importing import keep
from postroom.letters.collect import collect
from postroom.parsers import Parsers
from postroom.pipeline import PROCESS, process
from postroom.reading import read
from postroom.runner import Runner
from tests.walk.killing import ask
from tests.walk.lab import CRLF, PATIENCE, Lab, mail, on_both
from tests.walk.service import Service, do, once, rows, say, ticket

NOW = datetime.now(UTC)
OUTBOX = "SELECT count(*) FROM outbox WHERE ticket IS NOT NULL OR notice <> 'sign_in'"


def old(days: float, text: str, **more: str) -> EmailMessage:
    """A mail that came so many days ago."""
    made = mail(text, **more)
    at = format_datetime(NOW - timedelta(days=days))
    del made["Date"]
    made["Date"] = at
    made["Received"] = f"from client.example by mx.example.test; {at}"
    return made


def archive(folder: Path, *mails: EmailMessage) -> Path:
    path = folder / "archive.mbox"
    with closing(mailbox.mbox(path)) as box:
        for one in mails:
            box.add(one.as_bytes(policy=CRLF))
    return path


@pytest.fixture
def years(lab: Lab) -> Path:
    """A conversation of a year ago, one of last week, an absence note, and a newsletter."""
    first = old(400, "It was white.\n", subject="Page 4", message_id="<a@client.example>")
    reply = old(
        399, "Still white.\n", subject="Re: Page 4", message_id="<b@client.example>", In_Reply_To="<a@client.example>"
    )
    fresh = old(3, "It is blue.\n", subject="Page 5", sender="Bo <bo@client.example>", message_id="<c@client.example>")
    away = old(200, "I am out of office.\n", subject="Automatic reply: Page 4", Auto_Submitted="auto-replied")
    news = old(100, "Buy.\n", sender="news@shop.example", List_Unsubscribe="<https://shop.example>", Precedence="bulk")
    return archive(lab.folder, first, reply, fresh, away, news)


@on_both
def test_old_mail_becomes_closed_conversations_and_new_mail_joins_them(lab: Lab, years: Path) -> None:
    said = do(lab, "import", str(years), "--yes")
    assert "5 mails, 5 new\n" in said
    assert "1 ticket closed: nothing was written there for 14 days" in said
    by = {row["subject"]: row for row in rows(lab, "tickets")}
    assert (by["Page 4"]["status"], by["Page 5"]["status"]) == ("Problem Solved", "Outstanding")
    assert by["Page 4"]["created_at"][:10] == (NOW - timedelta(days=400)).date().isoformat()
    whole = ticket(lab, by["Page 4"]["number"])
    assert [one["text"] for one in whole["conversation"] if one["direction"] == "in"] == [
        "It was white.",
        "Still white.",
    ]
    assert whole["history"][-1]["by"] == "import"
    assert ask(lab, OUTBOX) == [(0,)]
    lab.deliver(
        mail("And again.\n", sender="Bo <bo@client.example>", subject="Re: Page 5", In_Reply_To="<c@client.example>")
    )
    once(lab)
    assert ticket(lab, by["Page 5"]["number"])["conversation"][-1]["text"] == "And again."
    for days in (20, 10, 10):
        lab.move_clock(days=days)
        once(lab)
    assert lab.smtp.accepted == [], "neither the import nor what time brings writes to anybody"


def test_it_may_be_run_again_and_goes_on_where_it_was_cut_off(lab: Lab, years: Path) -> None:
    for point in ("raw.before_commit", "tx.mid", "tx.after_commit"):
        assert lab.call("import", str(years), "--yes", POSTROOM_FAILPOINT=point).returncode < 0
    assert "5 mails, 0 new; 5 there already" in do(lab, "import", str(years), "--yes")
    before = rows(lab, "tickets"), len(rows(lab, "mails"))
    do(lab, "import", str(years), "--yes")
    assert (rows(lab, "tickets"), len(rows(lab, "mails"))) == before
    assert before[1] == 5
    assert ask(lab, OUTBOX) == [(0,)]


def test_a_later_import_closes_nothing_that_waits_or_is_worked_on(lab: Lab) -> None:
    lab.deliver(mail("Live.\n", subject="Live", message_id="<live@client.example>"))
    once(lab)
    names = ("Waits", "Worked on")
    recent = [old(3, f"{name}.\n", subject=name, message_id=f"<{n}@client.example>") for n, name in enumerate(names)]
    do(lab, "import", str(archive(lab.folder, *recent)), "--yes")
    by = {row["subject"]: row["number"] for row in rows(lab, "tickets")}
    do(lab, "set", str(by["Worked on"]), "with development")
    lab.move_clock(days=40)
    (lab.folder / "archive.mbox").unlink()
    joins = [old(9, f"More {id_}.\n", In_Reply_To=f"<{id_}@client.example>") for id_ in ("live", "0", "1")]
    ancient = old(90, "Ancient.\n", subject="Ancient", sender="bo@client.example")
    assert "1 ticket closed" in do(lab, "import", str(archive(lab.folder, ancient, *joins)), "--yes")
    assert {row["subject"]: row["status"] for row in rows(lab, "tickets")} == {
        "Live": "Outstanding",
        "Waits": "Outstanding",
        "Worked on": "With Development",
        "Ancient": "Problem Solved",
    }


@on_both
def test_two_at_once_import_and_close_once(lab: Lab, years: Path) -> None:
    once(lab)  # makes the key and the tables
    both = [lab.popen("import", str(years), "--yes") for _ in range(2)]
    assert [one.wait(PATIENCE) for one in both] == [0, 0]
    for one in both:
        one.communicate()
    kept, closed = len(rows(lab, "mails")), ask(lab, "SELECT count(*) FROM history WHERE by = 'import'")
    assert (kept, closed) == (5, [(1,)])
    assert ask(lab, OUTBOX) == [(0,)]


def test_what_the_service_has_had_is_not_doubled_and_what_was_imported_is_not_answered(lab: Lab) -> None:
    known = mail("It is white.\n", message_id="<a@client.example>")
    lab.deliver(known)
    once(lab)
    assert len(lab.smtp.accepted) == 1
    late = old(2, "It is blue.\n", sender="Bo <bo@client.example>", message_id="<c@client.example>")
    do(lab, "import", str(archive(lab.folder, known, late)), "--yes")
    assert len(rows(lab, "tickets")) == 2
    assert {row["kind"] for row in rows(lab, "mails")} <= {"new_ticket", "duplicate"}
    lab.deliver(late)
    once(lab)
    assert len(rows(lab, "tickets")) == 2
    assert len(lab.smtp.accepted) == 1


@on_both
def test_beside_the_service_that_settles_it_and_new_mail_is_answered_as_ever(lab: Lab, years: Path) -> None:
    with Service(lab) as running:
        do(lab, "import", str(years), "--yes")
        lab.deliver(mail("Now.\n", sender="Cy <cy@client.example>", subject="Page 6"))
        running.wait_until(lambda: len(lab.smtp.accepted) == 1)
    assert [one.recipient for one in lab.smtp.accepted] == ["cy@client.example"]
    assert len(rows(lab, "tickets")) >= 3


def test_who_writes_meanwhile_does_not_wait_behind_it(lab: Lab, years: Path) -> None:
    assert lab.call("import", str(years), "--yes", POSTROOM_FAILPOINT="tx.mid").returncode < 0
    lab.deliver(mail("Now.\n", sender="Cy <cy@client.example>", subject="Page 6"))
    once(lab)
    by = {row["number"]: row["subject"] for row in rows(lab, "tickets")}
    assert by[min(by)] == "Page 6", "it was settled first"
    assert len(by) >= 3
    assert [one.recipient for one in lab.smtp.accepted] == ["cy@client.example"]


def test_it_starts_no_timer_and_stops_none(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab()
    profile = Path("workflow/profiles/courseleaf.toml").read_text()
    waits = profile.replace('new_ticket = { to = "outstanding"', 'new_ticket = { to = "pending_client_feedback"')
    (lab.folder / "own.toml").write_text(waits)
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('workflow = "courseleaf"', 'workflow = "own.toml"'))
    lab.deliver(mail("Now.\n", subject="Page 6", message_id="<now@client.example>"))
    once(lab)
    note = {"subject": "Automatic reply: Page 6", "Auto_Submitted": "auto-replied"}
    away = old(0, "I am out of office.\n", In_Reply_To="<now@client.example>", **note)
    recent = old(13, "It is blue.\n", subject="Page 5", sender="Bo <bo@client.example>")
    do(lab, "import", str(archive(lab.folder, recent, away)), "--yes")
    by = {row["subject"]: row for row in rows(lab, "tickets")}
    assert (by["Page 5"]["status"], by["Page 5"]["due_at"]) == ("Pending Client Feedback", None)
    assert by["Page 6"]["due_at"], "the absence note is on its ticket, whose timer runs"
    for days in (20, 10, 10):
        lab.move_clock(days=days)
        once(lab)
    assert "bo@client.example" not in {one.recipient for one in lab.smtp.accepted}
    assert "ada@client.example" in {one.recipient for one in lab.smtp.accepted}


def test_who_ends_it_costs_no_mail_a_try(lab: Lab) -> None:
    many = archive(lab.folder, *(old(30, f"Page {n}.\n", sender=f"c{n}@client.example") for n in range(120)))
    once(lab)
    app = open_app(str(lab.folder / "postroom.toml"))
    letters, _ = collect([str(many)], 200, app.config, lab.folder, app.now())
    assert list(keep(app, "support", letters, [])) == [(120, 120)]
    with closing(app.database), closing(Parsers(read, 1)) as parsers, Runner(app) as runner:
        lease = runner.take(PROCESS)
        assert lease
        with pytest.raises(SystemExit):
            process(app, parsers, lease, sys.exit)
    done = ask(lab, "SELECT state, attempts, count(*) FROM mail GROUP BY state, attempts ORDER BY state")
    assert done == [("pending", 0, 20), ("processed", 1, 100)]


def test_a_mail_that_is_set_aside_is_counted_and_no_alert_tells_of_it(lab: Lab, years: Path) -> None:
    for _ in range(3):
        assert lab.call("import", str(years), "--yes", POSTROOM_FAILPOINT="classify.crash").returncode < 0
    assert "quarantined 1" in do(lab, "import", str(years), "--yes")
    once(lab)
    assert lab.smtp.accepted == []


def test_it_shows_what_would_become_of_it_and_asks(lab: Lab, years: Path) -> None:
    no = say(lab, "import", str(years), words="n\n")
    assert no.exit_code == 1
    assert "These are the last 5 of 5 mails" in no.stdout
    assert rows(lab, "mails") == []
    yes = say(lab, "import", str(years), "--since", (NOW - timedelta(days=30)).date().isoformat(), words="y\n")
    assert yes.exit_code == 0, yes.stdout + yes.stderr
    assert len(rows(lab, "mails")) == 1


def test_what_cannot_be_read_is_said_and_the_rest_is_imported(lab: Lab, years: Path) -> None:
    empty = lab.folder / "empty.eml"
    empty.write_bytes(b"")
    done = say(lab, "import", str(years), str(empty), str(lab.folder / "gone"), "--yes")
    assert done.exit_code == 1
    assert "empty.eml: it is empty" in done.stderr
    assert "gone: there is no such file or folder" in done.stderr
    assert len(rows(lab, "mails")) == 5
    assert "there is nothing to import" in say(lab, "import", str(empty)).stderr
    undated = mail("When?\n", sender="di@client.example")
    del undated["Date"]
    plain = lab.folder / "undated.eml"
    plain.write_bytes(undated.as_bytes(policy=CRLF))
    assert say(lab, "import", str(plain), "--yes").exit_code == 0


def test_the_mailbox_itself_can_be_imported_and_is_left_as_it_is(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab()
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('start = "all"', 'start = "now"'))
    lab.deliver(old(30, "It was white.\n"))
    once(lab)
    assert rows(lab, "tickets") == [], "what was there was left alone"
    assert "1 ticket closed" in do(lab, "import", "support", "--yes"), "it is as old as its header says"
    assert len(rows(lab, "tickets")) == 1
    assert lab.left() == 1
    once(lab)
    assert (len(rows(lab, "tickets")), lab.smtp.accepted) == (1, [])
    lab.move_clock(minutes=5)
    lab.deliver(mail("It is new.\n", sender="bo@client.example", subject="New"))
    assert "1 mail left to postroom run, which reads that folder" in do(lab, "import", "support", "--yes")
    once(lab)
    assert [one.recipient for one in lab.smtp.accepted] == ["bo@client.example"], "it is answered as ever"


def test_what_was_sent_from_here_is_our_answer_or_opens_a_ticket_for_its_client(lab: Lab) -> None:
    us = "Support <support@example.test>"
    asked = old(5, "It is white.\n", subject="Page 4", message_id="<a@client.example>")
    answer = {"subject": "Re: Page 4", "message_id": "<b@example.test>", "In_Reply_To": "<a@client.example>"}
    answered = old(4, "#close\nWe mended it.\n", sender=us, to="ada@client.example", **answer)
    first = old(
        3, "Your order left.\n", subject="Order", sender=us, to="bo@client.example", message_id="<c@example.test>"
    )
    forged = old(2, "Mine.\n", subject="Note", sender="Kim <kim@example.test>", message_id="<d@example.test>")
    do(lab, "import", str(archive(lab.folder, asked, answered, first, forged)), "--yes")
    by = {row["subject"]: row for row in rows(lab, "tickets")}
    assert {name: row["requester"] for name, row in by.items() if name != "Note"} == {
        "Page 4": "ada@client.example",
        "Order": "bo@client.example",
    }
    assert by["Page 4"]["status"] == "Outstanding", "what was written then is no command now"
    said = ticket(lab, by["Page 4"]["number"])["conversation"]
    assert [one["kind"] for one in said] == ["new_ticket", "staff_reply"]
    lab.deliver(
        mail("Thanks, and one more.\n", sender="bo@client.example", subject="Re: Order", In_Reply_To="<c@example.test>")
    )
    once(lab)
    assert ticket(lab, by["Order"]["number"])["conversation"][-1]["text"] == "Thanks, and one more."
