"""A client's click: every choice of both workflows leads where the file says, from the very state that the mail was about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from inbound.message import Address
from workflow.act import Choose
from workflow.decide import decide_action
from workflow.decision import Ticket
from workflow.fault import WorkflowError
from workflow.load import load
from workflow.machine import Ball, Choice, Workflow

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=2)
ADA = "ada@client.example"


class Everything(frozenset[str]):
    """Every notice has a template."""

    def __contains__(self, _name: object) -> bool:
        return True


def text(name: str) -> str:
    return files("workflow").joinpath(f"profiles/{name}.toml").read_text("utf-8")


def profile(name: str) -> Workflow:
    return load(text(name), name, Everything())


def ticket(workflow: Workflow, status: str) -> Ticket:
    return Ticket(1042, workflow.name, status, "White page", Address(ADA), "support", SINCE, SINCE, tags=("vip",))


@pytest.mark.parametrize("name", ["courseleaf", "service-desk"])
def test_every_offer_of_every_status_leads_where_the_file_says(name: str) -> None:
    workflow, tried = profile(name), 0
    for status in workflow.statuses.values():
        for choice in workflow.offers.get(status.notify, ()):
            move, before = workflow.choices[choice], ticket(workflow, status.key)
            decision = decide_action(before, Choose(choice, ADA, status.key, SINCE), workflow, NOW)
            assert not decision.refused
            assert decision.status == (move.to or status.key)
            assert decision.tags == (("vip", move.tag) if move.tag else ("vip",))
            assert decision.because[0].startswith(f'{ADA} chose "{choice}": '), "in a mail, or on a page"
            assert not decision.notices, "the page says it"
            tried += 1
    assert tried >= 6


def test_the_ball_comes_back_to_us_when_a_client_says_not_yet() -> None:
    workflow = profile("service-desk")
    status = "waiting_for_customer_approval"
    decision = decide_action(ticket(workflow, status), Choose(Choice.NOT_YET, ADA, status, SINCE), workflow, NOW)
    assert workflow.statuses[decision.status].ball is Ball.US
    assert decision.due_at is None


def test_a_ticket_that_is_not_as_it_was_stays_as_it_is() -> None:
    workflow = profile("service-desk")
    was = ticket(workflow, "waiting_for_customer_approval")
    act = Choose(Choice.APPROVE, ADA, was.status, SINCE)
    for now in (replace(was, status="done"), replace(was, status_since=NOW), replace(was, status="gone")):
        decision = decide_action(now, act, workflow, NOW)
        assert "has moved on since" in decision.refused
        assert (decision.status, decision.tags) == (now.status, now.tags)
    unknown = replace(workflow, choices={})
    assert decide_action(was, act, unknown, NOW).refused


FAULTS = {
    "a choice that there is not": ('done = ["helpful"', 'done = ["splendid"', 'offers "splendid", which is no choice'),
    "an offer that leads nowhere": ("helpful = { tag", "# helpful = { tag", 'offers "helpful", which leads nowhere'),
    "a choice to no status": ('approve = { to = "done"', 'approve = { to = "finished"', 'approve leads to "finished"'),
    "a choice that nobody gets": (
        'done = ["helpful", "not_helpful"]',
        'done = ["helpful"]',
        'no notice offers "not_helpful"',
    ),
    "an offer of no notice": ("customer-reminder = [", "customer-remindr = [", "[offers] names"),
    "an offer in an acknowledgement": ("done = [", "received = [", "may go to somebody who never wrote"),
    "a choice of an unknown key": ("approve = { to", "aprove = { to", '"aprove" is unknown'),
}


@pytest.mark.parametrize(("before", "after", "said"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_choice_or_offer_is_one_clear_fault(before: str, after: str, said: str) -> None:
    good = text("service-desk")
    head, table, rest = good.partition("[choices]")
    assert before in rest
    with pytest.raises(WorkflowError) as caught:
        load(head + table + rest.replace(before, after, 1), "our.toml", Everything())
    assert any(said in str(fault) for fault in caught.value.faults), caught.value.faults
    assert all(fault.line > 1 for fault in caught.value.faults)
