"""What follows from the commands and words of a staff member's mail: all of it, or nothing with what is possible."""

from pathlib import Path
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.workflow.desk import BOTH, COURSELEAF, NOW, ticket, told
from workflow.machine import Workflow
from workflow.ordering import Ordered, Team, carry_out
from workflow.orders import asked
from workflow.timing import timed

KIM, LOU = "kim@example.com", "lou.ray@example.com"
TEAM = Team(KIM, {KIM: "Kim Able", LOU: "Lou Ray"})
FLOW = timed(COURSELEAF, {}, ZoneInfo("America/Chicago"))


def order(text: str, status: str = "outstanding", *, note: bool = False, back_to: str = "", **more: Any) -> Ordered:
    return carry_out(ticket(status, **more), asked(text), FLOW, TEAM, NOW, note=note, back_to=back_to)


def test_words_alone_go_to_the_client_or_are_a_note_as_the_notice_said() -> None:
    reply = order("Dear Pat, please try again.")
    assert (told(reply.decision), reply.note, reply.refused) == (["reply personal pat@example.com"], False, "")
    note = order("She called.", note=True)
    assert (told(note.decision), note.note, note.decision.because) == ([], True, (f"{KIM} left a note",))
    assert order("#note She called.").note
    assert told(order("#reply Dear Pat", note=True).decision) == ["reply personal pat@example.com"]


def test_all_commands_of_a_mail_are_one_change() -> None:
    done = order("#status pending client feedback until 30 Nov\n#assign Lou\nWhich page is it?")
    assert (done.decision.was, done.decision.status, done.decision.assigned_to) == (
        "outstanding",
        "pending_client_feedback",
        LOU,
    )
    assert told(done.decision) == ["reply personal pat@example.com"], "her own words, and no other notice"
    assert f"{done.decision.until:%Y-%m-%d %H:%M}" == "2026-12-01 05:59"
    assert done.undo == ("#undo", "#assign nobody")
    assert len(done.decision.because) == 2


NOTICE = (Path(__file__).parents[2] / "templates/mail/_base/staff.txt").read_text()


@pytest.mark.parametrize("before", ["", "    ", "| ", "\u203a "])
@pytest.mark.parametrize("width", [40, 200])
def test_a_notice_that_a_mail_repeats_in_no_known_way_goes_to_no_client(before: str, width: int) -> None:
    lines = [part for line in NOTICE.split("\n") for part in wrap(line, width) or [""]]
    said = "Dear Pat, yes.\n\n" + "\n".join(before + line for line in lines)
    for top in ("", "#status Support Rep Working\n", "#reply\n"):
        done = order(top + said)
        assert (told(done.decision), done.decision.status) == ([], "outstanding")
        assert "among your words" in done.refused or "stands below your words" in done.refused
    assert order("#note\n" + said).note


def test_a_hand_off_goes_out_whatever_else_the_mail_asks_for() -> None:
    for also in ("", "\n#assign Lou", "\n#note ask them", "\nWe pass it on."):
        assert order(f"#status Sales Request{also}").decision.forward == "sales", also


def test_a_status_alone_tells_the_client_as_the_workflow_says() -> None:
    assert told(order("#close Problem Solved").decision) == ["problem-solved automatic pat@example.com"]
    assert told(order("#close Problem Solved\n#note it was the cache").decision) == [
        "problem-solved automatic pat@example.com"
    ]


def test_a_near_spelling_is_understood_and_said() -> None:
    done = order("#stauts Pending Client Feedbak\n#note x")
    assert done.decision.status == "pending_client_feedback"
    assert done.read_as == (
        "#stauts was read as #status",
        '"Pending Client Feedbak" was read as "Pending Client Feedback"',
    )


def test_a_sign_off_with_another_name_is_left_out_and_said() -> None:
    done = carry_out(ticket("outstanding"), asked("#assign me\n\nBest, Pat", "Kim Able"), FLOW, TEAM, NOW, note=False)
    assert (told(done.decision), done.read_as) == ([], ('"Best, Pat" was read as how you sign, and goes to nobody',))
    mine = carry_out(ticket("outstanding"), asked("#assign me\n\nBest,\nKim", "Kim Able"), FLOW, TEAM, NOW, note=False)
    assert (told(mine.decision), mine.read_as) == ([], ())


REFUSED = {
    "#xyzzy": "there is no command #xyzzy: write one of",
    "#status Lost": 'there is no status "Lost": they are "Outstanding"',
    "#status": 'say which: "Outstanding"',
    "#close Outstanding": 'there is no closed status "Outstanding": they are "Appointment Complete"',
    "#status Appointment Scheduled": '"Appointment Scheduled" needs a date',
    "#status Appointment Scheduled until 3/12": '"3/12" may be Thursday 3 December 2026 or Friday 12 March 2027',
    "#status Appointment Scheduled until 1 Jan 2020": '"1 Jan 2020" was Wednesday 1 January 2020, which has passed',
    "#status Appointment Scheduled until 2020-01-01": "has passed: give a later date",
    "#status Stale": '"Stale" cannot follow "Outstanding" by hand',
    "#assign": "say to whom",
    "#assign sam": '"sam" is none of us: the team is "kim@example.com", "lou.ray@example.com"',
    "#assign lou\n#status Lost": "there is no status",
    "#status Assessment\n#close Problem Solved": "one mail can set one status",
    "#note": "there are no words",
    "#reply": "there are no words",
    "Dear Pat, use the export.\n#note\nsays nobody": "#note stands below your words: write commands above them",
    "Hi Pat,\n#close Problem Solved": "#close stands below your words",
    "#reply Dear Pat\n#note says nobody": "#note stands below your words",
    "#undo": "the newest change of #1042 is not yours",
    "": "there is nothing above what your mail quotes",
}


def test_what_cannot_be_done_is_refused_with_what_is_possible_and_nothing_of_the_mail_is_done() -> None:
    wrong = {text: done.refused for text in REFUSED if REFUSED[text] not in (done := order(text)).refused}
    assert wrong == {}
    for text in REFUSED:
        before, done = ticket("outstanding"), order(text)
        assert (done.decision.status, done.decision.assigned_to, done.decision.notices) == (before.status, "", ()), text
        assert not done.decision.refused, "the mail itself is kept"


def test_ones_own_newest_change_is_taken_back() -> None:
    done = order("#undo", "problem_solved", back_to="support_rep_working")
    assert (done.decision.was, done.decision.status, done.decision.notices) == (
        "problem_solved",
        "support_rep_working",
        (),
    )
    assert "needs" not in done.refused
    assert "set it again" in order("#undo", "outstanding", back_to="appointment_scheduled").refused


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_every_status_can_be_named_from_every_other_and_is_set_or_refused(flow: Workflow) -> None:
    for here in flow.statuses:
        for there in flow.statuses.values():
            done = carry_out(
                ticket(here, workflow=flow.name),
                asked(f"#status {there.name} until 2026-12-03" if there.needs_date else f"#status {there.name}"),
                flow,
                TEAM,
                NOW,
                note=False,
            )
            assert done.refused or done.decision.status == there.key
