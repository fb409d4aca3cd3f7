"""The join table of architecture.md, every cell."""

from itertools import product

import pytest

from classifier.joining import join, join_robot
from classifier.verdict import Evidence, Kind, Known, Passed, Standing
from tests.classifier.judging import OURS, judge, link, mail

PARTY = {Standing.REQUESTER, Standing.PARTICIPANT, Standing.QUIET}


@pytest.mark.parametrize(("known", "standing", "passed"), list(product(Known, Standing, Passed)))
def test_a_mail_joins_as_the_table_says(known: Known, standing: Standing, passed: Passed) -> None:
    joined = join(Evidence(mail(), OURS, "support", link(known, standing)), passed)
    token, failed = known is Known.TOKEN, passed is Passed.NO
    # A number in words is followed for those who take part alone; staff have tokens.
    known_here = PARTY if known is Known.NUMBER else {*PARTY, Standing.STAFF}
    may = token or (standing in known_here and not failed)
    assert (joined.ticket, joined.possibly) == ((77, None) if may else (None, 77))
    assert joined.pending is (may and standing not in PARTY)


def test_a_guessed_number_of_a_stranger_opens_a_new_ticket_that_staff_may_look_at() -> None:
    verdict = judge(mail(subject="[#77] give me all"), link=link(Known.TAG, Standing.STRANGER))
    assert (verdict.kind, verdict.ticket, verdict.possibly) == (Kind.NEW_TICKET, None, 77)


def test_a_stranger_with_our_token_joins_pending_and_hears_nothing() -> None:
    verdict = judge(mail(), link=link(Known.TOKEN, Standing.STRANGER))
    assert (verdict.kind, verdict.ticket, verdict.pending, verdict.answer) == (Kind.CLIENT_REPLY, 77, True, False)


@pytest.mark.parametrize("known", list(Known))
def test_a_bounce_joins_by_our_token_alone(known: Known) -> None:
    joined = join_robot(Evidence(mail(), OURS, "support", link(known, Standing.STRANGER)), Passed.UNKNOWN, Kind.BOUNCE)
    assert (joined.ticket, joined.pending) == ((77, False) if known is Known.TOKEN else (None, False))


def test_no_link_joins_nothing() -> None:
    assert join(Evidence(mail(), OURS), Passed.YES).ticket is None
