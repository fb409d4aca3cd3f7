"""What is taken from a client's reply in the languages of clients: thanks, a yes, and hints for staff; and what gives none."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from classifier.people import table
from classifier.verdict import Hint, Verdict, What
from inbound.mailers import read_table
from tests.classifier.judging import judge, link, mail

HERE = Path(__file__).parent
LANGUAGES = frozenset(
    [
        "ar",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "he",
        "hr",
        "hu",
        "it",
        "ja",
        "ko",
        "nb",
        "nl",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sv",
        "tr",
        "uk",
        "zh",
    ]
)
SAYS = ("thanks", "courtesy", "approval", "deploy", "go ahead", "solved", "against")


class Reply(NamedTuple):
    """A line of a file of replies."""

    language: str
    wanted: str
    text: str


def replies(name: str) -> Iterator[Reply]:
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            language, wanted, text = line.split(" | ")
            yield Reply(language, wanted, text.replace("\\n", "\n"))


def taken(verdict: Verdict) -> set[str]:
    """What is taken from a reply, in the words of the files."""
    said = {hint.what.value for hint in verdict.hints} | ({"thanks"} if verdict.thanks else set())
    return said | ({"approval"} if verdict.approves else set())


def right(reply: Reply) -> bool:
    said = taken(judge(mail(reply.text), link=link()))
    return not said if reply.wanted == "none" else reply.wanted in said


def test_what_a_reply_says() -> None:
    wrong = [
        (reply, taken(judge(mail(reply.text), link=link()))) for reply in replies("replies.txt") if not right(reply)
    ]
    assert wrong == []


def test_replies_that_were_written_after_the_rules() -> None:
    """79 of 82 when they were first judged, and no hint where there is none: the floor, whatever changes."""
    held_out = tuple(replies("replies_held_out.txt"))
    assert sum(map(right, held_out)) >= 79
    assert all(right(reply) for reply in held_out if reply.wanted == "none")


@pytest.mark.parametrize("says", SAYS)
def test_every_language_says_it(says: str) -> None:
    assert {phrase.language for phrase in table() if phrase.says == says} >= LANGUAGES


def test_a_line_that_is_no_phrase_is_named() -> None:
    with pytest.raises(ValueError, match=r"people.txt: not `language"):
        list(read_table(["en | thanks"], "people.txt"))


def test_a_hint_shows_the_sentence_that_says_so() -> None:
    verdict = judge(mail("Hi Kim.\n\nAll is well. Please deploy it\ntonight. Thanks!"), link=link())
    assert verdict.hints == (Hint(What.DEPLOY, "Please deploy it tonight."),)
    assert verdict.offers == ('hint: deploy: "Please deploy it tonight."',)


def test_what_is_quoted_signed_or_a_notice_gives_no_hint() -> None:
    quoted = "When will it be?\n\nOn Mon, 30 Nov 2026, Support wrote:\n> Please deploy it.\n"
    assert judge(mail(quoted), link=link()).hints == ()
    signed = "The page is white.\n-- \nDana\nProblem solved Ltd\n"
    assert judge(mail(signed), link=link()).hints == ()


def test_a_solved_thing_beside_a_broken_one_is_no_hint() -> None:
    verdict = judge(mail("The first one is solved. But page 4 still is empty."), link=link())
    assert verdict.hints == ()


def test_a_new_mail_solves_nothing() -> None:
    assert judge(mail("My old request is solved.")).hints == ()


def test_a_machine_gives_no_hint() -> None:
    robot = mail("Please go ahead.", "robot@example.org", ("auto-submitted", "auto-generated"))
    assert judge(robot, link=link()).hints == ()
