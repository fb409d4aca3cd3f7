"""Who hears what: the table, row by row; and a client who writes from another address."""

import pytest

from inbound.message import Address
from tests.workflow.desk import COURSELEAF, ticket
from workflow.act import Part, Stands, TakePart
from workflow.addresses import elsewhere, written_from
from workflow.change import stay
from workflow.decide import decide_action
from workflow.decision import Audience, Notice
from workflow.hearing import Tell, heard
from workflow.machine import Nature

PAT, SAM, LIZ = Address("pat@example.com"), Address("sam@example.org"), Address("liz@example.org")


def notice(name: str, nature: Nature, audience: Audience = Audience.CLIENT) -> Notice:
    return Notice(name, "courseleaf", nature, audience, PAT)


REPLY = notice("reply", Nature.PERSONAL)
QUESTION = notice("pending-client-feedback", Nature.PERSONAL)
CHANGE = notice("problem-solved", Nature.AUTOMATIC)
RECEIVED = notice("received", Nature.ACKNOWLEDGEMENT)
INSIDE = notice("reply", Nature.STAFF, Audience.STAFF)


@pytest.mark.parametrize("tell", Tell)
def test_colleagues_hear_what_the_team_has_chosen_and_the_requester_hears_it_first(tell: Tell) -> None:
    hear = {
        Tell.NOTHING: set(),
        Tell.ANSWERS: {"reply"},
        Tell.ALL: {"reply", "pending-client-feedback", "problem-solved"},
    }[tell]
    for one in (REPLY, QUESTION, CHANGE, RECEIVED, INSIDE):
        told = [each.recipient for each in heard([one], [SAM, LIZ], tell)]
        also = one.name in hear and one.audience is Audience.CLIENT
        assert told == ([PAT, SAM, LIZ] if also else [PAT]), one
    assert list(heard([], [SAM], tell)) == []


def test_the_requester_is_where_they_write_from() -> None:
    mine = ticket("outstanding")
    known = frozenset({mine.requester.key, SAM.key})
    assert written_from(mine, SAM, known).requester == Address(SAM.addr, mine.requester.name)
    for who, addresses in ((None, known), (SAM, frozenset({SAM.key})), (mine.requester, known)):
        assert written_from(mine, who, addresses) is mine
    moved = elsewhere(stay(mine, COURSELEAF, ("a bounce",)), mine, "Sam@example.org")
    assert moved.requester == Address("Sam@example.org", mine.requester.name)
    assert "answers go to Sam@example.org from now on" in moved.because[1]


def test_who_may_be_let_in_and_taken_out() -> None:
    mine = ticket("outstanding")
    requester, colleague, waits, copied, quiet = (
        Stands("pat@example.com", "requester", pending=False),
        Stands("sam@example.org", "participant", pending=False),
        Stands("sam@example.org", "participant", pending=True),
        Stands("sam@example.org", "cc", pending=False),
        Stands("sam@example.org", "quiet", pending=False),
    )
    wrong = []
    for part, stands, refused in (
        (Part.ADD, None, ""),
        (Part.ADD, waits, ""),
        (Part.ADD, copied, ""),
        (Part.ADD, colleague, "sam@example.org takes part in #1042 already"),
        (Part.ADD, requester, "sam@example.org is the requester of #1042"),
        (Part.ADD, quiet, ""),
        (Part.QUIET, None, ""),
        (Part.QUIET, waits, ""),
        (Part.QUIET, colleague, ""),
        (Part.QUIET, quiet, "sam@example.org takes part in #1042 already and hears nothing of it"),
        (Part.QUIET, requester, "sam@example.org is the requester of #1042"),
        (Part.REMOVE, quiet, ""),
        (Part.REMOVE, requester, "sam@example.org is the requester of #1042"),
        (Part.REMOVE, None, "sam@example.org takes no part in #1042"),
        (Part.REMOVE, colleague, ""),
        (Part.REMOVE, waits, ""),
    ):
        done = decide_action(mine, TakePart(part, SAM, "kim@example.com", stands), COURSELEAF, mine.created_at)
        if (done.refused, done.people) != (refused, () if refused else ((part, SAM),)):
            wrong.append((part, stands, done.refused, done.people))
    assert wrong == []
    crowd = {f"u{n}@example.org": Stands(f"u{n}@example.org", "participant", pending=False) for n in range(20)}
    full = TakePart.of(Part.ADD, SAM, "kim@example.com", crowd)
    assert "20 people take part" in decide_action(mine, full, COURSELEAF, mine.created_at).refused
    other = TakePart.of(Part.ADD, LIZ, "kim@example.com", {LIZ.key: colleague})
    assert decide_action(mine, other, COURSELEAF, mine.created_at).refused.endswith("already, as sam@example.org")
