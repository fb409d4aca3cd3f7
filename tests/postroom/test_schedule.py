"""Once a day at a time of the wall's clock: also where that clock leaves the time out, or shows it twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.schedule import EARLIEST, Schedule

CHICAGO = ZoneInfo("America/Chicago")
# Forward and back by an hour, by half of one, at midnight itself, by two hours, and a zone that never changes.
ZONES = ("America/Chicago", "Australia/Lord_Howe", "Africa/Cairo", "Antarctica/Troll", "Asia/Kathmandu")


def at(*when: int, zone: ZoneInfo = CHICAGO, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=zone, fold=fold).astimezone(UTC)


def due(text: str, now: datetime, zone: ZoneInfo = CHICAGO) -> date | None:
    return Schedule.read(text).day(now, zone)


def test_it_is_due_from_its_time_until_the_day_ends() -> None:
    assert due("daily 08:00", at(2026, 11, 24, 7, 59)) is None
    assert due("daily 08:00", at(2026, 11, 24, 8, 0)) == date(2026, 11, 24)
    assert due("daily 08:00", at(2026, 11, 24, 23, 59)) == date(2026, 11, 24)
    assert due("daily 08:00", at(2026, 11, 25, 0, 0)) is None
    assert due("daily 0:00", at(2026, 11, 25, 0, 0)) == date(2026, 11, 25)


def test_weekdays_leave_saturday_and_sunday_out() -> None:
    days = [due("weekdays 8:00", at(2026, 11, day, 9)) for day in range(26, 31)]
    assert days == [date(2026, 11, 26), date(2026, 11, 27), None, None, date(2026, 11, 30)]


def test_a_week_is_due_from_its_day_on_and_is_made_up_for_later() -> None:
    def week(*when: int) -> date | None:
        return Schedule.read_weekly("monday 08:00").day(at(*when), CHICAGO)

    assert week(2026, 11, 23, 7, 59) == date(2026, 11, 16), "the one before, which was missed"
    for day in (23, 26, 29):
        assert week(2026, 11, day, 8) == date(2026, 11, 23)
    assert week(2026, 11, 2, 7) is None
    for text in ("daily 08:00", "Monday 08:00", "monday", "monday 24:00"):
        with pytest.raises(ValueError, match="write a day and a time"):
            Schedule.read_weekly(text)


def test_a_time_that_the_clocks_skip_comes_when_they_are_put_forward() -> None:
    assert due("daily 02:30", at(2027, 3, 14, 1, 59)) is None
    assert at(2027, 3, 14, 3, 30) - at(2027, 3, 14, 1, 59) == timedelta(minutes=31)
    assert due("daily 02:30", at(2027, 3, 14, 3, 29)) is None
    assert due("daily 02:30", at(2027, 3, 14, 3, 30)) == date(2027, 3, 14)


def test_a_time_that_comes_twice_has_come_the_first_time() -> None:
    first, second = at(2027, 11, 7, 1, 30), at(2027, 11, 7, 1, 30, fold=1)
    assert second - first == timedelta(hours=1)
    assert due("daily 01:30", first - timedelta(seconds=1)) is None
    assert {due("daily 01:30", first), due("daily 01:30", second)} == {date(2027, 11, 7)}


@given(st.sampled_from(ZONES), st.times(max_value=time(23, 44)), st.integers(0, 700))
def test_every_day_comes_due_once_and_in_order_in_every_zone(name: str, wall: time, ahead: int) -> None:
    zone = ZoneInfo(name)
    schedule = Schedule.read(f"daily {wall:%H:%M}")
    start = at(2026, 12, 1, 12, zone=zone) + timedelta(days=ahead)
    seen = [schedule.day(start + timedelta(minutes=15 * n), zone) for n in range(4 * 96)]
    days = [day for day in seen if day]
    assert days == sorted(days)
    # None of the days between is left out, though it is looked at every quarter of an hour alone.
    local = (start + timedelta(days=1)).astimezone(zone).date()
    assert {local, local + timedelta(days=1)} <= set(days)


def test_a_clock_that_was_never_set_has_no_day() -> None:
    assert due("daily 00:00", datetime(1970, 1, 1, 12, tzinfo=UTC)) is None
    assert due("daily 00:00", at(EARLIEST.year, EARLIEST.month, EARLIEST.day)) == EARLIEST


@pytest.mark.parametrize(
    "text",
    [
        "daily",
        "08:00",
        "daily 24:00",
        "daily 8",
        "daily 08:60",
        "Daily 08:00",
        "daily  8:00",
        "daily ٠٨:٠٠",
        "hourly 08:00",
    ],
)
def test_what_is_no_schedule_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match='write "daily 08:00", "weekdays 08:00", or "" for none'):
        Schedule.read(text)
