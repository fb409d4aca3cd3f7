"""Hints that a workflow trusts: each is the click that the ticket's own mail offers, for the requester alone; without trust nothing changes."""

from dataclasses import replace

import pytest

from classifier.verdict import Hint, Kind, What
from tests.workflow.desk import CLIENT, COURSELEAF, MESSAGE, NOW, SERVICE_DESK, listed, mail, ticket, verdict
from tests.workflow.test_choosing import text
from workflow.act import Choose
from workflow.decide import decide, decide_action
from workflow.decision import Decision
from workflow.fault import WorkflowError
from workflow.hinting import MEANS
from workflow.load import load
from workflow.machine import Workflow

ALL = frozenset(MEANS)
DESK, LEAF = replace(SERVICE_DESK, trusts=ALL), replace(COURSELEAF, trusts=ALL)


def said(flow: Workflow, status: str, *what: What, **more: object) -> Decision:
    hints = tuple(Hint(one, f"these words say {one}") for one in what)
    on = ticket(status, workflow=flow.name)
    return mail(on, Kind.CLIENT_REPLY, flow=flow, **{"hints": hints, "firm": True, **more})


def test_a_trusted_hint_is_the_click_that_the_status_offers_in_every_status() -> None:
    wrong: list[tuple[str, str, str]] = []
    followed = 0
    for flow in (DESK, LEAF):
        for key, status in flow.statuses.items():
            offered = flow.offers.get(status.notify, ())
            for what in What:
                choice = next((one for one in MEANS.get(what, ()) if one in offered), None)
                move = flow.choices[choice] if choice else None
                decision = said(flow, key, what)
                if choice and move and move.to and move.to != key:
                    followed += 1
                    on = ticket(key, workflow=flow.name)
                    clicked = decide_action(on, Choose(choice, CLIENT.addr, key, on.status_since), flow, NOW)
                    same = (decision.status, decision.tags, decision.due_at) == (
                        clicked.status,
                        clicked.tags,
                        clicked.due_at,
                    )
                    good = same and decision.taken_for == choice and f"these words say {what}" in decision.because[0]
                    told = [notice.name for notice in decision.notices]
                    good = good and told == [flow.statuses[move.to].notify][: len(told)]
                else:
                    good = not decision.taken_for and decision == said(replace(flow, trusts=frozenset()), key, what)
                if not good:
                    wrong.append((flow.name, key, what))
    assert not wrong
    assert followed >= 8


def test_as_they_ship_the_workflows_trust_no_hint() -> None:
    for flow in (SERVICE_DESK, COURSELEAF):
        assert not flow.trusts
        for key in flow.statuses:
            assert not said(flow, key, *What).taken_for


APPROVAL = "waiting_for_customer_approval"


def merged_with_others() -> Decision:
    """The same words on a ticket that others wait for, too."""
    judged = verdict(Kind.CLIENT_REPLY, hints=(Hint(What.GO_AHEAD, "go ahead"),), firm=True)
    on = ticket(APPROVAL, workflow="service-desk")
    return decide(on, MESSAGE, judged, DESK, NOW, number=2001, mailbox="support", role="support", several=True)


def test_words_that_are_not_theirs_not_proved_or_not_all_are_for_staff() -> None:
    assert said(DESK, APPROVAL, What.GO_AHEAD).status == "done"
    for not_taken in (
        said(DESK, APPROVAL, What.GO_AHEAD, firm=False),
        merged_with_others(),
        said(DESK, APPROVAL, What.GO_AHEAD, pending=True),
        said(DESK, APPROVAL, What.GO_AHEAD, What.DEPLOY),
        said(DESK, APPROVAL, What.GO_AHEAD, What.NOT_NEEDED),
        said(replace(DESK, trusts=frozenset({What.SOLVED})), APPROVAL, What.GO_AHEAD),
        said(DESK, APPROVAL),
    ):
        assert not not_taken.taken_for
        assert not_taken.status in {APPROVAL, "waiting_for_support"}
    assert said(DESK, "waiting_for_customer", What.SOLVED, What.NOT_NEEDED).status == "canceled", "both lead there"


def test_the_client_hears_where_they_may_be_answered() -> None:
    assert [one.name for one in said(DESK, APPROVAL, What.GO_AHEAD).notices] == ["done"]
    untold = said(DESK, APPROVAL, What.GO_AHEAD, no_answer="Precedence: bulk")
    assert (untold.status, untold.notices) == ("done", ())
    assert "not answered: Precedence: bulk" in untold.because
    only_yes = said(DESK, APPROVAL, What.APPROVAL, approves=True)
    assert [one.name for one in only_yes.notices] == ["approved"], "a whole yes goes its own way, as before"


FAULTS = {
    "no hint": ('trust = ["please"]', 'trust names "please", which is no hint that can be trusted'),
    "what a person has to do": ('trust = ["deploy"]', 'trust names "deploy", which is no hint'),
    "another key": ('trusts = ["solved"]', '"trusts" is unknown'),
    "no list": ('trust = "solved"', "trust is"),
}


@pytest.mark.parametrize(("line", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_table_of_hints_is_one_clear_fault(line: str, fault: str) -> None:
    good = text("service-desk")
    with pytest.raises(WorkflowError) as caught:
        load(f"{good}\n[hints]\n{line}\n", "our.toml", listed(good))
    assert any(fault in str(one) for one in caught.value.faults), caught.value.faults


def test_a_trusted_hint_needs_a_choice_and_reads_as_it_is_written() -> None:
    good = text("service-desk")
    found = load(f'{good}\n[hints]\ntrust = ["go_ahead", "solved"]\n', "our.toml", listed(good))
    assert found.trusts == {What.GO_AHEAD, What.SOLVED}
    lacking = text("courseleaf")
    with pytest.raises(WorkflowError) as caught:
        load(f'{lacking}\n[hints]\ntrust = ["go_ahead"]\n', "our.toml", listed(lacking))
    assert any('"go_ahead", which no choice answers' in str(one) for one in caught.value.faults)
