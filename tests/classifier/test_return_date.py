"""The day of return: read where it is said, None where it is not sure."""

from datetime import UTC, date, datetime

import pytest

from classifier.return_date import return_date

SENT = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("I am out until 3 December.", "en", date(2026, 12, 3)),
        ("I am out until December 3rd, 2026.", "en", date(2026, 12, 3)),
        ("I will be back on Monday, 7 December.", "en", date(2026, 12, 7)),
        ("I am away until Friday. I will be back on January 4.", "en", date(2027, 1, 4)),
        ("Out from 3 December to 9 December.", "en", date(2026, 12, 9)),
        ("Out until 3 December inclusive.", "en", date(2026, 12, 4)),
        ("Away through December 4.", "en", date(2026, 12, 5)),
        ("Back on 2027-01-04.", "en", date(2027, 1, 4)),
        ("back on 12/18/2026", "en", date(2026, 12, 18)),
        ("back on 18/12/2026", "en", date(2026, 12, 18)),
        ("back on 12/01/2026", "en", None),  # 1 December is over; 12 January 2026, too
        ("back on 12/01/2027", "en", date(2027, 1, 12)),  # the other reading is a year away
        ("back on 01/02/2027", "en", None),  # 2 January or 1 February
        ("bis zum 5.1.", "de", date(2027, 1, 5)),
        ("bis einschließlich 5.1.2027", "de", date(2027, 1, 6)),
        ("Ich bin ab dem 7. Januar wieder im Büro.", "de", date(2027, 1, 7)),
        ("Ich bin ab dem 7. Januar im Urlaub.", "de", None),
        ("vom 1.12.2026 bis 9.12.2026", "de", date(2026, 12, 9)),
        ("zurück am 10.12.26", "de", date(2026, 12, 10)),
        ("bis 05/01/2027", "de", date(2027, 1, 5)),
        ("I am out until further notice.", "en", None),
        ("Until 3 December or until 9 December, who knows.", "en", None),
        ("until 31 February", "en", None),
        ("until 99/99/9999", "en", None),
        ("back on 3 May 2019", "en", None),
        ("Our fair is on 12 December.", "en", None),
        ("", "en", None),
    ],
)
def test_the_day_is_read_or_is_none(text: str, language: str, day: date | None) -> None:
    assert return_date("", text, SENT, language) == day


def test_without_the_mails_own_date_there_is_no_reference() -> None:
    assert return_date("", "until 3 December 2026", None, "en") is None


def test_the_subject_counts_too() -> None:
    assert return_date("AUTO: Kim is out of the office (returning 12/10/2026)", "", SENT, "en") == date(2026, 12, 10)
