"""Words are the same for whoever writes and whoever searches, in any script."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.spelling import LONGEST, MOST, is_part, plain, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The page, the PAGE: a page!", ["the", "page", "a"]),
        ("ada.quill@client.example", ["ada", "quill", "client", "example"]),
        ("Größe STRASSE straße", ["grosse", "strasse"]),
        ("Příliš žluťoučký kůň", ["prilis", "zlutoucky", "kun"]),
        ("naïve nai\u0308ve", ["naive"]),
        ("ISI ısı İsi", ["isi"]),
        ("Καλημέρα ΚΌΣΜΟΣ κόσμος", ["καλημερα", "κοσμοσ"]),
        ("Ёлка елка", ["елка"]),
        ("登録できません", ["登録", "録で", "でき", "きま", "ませ", "せん"]),
        ("ガ", ["ガ"]),
        ("页", ["页"]),
        ("수강신청", ["수강", "강신", "신청"]),
        ("abc漢字def 12漢", ["abc", "漢字", "def", "12", "漢"]),
        ("ｆｕｌｌ", ["full"]),
        ("snake_case INV-2026/0042", ["snake", "case", "inv", "2026", "0042"]),
        ("", []),
        ("% _ ' \" [ ; --", []),
        ("\x00\ud800a", ["a"]),
        ("x" * 1000, ["x" * LONGEST]),
    ],
)
def test_a_text_has_these_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_text_of_a_million_words_has_so_many() -> None:
    assert len(words(" ".join(map(str, range(1_000_000))))) == MOST


def test_one_sign_of_a_script_without_spaces_is_a_part() -> None:
    assert [is_part(word) for word in ("页", "登録", "a", "7", "é")] == [True, False, False, False, False]


def test_marks_by_the_thousand_cost_no_square_of_their_number() -> None:
    pile = "a" + "\u05b0\u064b\u0e38\u3099\u1dca\u20d0" * 10_000
    begun = perf_counter()
    assert words(pile)
    assert perf_counter() - begun < 2


@given(st.text(st.characters(codec="utf-8"), max_size=200) | st.text("aAıIİéß語ひな가나ก 1_-\u0301", max_size=900))
def test_each_word_stands_in_the_text_as_it_is_spelt(text: str) -> None:
    spelt = plain(text)
    assert [word for word in words(text) if word not in spelt] == []
