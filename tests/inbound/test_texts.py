"""Where many texts stand in another."""

from inbound.texts import Texts


def test_every_place_of_every_text_is_found_however_they_overlap() -> None:
    texts = Texts(["on leave", "leave", "ön", "leave"])
    assert texts.places("ön leave, on leave") == [
        (2, 0, 2),
        (1, 3, 8),
        (3, 3, 8),
        (0, 10, 18),
        (1, 13, 18),
        (3, 13, 18),
    ]
    assert Texts([]).places("on leave") == []


def test_half_a_character_hides_nothing_and_moves_nothing() -> None:
    assert Texts(["leave", "?"]).places("\ud800on leave\udfff?")[1:3] == [(0, 4, 9), (1, 9, 10)]
