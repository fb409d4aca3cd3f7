"""The table of phrases and its matcher."""

import pytest

from classifier.phrases import Matcher, Phrase, fold, in_sentence, matcher, notes, read_table, table
from classifier.subjects import FORWARDS, REPLIES
from tests.growth import doubles

LANGUAGES = {
    "en",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "hr",
    "sv",
    "da",
    "nb",
    "fi",
    "et",
    "ru",
    "uk",
    "tr",
    "el",
    "ja",
    "zh",
    "ko",
    "ar",
    "he",
}


def test_every_phrase_is_found_where_it_stands() -> None:
    shown = {p: p.text if p.starts else fold(f"(x) {p.text} y") for p in (*table(), *notes())}
    missed = [p for p in shown if p.says not in matcher().said(shown[p]) and p.says not in in_sentence(shown[p])]
    assert missed == []


def test_a_stem_is_long_enough_to_mean_something() -> None:
    assert [p for p in (*table(), *notes()) if p.open and len(p.text.split()[-1]) < 4] == []


def test_a_stem_takes_any_ending_and_no_other_beginning() -> None:
    one = Matcher(read_table(["de | stead | in dringend*; eilig*"]))
    assert "stead" in one.said("in dringenden fällen")
    assert "stead" in one.said("eiligst!")
    assert "stead" not in one.said("voreilig")
    assert "stead" not in one.said("dringend")


def test_several_phrases_stand_on_one_line() -> None:
    assert [p.text for p in read_table(["en | back | i will be back; ^back"])] == ["i will be back", "back"]
    with pytest.raises(ValueError, match="empty phrase"):
        list(read_table(["en | back | i will be back; "]))


def test_no_phrase_stands_twice() -> None:
    rows = [(p.language, p.says, p.text) for p in (*table(), *notes()) if not p.starts]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("says", ["automatic reply", "absence", "away", "failure", "failed", "thanks", "automatic"])
def test_every_language_can_say_it(says: str) -> None:
    have = {p.language for p in table() if p.says == says}
    assert LANGUAGES - have - {"bg", "et"} == set() if says == "automatic reply" else len(have) >= 20


def test_a_line_that_is_no_row_is_named() -> None:
    with pytest.raises(ValueError, match="only two"):
        list(read_table(["only two | columns"]))


def test_a_phrase_is_whole_words() -> None:
    one = Matcher([Phrase("en", "away", "on leave")])
    assert "away" in one.said("i am on leave.")
    assert "away" not in one.said("upon leave taking")
    assert "away" not in one.said("on leaves")
    assert "away" not in one.said("on leave-taking")
    assert "away" in one.said("on leave - again")


def test_a_word_of_one_letter_is_found_where_it_stands_alone() -> None:
    ands = Matcher([Phrase("es", "and", "e"), Phrase("it", "and", "e"), Phrase("it", "pause", "e)")])
    assert [(hit.phrase.language, hit.at) for hit in ands.said("e-mail, see: sole (e) mare").hits][:2] == [
        ("es", 19),
        ("it", 19),
    ]
    assert [hit.at for hit in ands.said("e").hits] == [0, 0]
    for text in ("sole", "vie-e", "e-77", "4e", "e4", "é", "m_é_"):
        assert not ands.said(text).hits, text
    assert "and" in ands.said("_e_")
    for piece in ("e ", "e-x ", "e"):
        assert doubles(ands.said, piece * (2**19 // len(piece)), piece * (2**20 // len(piece))), piece


def test_a_beginning_is_only_where_a_subject_begins() -> None:
    one = Matcher([Phrase("en", "absence", "away:", starts=True)])
    assert "absence" in one.said("away: hello")
    assert "absence" not in one.said("re: away: hello")


def test_folding_makes_apostrophes_colons_and_spaces_one() -> None:
    assert fold("I’m\u00a0 OUT\n of：it") == "i'm out of:it"


def test_the_language_is_the_one_of_most_words() -> None:
    assert matcher().said(fold("Ich bin im Urlaub. Thanks")).language == "de"


def test_hostile_text_costs_time_linear_in_its_length() -> None:
    for piece in ("i am out of ", "a", "out of office", "automatic-", "休暇", "i'", "ا", "ß "):
        half, whole = (fold(piece * (size // len(piece)), size) for size in (2**19, 2**20))
        assert doubles(matcher().said, half, whole), piece


def test_what_stands_before_a_subject_is_written_as_subjects_come() -> None:
    assert [word for word in REPLIES | FORWARDS if fold(word) != word] == []
