"""Picture: where each part of a chart stands on a page, in pixels: lanes, cards, lines of text, routes. It draws nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from workflow.chart import TITLES, Arrow, Chart, Why
from workflow.machine import Ball, Status

# Neighbours lead to each other most: engineers and us, us and the client, the client and what is closed.
ORDER = (Ball.THIRD_PARTY, Ball.US, Ball.CLIENT, Ball.NOBODY)
CARD, PAD, GAP = 304, 12, 10  # width of a card; around it in its lane; between two of them
NAME, LINE, LETTERS = 30, 18, 35  # height of a name and of a line; letters that surely fit into one
TOP, MARGIN, TRACK = 64, 20, 11  # of the page; between two routes that run side by side

DRAWN = (Why.MAIL, Why.TIME)  # what has a route; the rest is written, and nothing else

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Text:
    """One line: what makes a ticket leave, or what opens one. `why` is None where the line goes on from the one above."""

    y: float
    words: str
    why: Why | None
    colour: str = ""  # of the status that it leads to; "" for what opens a ticket


@dataclass(frozen=True, slots=True)
class Card:
    """One status."""

    status: Status
    x: float
    y: float
    height: float
    lines: tuple[Text, ...]
    anywhere: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """All statuses of one side, and what all of them do."""

    title: str
    x: float
    y: float
    height: float
    lines: tuple[Text, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow's way, from corner to corner."""

    why: Why
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole page."""

    title: str
    width: float
    height: float
    lanes: tuple[Lane, ...]
    routes: tuple[Route, ...]


def picture(chart: Chart) -> Picture:
    """A lane for each side, a card for each status, and a route for all that mail and time do."""
    return _Layout(chart).picture()


class _Layout:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        sides = dict(chart.groups)
        self.sides = [(ball, sides[ball]) for ball in ORDER if ball in sides]
        self.named = {status.key: status for _, members in self.sides for status in members}
        self.lane_of = {status.key: at for at, (_, members) in enumerate(self.sides) for status in members}
        self.lane_of |= {ball: at for at, (ball, _) in enumerate(self.sides)}
        drawn = [arrow for arrow in chart.arrows if arrow.source and arrow.why in DRAWN]
        # Each gutter between two lanes, and the bus above all of them, has one track for all that goes to one status.
        self.tracks: dict[int, list[tuple[str, Why]]] = {at: [] for at in range(-1, len(self.sides) + 1)}
        self.drawn = [(arrow, *self._gutters(arrow)) for arrow in drawn]
        self.starts: dict[Arrow, Point] = {}
        self.bus = TOP + TRACK * len(self.tracks[-1])

    def picture(self) -> Picture:
        lanes, x = [], float(MARGIN)
        for at, (ball, members) in enumerate(self.sides):
            x += self._gutter_width(at)
            lanes.append(self._lane(ball, members, x))
            x += CARD + 2 * PAD
        width = x + self._gutter_width(len(self.sides)) + MARGIN
        height = max(lane.y + lane.height for lane in lanes)
        lanes = [Lane(one.title, one.x, one.y, height - one.y, one.lines, one.cards) for one in lanes]
        cards = {card.status.key: card for lane in lanes for card in lane.cards}
        routes = tuple(self._route(lanes, cards, *each) for each in self.drawn)
        return Picture(self.chart.title, width, height, tuple(lanes), tuple(dict.fromkeys(routes)))

    def _gutters(self, arrow: Arrow) -> tuple[int, int]:
        """The gutters by which an arrow leaves its lane and comes to its card; their tracks are taken."""
        here, there = self.lane_of[arrow.source], self.lane_of[arrow.to]
        out = here if there < here else here + 1
        into = there if there > here else there + 1
        for gutter in {out, into} | ({-1} if out != into else set()):
            if (arrow.to, arrow.why) not in self.tracks[gutter]:
                self.tracks[gutter].append((arrow.to, arrow.why))
        return out, into

    def _gutter_width(self, at: int) -> float:
        return TRACK * (len(self.tracks[at]) + 1) if self.tracks[at] else TRACK

    def _lane(self, ball: Ball, members: tuple[Status, ...], x: float) -> Lane:
        lines = tuple(self._lines(ball, x, self.bus + NAME + PAD))
        y = float(self.bus + NAME + 2 * PAD + LINE * len(lines))
        cards = []
        for status in members:
            said = tuple(self._lines(status.key, x + PAD, y + NAME))
            height = NAME + LINE * len(said) + (PAD / 2 if said else 0)
            cards.append(Card(status, x + PAD, y, height, said, status.key in self.chart.anywhere))
            y += height + GAP
        return Lane(TITLES[ball], x, self.bus, y + PAD - self.bus, lines, tuple(cards))

    def _lines(self, source: str, x: float, y: float) -> Iterator[Text]:
        """What is written below a name. Where an arrow's own line stands, it starts."""
        opens = [arrow for arrow in self.chart.arrows if not arrow.source and arrow.to == source]
        for arrow in (*opens, *(each for each in self.chart.arrows if each.source == source)):
            said = f"{arrow.label} → {self.named[arrow.to].name}" if arrow.source else f"opened by {arrow.label}"
            self.starts[arrow] = (x, y + LINE / 2)
            for number, words in enumerate(wrap(said, LETTERS)):
                colour = self.named[arrow.to].colour if arrow.source else ""
                yield Text(y + LINE / 2, words, None if number else arrow.why, colour)
                y += LINE

    def _route(self, lanes: list[Lane], cards: dict[str, Card], arrow: Arrow, out: int, into: int) -> Route:
        lane, card = lanes[self.lane_of[arrow.source]], cards[arrow.to]
        x, y = self.starts[arrow]
        of_lane = arrow.source in set(Ball)
        edge = lane.x if of_lane else x
        start = (edge if out == self.lane_of[arrow.source] else edge + CARD + (2 * PAD if of_lane else 0), y)
        end = (card.x if into == self.lane_of[arrow.to] else card.x + CARD, card.y + NAME / 2)
        end = (end[0], end[1] + (5 if arrow.why is Why.TIME else -5))
        first, last = self._track(lanes, out, arrow), self._track(lanes, into, arrow)
        if out == into:
            return Route(arrow.why, (start, (first, start[1]), (first, end[1]), end))
        bus = TOP + TRACK * self.tracks[-1].index((arrow.to, arrow.why))
        return Route(arrow.why, (start, (first, start[1]), (first, bus), (last, bus), (last, end[1]), end))

    def _track(self, lanes: list[Lane], gutter: int, arrow: Arrow) -> float:
        left = lanes[gutter - 1].x + CARD + 2 * PAD if gutter else float(MARGIN)
        return left + TRACK * (1 + self.tracks[gutter].index((arrow.to, arrow.why)))
