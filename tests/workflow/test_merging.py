"""What becomes of the target of a merge, and what those of the merged ticket see of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from classifier.verdict import Kind, Verdict
from inbound.message import Address
from tests.workflow.desk import BOTH, COURSELEAF, NOW, SERVICE_DESK, ticket
from workflow.act import Merge
from workflow.decision import Decision, Priority, Ticket
from workflow.machine import Ball, Event, Workflow
from workflow.merging import Merged, counts, merge, part, seen_from, waits

KIM = "kim@example.com"
BEN = Address("ben@example.net", "Ben")
OTHER = ticket("manager_escalation", number=1057, requester=BEN, subject="Where is my answer?", priority=Priority.HIGH)


def merged(target: Ticket, flow: Workflow = COURSELEAF, own: Ticket = OTHER, *, waiting: bool = True) -> Decision:
    return merge(own, target, Merge(target.number, KIM), flow, NOW, waiting=waiting, done=None)


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_in_every_status_the_target_does_what_a_clients_reply_does_and_nobody_is_told(flow: Workflow) -> None:
    for key, status in flow.statuses.items():
        before = ticket(key, priority=Priority.LOW, assigned_to="lee@example.com", tags=("vip",))
        done = merged(before, flow)
        move = status.on.get(Event.CLIENT_REPLY)
        goes = move.to if move else key
        assert (done.refused, done.status, done.notices) == ("", goes, ()), key
        assert (done.priority, done.assigned_to, done.tags) == (Priority.HIGH, "lee@example.com", ("vip",))
        assert flow.statuses[goes].open, f"{key}: what waits for us must not end in a closed ticket"
        assert done.because[0] == f"{KIM} merged #1057 into #1042"


def test_what_waits_for_nobody_here_moves_nothing() -> None:
    before = ticket("pending_client_feedback", due_at=NOW + timedelta(days=2), priority=Priority.URGENT)
    done = merged(before, waiting=False)
    assert (done.moved, done.due_at, done.client_replied, done.priority) == (
        False,
        before.due_at,
        False,
        Priority.URGENT,
    )
    assert not merged(ticket("problem_solved"), waiting=False).moved


def test_what_waits_is_not_buried_in_a_status_that_nothing_reopens() -> None:
    flow = COURSELEAF
    shut = flow.statuses["problem_solved"]
    deaf = replace(flow, statuses={**flow.statuses, "problem_solved": replace(shut, on={})})
    done = merged(ticket("problem_solved"), deaf)
    assert (
        done.refused
        == '#1042 is closed ("Problem Solved"), and #1057 waits for us: set one of the two to another status first'
    )


def test_a_merge_that_cannot_be_is_refused_with_what_happened_before() -> None:
    target = ticket("outstanding")
    here = Merged(1042, "lee@example.com", NOW)
    again = merge(OTHER, target, Merge(1042, KIM), COURSELEAF, NOW, waiting=True, done=here)
    assert again.refused.startswith(
        "lee@example.com merged #1057 into #1042 on 2026-11-22 09:30 UTC: take it out first"
    )
    itself = merge(OTHER, OTHER, Merge(1057, KIM), COURSELEAF, NOW, waiting=True, done=None)
    assert itself.refused == "#1057 cannot be merged into itself"
    circle = merge(OTHER, OTHER, Merge(1042, KIM), COURSELEAF, NOW, waiting=True, done=None)
    assert circle.refused == "#1042 is merged into #1057, which would lead to itself: unmerge 1042 first"


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_in_no_status_a_reply_is_lost_that_came_while_the_ticket_was_merged(flow: Workflow) -> None:
    for key in (*flow.statuses, "taken out of the workflow"):
        parted = part(ticket(key), 1057, flow, NOW)
        move = flow.statuses[key].on.get(Event.CLIENT_REPLY) if key in flow.statuses else None
        assert (parted.status, parted.notices) == (move.to if move else key, ()), key
        assert parted.moved or parted.client_replied, key
        assert parted.because[0].startswith("its client wrote while it was merged into #1057"), key


@pytest.mark.parametrize(
    ("verdict", "counting"),
    [
        (Verdict(Kind.CLIENT_REPLY, ()), True),
        (Verdict(Kind.ESCALATION, ()), True),
        (Verdict(Kind.CLIENT_REPLY, (), thanks=True), False),
        (Verdict(Kind.CLIENT_REPLY, (), pending=True), False),
        (Verdict(Kind.AUTO_REPLY, ()), False),
        (Verdict(Kind.STAFF_REPLY, ()), False),
    ],
)
def test_what_counts_is_what_a_person_who_is_in_asks(verdict: Verdict, *, counting: bool) -> None:
    assert counts(verdict) is counting


def test_whether_a_ticket_waits_is_whose_ball_it_is() -> None:
    for flow in (COURSELEAF, SERVICE_DESK):
        for key, status in flow.statuses.items():
            assert waits(ticket(key), flow) is (status.open and status.ball is Ball.US), key


def test_those_of_the_merged_ticket_see_their_own_words_and_the_targets_state() -> None:
    due = NOW + timedelta(days=3)
    seen = seen_from(OTHER, ticket("stale", due_at=due, reminded=True, version=7, category="cim"))
    assert (seen.number, seen.subject, seen.requester) == (1057, "Where is my answer?", BEN)
    assert (seen.status, seen.due_at, seen.reminded, seen.version, seen.category) == ("stale", due, True, 7, "cim")
