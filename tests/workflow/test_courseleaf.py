"""CourseLeaf's workflow is its owner's: names to the letter, and every row of its table, walked."""

import pytest

from tests.workflow.desk import COURSELEAF, NOW, ticket, verdict
from tests.workflow.walking import contrast_with_white, walk
from workflow.act import SetStatus
from workflow.decide import decide_action
from workflow.joining import event_of
from workflow.machine import Ball, Event, Nature, Status

OPEN = [
    "Appointment Scheduled",
    "Assessment",
    "Daily.sh Logs",
    "Manager Escalation",
    "Outstanding",
    "Patch Waiting",
    "Pending Client Feedback",
    "Pending Internal Info",
    "Stale",
    "Support Rep Working",
    "With Development",
    "With Development - Deferred",
]
CLOSED = [
    "Appointment Complete",
    "CC Only",
    "Client Deferred",
    "Client Found Solution",
    "Client Unreachable",
    "Not Supported",
    "OOTO Only",
    "Passed to Implementation",
    "Problem Solved",
    "Question Answered",
    "SOW",
    "Sales Request",
]
BALL = {
    Ball.CLIENT: {"Appointment Scheduled", "Pending Client Feedback", "Patch Waiting", "Stale"},
    Ball.THIRD_PARTY: {"With Development", "With Development - Deferred"},
    Ball.NOBODY: set(CLOSED),
}

# What each event does to a ticket of each status, by the letters of `walking`: O is Outstanding, M Manager Escalation.
# client_reply thanks approval cc_only escalation staff_reply team_reply third_party_reply out_of_office auto_reply bounce
# receipt calendar bulk spam notification system_report
WALK = """
Outstanding                  r r r r M . . r . . . . . . . . .
Assessment                   r r r r M . . r . . . . . . . . .
Daily.sh Logs                r r r r M . . r . . . . . . . . .
Manager Escalation           r r r r + . . r . . . . . . . . .
Appointment Scheduled        O r O r M . . O . . . . . . . . .
Support Rep Working          r r r r M . . r . . . . . . . . .
Pending Client Feedback      O r O r M . . O . . . . . . . . .
Pending Internal Info        r r r r M . O r . . . . . . . . .
Patch Waiting                O r O r M . . O . . . . . . . . .
With Development             r r r r + . . r . . . . . . . . .
With Development - Deferred  r r r r + . . r . . . . . . . . .
Stale                        O r O r M . . O . . . . . . . . .
Appointment Complete         O . O . M . . O . . . . . . . . .
CC Only                      O . O . M . . O . . . . . . . . .
Client Deferred              O . O . M . . O . . . . . . . . .
Client Found Solution        O . O . M . . O . . . . . . . . .
Client Unreachable           O . O . M . . O . . . . . . . . .
Not Supported                O . O . M . . O . . . . . . . . .
OOTO Only                    O . O . M . . O . . . . . . . . .
Passed to Implementation     O . O . M . . O . . . . . . . . .
Problem Solved               O . O . M . . O . . . . . . . . .
Question Answered            O . O . M . . O . . . . . . . . .
SOW                          O . O . M . . O . . . . . . . . .
Sales Request                O . O . M . . O . . . . . . . . .
"""

# The notice to the client when staff, or a timer, set the status; none for those that are missing.
ENTRY = {
    "Assessment": "assessment automatic",
    "Appointment Scheduled": "appointment-scheduled automatic",
    "Support Rep Working": "support-rep-working automatic",
    "Pending Client Feedback": "pending-client-feedback personal",
    "Pending Internal Info": "pending-internal-info automatic",
    "Patch Waiting": "patch-waiting personal",
    "With Development": "with-development automatic",
    "With Development - Deferred": "with-development-deferred automatic",
    "Stale": "stale automatic",
    "Appointment Complete": "appointment-complete automatic",
    "Client Deferred": "client-deferred automatic",
    "Client Found Solution": "client-found-solution automatic",
    "Client Unreachable": "client-unreachable automatic",
    "Not Supported": "not-supported automatic",
    "Passed to Implementation": "passed-to-implementation automatic",
    "Problem Solved": "problem-solved automatic",
    "Question Answered": "question-answered automatic",
    "SOW": "sow automatic",
    "Sales Request": "sales-request automatic",
}

