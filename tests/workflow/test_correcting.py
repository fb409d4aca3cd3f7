"""What follows when staff say what a mail is: the ticket stands as if that had been known, unless others have moved it since."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from classifier.verdict import PERSON, Kind
from tests.workflow.desk import BOTH, COURSELEAF, MESSAGE, NOW, SERVICE_DESK, ticket, told, verdict
from tests.workflow.tiny import SOUND, faults
from workflow.correcting import Past, correct
from workflow.decision import Decision, Priority, Ticket
from workflow.machine import Workflow

MACHINES = sorted(set(Kind) - PERSON - {Kind.OWN_MAIL, Kind.DUPLICATE})


def put_right(on: Ticket, past: Past, kind: Kind | str, flow: Workflow = COURSELEAF, **more: Any) -> Decision:
    return correct(on, past, MESSAGE, verdict(kind, **more), flow, NOW, role="support")


def opened(kind: str, **more: Any) -> Past:
    return Past(**({"kind": kind, "alone": True, "opened": True} | more))


def joined(kind: str, was: str = "", **more: Any) -> Past:
    return Past(**({"kind": kind, "alone": True, "opened": False, "was": was} | more))


def test_a_ticket_that_a_persons_mail_opened_as_a_machines_stands_where_people_open_them() -> None:
    found = put_right(ticket("ooto_only", silent="it is out_of_office"), opened("out_of_office"), "new_ticket")
    assert (found.was, found.status, found.opens, found.silent) == ("ooto_only", "outstanding", False, "")
    assert told(found) == ["received acknowledgement pat@example.com"], "whether it is sent, staff say"


def test_a_ticket_that_a_machine_opened_as_a_persons_stands_where_machines_do_and_is_silent() -> None:
    found = put_right(ticket("outstanding"), opened("new_ticket"), "out_of_office", silent="it is out_of_office")
    assert (found.was, found.status, found.silent) == ("outstanding", "ooto_only", "it is out_of_office")
    assert found.notices == ()


def test_a_ticket_that_an_absence_of_one_of_us_opened_stands_where_absences_do() -> None:
    found = put_right(ticket("outstanding"), opened("new_ticket"), "out_of_office", of_staff=True)
    assert (found.status, found.parked) == ("ooto_only", "")


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
@pytest.mark.parametrize("kind", ["bulk", "spam", "auto_reply", "bounce", "receipt"])
def test_what_opens_no_ticket_leaves_one_that_is_closed_and_says_why(flow: Workflow, kind: str) -> None:
    found = put_right(ticket(flow.initial), opened("new_ticket"), kind, flow)
    assert found.status == flow.no_request
    assert not flow.statuses[found.status].open
    assert "opens no ticket" in found.because[0] or "belongs to no ticket" in found.because[0]
    assert found.notices == ()


def test_a_workflow_may_name_no_status_for_it_and_then_nothing_moves() -> None:
    found = put_right(ticket("outstanding"), opened("new_ticket"), "spam", replace(COURSELEAF, no_request=""))
    assert (found.moved, "no_request" in found.because[0]) == (False, True)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("dne", 'tiny.toml:4: no_request is "dne", which does not exist; did you mean "done"?'),
        ("todo", 'tiny.toml:4: no_request is "todo", which is open; name a closed status'),
    ],
)
def test_it_is_a_closed_status(status: str, said: str) -> None:
    text = SOUND.replace("reopen_days", f'no_request = "{status}"\nreopen_days', 1)
    assert said in [str(one) for one in faults(text)]


def test_a_tag_of_the_wrong_kind_is_taken_off_and_others_stay() -> None:
    tag = SERVICE_DESK.opens[Kind.OUT_OF_OFFICE].tag
    assert tag
    found = put_right(ticket("canceled", tags=(tag, "vip")), opened("out_of_office"), "new_ticket", SERVICE_DESK)
    assert (found.status, found.tags) == ("waiting_for_support", ("vip",))


def test_assignee_and_priority_stay() -> None:
    old = ticket("ooto_only", assigned_to="kim@example.com", priority=Priority.URGENT)
    found = put_right(old, opened("out_of_office"), "new_ticket")
    assert (found.assigned_to, found.priority) == ("kim@example.com", Priority.URGENT)


def test_a_clients_reply_that_was_taken_for_a_note_moves_its_ticket_now() -> None:
    old = ticket("pending_client_feedback", paused_until=NOW + timedelta(days=9))
    found = put_right(old, joined("out_of_office"), "client_reply")
    assert (found.was, found.status, found.paused_until) == ("pending_client_feedback", "outstanding", None)


def test_a_note_that_was_taken_for_a_reply_is_taken_back_and_holds_up_the_timer() -> None:
    back = date(2026, 12, 1)
    old = ticket("outstanding")
    found = put_right(old, joined("client_reply", "pending_client_feedback"), "out_of_office", return_date=back)
    assert (found.was, found.status) == ("outstanding", "pending_client_feedback")
    assert found.paused_until
    assert found.due_at
    assert found.due_at > NOW


def test_a_reply_that_came_within_the_window_reopens_its_ticket_however_late_it_is_corrected() -> None:
    old = ticket("problem_solved", status_since=NOW - timedelta(days=400))
    found = put_right(old, joined("auto_reply"), "client_reply")
    assert (found.status, found.opens) == ("outstanding", False)


@pytest.mark.parametrize("kind", [Kind.NEW_TICKET, Kind.CLIENT_REPLY, *MACHINES])
@pytest.mark.parametrize("past", [opened("out_of_office", alone=False), joined("client_reply", alone=False)])
def test_what_others_have_moved_since_stays(past: Past, kind: Kind) -> None:
    found = put_right(ticket("support_rep_working"), past, kind)
    assert (found.was, found.status, found.moved) == ("support_rep_working", "support_rep_working", False)
    assert "has moved on since" in found.because[0]


def test_a_status_that_needs_a_date_is_not_set_without_one() -> None:
    found = put_right(ticket("outstanding"), joined("client_reply", "appointment_scheduled"), "auto_reply")
    assert not found.moved
    assert "cannot be had again" in found.because[0]


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_any_correction_of_any_ticket_has_a_status_and_a_reason(flow: Workflow) -> None:
    kinds = [Kind.NEW_TICKET, Kind.CLIENT_REPLY, Kind.CC_ONLY, Kind.ESCALATION, *MACHINES]
    for status in [*flow.statuses, "gone"]:
        pasts = [opened("new_ticket"), opened("out_of_office"), joined("client_reply"), joined("bulk", "gone")]
        for past in [*pasts, *(joined("client_reply", was) for was in flow.statuses)]:
            for kind in kinds:
                found = put_right(ticket(status), past, kind, flow)
                assert found.because
                assert found.was == status
                assert not found.opens
                assert not found.parked
                assert found.status in flow.statuses or found.status == status
