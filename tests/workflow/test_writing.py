"""What a client writes on a page, and what a page offers: what their mail, or the links in ours, would do; nothing that has been said."""

from dataclasses import replace

import pytest

from tests.workflow.test_choosing import ADA, NOW, profile, ticket
from workflow.act import Write
from workflow.choosing import offered
from workflow.decide import decide_action
from workflow.machine import Choice, Event

FLOWS = [profile("courseleaf"), profile("service-desk")]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_words_do_in_each_status_what_a_reply_does_there_and_are_answered_by_no_mail(flow: object) -> None:
    for status in flow.statuses.values():
        found = decide_action(ticket(flow, status.key), Write(ADA), flow, NOW)
        move = status.on.get(Event.CLIENT_REPLY)
        assert (found.status, found.notices) == (move.to if move else status.key, ())
        assert found.client_replied == (status.open and not found.moved)


def test_words_reopen_nothing_that_was_closed_long_ago_and_a_status_that_is_gone_keeps_them() -> None:
    flow = FLOWS[0]
    old = replace(ticket(flow, "problem_solved"), status_since=NOW - 2 * flow.reopen)
    assert "too long ago" in decide_action(old, Write(ADA), flow, NOW).refused
    gone = decide_action(ticket(flow, "gone"), Write(ADA), flow, NOW)
    assert (gone.status, gone.refused, gone.client_replied) == ("gone", "", True)
    assert offered(ticket(flow, "gone"), flow) == ()


def test_a_page_offers_what_mails_do_and_to_close_what_is_open_and_nothing_twice() -> None:
    courseleaf, desk = FLOWS
    close = (Choice.FOUND_SOLUTION, Choice.NO_LONGER_NEEDED)
    for flow, status, choices in (
        (courseleaf, "outstanding", close),
        (courseleaf, "client_found_solution", ()),
        (courseleaf, "problem_solved", (Choice.HELPFUL, Choice.NOT_HELPFUL)),
        (desk, "waiting_for_customer_approval", (Choice.APPROVE, Choice.NOT_YET)),
        (desk, "waiting_for_customer", close),
        (desk, "declined", ()),
    ):
        assert offered(ticket(flow, status), flow) == choices, status
    said = replace(ticket(courseleaf, "problem_solved"), tags=("helpful",))
    assert offered(said, courseleaf) == (Choice.NOT_HELPFUL,)
