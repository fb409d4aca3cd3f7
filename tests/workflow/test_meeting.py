"""An appointment in two calendars: invited, moved, dropped; accepted, declined, countered; and nothing else moves by a calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from inbound.message import Address, Appointment
from tests.workflow.desk import BOTH, CLIENT, COURSELEAF, MESSAGE, NOW, ticket, told, verdict
from tests.workflow.tiny import SOUND, faults
from workflow.act import SetStatus, Undo
from workflow.after import after
from workflow.decide import decide, decide_action, decide_overdue
from workflow.decision import Decision, Ticket
from workflow.meeting import Attendance, Meeting

AT = NOW + timedelta(days=9)
SCHEDULED = "Appointment Scheduled"


def put(
    before: Ticket, status: str, until: datetime | date | None = None, now: datetime = NOW
) -> tuple[Decision, Ticket]:
    decision = decide_action(before, SetStatus(status, "kim@example.com", until=until), COURSELEAF, now)
    return decision, after(before, decision, now)


def came(on: Ticket, method: str, *, invited: bool = True, sender: Address = CLIENT, **more: Any) -> Decision:
    """What follows from a calendar's message."""
    said = Appointment(method, **({"uid": "u1"} | more))
    judged = verdict("calendar", sender=sender, appointment=said)
    return decide(on, MESSAGE, judged, COURSELEAF, NOW, number=0, mailbox="s", role="support", invited=invited)


def scheduled() -> Ticket:
    return put(ticket("outstanding"), SCHEDULED, AT)[1]


def test_an_invitation_goes_with_the_notice_and_a_new_date_is_its_next_version() -> None:
    first, made = put(ticket("outstanding"), SCHEDULED, AT)
    assert told(first) == ["appointment-scheduled automatic pat@example.com"]
    assert (first.calls, made.meeting) == (True, Meeting(AT, 0, Attendance.INVITED))
    later, moved = put(replace(made, meeting=Meeting(AT, 0, Attendance.ACCEPTED)), SCHEDULED, AT + timedelta(hours=2))
    assert (later.calls, moved.meeting) == (True, Meeting(AT + timedelta(hours=2), 1, Attendance.INVITED))


def test_staff_who_drop_it_cancel_it_in_the_notice_that_goes_out_or_in_one_of_its_own() -> None:
    own, back = put(scheduled(), "Outstanding")
    assert (own.calls, told(own)) == (True, ["appointment-canceled automatic pat@example.com"])
    assert back.meeting == Meeting(AT, 1, Attendance.CANCELED)
    solved, _ = put(scheduled(), "Problem Solved")
    assert (solved.calls, told(solved)) == (True, ["problem-solved automatic pat@example.com"])
    undone = decide_action(scheduled(), Undo("kim@example.com", "outstanding"), COURSELEAF, NOW)
    assert (undone.calls, told(undone)) == (True, ["appointment-canceled automatic pat@example.com"])
    again, _ = put(back, SCHEDULED, AT)
    assert again.meeting == Meeting(AT, 2, Attendance.INVITED)  # newer than what was canceled


def test_what_has_taken_place_was_declined_or_is_a_machines_is_not_canceled() -> None:
    over = decide_overdue(scheduled(), COURSELEAF, AT)
    assert (over.status, over.calls) == ("appointment_complete", False)
    late, _ = put(scheduled(), "Problem Solved", now=AT + timedelta(hours=1))
    assert not late.calls
    declined = after(scheduled(), came(scheduled(), "REPLY", answer="DECLINED"), NOW)
    assert not put(declined, "Problem Solved")[0].calls
    silent, _ = put(ticket("outstanding", silent="a machine opened it"), SCHEDULED, AT)
    assert (silent.calls, silent.notices, silent.meeting) == (False, (), None)


def test_a_clients_words_take_the_ball_and_leave_the_appointment() -> None:
    on = scheduled()
    reply = decide(on, MESSAGE, verdict("client_reply"), COURSELEAF, NOW, number=0, mailbox="s", role="support")
    assert (reply.status, reply.calls, reply.meeting) == ("outstanding", False, on.meeting)


@pytest.mark.parametrize(
    ("method", "answer", "status", "attendance"),
    [
        ("REPLY", "ACCEPTED", "appointment_scheduled", Attendance.ACCEPTED),
        ("REPLY", "TENTATIVE", "appointment_scheduled", Attendance.TENTATIVE),
        ("REPLY", "DECLINED", "outstanding", Attendance.DECLINED),
        ("CANCEL", "", "outstanding", Attendance.DECLINED),
        ("COUNTER", "", "appointment_scheduled", Attendance.INVITED),
        ("REPLY", "NEEDS-ACTION", "appointment_scheduled", Attendance.INVITED),
        ("REFRESH", "", "appointment_scheduled", Attendance.INVITED),
    ],
)
def test_the_clients_calendar_answers(method: str, answer: str, status: str, attendance: Attendance) -> None:
    decision = came(scheduled(), method, answer=answer, start=AT + timedelta(days=1))
    assert (decision.status, decision.notices, decision.calls) == (status, (), False)
    assert decision.meeting
    assert decision.meeting.answer is attendance
    assert decision.client_replied is (method == "COUNTER")
    assert decision.due_at == (AT if status == "appointment_scheduled" else None)
    if method == "COUNTER":
        assert decision.because[0].startswith("the client proposes 2026-12-02 09:30 UTC instead")


