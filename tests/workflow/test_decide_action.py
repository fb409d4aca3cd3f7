"""What follows when staff act: it is done and told, or refused with what is possible."""

from datetime import timedelta

import pytest

from inbound.message import Address
from tests.workflow.desk import BOTH, COURSELEAF, NOW, ticket, told
from tests.workflow.tiny import SOUND, TEMPLATES
from workflow.act import Assign, Open, Reply, SetRequester, SetStatus
from workflow.after import after
from workflow.decide import decide_action, decide_opening
from workflow.decision import Decision, Priority, Ticket
from workflow.load import load
from workflow.machine import Workflow

KIM = "kim@example.com"
SOON = NOW + timedelta(days=3)


def test_the_machine_that_opened_a_ticket_is_told_of_no_change() -> None:
    done = act(ticket("outstanding", silent="it is notification"), "Problem Solved")
    assert done.notices == ()
    assert done.because[-1] == "the client is not told: it is notification"
    assert done.silent == "it is notification"


def test_a_note_on_the_status_that_a_ticket_has_is_kept() -> None:
    done = act(ticket("outstanding"), "Outstanding", note="she called")
    assert done.refused == ""
    assert not done.moved


def test_a_ticket_is_assigned_and_nothing_else_changes() -> None:
    before = ticket("stale", due_at=SOON, client_replied=True, tags=("vip",), assigned_to="lee@example.com")
    given = decide_action(before, Assign("lou@example.com", KIM), COURSELEAF, NOW)
    assert (given.assigned_to, given.moved, given.notices) == ("lou@example.com", False, ())
    assert (given.status, given.due_at, given.client_replied, given.tags) == ("stale", SOON, True, ("vip",))
    assert given.because == (f"{KIM} assigned it to lou@example.com, before that to lee@example.com",)
    assert decide_action(before, Assign("", KIM), COURSELEAF, NOW).assigned_to == ""
    again = decide_action(before, Assign("LEE@example.com", KIM), COURSELEAF, NOW)
    assert again.refused == "#1042 is assigned to LEE@example.com already"
    nobodys = decide_action(ticket("stale"), Assign("", KIM), COURSELEAF, NOW)
    assert nobodys.refused == "#1042 is assigned to nobody already"


def test_whoever_has_a_ticket_keeps_it_through_every_change() -> None:
    before = ticket("outstanding", assigned_to=KIM)
    assert act(before, "Problem Solved").assigned_to == KIM
    assert act(before, "Lost").assigned_to == KIM
    assert decide_action(before, Reply(KIM), COURSELEAF, NOW).assigned_to == KIM


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_writing_first_opens_a_ticket_with_a_personal_mail_alone(flow: Workflow) -> None:
    opened = decide_opening(Open(Address("pat@example.com"), "Your move", KIM), flow, NOW, number=2001)
    assert (opened.status, opened.was, opened.opens) == (flow.initial, "", True)
    assert told(opened) == ["reply personal pat@example.com"]
    assert opened.because[0].startswith(f"{KIM} opened #2001 for pat@example.com as ")


