"""Dates as staff type them: in four languages, shortened, with a time of day; and what of them nobody can be told."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from workflow.moment import moment

NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)  # a Thursday
CHICAGO = ZoneInfo("America/Chicago")
MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jän Feb Mär Apr Mai Jun Jul Aug Sept Okt Nov Dez",
    "fr": "janv févr mars avr mai juin juil aoû sept oct nov déc",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
}


def read(text: str) -> str:
    found = moment(text, NOW, CHICAGO)
    return f"{found.astimezone(CHICAGO):%Y-%m-%d %H:%M}" if isinstance(found, datetime) else found.isoformat()


@pytest.mark.parametrize("language", MONTHS)
@pytest.mark.parametrize(
    "form", ["{d} {m}", "{m} {d}", "{d}. {m}.", "{d} {m} {y}", "{m} {d}, {y}", "{m}. {d} {y}", "{d}-{m}-{y}"]
)
def test_each_month_is_read_however_it_is_shortened(language: str, form: str) -> None:
    """Among them those that are a weekday elsewhere: "mar" is Tuesday in French and Spanish."""
    for number, name in enumerate(MONTHS[language].split(), start=1):
        for day in (8, 13):  # 8 December is the Tuesday that "mar 8" may be
            said = date(2027, number, day)
            if "{y}" in form or number in range(1, 9):  # without a year, what lies far ahead was meant to be over
                text = form.format(d=day, m=name, y=2027)
                assert (text, read(text)) == (text, f"{said}")


SHORT = {
    "10 Mar 2027 9:00": "2027-03-10 09:00",
    "Fri": "2026-11-27",
    "Mon.": "2026-11-30",
    "until Mon": "2026-11-30",
    "Fri 14:00": "2026-11-27 14:00",
    "Fr 14 Uhr": "2026-11-27 14:00",
    "ven. 14h": "2026-11-27 14:00",
    "sáb": "2026-11-28",
    "Tue 8 Dec": "2026-12-08",
    "Tue, 8 Dec at 2:30 p.m.": "2026-12-08 14:30",
    "8 Dec (Tue)": "2026-12-08",
    "So 6. Dez": "2026-12-06",
    "mar. 9 mars": "2027-03-09",
    "3 Dec 2pm": "2026-12-03 14:00",
    "3 Dec 12 pm": "2026-12-03 12:00",
    "today": "2026-11-26",
    "today 17:30": "2026-11-26 17:30",
    "bis heute": "2026-11-26",
    "aujourd’hui à 18h": "2026-11-26 18:00",
    "hoy a las 18:00": "2026-11-26 18:00",
}


@pytest.mark.parametrize("text", SHORT)
def test_a_weekday_may_be_shortened_and_a_time_be_written_as_people_do(text: str) -> None:
    assert read(text) == SHORT[text]


REFUSED = {
    "mar": "is no date that can be told",  # a month, or Tuesday
    "Thu": "may be Thursday 26 November 2026 or Thursday 3 December 2026",
    "next Fri": "may be Friday 27 November 2026 or Friday 4 December 2026",
    "Wed 8 Dec": "names another weekday than Tuesday 8 December 2026",
    "mar 10 mars": "names another weekday than Wednesday 10 March 2027",
    "lun 7 Dez": "is no date that can be told",  # of two languages
    "Tue Wed 8 Dec": "is no date that can be told",
    "Mar 14:00": "is no date that can be told",
    "today or Fri": "is no date that can be told",
    "3 Dec 13pm": "is no date that can be told",
    "9.5 h": "is no date that can be told",
    "2026-12-03 00:00": "is midnight, which would be told as all of Thursday 3 December 2026: "
    "write 2026-12-03 for that day, or 2026-12-03T00:01",
    "2026-12-03T06:00Z": "is midnight",  # in Chicago
    "3 Dec 12am": "is midnight",
    "2027-03-14 02:30": "does not exist, because clocks go forward over it: write 2027-03-14T03:30",
    "14 March 2027 2:00": "does not exist, because clocks go forward over it: write 2027-03-14T03:00",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_nobody_can_be_sure_of_or_be_told_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f'"{text}" {REFUSED[text]}')):
        moment(text, NOW, CHICAGO)


def test_an_hour_that_comes_twice_is_the_first_of_them() -> None:
    assert moment("2027-11-07 01:30", NOW, CHICAGO) == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
