"""The day of return: read where it is said, None where it is not sure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.almanac import read_dates, table
from classifier.return_date import return_date
from tests.classifier.dated import notes
from tests.growth import doubles

SENT = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # a Wednesday
LANGUAGES = {
    *("en", "de", "fr", "es", "it", "nl", "pt", "pl", "cs", "sk", "hu", "ro", "bg", "hr"),
    *("sv", "da", "nb", "fi", "et", "ru", "uk", "tr", "el", "ja", "zh", "ko", "ar", "he", "lt", "lv", "sl", "ca"),
}
LABELLED = [*notes("return_dates.tsv"), *notes("return_dates_traps.tsv")]


def test_a_labelled_note_is_read_as_it_says() -> None:
    read = [(note, return_date(note.subject, note.text, note.sent, note.language)) for note in LABELLED]
    assert [(note, day) for note, day in read if day != note.back] == []


def test_a_note_is_read_whatever_language_its_phrases_seemed_to_be_in() -> None:
    judged = [(note, return_date(note.subject, note.text, note.sent, "")) for note in LABELLED]
    assert [note.text for note, day in judged if day not in {None, note.back}] == []
    assert sum(day == note.back for note, day in judged) >= 0.98 * len(judged)


def test_notes_that_the_rules_were_not_made_for_are_read_right_or_not_at_all() -> None:
    held_back = list(notes("return_dates_held_back.tsv"))
    read = [(note.back, return_date(note.subject, note.text, note.sent, note.language)) for note in held_back]
    assert min(sum(note.language == language for note in held_back) for language in LANGUAGES) >= 4
    assert sum(day == back for back, day in read) >= 0.95 * len(read)
    assert sum(day not in {back, None} for back, day in read) <= 0.01 * len(read)


def test_every_language_has_ten_notes_and_all_that_a_note_needs() -> None:
    assert set(table()) == LANGUAGES
    assert min(sum(note.language == language for note in LABELLED) for language in LANGUAGES) >= 10
    for code, rows in table().items():
        assert {"weekdays", "order", "back", "away", "fill", "tomorrow", "common", "inclusive"} <= set(rows), code
        assert {"until", "until after", "until ending"} & set(rows), code


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
        ("I am away. Back on Tuesday 05/01/2027.", "en", date(2027, 1, 5)),  # 1 May is a Saturday
        ("away 12/24/2026, back on 01/02/2027", "en", date(2027, 1, 2)),  # there is no month 24
        # "Not before" in the other order.
        ("Vor dem 7. Dezember bin ich leider nicht zu erreichen.", "de", date(2026, 12, 7)),
        ("Vor dem 7. Dezember liefern wir die Formulare.", "de", None),
        ("Vor dem 7. Dezember war ich im Urlaub.", "de", None),
        ("Před 7. prosincem nebudu v kanceláři.", "cs", date(2026, 12, 7)),
        ("Pred 7. decembrom nebudem v kancelárii.", "sk", date(2026, 12, 7)),
        ("Przed 7 grudnia nie będzie mnie w biurze.", "pl", date(2026, 12, 7)),
        ("December 7. előtt nem vagyok az irodában.", "hu", date(2026, 12, 7)),
        ("7 Aralık'tan önce ofiste olmayacağım.", "tr", date(2026, 12, 7)),
        ("Na godišnjem odmoru sam do 10. januara, vraćam se 11. januara.", "hr", date(2027, 1, 11)),
        ("Канцеларија не ради до 7. јануара закључно.", "hr", date(2027, 1, 8)),
        ("Ich bin ab dem 7. Januar wieder im Büro.", "de", date(2027, 1, 7)),
        ("Ich bin ab dem 7. Januar im Urlaub.", "de", None),
        ("I am out until further notice.", "en", None),
        ("Away until 3 December or until 9 December, who knows.", "en", None),
        ("Away until 31 February", "en", None),
        ("Away until 99/99/9999", "en", None),
        ("back on 3 May 2019", "en", None),
        ("I am away until 1 March 2028", "en", None),  # farther ahead than anybody is away
        ("Our fair is on 12 December.", "en", None),
        ("I am away. Call 12.12.2026.44 or 030-12/12-5.", "en", None),
        ("I am away. Our address until 12.1: 10.12.1.1", "en", None),
        ("I am away, but will be back on Wednesday.", "en", None),  # today, or in a week
        ("I am away until 3 December, back on 3 December and away again until 10 January.", "en", None),
        ('I am away. Your mail "back on 7 December" has arrived.', "en", None),
        ("I am away.\nSubject: back on 7 December", "en", None),
        ("", "en", None),
    ],
)
def test_the_day_is_read_or_is_none(text: str, language: str, day: date | None) -> None:
    assert return_date("", text, SENT, language) == day


def test_without_the_mails_own_date_there_is_no_reference() -> None:
    assert return_date("", "I am away until 3 December 2026", None, "en") is None


def test_a_subject_counts_where_it_is_the_writers_own() -> None:
    own = "AUTO: Kim is out of the office (returning 12/10/2026)"
    assert return_date(own, "", SENT, "en") == date(2026, 12, 10)
    for quoted in (
        "Automatic reply: back on 7 December?",
        "Re: I am away until 7 December",
        "Autosvar: RE: back 7 December",
    ):
        assert return_date(quoted, "", SENT, "en") is None


WORDS = st.sampled_from(
    [
        "back",
        "until",
        "away",
        "from",
        "to",
        "3",
        "December",
        "12.",
        "1/2",
        "2027",
        "montag",
        "-",
        ",",
        ".",
        "zurück",
        "bis",
        "ab",
        "до",
        "12月3日",
        "まで",
        "עד",
        "حتى",
        "10.12.",
    ]
)


@settings(max_examples=150, deadline=None)  # a language's patterns are made when it is first met
@given(
    st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=24).map(" ".join)),
    st.sampled_from(["", "en", "de", "xx"]),
)
def test_any_text_gives_a_day_that_may_come_or_none(text: str, language: str) -> None:
    day = return_date(text, text, SENT, language)
    assert day is None or SENT.date() <= day <= SENT.date() + timedelta(days=401)


HOSTILE = {
    "slashes": "1/1/",
    "dots": "1.1.",
    "cue upon cue": "until ",
    "cue and date": "until 1 may 2027 ",
    "returns": "back on 3 may and ",
    "ranges": "i am away from 1/2 to 3/4, ",
    "weekdays": "montag ",
    "quotes": '"a ',
    "abbreviations": "a.b ",
    "sentences": "A b. ",
    "unspaced": "12月",
    "Hebrew prefixes": "ב-",
    "Korean": "12월 1일부터 ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    half, whole = (HOSTILE[name] * (size // len(HOSTILE[name])) for size in (500_000, 1_000_000))
    assert doubles(lambda text: return_date(text, text, SENT, "en"), half, whole)


@pytest.mark.parametrize("line", ["en | until", "en | mood | x", "en | months | january", "en | |", "until"])
def test_a_line_of_the_table_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"dates\.txt"):
        read_dates([line])
