"""A reply that shall count after all does what a reply does, in every status of both workflows; a timer that begins again has its whole time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from classifier.verdict import Kind, Verdict
from inbound.message import Address
from tests.workflow.test_choosing import ADA, profile, ticket
from workflow.act import Reopen, Wait
from workflow.decide import decide_action
from workflow.decision import Decision
from workflow.joining import join

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
REPLY = Verdict(Kind.CLIENT_REPLY, ("a person's reply",), sender=Address(ADA))


def reopened(name: str, status: str, *, tells: bool = True) -> Decision:
    workflow = profile(name)
    return decide_action(ticket(workflow, status), Reopen("kim@example.com", "Kim: thanks count", tells), workflow, NOW)


@pytest.mark.parametrize("name", ["courseleaf", "service-desk"])
def test_to_reopen_is_what_a_reply_does_in_every_status(name: str) -> None:
    workflow = profile(name)
    wrong: list[str] = []
    for key, status in workflow.statuses.items():
        reply, found = join(ticket(workflow, key), status, REPLY, workflow, NOW), reopened(name, key)
        if not reply.moved:
            expected = found.refused and found.status == key
        else:
            same = (found.status, found.due_at, found.tags, found.notices, found.forward)
            expected = same == (reply.status, reply.due_at, reply.tags, reply.notices, reply.forward)
        if not expected:
            wrong.append(key)
    assert not wrong
    closed = [key for key, status in workflow.statuses.items() if not status.open]
    assert all(reopened(name, key).moved for key in closed)


def test_who_says_so_and_why_stands_in_the_history_and_old_tickets_reopen_too() -> None:
    workflow = profile("courseleaf")
    old = replace(ticket(workflow, "problem_solved"), status_since=NOW - timedelta(days=400))
    decision = decide_action(old, Reopen("kim@example.com", "Kim: thanks count"), workflow, NOW)
    assert decision.because == ('Kim: thanks count: client_reply moves "Problem Solved" to "Outstanding"',)
    assert not reopened("courseleaf", "problem_solved", tells=False).notices
    silent = decide_action(replace(old, silent="a list"), Reopen("kim@example.com", "Kim: so"), workflow, NOW)
    assert not silent.notices
    gone = decide_action(replace(old, status="gone"), Reopen("kim@example.com", "Kim: so"), workflow, NOW)
    assert gone.refused


@pytest.mark.parametrize("name", ["courseleaf", "service-desk"])
def test_to_let_it_wait_gives_every_timer_of_days_its_whole_time_again(name: str) -> None:
    workflow = profile(name)
    for key, status in workflow.statuses.items():
        late = replace(ticket(workflow, key), due_at=NOW + timedelta(hours=3), reminded=True)
        decision = decide_action(late, Wait("kim@example.com"), workflow, NOW)
        timer = status.timer
        if timer is None or timer.after is None:
            assert decision.refused, key
            continue
        assert (decision.status, decision.moved, decision.reminded) == (key, False, False)
        assert decision.due_at == NOW + timer.after - (timer.remind or timedelta())
        assert not decision.notices
        assert f"until {(NOW + timer.after):%Y-%m-%d}" in decision.because[0]
        dated = decide_action(replace(late, until=NOW + timedelta(days=9)), Wait("kim@example.com"), workflow, NOW)
        assert dated.refused, "a date that staff gave stands"
