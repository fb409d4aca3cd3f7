"""How UIDs are asked about: exactly those that were meant, in lines and answers of bounded length."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound import uids as sequence
from inbound.down import BadArgument, printable, reconnect_delay

UIDS = st.integers(1, sequence.HIGHEST)


def expand(line: str) -> list[int]:
    return sequence._numbers(line.encode())


@given(st.sets(st.one_of(UIDS, st.integers(1, 300)), max_size=600))
def test_a_set_names_exactly_the_uids_that_were_meant_in_short_lines(uids: set[int]) -> None:
    lines = list(sequence.sets(uids))
    assert [uid for line in lines for uid in expand(line)] == sorted(uids)
    assert all(0 < len(line) <= sequence.LONGEST_SET for line in lines)


def test_a_set_names_no_more_mails_than_one_command_may_take() -> None:
    assert list(sequence.sets(range(1, 2502))) == ["1:1000", "1001:2000", "2001:2501"]


@pytest.mark.parametrize("uid", [0, -1, 2**32])
def test_what_is_no_uid_is_refused(uid: int) -> None:
    with pytest.raises(BadArgument):
        sequence.checked([5, uid])


@given(st.sets(st.one_of(UIDS, st.integers(1, 30_000)), max_size=50), UIDS)
def test_windows_find_every_uid_above_the_last_kept_one_and_no_other(there: set[int], low: int) -> None:
    def search(first: int, last: int) -> list[int]:
        return [uid for uid in there if first <= uid <= last] + [max(there, default=1)]  # and n:*'s odd one

    found = [uid for window in sequence.windows(low, max(there, default=0), search) for uid in window]
    assert found == sorted(uid for uid in there if uid >= low)


def test_few_mails_with_high_uids_take_few_questions() -> None:
    asked: list[tuple[int, int]] = []

    def search(first: int, last: int) -> list[int]:
        asked.append((first, last))
        return []

    list(sequence.windows(1, sequence.HIGHEST, search))
    assert len(asked) < 25
    assert asked[0][0] == 1
    assert asked[-1][1] == sequence.HIGHEST
    assert all(after[0] == before[1] + 1 for before, after in pairwise(asked))


@given(st.lists(st.tuples(UIDS, st.integers(0, 40)), max_size=60, unique_by=lambda pair: pair[0]))
def test_batches_hold_every_mail_once_within_their_bounds(sizes: list[tuple[int, int]]) -> None:
    size = dict(sizes)
    batches = list(sequence.batches(sizes, count=5, octets=50))
    assert [uid for batch in batches for uid in batch] == [uid for uid, _ in sizes]
    assert all(len(batch) <= 5 and sum(size[uid] for uid in batch) <= 50 for batch in batches if len(batch) > 1)
    assert all(len(batch) == 1 for batch in batches if any(size[uid] == 0 for uid in batch))


def test_copyuid_counts_only_for_what_was_asked() -> None:
    assert sequence.copied(b"99 1:3,7 10:13", "1:2,7") == {1: 10, 2: 11, 7: 13}


@pytest.mark.parametrize("odd", [b"", b"99 1:3", b"99 1:3 10:11", b"99 1:4294967295 1:4294967295", b"99 a b", None, 5])
def test_a_copyuid_that_cannot_be_read_is_none(odd: object) -> None:
    assert sequence.copied(odd, "1:3") == {}


@given(st.integers(1, 10**9), st.floats(-1, 1))
def test_the_reconnect_delay_stays_between_a_second_and_five_minutes(failures: int, jitter: float) -> None:
    assert 0.8 <= reconnect_delay(failures, jitter) <= 360
    assert reconnect_delay(failures, 0) <= reconnect_delay(failures + 1, 0)


def test_ten_minutes_down_are_fewer_than_twenty_tries() -> None:
    delays = [reconnect_delay(failures, -1) for failures in range(1, 20)]
    assert delays[:3] == [0.8, 1.6, 3.2]
    assert sum(delays) > 600


def test_a_servers_words_are_shown_on_one_short_line() -> None:
    assert printable(b"no\r\nway\x1b[2J") == "no way [2J"
    assert len(printable("x" * 10_000)) == 300
    assert printable(TimeoutError()) == "TimeoutError"
