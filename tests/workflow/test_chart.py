"""The charts show each move that a workflow has and no other; the picture is whole, and nothing in it lies on anything else."""

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.workflow.desk import BOTH
from tests.workflow.tiny import SOUND, TEMPLATES
from workflow.chart import Why, chart
from workflow.load import load
from workflow.machine import Ball, Event, Workflow
from workflow.mermaid import mermaid
from workflow.picture import CARD, DRAWN, LETTERS, PAD, Picture, Point, picture
from workflow.svg import svg

ARCHITECTURE = Path(__file__).parents[2] / "ARCHITECTURE.md"
ODD = load(
    SOUND.replace('"todo"', '"end"')
    .replace("[status.todo]", "[status.end]")
    .replace('"To Do"', '"A \\"very\\" <b>long</b> & #odd; name: of \\u0001 more letters than any card has room for"'),
    "odd.toml",
    TEMPLATES,
)
FLOWS = pytest.mark.parametrize("flow", [*BOTH, ODD], ids=lambda flow: flow.name)


def test_the_charts_of_the_architecture_are_those_of_the_files() -> None:
    printed = re.findall(r"```mermaid\n(.*?)```", ARCHITECTURE.read_text("utf-8"), re.DOTALL)
    assert printed == [mermaid(chart(flow)) for flow in BOTH], "print them anew: postroom workflow chart NAME"


@FLOWS
def test_every_move_of_the_file_is_an_arrow_and_every_arrow_is_a_move(flow: Workflow) -> None:
    drawn = chart(flow)
    mails, timers, staff, tracker = (
        {(arrow.source, arrow.to) for arrow in drawn.arrows if arrow.why is why}
        for why in (Why.MAIL, Why.TIME, Why.STAFF, Why.TRACKER)
    )
    said = {(a.source, a.to, label) for a in drawn.arrows for label in a.label.split(", ")}
    moves = set()
    for key, status in flow.statuses.items():
        for event, move in status.on.items():
            if move.to != key:
                arrows = {(key, move.to, event.replace("_", " ")), (status.ball, move.to, event.replace("_", " "))}
                moves |= arrows & said
                assert arrows & said, (key, event)
    opened = {("", move.to, kind.replace("_", " ")) for kind, move in flow.opens.items()}
    words = {event.replace("_", " ") for event in Event}
    assert opened <= said
    assert {each for each in said if each[0] and each[2] in words} == moves
    assert timers == {(key, status.timer.to) for key, status in flow.statuses.items() if status.timer}
    for key, status in flow.statuses.items():
        assert status.moves == {to for source, to in staff if source == key} | (drawn.anywhere - {key})
        led = {lead.to for lead in flow.linked.values() if key in lead.from_} - {key}
        assert led == {to for source, to in tracker if source in {key, status.ball}} - {key}
    assert {source for source, _ in mails} <= {"", *Ball, *flow.statuses}


def test_what_only_some_of_a_side_do_is_not_said_of_all() -> None:
    text = SOUND.replace('name = "Asked"', 'name = "Asked"\non.client_reply = { to = "done" }')
    arrows = {(arrow.source, arrow.to) for arrow in chart(load(text, "tiny.toml", TEMPLATES)).arrows}
    assert arrows >= {("asked", "done"), ("stale", "todo")}
    assert not {source for source, _ in arrows} & {"client"}


def test_a_word_of_mermaids_own_and_odd_names_do_not_break_its_text() -> None:
    text = mermaid(chart(ODD))
    assert (
        "state \"A 'very' <b>long</b> & odd, name: of   more letters than any card has room for *\" as end_Status"
        in text
    )
    assert "[*] --> end_Status : new ticket" in text
    assert not re.search(r"\bend\b", text)
    assert text.replace("\n", "").isprintable()


@FLOWS
def test_the_picture_is_well_formed_stands_alone_and_names_every_status(flow: Workflow) -> None:
    text = svg(picture(chart(flow)))
    root = ET.fromstring(text)
    assert not re.search(r"(?i)<(script|image|use|style|foreignObject)|href|url\(|@import|@font-face|\bon\w+=", text)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    words = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for status in flow.statuses.values():
        name = "".join(char if char.isprintable() else " " for char in status.name)
        assert name in words


@FLOWS
def test_cards_lie_on_their_lane_and_on_no_other_card_and_their_words_fit(flow: Workflow) -> None:
    page = picture(chart(flow))
    cards = [card for lane in page.lanes for card in lane.cards]
    assert {card.status.key for card in cards} == set(flow.statuses)
    for lane in page.lanes:
        assert lane.x + CARD + 2 * PAD <= page.width
        assert lane.y + lane.height <= page.height
        for card in lane.cards:
            assert lane.x < card.x
            assert lane.y < card.y
            assert card.y + card.height < lane.y + lane.height
            assert all(card.y < line.y < card.y + card.height for line in card.lines)
        assert all(len(line.words) <= LETTERS for each in (lane, *lane.cards) for line in each.lines)
    for one, other in combinations(cards, 2):
        assert one.x != other.x or one.y + one.height < other.y or other.y + other.height < one.y


@FLOWS
def test_routes_go_from_card_to_card_beside_all_others(flow: Workflow) -> None:
    page = picture(chart(flow))
    lines = sum(arrow.why in DRAWN and bool(arrow.source) for arrow in chart(flow).arrows)
    assert len(page.routes) == lines
    for route in page.routes:
        assert all(0 < x < page.width and 0 < y < page.height for x, y in route.points)
        assert any(at_edge(page, *route.points[-1]))
        for one, other in pairwise(route.points):
            assert one[0] == other[0] or one[1] == other[1]
            assert crossed(page, one, other) == []


def at_edge(page: Picture, x: float, y: float) -> list[bool]:
    return [
        x in {card.x, card.x + CARD} and card.y < y < card.y + card.height for lane in page.lanes for card in lane.cards
    ]


def crossed(page: Picture, one: Point, other: Point) -> list[str]:
    """The cards that an upright or level line goes through."""
    (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return [
        card.status.key
        for lane in page.lanes
        for card in lane.cards
        if left < card.x + CARD and right > card.x and top < card.y + card.height and bottom > card.y
    ]
