"""What a staff member's mail asks for: read in any case, with the nearest spelling; dates in people's own words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.moment import moment
from workflow.orders import VERBS, asked

NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)  # a Thursday
CHICAGO = ZoneInfo("America/Chicago")


def test_commands_stand_at_the_top_and_words_below_them() -> None:
    read = asked("\n#STATUS Pending Client Feedback until 3 Dec\n\n#assign: kim\n\nDear Pat,\n#not a command\nKim\n")
    assert [(order.verb, order.until()) for order in read.orders] == [
        ("status", ("Pending Client Feedback", "3 Dec")),
        ("assign", ("kim", "")),
    ]
    assert read.words == "Dear Pat,\n#not a command\nKim"


def test_behind_note_all_is_words_and_amid_words_to_a_client_a_command_is_told() -> None:
    for verb, late in (("note", ""), ("reply", "#status")):
        read = asked(f"#assign me\n#{verb} call them\n#status Done\nnow")
        assert [order.verb for order in read.orders] == ["assign", verb]
        assert (read.words, read.late) == ("call them\n#status Done\nnow", late)
    lates = {
        line: asked(f"Dear Pat,\n\n {line} \nx").late for line in ("#Note", "#note: x", "#notes", "a #note", "##note")
    }
    assert lates == {"#Note": "#note", "#note: x": "#note", "#notes": "#notes", "a #note": "", "##note": ""}


@pytest.mark.parametrize("before", ["#", "# ", "\uff03", "\u200b#", "*#", "- #", "\N{BULLET}\u00a0#"])
@pytest.mark.parametrize("behind", [" ", ":", ", ", "* ", "\u00a0", "\u2014", "-", "."])
def test_a_note_is_one_however_it_was_typed_or_marked(before: str, behind: str) -> None:
    """As words it would go to the client."""
    line = f"{before}note{behind}she is wrong"
    assert [order.verb for order in asked(line).orders] == ["note"]
    assert asked(line).words.endswith("she is wrong")
    assert asked(f"Dear Pat,\n\n{line}").late == "#note"


def test_a_close_spelling_is_understood_and_told_apart_from_the_right_one() -> None:
    written = {"stauts": "status", "asign": "assign", "Notes": "note", "clsoe": "close", "HELP": "help", "xyzzy": ""}
    read = {word: asked(f"#{word} x").orders[0] for word in written}
    assert {word: order.verb for word, order in read.items()} == written
    assert [word for word, order in read.items() if not order.guessed] == ["HELP"]


def test_what_only_looks_like_a_command_is_words() -> None:
    for text in ("#1042 is the same", "# a heading", "Dear #all", "##", "#"):
        assert (asked(text).orders, asked(text).words) == ((), text)


@given(st.text(alphabet=st.sampled_from("#abstu \n\r\t:.éß٣\x00"), max_size=200))
def test_any_text_is_read_and_no_word_is_lost(text: str) -> None:
    read = asked(text)
    assert all(order.verb in {"", *VERBS} for order in read.orders)
    kept = "".join(f"#{order.written}{order.about}" for order in read.orders) + read.words
    assert {c for c in text if c.isalnum()} <= {c for c in kept if c.isalnum()}


DATES = {
    "2026-12-03": "2026-12-03",
    "2026-12-03T14:00": "2026-12-03 14:00:00",
    "2026-12-03 14:00": "2026-12-03 14:00:00",
    "3 Dec": "2026-12-03",
    "Dec 3rd at 14:00": "2026-12-03 14:00:00",
    "3.12.": "2026-12-03",
    "3. Dezember um 9:00 Uhr": "2026-12-03 09:00:00",
    "3 décembre": "2026-12-03",
    "3 de diciembre": "2026-12-03",
    "Friday": "2026-11-27",
    "tomorrow 08:30": "2026-11-27 08:30:00",
    "2 January": "2027-01-02",
    "2 January.": "2027-01-02",
    "Thursday 3 Dec 14:00": "2026-12-03 14:00:00",
    "Donnerstag, den 3. Dezember": "2026-12-03",
}


def local(read: datetime | date) -> str:
    return f"{read.astimezone(CHICAGO):%Y-%m-%d %H:%M:%S}" if isinstance(read, datetime) else read.isoformat()


def test_a_date_is_read_in_the_teams_zone() -> None:
    read = {text: local(moment(text, NOW, CHICAGO)) for text in DATES}
    assert read == DATES
    assert moment("2026-12-03T14:00+01:00", NOW, CHICAGO) == datetime(2026, 12, 3, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "31 Feb", "soon", "3 Dec or 4 Dec", "9999-12-31", "12/32", "yesterday", "٣" * 999]
)
def test_a_date_that_nobody_can_be_sure_of_is_refused_with_what_is_possible(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date that can be told: write a date such as 2026-12-03"):
        moment(text, NOW, CHICAGO)


UNDERSTOOD = {
    "3/12": "may be Thursday 3 December 2026 or Friday 12 March 2027: write 2026-12-03 or 2027-03-12",
    "next Friday": "may be Friday 27 November 2026 or Friday 4 December 2026: write 2026-11-27 or 2026-12-04",
    "nächsten Freitag 14:00": "may be Friday 27 November 2026 or Friday 4 December 2026",
    "Thursday": "may be Thursday 26 November 2026 or Thursday 3 December 2026",
    "Friday 3 Dec": "names another weekday than Thursday 3 December 2026: write 2026-12-03, or the day that you mean",
    "Freitag, 3. Dezember 14:00": "names another weekday than Thursday 3 December 2026",
    "1 Jan 2020": "was Wednesday 1 January 2020, which has passed: write a later date, with its year",
    "1 Nov": "was Sunday 1 November 2026, which has passed",
    "24.11.2026": "was Tuesday 24 November 2026, which has passed",
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_date_that_may_be_two_or_has_passed_is_refused_with_what_was_understood(text: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its words are what is tested
        moment(text, NOW, CHICAGO)
    assert f'"{text}" {UNDERSTOOD[text]}' in str(raised.value)


def test_a_bare_sign_off_below_commands_is_nobodys_words() -> None:
    for below in ("Best, Kim", "Best,\nKim", "Kind regards\n\nKim Able\nSupport\n+1 555 0100", "Kim", "- kim able"):
        assert asked(f"#close Problem Solved\n\n{below}\n", "Kim Able").words == "", below
    for text, words in (
        ("#close Problem Solved\n\nIt works again.\n\nBest,\nKim", "It works again.\n\nBest,\nKim"),
        ("#reply Thanks!\nKim", "Thanks!\nKim"),
        ("Thanks!\nKim", "Thanks!\nKim"),
        ("#assign me\nLou", "Lou"),
    ):
        assert asked(text, "Kim Able").words == words