# What staff may set only from some statuses; all else they may set from anywhere.
ONLY_FROM = {
    "Stale": set(),
    "Appointment Complete": {"Appointment Scheduled"},
    "Manager Escalation": {"Outstanding", "Assessment", "Support Rep Working", "Pending Internal Info"},
    "Daily.sh Logs": {"Outstanding"},
    "CC Only": {"Outstanding"},
    "OOTO Only": {"Outstanding"},
}


def test_the_names_are_the_owners_to_the_letter() -> None:
    names = [(status.name, status.open) for status in COURSELEAF.statuses.values()]
    assert sorted(names) == sorted([(name, True) for name in OPEN] + [(name, False) for name in CLOSED])
    assert len(names) == 24


def test_the_ball_is_where_the_table_says() -> None:
    side = {name: ball for ball, names in BALL.items() for name in names}
    for status in COURSELEAF.statuses.values():
        assert status.ball is side.get(status.name, Ball.US), status.name


def test_every_event_in_every_status_does_what_the_table_says() -> None:
    walked = walk(COURSELEAF, {"outstanding": "O", "manager_escalation": "M"})
    print(walked)
    assert walked == WALK


def test_the_events_are_walked_in_the_order_that_the_table_names() -> None:
    assert " ".join(Event) == (
        "client_reply thanks approval cc_only escalation staff_reply team_reply third_party_reply out_of_office auto_reply "
        "bounce receipt calendar bulk spam notification system_report"
    )
    here = COURSELEAF.statuses["outstanding"]
    assert event_of(verdict("new_ticket"), here, ticket("outstanding")) is Event.CLIENT_REPLY
    assert event_of(verdict("staff_command"), here, ticket("outstanding")) is None


@pytest.mark.parametrize("there", COURSELEAF.statuses.values(), ids=lambda status: status.key)
def test_staff_may_set_what_the_table_allows_and_the_client_hears_of_it(there: Status) -> None:
    until = NOW.replace(day=30) if there.needs_date else None
    for here in COURSELEAF.statuses.values():
        decision = decide_action(
            ticket(here.key), SetStatus(there.name, "kim@example.com", until=until), COURSELEAF, NOW
        )
        may = here is not there and here.name in ONLY_FROM.get(there.name, {here.name})
        if here is there and until:
            continue  # another date for the same appointment
        assert bool(decision.refused) is not may, (here.name, there.name)
        assert decision.status == (there.key if may else here.key)
        sent = [f"{notice.name} {notice.nature}" for notice in decision.notices]
        assert sent == ([ENTRY[there.name]] if may and there.name in ENTRY else [])


def test_every_status_has_two_meanings_in_words_of_our_own() -> None:
    meanings = [status.client_meaning for status in COURSELEAF.statuses.values()]
    meanings += [status.staff_meaning for status in COURSELEAF.statuses.values()]
    for meaning in meanings:
        assert 20 < len(meaning) < 140, meaning
        assert meaning.endswith((".", "?")), meaning
    assert len({status.client_meaning for status in COURSELEAF.statuses.values()}) == 24


def test_the_colours_can_be_read_under_white_letters() -> None:
    for status in COURSELEAF.statuses.values():
        assert contrast_with_white(status.colour) >= 4.5, (status.name, status.colour)  # WCAG 2.2, 1.4.3
    assert len({status.colour for status in COURSELEAF.statuses.values()}) == 24


def test_each_notice_is_the_kind_of_mail_that_it_should_be() -> None:
    natures = {name: form.nature for name, form in COURSELEAF.notices.items()}
    answers = {name for name, nature in natures.items() if nature is Nature.ACKNOWLEDGEMENT}
    personal = {name for name, nature in natures.items() if nature is Nature.PERSONAL}
    assert answers == {"received", "escalated", "reopened", "reply-received"}
    assert personal == {"pending-client-feedback", "patch-waiting", "reply"}
    told = {line.split()[0] for line in ENTRY.values()} - personal
    assert set(natures) - answers - personal == told | {"feedback-reminder", "appointment-canceled"}
