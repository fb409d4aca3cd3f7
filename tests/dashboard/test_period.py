"""Which days a report is about, and which it stands beside."""

from datetime import date

import pytest

from dashboard.period import Length, around, between, steps

TODAY = date(2026, 11, 27)  # a Friday


@pytest.mark.parametrize(
    ("length", "day", "days", "before", "on"),
    [
        (Length.WEEK, date(2026, 11, 18), "16 to 22 November 2026", "9 to 15 November 2026", date(2026, 11, 23)),
        (Length.WEEK, TODAY, "23 to 27 November 2026", "16 to 20 November 2026", None),
        (Length.MONTH, TODAY, "1 to 27 November 2026", "1 to 27 October 2026", None),
        (Length.MONTH, date(2026, 2, 9), "1 to 28 February 2026", "1 to 31 January 2026", date(2026, 3, 1)),
        (Length.MONTH, date(2028, 1, 1), "1 to 27 November 2026", "1 to 27 October 2026", None),
        (Length.QUARTER, TODAY, "1 October to 27 November 2026", "1 July to 27 August 2026", None),
        (Length.QUARTER, date(2026, 1, 9), "1 January to 31 March 2026", "1 October to 31 December 2025", date(2026, 4, 1)),
    ],
)  # fmt: skip
def test_a_period_stands_beside_as_much_of_the_one_before(
    length: Length, day: date, days: str, before: str, on: date | None
) -> None:
    found = around(length, day, TODAY)
    assert (str(found.days), str(found.before), found.on) == (days, before, on)


def test_the_last_of_a_long_month_stands_beside_all_of_a_short_one() -> None:
    found = around(Length.MONTH, date(2027, 3, 30), date(2027, 3, 30))
    assert (str(found.days), str(found.before)) == ("1 to 30 March 2027", "1 to 28 February 2027")


def test_dates_in_any_order_and_never_too_many() -> None:
    found = between(date(2026, 11, 3), date(2026, 11, 1), TODAY)
    assert (str(found.days), str(found.before)) == ("1 to 3 November 2026", "29 to 31 October 2026")
    assert len(between(date(1980, 1, 1), date(2199, 1, 1), TODAY).days) == 366
    assert str(between(date(2030, 1, 1), date(2031, 1, 1), TODAY).days) == "27 November 2026"


def test_steps_cover_each_day_once() -> None:
    for first in (TODAY, date(2026, 11, 1), date(2026, 9, 1), date(2025, 12, 5)):
        days = between(first, TODAY, TODAY).days
        found = steps(days)
        assert sum(map(len, found)) == len(days)
        assert (found[0].first, found[-1].last) == (days.first, days.last)
        assert len(found) <= 31
