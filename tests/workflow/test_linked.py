"""A tracker's word moves a ticket where [linked] says, and nowhere else: every state in every status of both workflows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflow.desk import BOTH, COURSELEAF, NOW, SERVICE_DESK, ticket, told
from tests.workflow.tiny import SOUND, TEMPLATES, faults
from workflow.after import after
from workflow.decide import decide_linked
from workflow.decision import Decision, Ticket
from workflow.load import load
from workflow.machine import Ball, Workflow
from workflow.meeting import Attendance, Meeting

# A line for each status. Letters: the status that it moves to; "." it stays, heeded; "-" it stays, refused.
# cloned started done
WALK = {
    SERVICE_DESK.name: """
Waiting for Support            S I A
Waiting for Customer           - - -
Scoping with Team              . I A
In Progress                    S . A
Blocked/On Hold                S I A
Waiting for Customer Approval  - - .
Done                           - - -
Canceled                       - - -
Declined                       - - -
""",
    # cloned deferred started done
    COURSELEAF.name: """
Outstanding                 W D W .
Assessment                  W D W -
Daily.sh Logs               W D W -
Manager Escalation          W D W -
Appointment Scheduled       - - - -
Support Rep Working         W D W -
Pending Client Feedback     - - - -
Pending Internal Info       W D W -
Patch Waiting               - - - -
With Development            . D . O
With Development - Deferred W . W O
Stale                       - - - -
Appointment Complete        - - - -
CC Only                     - - - -
Client Deferred             - - - -
Client Found Solution       - - - -
Client Unreachable          - - - -
Not Supported               - - - -
OOTO Only                   - - - -
Passed to Implementation    - - - -
Problem Solved              - - - -
Question Answered           - - - -
SOW                         - - - -
Sales Request               - - - -
""",
}
LETTERS = {
    "scoping_with_team": "S",
    "in_progress": "I",
    "waiting_for_customer_approval": "A",
    "with_development": "W",
    "with_development_deferred": "D",
    "outstanding": "O",
}


def said(on: Ticket, state: str, flow: Workflow, **others: str) -> Decision:
    return decide_linked(on, f'linked issue ENG-12 is "{state}"', state, flow, NOW, others)


def sign(flow: Workflow, key: str, state: str) -> str:
    before = ticket(key, workflow=flow.name, tags=("vip",), client_replied=True)
    decision = said(before, state, flow)
    name, status = flow.statuses[key].name, flow.statuses[decision.status]
    assert decision.because[0].startswith(f'linked issue ENG-12 is "{state}"')
    assert name in decision.because[0]
    assert decision.tags == ("vip",)
    if not decision.moved:
        assert after(before, decision, NOW) == replace(before, version=before.version + 1)
        assert decision.notices == ()
        assert decision.refused in {"", decision.because[0]}
        return "-" if decision.refused else "."
    assert status.name in decision.because[0]
    assert not decision.refused
    assert [one.partition(" ")[0] for one in told(decision)] == ([status.notify] if status.notify else [])
    return LETTERS[decision.status]


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_every_state_in_every_status_does_what_the_table_says(flow: Workflow) -> None:
    width = max(len(status.name) for status in flow.statuses.values())
    walked = "\n" + "".join(
        f"{status.name:{width}} {' '.join(sign(flow, key, state) for state in flow.linked)}\n"
        for key, status in flow.statuses.items()
    )
    print(walked)
    assert [line.split() for line in walked.splitlines()] == [line.split() for line in WALK[flow.name].splitlines()]


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_no_state_takes_a_ticket_from_its_client_or_opens_one_again(flow: Workflow) -> None:
    for lead in flow.linked.values():
        sides = {flow.statuses[key].ball for key in lead.from_}
        assert not sides & {Ball.CLIENT, Ball.NOBODY}


def test_what_the_mapping_lacks_and_what_cannot_follow_say_so_and_change_nothing() -> None:
    here = ticket("in_progress", workflow="service-desk")
    for on, state, why in (
        (here, "reviewed", 'is "reviewed", a state that [linked] does not name: "In Progress" stays'),
        (replace(here, status="done"), "started", 'is "started", but "Done" is closed: it stays'),
        (
            replace(here, status="waiting_for_customer"),
            "done",
            'is "done", but "Waiting for Customer Approval" cannot follow "Waiting for Customer": it stays',
        ),
        (replace(here, status="gone"), "done", 'is "done", but its status "gone" is none of the workflow: it stays'),
    ):
        decision = said(on, state, SERVICE_DESK)
        assert decision.refused == f"linked issue ENG-12 {why}"
        assert (decision.status, decision.notices) == (on.status, ())


SEVERAL = {
    # where it is, what is said, the others: where it goes, and which of the others counts
    ("in_progress", "done", "started"): ("in_progress", "A"),
    ("in_progress", "done", "cloned"): ("scoping_with_team", "A"),
    ("in_progress", "done", "cloned started cloned"): ("in_progress", "B"),
    ("in_progress", "done", "done"): ("waiting_for_customer_approval", ""),
    ("in_progress", "done", "reviewed"): ("waiting_for_customer_approval", ""),
    ("in_progress", "cloned", "started"): ("in_progress", "A"),
    ("scoping_with_team", "started", "cloned done"): ("in_progress", ""),
    ("waiting_for_support", "done", "started"): ("in_progress", "A"),
    ("in_progress", "cloned", "done"): ("scoping_with_team", ""),
}


def test_of_several_issues_the_farthest_that_somebody_works_on_counts_and_done_is_when_all_are() -> None:
    found = {}
    for here, state, others in SEVERAL:
        states = dict(zip("ABC", others.split(), strict=False))
        decision = said(ticket(here, workflow="service-desk"), state, SERVICE_DESK, **states)
        counted = next((key for key, word in states.items() if f'while {key} is "{word}"' in decision.because[0]), "")
        found[here, state, others] = (decision.status, counted)
        assert not decision.refused
    assert found == SEVERAL


def test_a_state_that_nobody_knows_is_told_whatever_the_other_issues_are() -> None:
    decision = said(ticket("in_progress", workflow="service-desk"), "reviewed", SERVICE_DESK, A="started")
    assert "a state that [linked] does not name" in decision.refused


def test_a_client_that_is_a_machine_is_not_told_and_the_reason_says_so() -> None:
    decision = said(ticket("in_progress", workflow="service-desk", silent="a list opened it"), "done", SERVICE_DESK)
    assert decision.status == "waiting_for_customer_approval"
    assert decision.notices == ()
    assert decision.because[1] == "the client is not told: a list opened it"


def test_a_file_may_let_a_state_take_a_ticket_from_its_client_and_the_appointment_is_then_called_off() -> None:
    lead = replace(COURSELEAF.linked["started"], from_=frozenset({"appointment_scheduled"}))
    flow = replace(COURSELEAF, linked={"started": lead})
    at = NOW + timedelta(days=2)
    before = ticket("appointment_scheduled", until=at, due_at=at, meeting=Meeting(at, 0, Attendance.INVITED))
    decision = said(before, "started", flow)
    assert decision.status == "with_development"
    assert decision.meeting
    assert decision.meeting.answer is Attendance.CANCELED
    assert (decision.calls, decision.due_at, decision.until) == (True, None, None)


FAULTS = {
    "to nowhere": (
        '[linked]\nclosed = { to = "doone" }\n',
        'tiny.toml:24: linked: closed leads to "doone", which does not exist; did you mean "done"?',
    ),
    "from nowhere": (
        '[linked]\nclosed = { to = "done", from = ["tudo"] }\n',
        'tiny.toml:24: linked: closed comes from "tudo", which does not exist; did you mean "todo"?',
    ),
    "out of what is closed": (
        '[linked]\nclosed = { to = "todo", from = ["stale", "done"] }\n',
        (
            'tiny.toml:24: linked: closed comes from "done", which is closed, and no tracker opens a ticket again; '
            "take it away"
        ),
    ),
    "from no status at all": (
        '[linked]\nclosed = { to = "stale" }\n',
        (
            'tiny.toml:24: linked: closed leads to "stale", which staff may set from no open status; '
            'say from where: from = ["…"]'
        ),
    ),
    "a state in a form that no word has": (
        '[linked]\n"In Progress" = { to = "done" }\n',
        'tiny.toml:24: linked: "In Progress" is never what a state is compared by; write in_progress',
    ),
    "to nothing": (
        "[linked]\nclosed = {}\n",
        'tiny.toml:24: linked: closed: to is missing; add to = "…"',
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_line_is_one_clear_fault(name: str) -> None:
    written, expected = FAULTS[name]
    (found,) = faults(SOUND.replace("[notices]\n", f"{written}[notices]\n"))
    assert found.startswith(expected), found


def test_a_status_that_only_a_state_leads_to_is_reached() -> None:
    text = SOUND.replace('timer = { after_days = 21, to = "stale" }\n', "")
    led = text.replace("[notices]\n", '[linked]\nstuck = { to = "stale", from = ["todo"] }\n[notices]\n')
    assert "no ticket can ever reach it" in faults(text)[0]
    flow = load(led, "tiny.toml", TEMPLATES)
    assert said(ticket("todo", workflow="tiny"), "stuck", flow).status == "stale"
