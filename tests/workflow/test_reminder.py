"""A timer that reminds: once, with time left after it, and never for a date that has passed."""

from datetime import date, datetime, timedelta

import pytest

from tests.workflow.desk import CLIENT, NOW, SERVICE_DESK, mail, ticket, told
from tests.workflow.tiny import SOUND, TEMPLATES
from workflow.act import SetStatus
from workflow.after import after
from workflow.decide import decide_action, decide_overdue
from workflow.decision import Ticket
from workflow.load import load

WEEK = timedelta(days=7)
# An appointment of which the client is reminded a day before.
DATED = load(
    SOUND.replace(
        'timer = { after_days = 2, to = "done" }',
        'timer = { on_date = true, to = "done", remind_client = "stale", remind_days_before = 1 }\nneeds_date = true',
    )
    .replace('timer = { after_days = 21, to = "stale" }\n', "")
    .replace('  "todo",\n', '  "todo",\n  "stale",\n'),
    "tiny.toml",
    TEMPLATES,
)


def asked(until: datetime | None = None) -> Ticket:
    before = ticket("waiting_for_support", workflow="service-desk")
    act = SetStatus("Waiting for Customer", "kim@example.com", until=until)
    return after(before, decide_action(before, act, SERVICE_DESK, NOW), NOW)


def test_a_late_reminder_still_leaves_the_client_the_whole_time() -> None:
    late = NOW + timedelta(days=100)
    reminder = decide_overdue(asked(), SERVICE_DESK, late)
    assert (reminder.status, reminder.due_at) == ("waiting_for_customer", late + WEEK)


def test_a_status_that_is_entered_again_reminds_again() -> None:
    reminded = after(asked(), decide_overdue(asked(), SERVICE_DESK, NOW + 2 * WEEK), NOW + 2 * WEEK)
    back = after(reminded, mail(reminded, "client_reply", flow=SERVICE_DESK), NOW + 2 * WEEK)
    assert (back.status, back.reminded, back.due_at) == ("waiting_for_support", False, None)
    again = decide_action(back, SetStatus("Waiting for Customer", "kim@example.com"), SERVICE_DESK, NOW + 3 * WEEK)
    assert (again.reminded, again.due_at) == (False, NOW + 5 * WEEK)


def test_an_absence_after_the_reminder_holds_up_the_end_and_reminds_nobody_again() -> None:
    at = NOW + 2 * WEEK
    reminded = after(asked(), decide_overdue(asked(), SERVICE_DESK, at), at)
    note = mail(reminded, "out_of_office", flow=SERVICE_DESK, now=at, return_date=date(2026, 12, 16))
    away = after(reminded, note, at)
    assert away.reminded
    assert away.due_at == reminded.due_at + timedelta(days=9, hours=14, minutes=30)  # type: ignore[operator]
    assert decide_overdue(away, SERVICE_DESK, away.due_at).status == "canceled"  # type: ignore[arg-type]


def test_absences_before_and_after_it_hold_a_ticket_up_for_sixty_days_in_all() -> None:
    far = date(2027, 12, 1)
    held = after(asked(), mail(asked(), "out_of_office", flow=SERVICE_DESK, return_date=far), NOW)
    assert held.due_at == NOW + 2 * WEEK + timedelta(days=60)
    reminded = after(held, decide_overdue(held, SERVICE_DESK, held.due_at), held.due_at)  # type: ignore[arg-type]
    assert reminded.due_at == NOW + 3 * WEEK + timedelta(days=60)
    note = mail(reminded, "out_of_office", flow=SERVICE_DESK, now=held.due_at, return_date=far)  # type: ignore[arg-type]
    assert note.due_at == reminded.due_at


@pytest.mark.parametrize(("days", "first"), [(20, 13), (8, 1), (7, 7), (3, 3)])
def test_a_date_that_staff_gave_is_the_end_and_the_reminder_comes_before_it_if_there_is_time(
    days: int, first: int
) -> None:
    end = NOW + timedelta(days=days)
    before = asked(end)
    assert before.due_at == NOW + timedelta(days=first)
    decision = decide_overdue(before, SERVICE_DESK, before.due_at)
    if first == days:
        assert decision.status == "canceled"
        return
    assert told(decision) == ["customer-reminder automatic pat@example.com"]
    assert decision.due_at == end
    assert decide_overdue(after(before, decision, before.due_at), SERVICE_DESK, end).status == "canceled"


def test_a_reminder_that_was_missed_together_with_the_date_is_not_sent() -> None:
    decision = decide_overdue(asked(NOW + 2 * WEEK), SERVICE_DESK, NOW + 2 * WEEK)
    assert told(decision) == ["canceled-without-answer automatic pat@example.com"]


def test_an_appointment_can_be_remembered_the_day_before() -> None:
    day = NOW + timedelta(days=5)
    before = ticket("todo", workflow="tiny")
    made = after(before, decide_action(before, SetStatus("Stale", "kim@example.com", until=day), DATED, NOW), NOW)
    assert made.due_at == day - timedelta(days=1)
    reminder = decide_overdue(made, DATED, made.due_at)
    assert (told(reminder), reminder.due_at) == (["stale automatic pat@example.com"], day)
    assert decide_overdue(after(made, reminder, made.due_at), DATED, day).status == "done"


def test_a_machines_ticket_runs_its_time_and_reminds_nobody() -> None:
    silent = ticket("waiting_for_customer", workflow="service-desk", due_at=NOW, silent="a machine opened it")
    decision = decide_overdue(silent, SERVICE_DESK, NOW)
    assert (decision.notices, decision.reminded, decision.due_at) == ((), True, NOW + WEEK)
    assert decision.because[-1] == "the client is not reminded: a machine opened it"


def test_a_ticket_whose_timer_began_before_the_workflow_had_a_reminder_is_reminded_when_it_is_due() -> None:
    old = ticket("waiting_for_customer", workflow="service-desk", requester=CLIENT, due_at=NOW)
    assert told(decide_overdue(old, SERVICE_DESK, NOW)) == ["customer-reminder automatic pat@example.com"]
