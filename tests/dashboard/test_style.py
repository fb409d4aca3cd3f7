"""The colours of the pages that mails link to can be read by everybody, by day and by night (WCAG 2.2, 1.4.3), and a key shows where it is."""

import re
from importlib.resources import files

from tests.outbound.test_templates import contrast

SHEET = files("templates").joinpath("dashboard/style.css").read_text("utf-8")


DESK = files("templates").joinpath("dashboard/desk.css").read_text("utf-8")


def test_the_desk_can_be_read_in_both_schemes_and_its_bars_be_told_apart() -> None:
    schemes = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule)) for rule in re.findall(r":root \{([^}]*)\}", DESK)]
    assert len(schemes) == 2
    for colours in schemes:
        for words in ("ink", "soft", "deed", "alert"):
            for behind in ("paper", "ground"):
                assert contrast(colours[words], colours[behind]) >= 4.5, (words, behind, colours)
        for behind in ("note", "team"):
            assert contrast(colours["ink"], colours[behind]) >= 4.5, (behind, colours)
        for bar in ("deed", "second"):
            assert contrast(colours[bar], colours["paper"]) >= 3, "a bar is seen as one (1.4.11)"


def test_words_stand_out_from_what_is_behind_them_in_both_schemes() -> None:
    schemes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule)) for rule in re.findall(r":root \{([^}]*)\}", SHEET)
    ]
    assert len(schemes) == 2
    for colours in schemes:
        for words, behind in (("ink", "paper"), ("soft", "paper"), ("on-deed", "deed")):
            assert contrast(colours[words], colours[behind]) >= 4.5, (words, behind, colours)
        assert contrast(colours["deed"], colours["paper"]) >= 3, "a button is seen as one (1.4.11)"
        assert contrast(colours["ink"], colours["paper"]) >= 3, "and so is the ring around it"


def test_a_button_that_a_key_has_come_to_has_a_ring_and_is_as_large_as_a_thumb() -> None:
    assert re.search(r"button:focus-visible \{ outline: 3px solid var\(--ink\)", SHEET)
    assert re.search(r"button \{[^}]*min-height: 3rem", SHEET)
