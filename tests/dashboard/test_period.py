"""Which days a report is about, and which it stands beside."""

from datetime import date, timedelta

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


@pytest.mark.parametrize(
    ("first", "last", "instead"),
    [
        (date(2026, 11, 3), date(2026, 11, 1), ""),
        (date(2025, 11, 27), TODAY, ""),  # 366 days
        (
            date(2026, 12, 5),
            date(2026, 12, 10),
            "You asked for 5 to 10 December 2026, but nothing has happened after today: this is 27 November 2026.",
        ),
        (
            date(2020, 1, 1),
            date(2026, 11, 1),
            (
                "You asked for 1 January 2020 to 1 November 2026, but a year is the most that is shown at once: "
                "this is 1 November 2025 to 1 November 2026."
            ),
        ),
        (
            date.min,
            date.max,
            (
                "You asked for 1 January 1 to 31 December 9999, but nothing has happened after today and a year is the most "
                "that is shown at once: this is 27 November 2025 to 27 November 2026."
            ),
        ),
        (
            date.min,
            date.min,
            "You asked for 1 January 1, but nothing is older than 1980: this is 1 January 1980.",
        ),
    ],
)
def test_days_that_are_shown_instead_are_told_with_the_reason(first: date, last: date, instead: str) -> None:
    assert between(first, last, TODAY).instead == instead


@pytest.mark.parametrize("length", [Length.WEEK, Length.MONTH, Length.QUARTER])
def test_around_a_day_that_is_not_shown_its_period_is_told_too(length: Length) -> None:
    assert around(length, TODAY, TODAY).instead == ""
    assert around(length, TODAY - timedelta(days=400), TODAY).instead == ""
    ahead, old = around(length, date.max, TODAY), around(length, date.min, TODAY)
    named = f"You asked for the {length} of"
    assert ahead.instead == f"{named} 31 December 9999, but nothing has happened after today: this is {ahead.days}."
    assert old.instead == f"{named} 1 January 1, but nothing is older than 1980: this is {old.days}."
    assert around(Length.MONTH, date(2026, 11, 30), TODAY).instead == "", "this month, as far as it has come"


def test_steps_cover_each_day_once() -> None:
    for first in (TODAY, date(2026, 11, 1), date(2026, 9, 1), date(2025, 12, 5)):
        days = between(first, TODAY, TODAY).days
        found = steps(days)
        assert sum(map(len, found)) == len(days)
        assert (found[0].first, found[-1].last) == (days.first, days.last)
        assert len(found) <= 31