def test_what_answers_no_invitation_of_ours_or_an_older_one_or_comes_from_another_moves_nothing() -> None:
    moved = put(scheduled(), SCHEDULED, AT + timedelta(hours=2))[1]
    no: dict[str, Any] = {"answer": "DECLINED"}
    for decision in (
        came(moved, "REPLY", **no),  # sequence 0: of the date before
        came(moved, "REPLY", invited=False, sequence=9, **no),
        came(moved, "CANCEL", invited=False, sequence=9),
        came(moved, "REPLY", sender=Address("lee@example.com"), sequence=1, **no),
        came(ticket("pending_client_feedback", due_at=AT), "REPLY", **no),
    ):
        assert (decision.moved, decision.client_replied, decision.notices) == (False, False, ())
    assert came(moved, "REPLY", sequence=1, **no).status == "outstanding"


def test_a_clients_invitation_is_shown_accepted_by_staff_moved_and_canceled_by_the_client() -> None:
    asked = came(ticket("outstanding"), "REQUEST", invited=False, start=AT)
    assert (asked.status, asked.client_replied) == ("outstanding", True)
    assert asked.because == ('the client invites us for 2026-12-01 09:30 UTC: "Outstanding" stays until staff accept',)
    accepted, made = put(after(ticket("outstanding"), asked, NOW), SCHEDULED)
    assert (accepted.calls, accepted.until, made.meeting) == (True, AT, Meeting(AT, 0, Attendance.ACCEPTED, "u1"))
    later = AT + timedelta(days=1)
    moved = came(made, "REQUEST", invited=False, start=later, sequence=1)
    assert (moved.status, moved.until, moved.due_at) == ("appointment_scheduled", later, later)
    gone = came(after(made, moved, NOW), "CANCEL", invited=False, sequence=2)
    assert (gone.status, gone.meeting) == ("outstanding", Meeting(later, 1, Attendance.DECLINED, "u1"))
    withdrawn = came(after(ticket("outstanding"), asked, NOW), "CANCEL", invited=False)
    assert (withdrawn.moved, withdrawn.meeting) == (False, Meeting(AT, 0, Attendance.DECLINED, "u1"))
    ours, _ = put(made, SCHEDULED, later)
    assert ours.meeting == Meeting(later, 0, Attendance.INVITED)  # another date is an invitation of our own


def test_an_invitation_that_has_passed_or_has_no_date_or_stands_beside_ours_offers_nothing() -> None:
    naive = datetime(2026, 12, 1, 9, 30)  # noqa: DTZ001 - a floating time is the team's
    assert came(ticket("outstanding"), "REQUEST", invited=False, start=naive).meeting == Meeting(
        AT, 0, Attendance.OFFERED, "u1"
    )
    day = came(ticket("outstanding"), "REQUEST", invited=False, start=date(2026, 12, 1)).meeting
    assert day
    assert day.at == datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)
    for start in (None, NOW, NOW - timedelta(days=1), date.min, date.max, datetime.max.replace(tzinfo=UTC)):
        assert came(ticket("outstanding"), "REQUEST", invited=False, start=start).meeting is None
    on = scheduled()
    assert came(on, "REQUEST", invited=False, start=AT + timedelta(days=3)).meeting == on.meeting


def test_a_workflow_without_appointments_keeps_what_calendars_say() -> None:
    desk = BOTH[1]
    judged = verdict("calendar", appointment=Appointment("REPLY", "u1", answer="DECLINED"))
    on = ticket("waiting_for_customer", workflow="service-desk", due_at=AT)
    decision = decide(on, MESSAGE, judged, desk, NOW, number=0, mailbox="s", role="support", invited=True)
    assert (decision.moved, decision.due_at) == (False, AT)


def test_lint_refuses_an_appointment_without_a_date_and_one_that_leads_nowhere() -> None:
    (told_,) = faults(
        SOUND.replace("timer = { after_days = 2,", 'appointment = { to = "todo" }\ntimer = { after_days = 2,')
    )
    assert "appointment stands without a timer on its date" in told_
    dated = 'needs_date = true\nappointment = { to = "tood" }\ntimer = { on_date = true,'
    sound = SOUND.replace("timer = { after_days = 2,", dated).replace('timer = { after_days = 21, to = "stale" }\n', "")
    (told_,) = faults(sound.replace('  "done",\n', '  "done",\n  "stale",\n'))
    assert 'appointment leads to "tood", which does not exist' in told_
