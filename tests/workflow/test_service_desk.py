"""The service desk's workflow is its owner's: names to the letter, and every row of its table, walked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbound.message import Address
from tests.workflow.desk import CLIENT, NOW, SERVICE_DESK, mail, ticket, told
from tests.workflow.walking import contrast_with_white, walk
from workflow.act import SetStatus
from workflow.after import after
from workflow.decide import decide_action, decide_overdue
from workflow.decision import Priority
from workflow.machine import Ball, Nature, Status

# Name, open, ball with.
STATUSES = [
    ("Waiting for Support", True, Ball.US),
    ("Waiting for Customer", True, Ball.CLIENT),
    ("Scoping with Team", True, Ball.THIRD_PARTY),
    ("In Progress", True, Ball.THIRD_PARTY),
    ("Blocked/On Hold", True, Ball.THIRD_PARTY),
    ("Waiting for Customer Approval", True, Ball.CLIENT),
    ("Done", False, Ball.NOBODY),
    ("Canceled", False, Ball.NOBODY),
    ("Declined", False, Ball.NOBODY),
]

# What each event does to a ticket of each status, by the letters of `walking`: S is Waiting for Support, D is Done.
# client_reply thanks approval cc_only escalation staff_reply team_reply third_party_reply out_of_office auto_reply bounce
# receipt calendar bulk spam notification system_report
WALK = """
Waiting for Support            r r r r + . . r . . . . . . . . .
Waiting for Customer           S r S r S . . S . . . . . . . . .
Scoping with Team              r r r r + . . r . . . . . . . . .
In Progress                    r r r r + . . r . . . . . . . . .
Blocked/On Hold                r r r r + . . S . . . . . . . . .
Waiting for Customer Approval  S r D r S . . S . . . . . . . . .
Done                           S . S . S . . S . . . . . . . . .
Canceled                       S . S . S . . S . . . . . . . . .
Declined                       S . S . S . . S . . . . . . . . .
"""

# The notice to the client when staff set the status.
ENTRY = {
    "Waiting for Customer": "waiting-for-customer personal",
    "Scoping with Team": "scoping-with-team automatic",
    "In Progress": "in-progress automatic",
    "Blocked/On Hold": "blocked-on-hold automatic",
    "Waiting for Customer Approval": "waiting-for-customer-approval personal",
    "Done": "done automatic",
    "Canceled": "canceled automatic",
    "Declined": "reply personal",
}

# What staff may set only from some statuses; all else they may set from anywhere.
OPEN = {name for name, is_open, _ in STATUSES if is_open}
ONLY_FROM = {"In Progress": OPEN, "Waiting for Customer Approval": OPEN}


def test_the_names_are_the_owners_to_the_letter_and_the_ball_is_where_the_table_says() -> None:
    assert [(each.name, each.open, each.ball) for each in SERVICE_DESK.statuses.values()] == STATUSES


def test_every_event_in_every_status_does_what_the_table_says() -> None:
    walked = walk(SERVICE_DESK, {"waiting_for_support": "S", "done": "D"})
    print(walked)
    assert walked == WALK


@pytest.mark.parametrize("there", SERVICE_DESK.statuses.values(), ids=lambda status: status.key)
def test_staff_may_set_what_the_table_allows_and_the_client_hears_of_it(there: Status) -> None:
    for here in SERVICE_DESK.statuses.values():
        before = ticket(here.key, workflow="service-desk")
        act = SetStatus(there.name, "kim@example.com", says=there.needs_words)
        decision = decide_action(before, act, SERVICE_DESK, NOW)
        may = here is not there and here.name in ONLY_FROM.get(there.name, {here.name})
        assert bool(decision.refused) is not may, (here.name, there.name)
        assert decision.status == (there.key if may else here.key)
        sent = [f"{notice.name} {notice.nature}" for notice in decision.notices]
        assert sent == ([ENTRY[there.name]] if may and there.name in ENTRY else [])


@pytest.mark.parametrize(
    ("kind", "opened", "tags", "answers"),
    [
        ("new_ticket", "Waiting for Support", (), ["received acknowledgement pat@example.com"]),
        ("escalation", "Waiting for Support", ("escalated",), ["escalated acknowledgement pat@example.com"]),
        ("cc_only", "Canceled", ("cc-only",), []),
        ("out_of_office", "Canceled", ("out-of-office",), []),
        ("system_report", "Waiting for Support", (), []),
        ("notification", "Waiting for Support", (), []),
        ("calendar", "Waiting for Support", (), []),
    ],
)
def test_what_opens_a_ticket_and_as_what(kind: str, opened: str, tags: tuple[str, ...], answers: list[str]) -> None:
    decision = mail(None, kind, flow=SERVICE_DESK)
    status = SERVICE_DESK.statuses[decision.status]
    assert (status.name, decision.tags, told(decision)) == (opened, tags, answers)
    assert decision.because[0] == f'{kind} in support opens #2001 as "{opened}"'
    assert decision.priority is (Priority.HIGH if kind == "escalation" else Priority.NORMAL)


@pytest.mark.parametrize("status", [each.key for each in SERVICE_DESK.statuses.values()])
def test_an_escalation_raises_the_priority_in_every_status_and_is_answered_once(status: str) -> None:
    before = ticket(status, workflow="service-desk")
    decision = mail(before, "escalation", flow=SERVICE_DESK)
    assert (decision.priority, decision.tags) == (Priority.HIGH, ("escalated",))
    assert told(decision) == ["escalated acknowledgement pat@example.com"]
    urgent = mail(ticket(status, workflow="service-desk", priority=Priority.URGENT), "escalation", flow=SERVICE_DESK)
    assert urgent.priority is Priority.URGENT


def test_the_second_copy_of_a_mail_at_the_escalate_address_raises_its_ticket_and_answers_nobody() -> None:
    for status, there in (("in_progress", "in_progress"), ("waiting_for_customer", "waiting_for_support")):
        copy = mail(ticket(status, workflow="service-desk"), "duplicate", role="escalate", flow=SERVICE_DESK)
        assert (copy.status, copy.priority, copy.tags, copy.notices) == (there, Priority.HIGH, ("escalated",), ())


def test_a_copied_conversation_that_turns_to_us_is_a_request() -> None:
    before = ticket("canceled", workflow="service-desk", tags=("cc-only",))
    decision = mail(before, "new_ticket", flow=SERVICE_DESK)
    assert (decision.status, told(decision)) == ("waiting_for_support", ["reopened acknowledgement pat@example.com"])


def test_three_weeks_without_an_answer_and_a_reminder_in_the_third_cancel_a_ticket() -> None:
    open_ = ticket("waiting_for_support", workflow="service-desk")
    asked = decide_action(open_, SetStatus("Waiting for Customer", "kim@example.com"), SERVICE_DESK, NOW)
    before = after(open_, asked, NOW)
    assert before.due_at == NOW + timedelta(days=14)

    early = decide_overdue(before, SERVICE_DESK, NOW + timedelta(days=14, microseconds=-1))
    assert (early.moved, early.notices, early.reminded) == (False, (), False)

    at = NOW + timedelta(days=14)
    reminder = decide_overdue(before, SERVICE_DESK, at)
    assert (reminder.status, reminder.moved, reminder.reminded) == ("waiting_for_customer", False, True)
    assert told(reminder) == ["customer-reminder automatic pat@example.com"]
    assert reminder.because == ('timer reminds the client: "Waiting for Customer" stays until 2026-12-13 09:30 UTC',)
    reminded = after(before, reminder, at)
    assert (reminded.due_at, reminded.status_since) == (NOW + timedelta(days=21), NOW)
    assert decide_overdue(reminded, SERVICE_DESK, at).notices == ()

    canceled = decide_overdue(reminded, SERVICE_DESK, NOW + timedelta(days=21))
    assert (canceled.status, canceled.due_at, canceled.reminded) == ("canceled", None, False)
    assert told(canceled) == ["canceled-without-answer automatic pat@example.com"]
    assert canceled.because[0].startswith('21 days in "Waiting for Customer" have passed')


def test_a_week_without_an_answer_closes_what_waits_for_approval_with_a_reminder_two_days_before() -> None:
    before = ticket("in_progress", workflow="service-desk")
    shown = SetStatus("Waiting for Customer Approval", "kim@example.com")
    waits = after(before, decide_action(before, shown, SERVICE_DESK, NOW), NOW)
    assert waits.due_at == NOW + timedelta(days=5)
    reminder = decide_overdue(waits, SERVICE_DESK, waits.due_at)
    assert told(reminder) == ["approval-reminder automatic pat@example.com"]
    assert (reminder.status, reminder.due_at) == (waits.status, NOW + timedelta(days=7))
    reminded = after(waits, reminder, waits.due_at)
    decision = decide_overdue(reminded, SERVICE_DESK, NOW + timedelta(days=7))
    assert (decision.status, told(decision)) == ("done", ["done-without-answer automatic pat@example.com"])
    status = SERVICE_DESK.statuses["waiting_for_customer_approval"]
    assert status.timer
    assert status.timer.after == timedelta(days=7)


def test_a_yes_closes_and_anything_else_that_the_client_says_brings_the_ticket_back() -> None:
    waits = ticket("waiting_for_customer_approval", workflow="service-desk", due_at=NOW + timedelta(days=3))
    yes = mail(waits, "client_reply", flow=SERVICE_DESK, approves=True)
    assert (yes.status, told(yes)) == ("done", ["approved acknowledgement pat@example.com"])
    assert yes.because == ('approval moves "Waiting for Customer Approval" to "Done"',)
    both = mail(waits, "client_reply", flow=SERVICE_DESK, approves=True, thanks=True)
    assert both.status == "done"
    no = mail(waits, "client_reply", flow=SERVICE_DESK)
    assert (no.status, told(no)) == ("waiting_for_support", ["reply-received acknowledgement pat@example.com"])
    thanks = mail(waits, "client_reply", flow=SERVICE_DESK, thanks=True)
    assert (thanks.moved, thanks.due_at, thanks.client_replied) == (False, waits.due_at, True)
    stranger = mail(waits, "client_reply", flow=SERVICE_DESK, approves=True, pending=True)
    assert (stranger.moved, stranger.notices) == (False, ())
    manager = mail(waits, "escalation", flow=SERVICE_DESK, approves=True)
    assert manager.status == "waiting_for_support"


def test_what_is_on_hold_until_a_day_comes_back_to_us_on_that_day() -> None:
    act = SetStatus("blocked/on hold", "kim@example.com", until=NOW + timedelta(days=9))
    before = ticket("in_progress", workflow="service-desk")
    held = after(before, decide_action(before, act, SERVICE_DESK, NOW), NOW)
    assert held.due_at == NOW + timedelta(days=9)
    back = decide_overdue(held, SERVICE_DESK, NOW + timedelta(days=9))
    assert (back.status, back.notices) == ("waiting_for_support", ())


def test_every_status_has_two_meanings_and_a_colour_that_can_be_read_under_white_letters() -> None:
    for status in SERVICE_DESK.statuses.values():
        for meaning in (status.client_meaning, status.staff_meaning):
            assert 20 < len(meaning) < 140, meaning
            assert meaning.endswith((".", "?")), meaning
        assert contrast_with_white(status.colour) >= 4.5, status.name  # WCAG 2.2, 1.4.3
    for each in ("client_meaning", "staff_meaning", "colour"):
        assert len({getattr(status, each) for status in SERVICE_DESK.statuses.values()}) == 9


def test_each_notice_is_the_kind_of_mail_that_it_should_be() -> None:
    by_nature = {nature: {n for n, form in SERVICE_DESK.notices.items() if form.nature is nature} for nature in Nature}
    assert by_nature[Nature.ACKNOWLEDGEMENT] == {"received", "escalated", "reopened", "reply-received", "approved"}
    assert by_nature[Nature.PERSONAL] == {"waiting-for-customer", "waiting-for-customer-approval", "reply"}
    assert len(by_nature[Nature.AUTOMATIC]) == 9


def test_the_answer_of_a_vendor_who_takes_part_brings_what_is_on_hold_back_and_no_other_reply_does() -> None:
    held = ticket("blocked_on_hold", workflow="service-desk", due_at=NOW + timedelta(days=9))
    lee = Address("lee@Vendor.example", "Lee")
    came = mail(held, "client_reply", flow=SERVICE_DESK, sender=lee)
    assert (came.status, came.due_at, told(came)) == ("waiting_for_support", None, [])
    assert came.because == ('third_party_reply moves "Blocked/On Hold" to "Waiting for Support"',)
    for sender in (CLIENT, Address("sam@EXAMPLE.com", "Sam")):
        kept = mail(held, "client_reply", flow=SERVICE_DESK, sender=sender)
        assert (kept.moved, kept.due_at, kept.client_replied) == (False, held.due_at, True)
    stranger = mail(held, "client_reply", flow=SERVICE_DESK, sender=lee, pending=True)
    robot = mail(held, "auto_reply", flow=SERVICE_DESK, sender=lee)
    assert not stranger.moved
    assert not robot.moved


def test_a_client_is_told_why_a_request_is_declined_and_a_machine_is_told_nothing() -> None:
    waiting = ticket("waiting_for_support", workflow="service-desk")
    act = SetStatus("declined", "kim@example.com")
    assert decide_action(waiting, act, SERVICE_DESK, NOW).refused == ('"Declined" needs words to the client: say why')
    machines = replace(waiting, silent="a machine opened it")
    closed = decide_action(machines, act, SERVICE_DESK, NOW)
    assert (closed.status, closed.notices) == ("declined", ())
