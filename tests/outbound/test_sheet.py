"""Sheets add up, medians too; and what happened to a ticket is counted on the day on which it did."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from outbound.reckoning import CLOCK, IMPORT, PERSON, WORK, Change, Happened, Past, Reckoning
from outbound.sheet import Sheet, added, below, key, length, spans
from tests.workflow.desk import COURSELEAF
from workflow.calendar import Working

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = Working("office", CHICAGO, opens=timedelta(hours=9), closes=timedelta(hours=17), holidays=[date(2026, 11, 26)])
MONDAY = datetime(2026, 11, 23, 9, tzinfo=CHICAGO)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTS = Reckoning(lambda _: COURSELEAF, CHICAGO, OFFICE, "x")
LONG = some.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=2000))


def summed(*changes: Change, since: datetime = MONDAY, until: datetime = MONDAY + 30 * DAY, **more: object) -> Sheet:
    ticket = Past("courseleaf", "example.org", changes, **more)  # type: ignore[arg-type]
    return COUNTS.sheet(Happened(since, until, (ticket,), {"client_reply": 2}, (("bulk", "new_ticket"),)))


def change(number: int, at: datetime, was: str, status: str, cause: str = PERSON) -> Change:
    return Change(number, at, was, status, cause)


OPENED = change(1, MONDAY, "", "outstanding", "new_ticket")
CLOSED = change(2, MONDAY + 3 * HOUR, "outstanding", "problem_solved")
AGAIN = change(3, MONDAY + DAY, "problem_solved", "outstanding", "client_reply")
AT_LAST = change(4, MONDAY + DAY + 5 * HOUR, "outstanding", "question_answered")


@given(some.lists(LONG, min_size=1))
def test_a_median_of_counts_is_that_of_the_spans_to_within_five_percent(longs: list[timedelta]) -> None:
    half = len(longs) // 2
    parts = [Counter(key("close", length(long)) for long in part) for part in (longs[:half], longs[half:])]
    found = spans(added(parts), "close")
    assert len(found) == len(longs)
    exact = sorted(longs)[(len(longs) + 1) // 2 - 1]
    assert found.median is not None
    assert abs(found.median / exact - 1) < 0.05


def test_nothing_has_no_median() -> None:
    assert spans({}, "close").median is None


def test_a_close_counts_from_the_opening_and_after_a_reopening_from_that() -> None:
    sheet = summed(OPENED, CLOSED, AGAIN, AT_LAST)
    assert (sheet["in"], sheet["out"]) == (1, 2)
    assert sheet[key("in kind", "new_ticket")] == sheet[key("in client", "example.org")] == 1
    assert sheet[key("reopened", "client_reply")] == sheet[key("reopened as", "3")] == 1
    closes = spans(sheet, "close", CLOCK)
    assert (len(closes), closes.median, closes.most) == (
        2,
        pytest.approx(3 * HOUR, 0.05),
        pytest.approx(5 * HOUR, 0.05),
    )
    assert sheet[key("corrected", "bulk", "new_ticket")] == 1
    assert sheet[key("came", "client_reply")] == 2
    assert spans(sheet, "in status", "courseleaf", "problem_solved").median == pytest.approx(21 * HOUR, 0.05)
    assert dict(below(sheet, "entered"))[("courseleaf", "outstanding")] == 2


def test_each_day_counts_its_own_and_all_days_the_same_as_each() -> None:
    tuesday = MONDAY + DAY - 9 * HOUR
    first = summed(OPENED, CLOSED, until=tuesday)
    second = summed(OPENED, CLOSED, AGAIN, AT_LAST, since=tuesday)
    assert (second.get("in", 0), second["out"]) == (0, 1)
    whole = summed(OPENED, CLOSED, AGAIN, AT_LAST)
    total = added((first, second))
    of_tickets = [
        {at: of[at] for at in of if not at.startswith(("came", "corrected", "merged"))} for of in (total, whole)
    ]
    assert of_tickets[0] == of_tickets[1]


def test_what_is_closed_as_it_comes_is_in_and_out_and_took_no_time() -> None:
    sheet = summed(change(1, MONDAY, "", "cc_only", "cc_only"))
    assert (sheet["in"], sheet["out"]) == (1, 1)
    assert len(spans(sheet, "close", CLOCK)) == 0


def test_what_an_import_closes_is_out_and_took_nobody_knows_how_long() -> None:
    sheet = summed(OPENED, change(2, MONDAY + 20 * DAY, "outstanding", "problem_solved", IMPORT))
    assert (sheet["in"], sheet["out"]) == (1, 1)
    assert len(spans(sheet, "close", CLOCK)) == 0
    assert not list(below(sheet, "in status"))


def test_a_first_answer_is_measured_by_the_clock_and_in_working_hours() -> None:
    friday = MONDAY - 3 * DAY + 7 * HOUR  # an hour before the office closes
    opened = change(1, friday, "", "outstanding", "new_ticket")
    sheet = summed(opened, answered_at=MONDAY + HOUR)
    assert spans(sheet, "answer", CLOCK).median == pytest.approx(66 * HOUR, 0.05)
    assert spans(sheet, "answer", WORK).median == pytest.approx(2 * HOUR, 0.05)


def test_where_staff_wrote_first_and_where_an_answer_came_before_nothing_is_measured() -> None:
    assert len(spans(summed(change(1, MONDAY, "", "outstanding"), answered_at=MONDAY), "answer", CLOCK)) == 0
    later = summed(OPENED, since=MONDAY + DAY, answered_at=MONDAY + HOUR)
    assert len(spans(later, "answer", CLOCK)) == 0


def test_a_status_that_the_workflow_has_no_more_is_taken_for_open() -> None:
    sheet = summed(OPENED, change(2, MONDAY + HOUR, "outstanding", "gone"), change(3, MONDAY + 2 * HOUR, "gone", "sow"))
    assert sheet["out"] == 1
    assert spans(sheet, "close", CLOCK).median == pytest.approx(2 * HOUR, 0.05)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 08:00", "2026-11-23 18:00", 8),
        ("2026-11-23 16:00", "2026-11-24 10:00", 2),
        ("2026-11-20 16:00", "2026-11-23 10:00", 2),
        ("2026-11-25 09:00", "2026-11-27 17:00", 16),  # a holiday is between
        ("2026-11-28 10:00", "2026-11-29 10:00", 0),
        ("2026-11-23 12:00", "2026-11-23 11:00", 0),
        ("2026-10-30 16:30", "2026-11-02 09:30", 1),  # the clocks go back between
    ],
)
def test_working_time_lies_in_working_hours(start: str, end: str, hours: float) -> None:
    since, until = (datetime.fromisoformat(one).replace(tzinfo=CHICAGO).astimezone(UTC) for one in (start, end))
    assert OFFICE.within(since, until) == timedelta(hours=hours)


@given(some.datetimes(datetime(2020, 1, 1), datetime(2021, 1, 1)), LONG.filter(lambda long: long < 60 * DAY))  # noqa: DTZ001
def test_working_time_adds_up_at_any_moment_between(start: datetime, long: timedelta) -> None:
    since = start.replace(tzinfo=UTC)
    middle, end = since + long / 3, since + long
    assert OFFICE.within(since, middle) + OFFICE.within(middle, end) == OFFICE.within(since, end) <= long


def test_days_of_all_hours_are_the_clock_of_working_days() -> None:
    whole = Working("all", CHICAGO)
    friday = datetime.combine(date(2026, 11, 20), time(12), CHICAGO)
    assert whole.within(friday, friday + 3 * DAY) == DAY
