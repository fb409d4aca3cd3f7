"""An escalation finds its ticket: at once where that is certain, else by a manager's one-line answer. The client gets one answer."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import do, once, rows, ticket

SAM = "Sam Reed <sam@client.example>"
TEAM = """
[[staff]]
address = "lee@example.test"
name = "Lee"
"""


def look(lab: Lab, seen: int = 0) -> list[EmailMessage]:
    once(lab)
    return [message_from_bytes(raw, EmailMessage, policy=default) for raw in lab.sent()[seen:]]


def text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def escalate(text: str, sender: str = SAM, **headers: str) -> EmailMessage:
    return mail(text, sender=sender, to="escalate@example.test", **{"subject": "Nobody answers", **headers})


@on_both
def test_a_manager_merges_by_one_line_and_the_client_hears_once(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(TEAM)
    lab.deliver(mail("The quokka course page stays white after saving.\n", subject="Quokka page"))
    once(lab)
    do(lab, "assign", "1001", "lee@example.test")
    do(lab, "set", "1001", "Pending Client Feedback")
    lab.deliver(escalate("Ada asked about the quokka page; where is the answer? Call +1 312 555 0142.\n"), "escalate")
    seen = len(lab.sent())
    new = look(lab, seen)
    assert sorted(one["To"] for one in new if "lee" not in one["To"] and "ada" not in one["To"]) == [
        "kim@example.test",
        "sam@client.example",
    ]
    asked = next(one for one in new if one["To"] == "kim@example.test")
    for said in (
        'May be about: #1001 "Quokka page"',
        "its client is of client.example, too",
        "To merge: reply #merge 1001",
    ):
        assert said in text(asked), text(asked)
    assert ticket(lab, 1002)["status"] == "Manager Escalation"

    seen = len(lab.sent())
    lab.deliver(answer_to(bytes(asked), "#merge 1001\n", sender="Kim <kim@example.test>"))
    new = look(lab, seen)
    assert sorted(one["To"] for one in new) == ["kim@example.test", "lee@example.test"], "no client hears of it again"
    done = next(one for one in new if one["To"] == "kim@example.test")
    assert "Done: #1002 is merged into #1001" in text(done)
    told = next(one for one in new if one["To"] == "lee@example.test")
    assert "kim@example.test merged #1002" in text(told)
    target = ticket(lab, 1001)
    assert (target["priority"], target["status"], ticket(lab, 1002)["merged_into"]) == ("high", "Outstanding", 1001)

    seen = len(lab.sent())
    lab.deliver(answer_to(bytes(asked), "#merge #1001\n", sender="Kim <kim@example.test>"))
    lab.deliver(answer_to(bytes(done), "#unmerge\n", sender="Kim <kim@example.test>"))
    said = " ".join(text(one) for one in look(lab, seen))
    assert "Nothing was done on #1002: kim@example.test merged #1002 into #1001" in " ".join(said.split())
    assert "#1002 is a ticket of its own again" in " ".join(said.split())
    back = ticket(lab, 1001)
    assert (back["priority"], back["status"]) == ("normal", "Pending Client Feedback")
    assert ticket(lab, 1002)["status"] == "Manager Escalation"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_number_of_their_own_ticket_joins_it_at_once(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    lab.move_clock(minutes=11)  # of the limit of acknowledgements to one address
    lab.deliver(escalate("I wait for ticket 1001 since Monday.\n", "Ada Quill <ada@client.example>"), "escalate")
    new = look(lab, len(lab.sent()))
    assert [one["To"] for one in new] == ["ada@client.example"]
    (only,) = rows(lab, "tickets")
    assert (only["status"], only["priority"]) == ("Manager Escalation", "high")
    lab.deliver(escalate("I wait for ticket 1001, too.\n", "Eve <eve@evil.example>"), "escalate")
    new = look(lab, len(lab.sent()))
    assert len(rows(lab, "tickets")) == 2, "a guessed number joins nothing (T03)"
    assert "1001 stands in the text" in text(next(one for one in new if one["To"] == "kim@example.test"))
    assert not [one for one in new if "ada" in one["To"]]
