"""What comes faster than anybody types: a note or a robot's answer, whatever its headers lack. A person's pace says nothing."""

import pytest

from classifier.explain import explain
from classifier.verdict import Evidence, Kind
from tests.classifier.judging import OURS, judge, link, mail

LINKED = {"link": link()}
FIELDS = {"subject": "Re: Wrong credits", "in_reply_to": ("<ours@example.com>",)}
NOTE = """Hi there,

the shutters of our little office are down until the snow has gone. I am back on 18 January, and then I go through all
that has come meanwhile. If the roof comes down before that, Robin at the front desk knows what to do.

Best, Dana
"""
NOTES = {
    "in words of its own": NOTE,
    "that has a person's words, too": "I am on leave until 18 January. In urgent cases write to robin@example.org. "
    "Mail is not forwarded meanwhile. Please send me the invoice again then, it is not lost.",
    "in signs that take several strokes": "雪が解けるまで小さな事務所は静かに眠っております。12月7日に出社いたします。",
}
ROBOT = """Thank you for your message. It has been received and is in the queue of the service desk; our hours are on the page.
"""
PEOPLE = {
    "who says that they are away": "I am off on Friday. Can we do it on Thursday?",
    "who was away": "Sorry, I was on leave. The credits on page 4 are still wrong, and so are those on page 7. Have a look, please.",
}


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES)
def test_a_note_that_came_faster_than_anybody_types_is_one(text: str) -> None:
    found = judge(mail(text, **FIELDS), seconds=2.5)
    assert found.kind is Kind.OUT_OF_OFFICE
    assert "letters, 2 s after ours" in found.because[0]
    assert not found.answer


def test_its_day_of_return_is_read() -> None:
    assert str(judge(mail(NOTE, **FIELDS), seconds=2.0).return_date) == "2027-01-18"


def test_a_robot_that_came_faster_than_anybody_types_is_one() -> None:
    assert judge(mail(ROBOT, **FIELDS), seconds=3.0).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("seconds", [None, 30.0, 3600.0, -5.0])
def test_at_a_persons_pace_words_alone_decide(seconds: float | None) -> None:
    assert judge(mail(NOTE, **FIELDS), seconds=seconds, **LINKED).kind is Kind.CLIENT_REPLY


@pytest.mark.parametrize("text", PEOPLE.values(), ids=PEOPLE)
@pytest.mark.parametrize("seconds", [15.0, 40.0, 3600.0])
def test_a_person_who_writes_as_fast_as_people_do_stays_one(text: str, seconds: float) -> None:
    assert judge(mail(text, **FIELDS), seconds=seconds, **LINKED).kind is Kind.CLIENT_REPLY


def test_a_signature_that_a_program_adds_is_no_typing() -> None:
    signed = (
        "I am off on Friday. Can we do it on Thursday?\n\n-- \n" + "Dana Whitfield, Registrar, Example College\n" * 20
    )
    assert judge(mail(signed, **FIELDS), seconds=8.0, **LINKED).kind is Kind.CLIENT_REPLY


def test_haste_alone_makes_nobody_a_machine() -> None:
    swift = "The credits on page 4 are still wrong, and so are those on page 7."
    found = judge(mail(swift, **FIELDS), seconds=1.0, **LINKED)
    assert (found.kind, found.answer) == (Kind.CLIENT_REPLY, True)


def test_it_is_explained() -> None:
    found = explain(Evidence(mail(NOTE, **FIELDS), OURS, "support", seconds=2.5))
    assert any("faster than anybody" in sign.says for sign in found.for_it)
    assert found.change is not None
    assert found.change.without == "the haste in which it came"


def test_staff_who_answer_a_notice_with_a_command_are_no_machine() -> None:
    found = judge(mail("#status Assessment", "kim@example.com", **FIELDS), seconds=0.5, staff_token=True, **LINKED)
    assert found.kind in {Kind.STAFF_COMMAND, Kind.STAFF_REPLY}


@pytest.mark.parametrize(
    "text",
    [
        "#status Assessment",
        "I'll look into it tomorrow, thanks!",
        "Back on Monday",
        "Status?",
        "OK",
        "Yes, go ahead",
        "It still fails",
        "Closed.",
    ],
)
def test_a_line_says_nothing_of_an_absence_however_fast_it_came(text: str) -> None:
    assert judge(mail(text, **FIELDS), seconds=0.5, **LINKED).kind is Kind.CLIENT_REPLY
