"""Which ticket an escalation may be about: what weighs, what does not, and in which words it is told."""

from dataclasses import replace
from typing import Any

from workflow.candidates import MOST, Candidate, Known, Sought, rank, rare, words

PAT, SAM = "pat@client.example", "sam@client.example"
CATALOG = Known(
    1042,
    "Catalog page is white after saving",
    "outstanding",
    "courseleaf",
    open=True,
    requester=PAT,
    organisation="client.example",
    people=frozenset({PAT}),
    texts=("The publishing workflow of course HIST-104 shows an empty page since the migration.",),
)
OTHER = Known(
    1050, "Password", "outstanding", "courseleaf", open=True, requester="x@other.example", organisation="other.example"
)
RARITY = {"catalog": 0.8, "page": 0.1, "white": 0.9, "the": 0.0, "still": 0.3, "password": 0.6}


def sought(**more: Any) -> Sought:
    return replace(
        Sought("Where is my answer?", "I have waited for days.", "", "eve@else.example", "else.example"), **more
    )


def found(*known: Known, **more: Any) -> dict[int, Candidate]:
    return {one.ticket.number: one for one in rank(sought(**more), known or (CATALOG, OTHER), RARITY)}


def test_each_kind_of_evidence_is_told_in_words() -> None:
    for more, said in (
        ({"in_subject": frozenset({1042})}, "1042 stands in the subject"),
        ({"in_text": frozenset({1042})}, "1042 stands in the text"),
        ({"sender": PAT}, "pat@client.example takes part in it"),
        (
            {"sender": SAM, "organisation": "client.example", "others": frozenset({PAT})},
            "its client is of client.example, too",
        ),
        ({"pointed": 1042}, "the mail names its conversation, in which its sender takes no part"),
        ({"subject": "Still: catalog page white"}, "the subjects share white, catalog"),
        (
            {"quoted": "> The publishing  workflow of course HIST-104\n> shows"},
            'it quotes what was written there: "the publishing workflow of course hist-104"',
        ),
    ):
        candidates = found(**more)
        assert list(candidates) == [1042], said
        assert said in candidates[1042].evidence


def test_a_public_mail_domain_is_nobodys_organisation() -> None:
    mine = replace(CATALOG, organisation="", requester="a@public.example", people=frozenset())
    assert found(mine, organisation="", sender="b@public.example") == {}


def test_words_that_stand_everywhere_say_nothing() -> None:
    assert found(subject="the page", text="the page is still the page") == {}


def test_more_evidence_is_more_and_a_closed_ticket_is_less_likely() -> None:
    assert found(sender=PAT)[1042].likely == "perhaps"
    assert found(sender=PAT, in_subject=frozenset({1042}))[1042].likely == "very likely"
    one = found(sender=PAT)[1042].score
    two = found(sender=PAT, subject="catalog page white")[1042].score
    closed = found(replace(CATALOG, open=False), sender=PAT, subject="catalog page white")[1042].score
    assert one < two < 100
    assert closed < two


def test_the_likeliest_come_first_and_few_are_shown() -> None:
    many = [replace(OTHER, number=2000 + n, people=frozenset({"eve@else.example"})) for n in range(20)]
    shown = rank(sought(in_subject=frozenset({2007})), tuple(many), RARITY)
    assert len(shown) == MOST
    assert shown[0].ticket.number == 2007
    assert [one.score for one in shown] == sorted((one.score for one in shown), reverse=True)


def test_words_are_compared_without_case_tags_and_numbers() -> None:
    assert words("Hello, the Re: [#1042] Catalog CATALOG page 12345 für_Übung HIST104") == (
        "catalog",
        "page",
        "übung",
        "hist104",
    )
    assert words("a " * 1000 + "\x00\ud800") == ()
    assert len(words(" ".join(f"word{n}" for n in range(500)))) == 60


def test_a_rare_word_weighs_more_than_one_that_stands_everywhere() -> None:
    assert rare(0, 200_000) == 1.0 > rare(10, 200_000) > rare(10_000, 200_000) > rare(200_000, 200_000) == 0.0
