"""What time alone brings about: a client who does not answer, an appointment that has passed, summer and winter time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

from inbound.message import Address
from outbound.wording import day
from tests.walk.calendars import invitation, of_calendar
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import do, once, refused, rows, ticket

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = """
[timers]
pending_client_feedback = "15 office"

[calendar.office]
hours = "09:00-17:00"
country = "US"
subdivision = "IL"
"""
PEOPLE = ("ada@client.example", "bea@client.example", "cyd@client.example", "dan@client.example")


def open_tickets(lab: Lab, people: tuple[str, ...]) -> dict[str, int]:
    """A ticket for each, by its requester."""
    for person in people:
        lab.deliver(mail(sender=person))
    once(lab)
    return {row["requester"]: row["number"] for row in rows(lab, "tickets")}


def last_mail(lab: Lab, person: str) -> EmailMessage:
    return message_from_bytes(last_raw(lab, person), EmailMessage, policy=default)


def last_raw(lab: Lab, person: str) -> bytes:
    return [one.raw for one in lab.smtp.accepted if one.recipient == person][-1]


def words(lab: Lab, person: str) -> str:
    """The text of the last mail to somebody, on one line."""
    body = last_mail(lab, person).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def statuses(lab: Lab) -> dict[str, str]:
    return {row["requester"].partition("@")[0]: row["status"] for row in rows(lab, "tickets")}


def set_clock(lab: Lab, to: datetime) -> None:
    lab.offset = (to - datetime.now(UTC)).total_seconds()


@on_both
def test_a_client_who_does_not_answer_is_reminded_after_three_weeks_and_closed_two_days_later(lab: Lab) -> None:
    numbers = open_tickets(lab, PEOPLE)
    for number in numbers.values():
        do(lab, "set", str(number), "Pending Client Feedback", "--as", "kim@example.test")
    once(lab)
    assert len(lab.smtp.accepted) == 8
    lab.move_clock(days=14, minutes=1)
    once(lab)
    once(lab)
    assert len(lab.smtp.accepted) == 12  # each is reminded, once
    reminded = ticket(lab, numbers[PEOPLE[3]])
    assert reminded["timers"]["reminded"]
    ends = day(datetime.fromisoformat(reminded["due_at"]).astimezone(CHICAGO))
    assert f"nothing by {ends}, we will write once more" in words(lab, PEOPLE[3])
    lab.move_clock(days=6, hours=23)
    lab.deliver(answer_to(last_raw(lab, PEOPLE[0]), "It is Firefox.\n", sender=PEOPLE[0]))
    once(lab)
    waits = "Pending Client Feedback"
    assert statuses(lab) == {"ada": "Outstanding", "bea": waits, "cyd": waits, "dan": waits}
    assert len(lab.smtp.accepted) == 13  # to Ada, whose reply came

    lab.move_clock(hours=1, minutes=2)
    once(lab)
    assert statuses(lab) == {"ada": "Outstanding", "bea": "Stale", "cyd": "Stale", "dan": "Stale"}
    assert len(lab.smtp.accepted) == 16
    stale = ticket(lab, numbers[PEOPLE[1]])
    closes = datetime.fromisoformat(stale["due_at"])
    assert closes - datetime.fromisoformat(stale["status_since"]) == timedelta(days=2)
    assert "close the request on " + day(closes.astimezone(CHICAGO)) in words(lab, PEOPLE[1])
    assert last_mail(lab, PEOPLE[1])["Auto-Submitted"] == "auto-generated"
    assert "21 days" in str(stale["history"][-1]["because"])
    assert stale["history"][-1]["by"] == "timer"

    lab.move_clock(days=2)
    lab.deliver(answer_to(last_raw(lab, PEOPLE[1]), "Please keep it open.\n", sender=PEOPLE[1]))
    once(lab)
    gone = "Client Unreachable"
    assert statuses(lab) == {"ada": "Outstanding", "bea": "Outstanding", "cyd": gone, "dan": gone}
    assert "could not reach you" in words(lab, PEOPLE[2])
    assert ticket(lab, numbers[PEOPLE[2]])["open"] is False

    lab.deliver(answer_to(last_raw(lab, PEOPLE[2]), "I was ill. The page is still white.\n", sender=PEOPLE[2]))
    lab.move_clock(hours=1)
    once(lab)
    assert statuses(lab) == {"ada": "Outstanding", "bea": "Outstanding", "cyd": "Outstanding", "dan": gone}
    assert "open again" in words(lab, PEOPLE[2])
    assert [move["to"] for move in ticket(lab, numbers[PEOPLE[2]])["history"]] == [
        "Outstanding",
        waits,
        "Stale",
        gone,
        "Outstanding",
    ]
    lab.move_clock(days=60)
    sent = len(lab.smtp.accepted)
    once(lab)
    assert len(lab.smtp.accepted) == sent  # the ball is with us, or the ticket is closed: no timer runs


def test_an_appointment_ends_with_its_day_in_the_teams_zone_also_when_the_clocks_change(lab: Lab) -> None:
    set_clock(lab, datetime(2026, 10, 30, 12, tzinfo=CHICAGO))
    autumn, spring, clock, deferred = PEOPLE
    numbers = open_tickets(lab, PEOPLE)
    appointment, waits = "Appointment Scheduled", "With Development - Deferred"
    do(lab, "set", str(numbers[deferred]), waits, "--until", "2026-11-02")
    assert ticket(lab, numbers[deferred])["due_at"] == "2026-11-02T06:00:00Z"  # with the day, not after it
    do(lab, "set", str(numbers[autumn]), appointment, "--until", "2026-11-01")  # 25 hours long
    do(lab, "set", str(numbers[spring]), appointment, "--until", "2027-03-14")  # 23 hours long
    do(lab, "set", str(numbers[clock]), appointment, "--until", "2026-11-02T14:00")
    assert ticket(lab, numbers[autumn])["due_at"] == "2026-11-02T05:59:59Z"
    assert ticket(lab, numbers[spring])["due_at"] == "2027-03-15T04:59:59Z"
    assert ticket(lab, numbers[clock])["timers"]["until"] == "2026-11-02T20:00:00Z"

    set_clock(lab, datetime(2026, 11, 1, 23, 30, tzinfo=CHICAGO))
    once(lab)
    assert statuses(lab) == {"ada": appointment, "bea": appointment, "cyd": appointment, "dan": waits}
    assert "on Sunday 1 November 2026." in words(lab, autumn)
    assert "on Monday 2 November 2026 at 14:00 (CST)." in words(lab, clock)

    set_clock(lab, datetime(2026, 11, 2, 0, 0, 5, tzinfo=CHICAGO))
    once(lab)
    complete, back = "Appointment Complete", "With Development"
    assert statuses(lab) == {"ada": complete, "bea": appointment, "cyd": appointment, "dan": back}
    assert "has taken place" in words(lab, autumn)

    set_clock(lab, datetime(2027, 3, 14, 23, 30, tzinfo=CHICAGO))
    once(lab)
    assert statuses(lab) == {"ada": complete, "bea": appointment, "cyd": complete, "dan": back}

    set_clock(lab, datetime(2027, 3, 15, 0, 0, 5, tzinfo=CHICAGO))
    lab.deliver(answer_to(last_raw(lab, spring), "We were there.\n", sender=spring))
    once(lab)
    # The reply came first, and took the ball back: what the client has written is not closed unread.
    assert statuses(lab)["bea"] == "Outstanding"


def test_an_absence_is_shown_with_its_end_and_working_days_count_behind_it(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(OFFICE)
    set_clock(lab, datetime(2026, 11, 20, 12, tzinfo=CHICAGO))  # a Friday
    (number,) = open_tickets(lab, PEOPLE[:1]).values()
    do(lab, "set", str(number), "Pending Client Feedback", "--as", "kim@example.test")
    once(lab)
    due = datetime.fromisoformat(ticket(lab, number)["due_at"])
    assert due.astimezone(CHICAGO).date().isoformat() == "2026-12-03"  # 15 working days less 7, without Thanksgiving
    note = "I am out of the office and will be back on 3 December 2026.\n"
    away = answer_to(last_raw(lab, PEOPLE[0]), note, sender=PEOPLE[0], Auto_Submitted="auto-replied")
    lab.deliver(away)
    once(lab)
    digest = ("digest", "--to", "kim@example.test", "--print")
    for said in (do(lab, "tickets"), do(lab, "ticket", str(number)), do(lab, *digest)):
        assert "away until 3 December" in " ".join(said.split())
    held = ticket(lab, number)
    assert held["paused_until"] == held["timers"]["paused_until"] == "2026-12-03T06:00:00Z"
    assert datetime.fromisoformat(held["due_at"]) - due == timedelta(days=12)  # 8 working days, as many as were missed
    sent = len(lab.smtp.accepted)
    set_clock(lab, datetime(2026, 12, 10, 12, tzinfo=CHICAGO))
    once(lab)
    assert len(lab.smtp.accepted) == sent
    assert "away" not in do(lab, "tickets")


def test_set_refuses_in_one_line_what_cannot_be_and_says_what_can(lab: Lab) -> None:
    open_tickets(lab, PEOPLE[:1])
    assert "needs a date" in refused(lab, "set", "1001", "Appointment Scheduled")
    assert "has passed" in refused(lab, "set", "1001", "Appointment Scheduled", "--until", "2020-02-28")
    for text in ("2026-02-30", "soon", "1/12", "0000-00-00", "2026-12-03T99:00", "9999-12-31"):
        assert "--until: " in refused(lab, "set", "1001", "Appointment Scheduled", "--until", text)
    assert "takes no date" in refused(lab, "set", "1001", "Assessment", "--until", "2099-01-01")
    assert 'did you mean "Problem Solved"?' in refused(lab, "set", "1001", "Problm Solved")
    assert '"Outstanding", "Assessment"' in refused(lab, "set", "1001", "x")
    assert "already" in refused(lab, "set", "1001", "outstanding")
    assert "by hand" in refused(lab, "set", "1001", "Stale")
    assert "kim@example.test" in refused(lab, "set", "1001", "Assessment", "--as", "ada@client.example")
    assert "there is no ticket #9999" in refused(lab, "set", "9999", "Assessment")
    kept = ticket(lab, 1001)
    assert (kept["status"], len(kept["history"])) == ("Outstanding", 1)
    do(lab, "set", "1001", "aSSESSMENT", "--as", "KIM@example.test")
    assert ticket(lab, 1001)["history"][-1]["by"] == "kim@example.test"


def by_calendar(lab: Lab, said: str, method: str, sender: str, answers: bytes = b"", **changed: str) -> None:
    lab.deliver(of_calendar(said, method, sender, answers, **changed))
    once(lab)


def tell_kim(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('name = "Kim"\n', 'name = "Kim"\nnotify = ["replied"]\n'))


def test_an_appointment_is_sent_to_the_clients_calendar_and_moved_by_it(lab: Lab) -> None:
    set_clock(lab, datetime(2026, 11, 26, 12, tzinfo=CHICAGO))
    ada, bea = PEOPLE[:2]
    numbers = open_tickets(lab, PEOPLE[:2])
    first, second = numbers[ada], numbers[bea]
    appointment = "Appointment Scheduled"
    do(lab, "set", str(first), appointment, "--until", "2026-12-03T14:00")
    do(lab, "set", str(second), appointment, "--until", "2026-12-04")
    once(lab)
    text, said = invitation(last_raw(lab, ada))
    assert (said.method, said.sequence, said.start) == ("REQUEST", 0, datetime(2026, 12, 3, 20, tzinfo=UTC))
    assert (said.organizer, said.attendee) == (Address("support@example.test", "Support"), Address(ada))
    assert invitation(last_raw(lab, bea))[1].start == date(2026, 12, 4)

    by_calendar(lab, text, "REPLY", ada, PARTSTAT="ACCEPTED")
    shown = ticket(lab, first)
    assert (shown["status"], shown["appointment"]) == (appointment, "accepted")
    assert "appointment accepted" in " ".join(do(lab, "tickets").split())
    by_calendar(lab, text, "REPLY", "eve@evil.example", PARTSTAT="DECLINED")
    assert ticket(lab, first)["appointment"] == "accepted"

    do(lab, "set", str(first), appointment, "--until", "2026-12-03T15:00", "--say", "An hour later, please.")
    once(lab)
    dated = "An hour later, please. Our appointment is on Thursday 3 December 2026 at 15:00 (CST)."
    assert words(lab, ada).startswith(dated)
    moved, said = invitation(last_raw(lab, ada))
    assert (said.uid, said.sequence) == (invitation(last_raw(lab, ada))[1].uid, 1)
    by_calendar(lab, text, "REPLY", ada, PARTSTAT="DECLINED")  # of the first date
    tell_kim(lab)
    by_calendar(lab, moved, "COUNTER", ada, DTSTART="20261205T150000Z")
    counter = (
        f'{ada}, by calendar, on #{first}, now in "{appointment}": the client proposes 2026-12-05 09:00 CST instead'
    )
    assert words(lab, "kim@example.test").startswith(counter)
    shown = ticket(lab, first)
    assert (shown["status"], shown["appointment"], shown["client_replied"]) == (appointment, "invited", True)
    assert any("proposes 2026-12-05 09:00 CST" in line for line in shown["conversation"][-1]["because"])
    by_calendar(lab, moved, "REPLY", ada, PARTSTAT="DECLINED")
    shown = ticket(lab, first)
    assert (shown["status"], shown["appointment"]) == ("Outstanding", "declined")
    assert shown["history"][-1]["because"][0].startswith("the client's calendar says declined")

    do(lab, "set", str(second), "Support Rep Working")
    once(lab)
    canceled = invitation(last_raw(lab, bea))[1]
    assert (canceled.method, canceled.sequence) == ("CANCEL", 1)

    by_calendar(
        lab,
        text,
        "REQUEST",
        ada,
        last_raw(lab, ada),
        UID="theirs@client.example",
        DTSTART="20261210T160000Z",
        SEQUENCE="0",
    )
    assert ticket(lab, first)["appointment"] == "offered"
    do(lab, "set", str(first), appointment)  # theirs: no date is needed
    once(lab)
    accepted = invitation(last_raw(lab, ada))[1]
    assert (accepted.method, accepted.uid, accepted.answer) == ("REPLY", "theirs@client.example", "ACCEPTED")
    assert ticket(lab, first)["timers"]["until"] == "2026-12-10T16:00:00Z"
    set_clock(lab, datetime(2026, 12, 10, 10, 1, tzinfo=CHICAGO))
    once(lab)
    assert ticket(lab, first)["status"] == "Appointment Complete"