def act(before: Ticket, status: str, **more: object) -> Decision:
    return decide_action(before, SetStatus(status, KIM, **more), COURSELEAF, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("spelling", ["problem_solved", "Problem Solved", " pRoBlem soLVed "])
def test_a_status_is_known_by_key_or_name_in_any_case(spelling: str) -> None:
    before = ticket("outstanding", client_replied=True, paused_until=SOON, priority=Priority.URGENT, tags=("vip",))
    decision = act(before, spelling, note="Pat must not read this")
    assert (decision.was, decision.status) == ("outstanding", "problem_solved")
    assert told(decision) == ["problem-solved automatic pat@example.com"]
    assert (decision.client_replied, decision.paused_until) == (False, None)
    assert (decision.priority, decision.tags) == (Priority.URGENT, ("vip",))
    assert decision.because == ('kim@example.com set "Problem Solved"',)


def test_a_question_to_the_client_goes_out_as_personal_mail() -> None:
    assert told(act(ticket("outstanding"), "Pending Client Feedback")) == [
        "pending-client-feedback personal pat@example.com",
    ]


def test_words_of_staffs_own_go_out_in_place_of_the_usual_notice_also_to_whom_a_machine_opened_it() -> None:
    said = act(ticket("outstanding"), "Pending Client Feedback", says=True)
    assert (said.status, told(said)) == ("pending_client_feedback", ["reply personal pat@example.com"])
    machine = act(ticket("outstanding", silent="it is notification"), "Problem Solved", says=True)
    assert told(machine) == ["reply personal pat@example.com"]
    assert machine.because == ('kim@example.com set "Problem Solved"',)
    again = act(ticket("outstanding"), "Outstanding", says=True, note="she called")
    assert again.refused == '#1042 has the status "Outstanding" already'
    nobody = act(ticket("outstanding", requester=Address("")), "Problem Solved", says=True)
    assert (nobody.moved, nobody.refused) == (
        False,
        "#1042 came from nobody who has an address: a reply would reach nobody",
    )


REFUSED = {
    "unknown": (
        "Outstandng",
        {},
        'there is no status "Outstandng"; did you mean "Outstanding"? the statuses are "Outst',
    ),
    "unlike any": ("??", {}, 'there is no status "??"; the statuses are "Outstanding", "Assessment"'),
    "empty": ("", {}, 'there is no status ""; the statuses are "Outstanding"'),
    "the one it has": ("assessment", {}, '#1042 has the status "Assessment" already'),
    "not by hand": (
        "Stale",
        {},
        '"Stale" cannot follow "Assessment" by hand; from there staff may set "Outstanding", "Man',
    ),
    "no date": ("Appointment Scheduled", {}, '"Appointment Scheduled" needs a date: say until when'),
    "a date too many": ("Outstanding", {"until": SOON}, '"Outstanding" takes no date: leave it away'),
    "a date for a closed one": ("Client Deferred", {"until": SOON}, '"Client Deferred" takes no date: leave it away'),
    "a date that is now": (
        "Appointment Scheduled",
        {"until": NOW},
        "2026-11-22 09:30 UTC has passed: give a later date",
    ),
}


@pytest.mark.parametrize(("status", "more", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_with_what_can(status: str, more: dict[str, object], reason: str) -> None:
    before = ticket("assessment", client_replied=True, priority=Priority.HIGH, tags=("vip",))
    decision = act(before, status, **more)
    assert decision.refused.startswith(reason)
    assert decision.because == (decision.refused,)
    assert (decision.status, decision.was, decision.moved, decision.notices) == ("assessment", "assessment", False, ())
    assert (decision.client_replied, decision.priority, decision.tags) == (True, Priority.HIGH, ("vip",))


def test_what_somebody_typed_is_never_repeated_at_length_or_over_lines() -> None:
    refused = act(ticket("outstanding"), "x\r\n" * 10_000).refused
    assert "\n" not in refused
    assert len(refused) < 1000


def test_an_appointment_can_be_given_another_date_but_not_the_same() -> None:
    before = ticket("appointment_scheduled", until=SOON, due_at=SOON)
    later = SOON + timedelta(days=1)
    decision = act(before, "Appointment Scheduled", until=later)
    assert (decision.refused, decision.moved, decision.until, decision.due_at) == ("", False, later, later)
    assert told(decision) == ["appointment-scheduled automatic pat@example.com"]
    assert act(before, "Appointment Scheduled", until=SOON).refused.endswith("already")
    assert act(before, "Appointment Scheduled").refused.endswith("already")


def test_out_of_a_status_that_left_the_workflow_staff_may_go_anywhere() -> None:
    assert act(ticket("gone"), "Stale").status == "stale"
    unnamed = decide_action(ticket("gone"), Reply(KIM), COURSELEAF, NOW)
    assert (unnamed.notices, unnamed.refused) == (
        (),
        '#1042 has the status "gone", which its workflow does not have any more: set another first',
    )


def test_a_reply_goes_to_the_client_as_personal_mail_and_leaves_the_status() -> None:
    before = ticket("with_development", client_replied=True)
    decision = decide_action(before, Reply(KIM), COURSELEAF, NOW)
    assert (decision.status, decision.client_replied) == ("with_development", False)
    assert told(decision) == ["reply personal pat@example.com"]
    assert decision.because == ('kim@example.com replied: "With Development" stays',)


def test_a_reply_keeps_a_running_timer() -> None:
    before = ticket("stale", due_at=SOON)
    assert decide_action(before, Reply(KIM), COURSELEAF, NOW).due_at == SOON


def test_a_team_can_let_a_reply_move_its_tickets() -> None:
    text = SOUND.replace("[ball_with.client]", '[ball_with.us]\nstaff_reply = { to = "asked" }\n\n[ball_with.client]')
    team = load(text, "tiny.toml", TEMPLATES)
    decision = decide_action(ticket("todo"), Reply(KIM), team, NOW)
    assert (decision.status, decision.due_at) == ("asked", NOW + timedelta(days=21))
    assert told(decision) == ["reply personal pat@example.com"]
    assert decision.because == ('kim@example.com replied: staff_reply moves "To Do" to "Asked"',)
    first = decide_opening(Open(Address("pat@example.com"), "Your move", KIM), team, NOW, number=2001)
    assert (first.status, first.due_at) == ("asked", NOW + timedelta(days=21))


def test_the_requester_is_whom_staff_name_and_nobody_hears_of_it() -> None:
    before = ticket("pending_client_feedback")
    ada = Address("ada@example.net", "Ada")
    given = decide_action(before, SetRequester(ada, KIM), COURSELEAF, NOW)
    assert (given.requester, given.moved, given.notices, given.due_at) == (ada, False, (), before.due_at)
    assert given.because == (f"{KIM} made ada@example.net the requester, before that {before.requester.addr}",)
    assert after(before, given, NOW).requester == ada
    same = Address(before.requester.addr.upper())
    assert "already" in decide_action(before, SetRequester(same, KIM), COURSELEAF, NOW).refused
