"""What follows from one mail, on a ticket or on none."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from classifier.verdict import Hint, Kind, Look, ReportRule, What
from inbound.message import Address
from tests.workflow.desk import BOTH, CLIENT, COURSELEAF, MESSAGE, NOW, SERVICE_DESK, mail, ticket, told, verdict
from workflow.decide import decide
from workflow.decision import Priority
from workflow.machine import Workflow

OPENED = {
    "new_ticket": ("outstanding", ["received acknowledgement pat@example.com"]),
    "client_reply": ("outstanding", ["received acknowledgement pat@example.com"]),
    "escalation": ("manager_escalation", ["escalated acknowledgement pat@example.com"]),
    "cc_only": ("cc_only", []),
    "out_of_office": ("ooto_only", []),
    "system_report": ("daily_sh_logs", []),
    "notification": ("outstanding", []),
    "calendar": ("outstanding", []),
    "staff_reply": ("outstanding", []),
    "staff_command": ("outstanding", []),
}
PARKED = {"bulk", "spam", "receipt", "duplicate", "own_mail", "bounce", "auto_reply"}


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_that_joins_no_ticket_opens_one_or_is_parked_with_its_reason(kind: Kind) -> None:
    decision = mail(None, kind)
    assert set(Kind) == PARKED | set(OPENED)
    assert (bool(decision.parked), decision.opens) == (kind in PARKED, kind in OPENED)
    if decision.opens:
        assert (decision.status, told(decision)) == OPENED[kind]
        assert decision.was == ""
        assert decision.moved
        assert decision.due_at is None
        assert "#2001" in decision.because[0]
    else:
        assert (decision.status, decision.notices) == ("", ())


def test_an_escalation_opens_with_high_priority_and_other_mail_with_normal() -> None:
    assert mail(None, "escalation").priority is Priority.HIGH
    assert mail(None, "new_ticket").priority is Priority.NORMAL


def test_a_mail_that_may_not_be_answered_opens_a_ticket_in_silence_and_says_why() -> None:
    decision = mail(None, "new_ticket", no_answer="List-Id: <all.example.org>")
    assert decision.opens
    assert decision.notices == ()
    assert decision.because[1:] == ("not answered: List-Id: <all.example.org>",)


def test_the_answer_goes_to_the_person_behind_a_web_form() -> None:
    asker = Address("lee@example.org", "Lee")
    assert told(mail(None, "new_ticket", sender=asker)) == ["received acknowledgement lee@example.org"]
    assert told(mail(None, "new_ticket", sender=None)) == ["received acknowledgement pat@example.com"]


def test_a_ticket_that_a_mail_names_but_may_not_join_is_shown_to_staff() -> None:
    decision = mail(None, "new_ticket", possibly=1042)
    assert (decision.opens, decision.possibly, decision.facts) == (True, 1042, ())


def test_a_reply_to_our_question_brings_the_ticket_back() -> None:
    asked = ticket("pending_client_feedback", due_at=NOW + timedelta(days=20), client_replied=True, tags=("vip",))
    decision = mail(asked, "client_reply")
    assert (decision.was, decision.status) == ("pending_client_feedback", "outstanding")
    assert told(decision) == ["reply-received acknowledgement pat@example.com"]
    assert (decision.due_at, decision.client_replied, decision.tags) == (None, False, ("vip",))


def test_the_answer_to_a_colleagues_reply_goes_to_the_colleague_who_wrote() -> None:
    decision = mail(ticket("stale"), "client_reply", sender=Address("lee@example.com"))
    assert told(decision) == ["reply-received acknowledgement lee@example.com"]


def test_the_ticket_of_a_machine_is_silent_until_a_person_writes_from_its_address() -> None:
    opened = mail(None, "out_of_office", no_answer="it is out_of_office", silent="it is out_of_office")
    assert opened.silent == "it is out_of_office"
    ooto = ticket("ooto_only", silent=opened.silent)
    assert mail(ooto, "bounce", silent="it is bounce").silent == opened.silent
    assert mail(ooto, "client_reply", sender=Address("lee@example.com")).silent == opened.silent
    assert mail(ooto, "client_reply").silent == ""


def test_a_reply_on_patch_waiting_is_a_deploy_request() -> None:
    decision = mail(ticket("patch_waiting", tags=("cim",)), "client_reply")
    assert (decision.status, decision.tags) == ("outstanding", ("cim", "deploy-request"))
    assert mail(ticket("patch_waiting", tags=decision.tags), "client_reply").tags == decision.tags


def test_a_hint_to_deploy_is_a_tag_and_no_hint_moves_a_ticket() -> None:
    hints = tuple(Hint(what, "Please deploy it; it is solved.") for what in What)
    for status in ("outstanding", "with_development", "stale", "question_answered", "patch_waiting"):
        plain, hinted = mail(ticket(status), "client_reply"), mail(ticket(status), "client_reply", hints=hints)
        assert hinted.tags == ("deploy-request",)
        assert replace(hinted, tags=plain.tags) == plain
    assert mail(ticket("outstanding"), "client_reply", hints=hints, pending=True).tags == ()
    solved = tuple(hint for hint in hints if hint.what is not What.DEPLOY)
    assert mail(ticket("outstanding"), "client_reply", hints=solved).tags == ()


@pytest.mark.parametrize("status", ["outstanding", "pending_internal_info", "with_development"])
def test_a_reply_while_the_ball_is_not_theirs_is_marked_and_takes_nothing_away(status: str) -> None:
    decision = mail(ticket(status), "client_reply")
    assert (decision.status, decision.client_replied, decision.notices) == (status, True, ())
    assert 'marked as "client replied"' in decision.because[1]


WINDOW = timedelta(days=30)


def test_a_reply_to_a_closed_ticket_reopens_it_up_to_the_last_moment_of_the_window() -> None:
    decision = mail(ticket("problem_solved", status_since=NOW - WINDOW), "client_reply")
    assert (decision.opens, decision.was, decision.status) == (False, "problem_solved", "outstanding")
    assert told(decision) == ["reopened acknowledgement pat@example.com"]


def test_a_reply_after_the_window_opens_a_new_ticket_that_is_linked_to_the_old_one() -> None:
    old = ticket("problem_solved", status_since=NOW - WINDOW - timedelta(microseconds=1), priority=Priority.URGENT)
    decision = mail(old, "client_reply")
    assert (decision.opens, decision.was, decision.status) == (True, "", "outstanding")
    assert (decision.possibly, decision.facts) == (1042, (("linked_to", "1042"),))
    assert decision.priority is Priority.NORMAL
    assert told(decision) == ["received acknowledgement pat@example.com"]
    assert decision.because[0] == "#1042 was closed too long ago to be reopened"


def test_an_escalation_of_a_ticket_closed_long_ago_opens_an_escalated_one() -> None:
    decision = mail(ticket("sow", status_since=NOW - timedelta(days=400)), "escalation")
    assert (decision.opens, decision.status, decision.possibly) == (True, "manager_escalation", 1042)


@pytest.mark.parametrize("status", ["cc_only", "ooto_only"])
def test_a_conversation_that_nobody_answered_comes_back_at_any_age_and_is_answered_as_new(status: str) -> None:
    decision = mail(ticket(status, status_since=NOW - timedelta(days=4000)), "client_reply")
    assert (decision.opens, decision.status) == (False, "outstanding")
    assert told(decision) == ["received acknowledgement pat@example.com"]


@pytest.mark.parametrize("age", [timedelta(days=1), timedelta(days=400)])
@pytest.mark.parametrize("kind", ["client_reply", "escalation"])
def test_thanks_alone_never_reopens_a_ticket_nor_opens_another(age: timedelta, kind: str) -> None:
    decision = mail(ticket("question_answered", status_since=NOW - age), kind, thanks=True)
    assert (decision.opens, decision.status, decision.client_replied) == (False, "question_answered", False)
    assert decision.notices == ()
    assert decision.because == ('"Question Answered" has no move for thanks: it stays',)


def test_thanks_on_an_open_ticket_is_shown_and_leaves_its_timer_alone() -> None:
    due = NOW + timedelta(days=3)
    decision = mail(ticket("pending_client_feedback", due_at=due), "client_reply", thanks=True)
    assert (decision.status, decision.due_at, decision.client_replied) == ("pending_client_feedback", due, True)


def test_a_stranger_with_our_token_changes_nothing_and_is_shown_to_staff() -> None:
    for kind in set(Kind) - {Kind.OWN_MAIL, Kind.DUPLICATE}:
        decision = mail(ticket("problem_solved"), kind, pending=True, return_date=date(2026, 12, 1))
        assert (decision.status, decision.pending, decision.notices) == ("problem_solved", True, ())
        assert not decision.client_replied


def test_an_escalation_moves_an_open_ticket_and_raises_its_priority() -> None:
    decision = mail(ticket("outstanding", priority=Priority.LOW), "escalation")
    assert (decision.status, decision.priority) == ("manager_escalation", Priority.HIGH)
    assert told(decision) == ["escalated acknowledgement pat@example.com"]
    assert mail(ticket("outstanding", priority=Priority.URGENT), "escalation").priority is Priority.URGENT


def test_an_escalation_leaves_a_ticket_with_development_and_is_answered() -> None:
    decision = mail(ticket("with_development"), "escalation")
    assert (decision.status, decision.priority, decision.client_replied) == ("with_development", Priority.HIGH, True)
    assert told(decision) == ["escalated acknowledgement pat@example.com"]


def test_a_second_escalation_is_kept_without_another_answer() -> None:
    decision = mail(ticket("manager_escalation", priority=Priority.HIGH), "escalation")
    assert (decision.status, decision.notices, decision.client_replied) == ("manager_escalation", (), True)


def test_the_second_copy_of_a_mail_escalates_its_ticket_without_a_second_answer() -> None:
    decision = mail(ticket("outstanding"), "duplicate", role="escalate")
    assert (decision.status, decision.priority, decision.notices) == ("manager_escalation", Priority.HIGH, ())
    assert not decision.parked
    developed = mail(ticket("with_development"), "duplicate", role="escalate")
    assert (developed.status, developed.priority, developed.notices) == ("with_development", Priority.HIGH, ())


def test_a_second_copy_that_finds_its_ticket_escalated_or_closed_is_parked() -> None:
    for status, priority in [("manager_escalation", Priority.HIGH), ("problem_solved", Priority.LOW)]:
        decision = mail(ticket(status, priority=priority), "duplicate", role="escalate")
        assert decision.parked == "another delivery of a mail that is here already; #1042 stays as it is"


def test_a_second_copy_in_the_support_mailbox_or_from_a_stranger_is_parked() -> None:
    assert mail(ticket("outstanding"), "duplicate").parked
    assert mail(ticket("outstanding"), "duplicate", role="escalate", pending=True).parked
    assert mail(ticket("outstanding"), "own_mail", role="escalate").parked


def test_a_second_copy_of_an_answer_to_our_reply_address_escalates_nothing() -> None:
    assert mail(ticket("outstanding"), "duplicate", role="escalate", by_reply_address=True).parked


def test_an_out_of_office_note_holds_the_timer_until_the_client_is_back() -> None:
    waiting = ticket("pending_client_feedback", due_at=NOW + timedelta(days=20))
    said = "back on 2026-12-03, meanwhile bo@example.org"
    decision = mail(waiting, "out_of_office", return_date=date(2026, 12, 3), said=said)
    assert decision.because[-1] == said
    back = datetime(2026, 12, 3, tzinfo=UTC)
    assert (decision.status, decision.paused_until) == ("pending_client_feedback", back)
    assert decision.due_at == NOW + timedelta(days=20) + (back - NOW)
    again = ticket("pending_client_feedback", due_at=decision.due_at, paused_until=back)
    later = mail(again, "out_of_office", return_date=date(2026, 12, 3), now=NOW + timedelta(days=2))
    assert (later.paused_until, later.due_at) == (back, decision.due_at)


@pytest.mark.parametrize("day", [date.max, date(2027, 6, 1)])
def test_a_timer_is_held_up_sixty_days_at_most_in_one_status(day: date) -> None:
    start = ticket("pending_client_feedback", status_since=NOW, due_at=NOW + timedelta(days=14))
    held, now = start, NOW
    for _ in range(10):
        decision = mail(held, "out_of_office", return_date=day, now=now)
        assert decision.paused_until
        assert decision.paused_until <= now + timedelta(days=60)
        held = ticket(
            start.status,
            status_since=NOW,
            due_at=decision.due_at,
            paused_until=decision.paused_until,
        )
        now += timedelta(days=20)
    assert held.due_at == NOW + timedelta(days=74)  # the reminder, a week before the end


NO_PAUSE = {
    "no date": ("pending_client_feedback", CLIENT, None),
    "back already": ("pending_client_feedback", CLIENT, date(2026, 11, 22)),
    "long ago": ("pending_client_feedback", CLIENT, date.min),
    "a colleague": ("pending_client_feedback", Address("lee@example.com"), date(2026, 12, 3)),
    "our turn": ("outstanding", CLIENT, date(2026, 12, 3)),
    "closed": ("problem_solved", CLIENT, date(2026, 12, 3)),
}


@pytest.mark.parametrize(("status", "sender", "day"), NO_PAUSE.values(), ids=NO_PAUSE)
def test_other_out_of_office_notes_are_kept_and_hold_nothing_up(status: str, sender: Address, day: date | None) -> None:
    due = NOW + timedelta(days=20) if status.startswith("pending") else None
    decision = mail(ticket(status, due_at=due), "out_of_office", sender=sender, return_date=day)
    assert (decision.status, decision.due_at, decision.paused_until) == (status, due, None)


def test_an_out_of_office_note_does_not_move_an_appointment() -> None:
    date_of_it = NOW + timedelta(days=5)
    decision = mail(
        ticket("appointment_scheduled", due_at=date_of_it, until=date_of_it),
        "out_of_office",
        return_date=date(2026, 12, 9),
    )
    assert (decision.due_at, decision.until) == (date_of_it, date_of_it)


def test_an_out_of_office_note_does_not_move_a_date_that_staff_gave() -> None:
    day = NOW + timedelta(days=5)
    waiting = ticket("pending_client_feedback", due_at=day, until=day)
    decision = mail(waiting, "out_of_office", return_date=date(2026, 12, 9))
    assert (decision.due_at, decision.until, decision.paused_until) == (day, day, datetime(2026, 12, 9, tzinfo=UTC))


def test_the_clock_is_taken_in_any_zone_but_never_without_one() -> None:
    chicago = NOW.astimezone(ZoneInfo("America/Chicago"))
    for kind in Kind:
        assert mail(ticket("stale"), kind, now=chicago) == mail(ticket("stale"), kind, now=NOW)
    with pytest.raises(ValueError, match="no time zone"):
        mail(ticket("stale"), "client_reply", now=NOW.replace(tzinfo=None))


def test_a_ticket_whose_status_left_the_workflow_keeps_its_mail_and_says_so() -> None:
    decision = mail(ticket("gone", due_at=NOW), "client_reply")
    assert (decision.status, decision.due_at, decision.client_replied) == ("gone", None, True)
    assert decision.because == ('the workflow has no status "gone" any more: client_reply changes nothing',)
    assert not mail(ticket("gone"), "bounce").client_replied


def test_a_mail_without_any_sender_opens_a_ticket_that_is_not_answered() -> None:
    nobody = type(MESSAGE)(sha256="0" * 64, content_key="0" * 64, size=1)
    judged = verdict("new_ticket", sender=None)
    decision = decide(None, nobody, judged, COURSELEAF, NOW, number=1, mailbox="support", role="support")
    assert (decision.opens, decision.notices) == (True, ())


@pytest.mark.parametrize("flow", BOTH)
def test_a_report_s_rule_names_the_status_and_the_category_of_its_ticket_and_nothing_else(flow: Workflow) -> None:
    key = "support_rep_working" if flow is COURSELEAF else "blocked_on_hold"
    rule = ReportRule("disk", subject="disk", status=key, category="Servers")
    opened = mail(None, "system_report", flow=flow, report=rule)
    assert (opened.status, opened.category, opened.opens, opened.notices) == (key, "Servers", True, ())
    usual = flow.opens[Kind.SYSTEM_REPORT].to
    assert mail(None, "system_report", flow=flow, report=replace(rule, status="elsewhere")).status == usual
    assert mail(None, "system_report", flow=flow, report=replace(rule, status="")).status == usual
    on = ticket(usual, workflow=flow.name)
    assert mail(on, "system_report", flow=flow, report=rule).status == usual, "a repeat moves nothing"


def test_what_a_bounce_or_a_calendar_says_stands_in_words_with_the_decision() -> None:
    said = "declined by pat@example.com, 2026-12-09 09:00 UTC"
    assert said in mail(ticket("outstanding"), "calendar", said=said).because
    assert said in mail(None, "calendar", said=said).because


def test_an_absence_of_one_of_us_opens_nothing_changes_nothing_and_tells_nobody() -> None:
    away = {"of_staff": True, "sender": Address("kim@example.com"), "return_date": date(2026, 12, 3)}
    assert mail(None, "out_of_office", **away).parked == "an absence of one of us opens no ticket"
    before = ticket("pending_client_feedback", due_at=NOW + timedelta(days=2))
    after = mail(before, "out_of_office", **away)
    assert (after.moved, after.due_at, after.paused_until, after.notices) == (False, before.due_at, None, ())
    assert mail(None, "new_ticket", of_staff=True).opens, "what one of us writes as a client is a ticket"


def test_a_request_to_be_looked_at_first_opens_where_its_rule_says_and_is_answered_as_always() -> None:
    look = Look("assessment", "grades", "to be looked at first")
    decision = mail(None, "new_ticket", look=look)
    assert (decision.status, decision.category, told(decision)) == (
        "assessment",
        "grades",
        ["received acknowledgement pat@example.com"],
    )
    assert "to be looked at first" in decision.because
    elsewhere = mail(None, "new_ticket", look=look, flow=SERVICE_DESK)
    assert (elsewhere.status, "to be looked at first" in elsewhere.because) == ("waiting_for_support", False)
    assert mail(ticket("pending_client_feedback"), "client_reply", look=look).status == "outstanding"
