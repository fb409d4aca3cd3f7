"""A client whom no mail reaches: the only bounce that moves a ticket, where the workflow says whereto."""

from dataclasses import replace

import pytest

from classifier.verdict import Kind
from tests.workflow.desk import BOTH, CLIENT, COURSELEAF, MESSAGE, NOW, SERVICE_DESK, ticket, verdict
from tests.workflow.tiny import SOUND, TEMPLATES, faults
from workflow.decide import decide
from workflow.decision import Decision, Ticket
from workflow.load import load
from workflow.machine import Workflow


def bounce(on: Ticket, flow: Workflow, kind: Kind = Kind.BOUNCE, *, unreachable: bool = True) -> Decision:
    judged = verdict(kind, sender=None)
    known = {"number": 2001, "mailbox": "support", "role": "support"}
    return decide(on, MESSAGE, judged, flow, NOW, unreachable=unreachable, **known)


CASES = [(flow, key) for flow in BOTH for key in flow.statuses]


@pytest.mark.parametrize(("flow", "key"), CASES, ids=[f"{flow.name}-{key}" for flow, key in CASES])
def test_every_open_ticket_goes_there_tells_nobody_and_no_closed_one_moves(flow: Workflow, key: str) -> None:
    decision = bounce(ticket(key, workflow=flow.name), flow)
    moves = flow.statuses[key].open
    assert decision.status == (flow.unreachable if moves else key)
    assert (decision.notices, decision.opens) == ((), False)
    if moves:
        assert "every address of the client returns our mail for good" in decision.because[0]


def test_the_statuses_are_those_that_the_owners_named() -> None:
    assert COURSELEAF.statuses[COURSELEAF.unreachable].name == "Client Unreachable"
    assert SERVICE_DESK.statuses[SERVICE_DESK.unreachable].name == "Canceled"


def test_a_bounce_that_leaves_an_address_moves_nothing() -> None:
    assert not bounce(ticket("outstanding"), COURSELEAF, unreachable=False).moved


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.BOUNCE])
def test_no_other_mail_makes_a_client_unreachable(kind: Kind) -> None:
    seen = bounce(ticket("pending_client_feedback"), COURSELEAF, kind)
    assert seen == bounce(ticket("pending_client_feedback"), COURSELEAF, kind, unreachable=False)


def test_a_workflow_may_have_no_such_status() -> None:
    assert not bounce(ticket("outstanding"), replace(COURSELEAF, unreachable="")).moved


def test_a_reply_brings_the_client_back() -> None:
    judged = verdict(Kind.CLIENT_REPLY, sender=CLIENT)
    known = {"number": 2001, "mailbox": "support", "role": "support"}
    assert decide(ticket("client_unreachable"), MESSAGE, judged, COURSELEAF, NOW, **known).status == "outstanding"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('unreachable = "dne"', 'tiny.toml:4: unreachable is "dne", which does not exist; did you mean "done"?'),
        ("unreachable = 5", 'tiny.toml:4: unreachable is 5; write words in quotes: unreachable = "client_unreachable"'),
    ],
)
def test_a_status_that_is_none_is_told(line: str, said: str) -> None:
    text = SOUND.replace("reopen_days", f"{line}\nreopen_days", 1)
    assert said in [str(one) for one in faults(text)]


def test_a_status_that_only_bounces_lead_to_can_be_reached() -> None:
    lost = '\n[status.lost]\nname = "Lost"\nopen = false\nball_with = "nobody"\ncolour = "#112233"\n'
    lost += 'meaning_for_clients = "We lost you."\nmeaning_for_staff = "Lost."\n'
    assert any("no ticket can ever reach it" in str(one) for one in faults(SOUND + lost))
    text = SOUND.replace("reopen_days", 'unreachable = "lost"\nreopen_days', 1) + lost
    assert load(text, "tiny.toml", TEMPLATES).unreachable == "lost"
