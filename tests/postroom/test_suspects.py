"""Suspects: what costs the connection waits and comes last, and is never given up."""

from hypothesis import given
from hypothesis import strategies as st

from postroom.suspects import TRIES, WAIT_SECONDS, Suspects


def turns(suspects: Suspects, uids: list[int], now: float = 0) -> list[list[int]]:
    return [list(together) for together in suspects.turns(uids, now, 3)]


def test_what_is_not_suspected_goes_together_as_many_as_may() -> None:
    assert turns(Suspects(), [1, 2, 3, 4]) == [[1, 2, 3], [4]]
    assert not Suspects().due(10**9)


def test_mails_that_were_lost_together_go_alone_after_all_others_and_wait_for_nothing() -> None:
    suspects = Suspects()
    for _ in range(9):
        suspects.lost([1, 2], 0)
    assert turns(suspects, [1, 2, 3, 4]) == [[3, 4], [1], [2]]
    suspects.lost([1], 0)
    assert turns(suspects, [1, 2, 3, 4]) == [[3, 4], [2], [1]]
    assert suspects.untold() == {}
    suspects.settled([1])
    assert turns(suspects, [1, 2, 3, 4]) == [[1, 3, 4], [2]]


def test_a_mail_that_was_lost_alone_three_times_is_tried_again_each_hour_for_ever() -> None:
    suspects = Suspects()
    at = 5.0
    for _ in range(TRIES):
        assert turns(suspects, [7], at) == [[7]]
        suspects.lost([7], at)
    for _ in range(100):
        assert turns(suspects, [7, 8], at + WAIT_SECONDS - 1) == [[8]]
        assert not suspects.due(at + WAIT_SECONDS - 1)
        at += WAIT_SECONDS
        assert suspects.due(at)
        assert turns(suspects, [7, 8], at) == [[8], [7]]
        suspects.lost([7], at)


def test_it_is_told_once_until_it_came() -> None:
    suspects = Suspects()
    for _ in range(TRIES):
        assert suspects.untold() == {}
        suspects.lost([7], 0)
    assert list(suspects.untold()) == [7]
    suspects.told(7)
    suspects.lost([7], WAIT_SECONDS)
    assert suspects.untold() == {}
    suspects.settled([7])
    suspects.refused(7, "NO", 0)
    assert suspects.untold() == {7: "NO"}
    suspects.only([8])
    assert suspects.untold() == {}
    assert not suspects.due(10**9)


def test_a_mail_that_is_refused_waits_like_one_that_is_lost() -> None:
    suspects = Suspects()
    for _ in range(TRIES):
        assert turns(suspects, [7]) == [[7]]
        suspects.refused(7, "too large", 0)
    assert not suspects.due(WAIT_SECONDS - 1)
    assert turns(suspects, [7], WAIT_SECONDS) == [[7]]


@given(st.lists(st.tuples(st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True), st.floats(0, 10**6))))
def test_whatever_was_lost_every_mail_has_a_turn_within_an_hour(losses: list[tuple[list[int], float]]) -> None:
    suspects = Suspects()
    for uids, at in losses:
        suspects.lost(uids, at)
    last = max((at for _, at in losses), default=0.0)
    had = turns(suspects, [1, 2, 3, 4, 5], last + WAIT_SECONDS)
    assert sorted(uid for together in had for uid in together) == [1, 2, 3, 4, 5]
