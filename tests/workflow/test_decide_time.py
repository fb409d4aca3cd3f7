"""What follows from time: three weeks, two days, an appointment's date, and clocks that change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.workflow.desk import COURSELEAF, NOW, ticket, told
from tests.workflow.tiny import SOUND, TEMPLATES
from workflow.act import SetStatus
from workflow.decide import decide_action, decide_overdue
from workflow.decision import Decision, Ticket
from workflow.load import load

CHICAGO = ZoneInfo("America/Chicago")


def applied(before: Ticket, decision: Decision, now: datetime) -> Ticket:
    """The ticket as the store keeps it afterwards."""
    since = now if decision.moved else before.status_since
    return replace(
        before,
        status=decision.status,
        status_since=since,
        due_at=decision.due_at,
        reminded=decision.reminded,
        until=decision.until,
        paused_until=decision.paused_until,
        client_replied=decision.client_replied,
    )


def set_to(before: Ticket, status: str, now: datetime, until: datetime | None = None) -> Decision:
    return decide_action(before, SetStatus(status, "kim@example.com", until=until), COURSELEAF, now)


def test_three_weeks_without_an_answer_and_two_days_more_close_a_ticket_with_a_reminder_and_a_warning() -> None:
    asked = ticket("outstanding")
    asked = applied(asked, set_to(asked, "Pending Client Feedback", NOW), NOW)
    assert asked.due_at == NOW + timedelta(days=14)
    reminder = decide_overdue(asked, COURSELEAF, asked.due_at)
    assert (reminder.status, told(reminder)) == (asked.status, ["feedback-reminder automatic pat@example.com"])
    asked = applied(asked, reminder, asked.due_at)
    assert asked.due_at == NOW + timedelta(days=21)

    at = NOW + timedelta(days=21)
    stale = decide_overdue(asked, COURSELEAF, at)
    assert stale.status == "stale"
    assert told(stale) == ["stale automatic pat@example.com"]
    assert stale.because == (
        '21 days in "Pending Client Feedback" have passed: timer moves "Pending Client Feedback" to "Stale"',
    )
    assert stale.due_at == at + timedelta(days=2)

    at += timedelta(days=2)
    closed = decide_overdue(applied(asked, stale, at - timedelta(days=2)), COURSELEAF, at)
    assert closed.status == "client_unreachable"
    assert told(closed) == ["client-unreachable automatic pat@example.com"]
    assert closed.due_at is None

    over = decide_overdue(applied(asked, closed, at), COURSELEAF, at + timedelta(days=900))
    assert (over.status, over.moved, over.notices) == ("client_unreachable", False, ())
    assert over.because == ('"Client Unreachable" has no timer that runs',)


def test_a_timer_that_is_not_due_changes_nothing_and_says_so() -> None:
    asked = ticket(
        "pending_client_feedback", due_at=NOW + timedelta(microseconds=1), client_replied=True, reminded=True
    )
    decision = decide_overdue(asked, COURSELEAF, NOW)
    assert (decision.moved, decision.due_at, decision.client_replied, decision.notices) == (
        False,
        asked.due_at,
        True,
        (),
    )
    assert decision.because == ('"Pending Client Feedback" is not due before 2026-11-22 09:30 UTC',)
    assert decide_overdue(asked, COURSELEAF, NOW + timedelta(microseconds=1)).moved


def test_the_client_has_two_days_even_if_the_timer_was_seen_a_week_late() -> None:
    late, waiting = NOW + timedelta(days=7), ticket("pending_client_feedback", due_at=NOW, reminded=True)
    assert decide_overdue(waiting, COURSELEAF, late).due_at == late + timedelta(days=2)


def test_an_appointment_is_complete_when_its_date_has_passed() -> None:
    date_of_it = datetime(2026, 12, 1, 10, 0, tzinfo=CHICAGO)
    before = ticket("outstanding")
    made = set_to(before, "appointment scheduled", NOW, date_of_it)
    assert made.until == made.due_at == datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    assert made.until.tzinfo is UTC
    kept = applied(before, made, NOW)
    assert not decide_overdue(kept, COURSELEAF, date_of_it - timedelta(seconds=1)).moved
    done = decide_overdue(kept, COURSELEAF, date_of_it)
    assert (done.status, done.until, done.due_at) == ("appointment_complete", None, None)
    assert told(done) == ["appointment-complete automatic pat@example.com"]
    assert done.because[0].startswith("the date 2026-12-01 16:00 UTC has come")


def test_a_deferral_with_a_date_is_with_development_again_on_that_day_and_one_without_waits() -> None:
    day = NOW + timedelta(days=90)
    before = ticket("with_development")
    deferred = applied(before, set_to(before, "With Development - Deferred", NOW, day), NOW)
    assert decide_overdue(deferred, COURSELEAF, day).status == "with_development"
    open_ended = set_to(before, "With Development - Deferred", NOW)
    assert (open_ended.status, open_ended.due_at, open_ended.until) == ("with_development_deferred", None, None)


def test_a_date_that_staff_give_stands_in_place_of_the_usual_days() -> None:
    day = NOW + timedelta(days=5)
    decision = set_to(ticket("outstanding"), "Pending Client Feedback", NOW, day)
    assert decision.due_at == decision.until == day
    kept = applied(ticket("outstanding"), decision, NOW)
    assert decide_overdue(kept, COURSELEAF, day).because[0].startswith("the date 2026-11-27 09:30 UTC has come")


@pytest.mark.parametrize(
    "now", [datetime(2027, 3, 10, 1, 30, tzinfo=CHICAGO), datetime(2026, 10, 25, 1, 30, tzinfo=CHICAGO)]
)
def test_three_weeks_are_as_long_when_the_clocks_change_in_them(now: datetime) -> None:
    due = set_to(ticket("outstanding"), "Pending Client Feedback", now).due_at
    assert due
    assert due - now.astimezone(UTC) == timedelta(days=14)
    assert due.astimezone(CHICAGO).hour != now.hour  # the wall clock did change


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_two_hours(fold: int) -> None:
    twice = datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO, fold=fold)
    decision = set_to(ticket("outstanding"), "Appointment Scheduled", datetime(2026, 10, 31, tzinfo=UTC), twice)
    assert decision.until == datetime(2026, 11, 1, 6 + fold, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_a_fault_of_the_caller() -> None:
    naive = NOW.replace(tzinfo=None)
    for call in (
        lambda: decide_overdue(ticket("stale", due_at=NOW), COURSELEAF, naive),
        lambda: set_to(ticket("outstanding"), "Stale", naive),
        lambda: set_to(ticket("outstanding"), "Appointment Scheduled", NOW, naive),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            call()


def test_a_timer_can_have_a_notice_of_its_own() -> None:
    text = SOUND.replace('to = "done" }\n\n[status.done]', 'to = "done", tell_client = "stale" }\n\n[status.done]')
    team = load(text, "tiny.toml", TEMPLATES)
    assert team != load(SOUND, "tiny.toml", TEMPLATES)
    assert told(decide_overdue(ticket("stale", due_at=NOW), team, NOW)) == ["stale automatic pat@example.com"]


def test_a_timer_that_the_workflow_no_longer_has_is_dropped() -> None:
    for status in ("outstanding", "gone"):
        decision = decide_overdue(ticket(status, due_at=NOW, until=NOW), COURSELEAF, NOW)
        assert (decision.status, decision.due_at, decision.until) == (status, None, None)
