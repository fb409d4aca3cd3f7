"""Serbian in Cyrillic letters, read in Latin ones; no other language is."""

from classifier.serbian import latin


def test_serbian_is_read_in_latin_letters_sound_by_sound() -> None:
    assert latin("Љиљана и Џон су код Ђорђа, вратићу се") == "Ljiljana i Džon su kod Đorđa, vratiću se"


def test_other_languages_stay_as_they_are() -> None:
    for text in (
        "Я в отпуске до 7 декабря",
        "Я у відпустці до 9 грудня",
        "В отпуск съм до 5 януари",
        "Jsem na dovolené",
    ):
        assert latin(text) == text
