"""Which team gets a mail of a ticket, and what its answer does."""

import pytest

from tests.workflow.desk import BOTH, COURSELEAF, NOW, mail, ticket
from workflow.act import SetStatus, Undo
from workflow.decide import decide_action

TEAMS = {
    "pending_internal_info": "internal",
    "passed_to_implementation": "implementation",
    "sow": "consulting",
    "sales_request": "sales",
}


def test_four_statuses_forward_and_no_other() -> None:
    found = {key: status.forward for flow in BOTH for key, status in flow.statuses.items() if status.forward}
    assert found == TEAMS


@pytest.mark.parametrize("key", TEAMS)
def test_who_sets_it_hands_it_over_and_who_takes_that_back_does_not_again(key: str) -> None:
    here = ticket("support_rep_working")
    assert decide_action(here, SetStatus(key, "kim@example.com"), COURSELEAF, NOW).forward == TEAMS[key]
    there = ticket(key)
    assert decide_action(there, SetStatus("assessment", "kim@example.com"), COURSELEAF, NOW).forward == ""
    assert decide_action(here, Undo("kim@example.com", key), COURSELEAF, NOW).forward == ""


@pytest.mark.parametrize("key", COURSELEAF.statuses)
def test_a_clients_reply_goes_along_where_the_ticket_was_handed_over(key: str) -> None:
    handed = TEAMS.get(key, "") if not COURSELEAF.statuses[key].open else ""
    assert mail(ticket(key), "client_reply").forward == handed
    old = ticket(key, status_since=NOW.replace(year=2020))
    assert mail(old, "client_reply").forward == handed
    for kind, more in (("client_reply", {"thanks": True}), ("client_reply", {"pending": True}), ("out_of_office", {})):
        assert mail(ticket(key), kind, **more).forward == ""


@pytest.mark.parametrize("key", COURSELEAF.statuses)
def test_a_teams_answer_leads_where_the_workflow_says_and_is_never_answered_or_forwarded(key: str) -> None:
    decision = mail(ticket(key), "staff_reply", team="internal", no_answer="staff wrote it")
    assert decision.status == ("outstanding" if key == "pending_internal_info" else key)
    assert (decision.notices, decision.forward) == ((), "")
    assert mail(ticket(key), "auto_reply").status == key
