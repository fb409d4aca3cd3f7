"""The daily digest, from a real mailbox to a mail at the SMTP server: one a person and day, whatever is cut off or comes twice."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from tests.walk.killing import PATIENCE, ask, die
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, refused, rows, say
from tests.walk.test_bounces import report

CHICAGO = ZoneInfo("America/Chicago")
STAFF = """
[[staff]]
address = "lee@example.test"
digest = "daily 08:00"

[[staff]]
address = "mo@example.test"
roles = ["manager"]
digest = "daily 08:00"
"""
PEOPLE = ["lee@example.test", "mo@example.test"]


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab(STAFF)


def set_clock(lab: Lab, *when: int) -> None:
    lab.offset = (datetime(*when, tzinfo=CHICAGO).astimezone(UTC) - datetime.now(UTC)).total_seconds()


def begin(lab: Lab) -> None:
    """A mail comes in before eight, and the clock goes on: until one has there is nothing to tell."""
    set_clock(lab, 2026, 12, 3, 7, 30)
    lab.deliver(mail())
    once(lab)
    set_clock(lab, 2026, 12, 3, 8, 5)


def digests(lab: Lab) -> list[EmailMessage]:
    """Those that the server has taken, in order."""
    found = [message_from_bytes(one.raw, EmailMessage, policy=default) for one in lab.smtp.accepted]
    return [one for one in found if one["List-Id"]]


def words(digest: EmailMessage) -> str:
    body = digest.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_two_days_bring_each_person_two_digests_that_say_what_waits(lab: Lab) -> None:
    set_clock(lab, 2026, 12, 3, 7, 30)
    lab.deliver(mail(subject="Catalog page is white"))
    lab.deliver(mail("Fix it now.\n", subject="Still white", to="escalate@example.test"), "escalate")
    once(lab)
    assert digests(lab) == []
    for hour in (8, 12, 23):
        set_clock(lab, 2026, 12, 3, hour, 5)
        once(lab)
    assert sorted(one["To"] for one in digests(lab)) == PEOPLE
    first = digests(lab)[0]
    assert first["Subject"] == "1 needs you, 1 waits — Thursday 3 December"
    assert re.search(
        r"\nNeeds you\n\n#(\d+) Still white\n  Manager Escalation, waits 3[45] minutes, Ada Quill\n",
        words(first),
    )
    assert "2 mails came in: 2 on tickets." in words(first)
    assert "1 answer was not sent: 1 acknowledgement to this address within 10 minutes." in words(first)

    for number in (1001, 1002):
        do(lab, "set", str(number), "Question Answered", "--as", "kim@example.test")
    for hour in (7, 9, 10):
        set_clock(lab, 2026, 12, 4, hour, 5)
        once(lab)
    assert sorted(one["To"] for one in digests(lab)) == sorted(2 * PEOPLE)
    last = digests(lab)[-1]
    assert last["Subject"] == "Nothing waits for you — Friday 4 December"
    assert "No mail came in. 2 answers went out; 0 tickets opened, 2 closed and not opened again." in words(last)
    assert len({one["Message-ID"] for one in digests(lab)}) == 4


def test_the_week_is_told_once_beside_the_one_before_and_to_its_own_reader(make_lab: Callable[..., Lab]) -> None:
    own = 'weekly = "monday 08:00"\ndigest_of = "own"\n'
    lab = make_lab(
        f'[[staff]]\naddress = "lee@example.test"\nweekly = "monday 08:00"\n[[staff]]\naddress = "mo@example.test"\n{own}'
    )
    set_clock(lab, 2026, 12, 1, 12)  # a Tuesday
    lab.deliver(mail("One.\n", subject="The first week"))
    once(lab)
    set_clock(lab, 2026, 12, 8, 12)
    for subject in ("The second week", "The second week, too"):
        lab.deliver(mail(f"{subject}.\n", subject=subject))
    once(lab)
    do(lab, "assign", "1003", "mo@example.test")
    assert len(digests(lab)) == 2, "that of the day on which it began"
    set_clock(lab, 2026, 12, 14, 8, 1)
    assert do(lab, "digest") == "2 queued\n"
    assert do(lab, "digest") == "no digest is due\n"
    once(lab)
    lee, mo = (next(one for one in reversed(digests(lab)) if one["To"] == to) for to in PEOPLE)
    assert lee["Subject"] == "3 wait — the week to Monday 14 December"
    assert "Mails: 2\n  the week before 1, 1 more, 100 %\n" in words(lee)
    assert "Tickets closed and not opened again: 0\n  the week before 0, as many\n" in words(lee)
    assert (mo["Subject"], "#1003" in words(mo), "#1001" in words(mo)) == (
        "1 waits — the week to Monday 14 December",
        True,
        False,
    )


@on_both
def test_19_killed_between_two_digests_each_person_has_one(lab: Lab) -> None:
    begin(lab)
    die(lab, "digest.mid_batch")
    assert len(ask(lab, "SELECT id FROM outbox WHERE notice = 'digest'")) == 1
    die(lab, "digest.mid_batch")
    once(lab)
    once(lab)
    assert sorted(one["To"] for one in digests(lab)) == PEOPLE


def test_a_digest_of_which_nobody_knows_whether_it_arrived_is_never_sent_again(lab: Lab) -> None:
    begin(lab)
    die(lab, "smtp.dot_sent_no_reply")
    once(lab)
    once(lab)
    unsure = [row for row in rows(lab, "outbox") if row["state"] == "unknown"]
    assert len(lab.smtp.accepted) == len({one.recipient for one in lab.smtp.accepted})
    assert unsure
    assert "never sent twice" in refused(lab, "retry", unsure[0]["id"])


def test_one_that_comes_back_is_bounced_and_the_next_one_tells_of_it(lab: Lab) -> None:
    begin(lab)
    once(lab)
    lees = next(one for one in lab.smtp.accepted if one.recipient == "lee@example.test")
    lab.deliver(report(lees.raw, "lee@example.test"))
    once(lab)
    states = {row["recipient"]: row["state"] for row in rows(lab, "outbox") if row["notice"] == "digest"}
    assert states == {"lee@example.test": "bounced", "mo@example.test": "sent"}
    set_clock(lab, 2026, 12, 4, 8, 5)
    once(lab)
    mos = [one for one in digests(lab) if one["To"] == "mo@example.test"][-1]
    assert "bounced, lee@example.test, 5.1.1" in words(mos)


@on_both
def test_processes_that_ask_at_once_bring_one(lab: Lab) -> None:
    begin(lab)
    with Service(lab) as service:
        asking = [lab.popen("digest") for _ in range(3)]
        for process in asking:
            _, log = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, log
        service.wait_until(lambda: len(digests(lab)) >= 2)
    once(lab)
    assert sorted(one["To"] for one in digests(lab)) == PEOPLE


def test_a_mailbox_that_cannot_be_read_stands_at_the_top_until_it_can(lab: Lab) -> None:
    dead = {"POSTROOM_MAILBOX__0__IMAP__PORT": "1"}
    assert lab.call("run", "--once", **dead).returncode == 1
    shown = do(lab, "digest", "--print")
    assert "1 needs you" in shown.splitlines()[0]
    assert "The mailbox support cannot be read\n  since " in shown
    assert "refused" in shown
    with Service(lab, **dead) as service:
        service.wait_for("mailbox.down")
    assert do(lab, "digest", "--print").count("cannot be read") == 1
    once(lab)
    assert "cannot be read" not in do(lab, "digest", "--print")


def test_a_wrong_schedule_is_refused_with_the_mend(lab: Lab) -> None:
    said = say(lab, "digest", POSTROOM_STAFF__0__DIGEST="at eight")
    assert said.exit_code == 2
    assert said.stderr == (
        'postroom: POSTROOM_STAFF__0__DIGEST is "at eight": write "daily 08:00", "weekdays 08:00", or "" for none\n'
    )


def test_staff_hear_of_somebody_new_on_a_ticket_that_is_closed(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Problem Solved")
    once(lab)
    lab.deliver(answer_to(lab.sent()[-1], "It fails for me, too.\n", sender="Bea <bea@other.example>"))
    once(lab)
    said = do(lab, "digest", "--print", "--to", "mo@example.test")
    assert "Needs you\n\n#1001 Catalog page is white\n  Problem Solved, somebody new wrote, Ada Quill\n" in said
