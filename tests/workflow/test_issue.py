"""The key of an issue is the same however it is written, and two issues never share one by the form of their address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.issue import LONGEST_KEY, LONGEST_STATE, issue, state

SAME = {
    "ENG-12": [
        "eng-12",
        " ENG-12 ",
        "https://jira.example.com/browse/ENG-12",
        "https://jira.example.com/browse/eng-12?focusedId=7#comment",
        "https://linear.example/acme-2/issue/ENG-12/page-4-is-white",
        "HTTPS://you.example/issue/ENG-12/a-title-9/",
    ],
    "acme/app#12": [
        "Acme/App#12",
        "https://git.example.com/acme/app/issues/12",
        "https://git.example.com/acme/app/issues/12/#note-3",
        "https://git.example.com/acme/app/-/issues/12",
        "https://git.example.com/acme/app/-/work_items/12?x=1",
        "http://git.example.com/acme/app/browse/12",
    ],
    "acme/app-2#12": ["https://git.example.com/acme/app-2/issues/12"],
    "acme/issues#12": ["acme/issues#12"],
    "bugs.example.com/show_bug.cgi?id=12": ["https://bugs.example.com/show_bug.cgi?id=12#c4"],
    "redmine.example.com/issues/12": ["https://redmine.example.com/issues/12/"],
    "12": ["12"],
    "git.example.com/acme/app/pulls": ["https://git.example.com/acme/app/pulls"],
    "straße#1": ["Straße#1"],
}
NONE = [
    "",
    " ",
    "two words",
    "a\nb",
    "a\x00b",
    "a\u202eb",
    "javascript:alert(1)",
    "mailto:mia@example.org",
    "https://",
    "https:///browse/ENG-12",
    "https://me:secret@git.example.com/acme/app/issues/12",
    "https://[::1/browse/ENG-12",
    "x" * (LONGEST_KEY + 1),
    "https://git.example.com/" + "x" * LONGEST_KEY,
    "https://git.example.com/a%0Ab/issues/12",
    "https://git.example.com/a%20b/issues/12",
]
STATES = {
    "started": ["started", "Started", " STARTED. "],
    "in_progress": ["In Progress", "in-progress", "in_progress", "In  Progress!"],
    "geprüft": ["Geprüft"],
    "won_t_do": ["Won't do"],
}


def test_the_ways_to_write_an_issue_are_one_key() -> None:
    found = {text: issue(text).key for texts in SAME.values() for text in texts}
    assert found == {text: key for key, texts in SAME.items() for text in texts}
    assert {issue(key).key for key in SAME} == set(SAME), "a key is its own key"


def test_an_address_is_kept_without_its_place_in_the_page_and_a_key_has_none() -> None:
    assert (
        issue("https://git.example.com/Acme/app/issues/12#note-3").url == "https://git.example.com/Acme/app/issues/12"
    )
    assert issue("ENG-12").url == ""


@pytest.mark.parametrize("text", NONE, ids=ascii)
def test_what_is_no_issue_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|address"):
        issue(text)


def test_states_are_compared_by_their_letters_and_digits_alone() -> None:
    assert {text: state(text) for texts in STATES.values() for text in texts} == {
        text: word for word, texts in STATES.items() for text in texts
    }
    for text in ("", "  ", "!?", "_", "x" * (LONGEST_STATE + 1)):
        with pytest.raises(ValueError, match="write a word"):
            state(text)


@given(st.text(max_size=300) | st.text(max_size=200).map(lambda text: f"https://{text}"))
def test_any_text_is_one_safe_key_or_refused(text: str) -> None:
    try:
        found = issue(text)
    except ValueError:
        return
    assert found.key == found.key.strip()
    assert 0 < len(found.key) <= LONGEST_KEY * 3  # some letters are several in small
    assert found.key.isprintable()
    assert " " not in found.key + found.url
