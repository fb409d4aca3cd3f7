"""A picture as SVG that stands alone: no script, no style sheet, no font and no image from elsewhere. Pure."""

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from workflow.chart import Why
from workflow.picture import CARD, LINE, MARGIN, NAME, PAD, Card, Lane, Picture, Point, Route, Text

_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Helvetica,Arial,sans-serif"
_INK, _SOFT, _PAPER, _LANE, _RULE = "#1f2937", "#4b5563", "#ffffff", "#f3f4f6", "#d1d5db"
_LEGEND = 56
_LETTERS = 30  # of a name that surely fit beside the mark of staff; a longer one is written smaller
_ROUND = 6.0  # of a corner
_STROKES = {Why.MAIL: '#374151" stroke-width="1.5', Why.TIME: '#b45309" stroke-width="1.5" stroke-dasharray="5 3'}
_HEADS = {Why.MAIL: "#374151", Why.TIME: "#b45309"}
# 12 by 12, drawn around 0,0.
_ICONS = {
    Why.MAIL: '<rect x="-6" y="-4.5" width="12" height="9" rx="1.5"/><path d="M-6 -3.5 0 1 6 -3.5"/>',
    Why.TIME: '<circle r="5.5"/><path d="M0 -3V0L2.2 1.6"/>',
    Why.STAFF: '<circle cy="-2.6" r="2.6"/><path d="M-5 5.2C-5 -0.6 5 -0.6 5 5.2"/>',
    Why.TRACKER: '<path d="M-2 2 2 -2M-1 -3.5 1 -5.5A3 3 0 0 1 5.5 -1L3.5 1M1 3.5 -1 5.5A3 3 0 0 1 -5.5 1L-3.5 -1"/>',
}
_SAID = {
    Why.MAIL: "a mail does it (grey arrow)",
    Why.TIME: "time does it (dashed arrow)",
    Why.STAFF: "staff do it; beside a name: from every status",
    Why.TRACKER: "a linked issue does it",
}


def svg(picture: Picture) -> str:
    """The text of an SVG file."""
    height = picture.height + _LEGEND
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {picture.width:.0f} {height:.0f}" font-family="{_FONT}" font-size="12" fill="{_INK}" role="img">'
        ),
        f"<title>{_plain(picture.title)}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        f'<text x="{MARGIN}" y="36" font-size="20" font-weight="700">{_plain(picture.title)}</text>',
        *(part for lane in picture.lanes for part in _lane(lane)),
        *map(_route, picture.routes),
        *_legend(picture.height + _LEGEND / 2),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _plain(words: str) -> str:
    """Words of the team's as XML takes them: a control character has no place in it."""
    return escape("".join(char if char.isprintable() else " " for char in words))


def _lane(lane: Lane) -> Iterator[str]:
    width = CARD + 2 * PAD
    yield (
        f'<rect x="{lane.x:g}" y="{lane.y:g}" width="{width}" height="{lane.height:g}" rx="10" '
        f'fill="{_LANE}" stroke="{_RULE}"/>'
    )
    yield f'<text x="{lane.x + PAD:g}" y="{lane.y + 24:g}" font-size="14" font-weight="700">{_plain(lane.title)}</text>'
    for line in lane.lines:
        yield from _text(line, lane.x)
    for card in lane.cards:
        yield from _card(card)


def _card(card: Card) -> Iterator[str]:
    box = f'x="{card.x:g}" y="{card.y:g}" height="{card.height:g}"'
    name, size = _plain(card.status.name), min(13.0, 13.0 * _LETTERS / max(1, len(card.status.name)))
    yield f"<g><title>{_plain(card.status.client_meaning)}</title>"
    yield f'<rect {box} width="{CARD}" rx="6" fill="{_PAPER}" stroke="{_RULE}"/>'
    yield f'<rect {box} width="6" rx="3" fill="{card.status.colour}"/>'
    yield f'<text x="{card.x + 16:g}" y="{card.y + NAME / 2 + 4.5:g}" font-size="{size:.3g}" font-weight="600">{name}</text>'
    if card.anywhere:
        yield _icon(Why.STAFF, card.x + CARD - 16, card.y + NAME / 2)
    for line in card.lines:
        yield from _text(line, card.x + 4)
    yield "</g>"


def _text(line: Text, x: float) -> Iterator[str]:
    """An icon, the colour of the status that it leads to, and the words."""
    if line.why:
        yield _icon(line.why, x + 18, line.y)
        if line.colour:
            yield f'<circle cx="{x + 34:g}" cy="{line.y:g}" r="4" fill="{line.colour}"/>'
    at = x + (44 if line.colour else 30)
    yield f'<text x="{at:g}" y="{line.y + 4:g}" fill="{_SOFT}">{_plain(line.words)}</text>'


def _icon(why: Why, x: float, y: float) -> str:
    return f'<g transform="translate({x:g} {y:g})" fill="none" stroke="{_SOFT}" stroke-width="1.2">{_ICONS[why]}</g>'


def _route(route: Route) -> str:
    (x0, _), (x, y) = route.points[-2:]
    back = -7 if x > x0 else 7
    head = f'<path d="M{x:g} {y:g}l{back} -4v8z" fill="{_HEADS[route.why]}"/>'
    return f'<path d="{_rounded(route.points)}" fill="none" stroke="{_STROKES[route.why]}"/>{head}'


def _rounded(points: tuple[Point, ...]) -> str:
    """A line from corner to corner, each corner rounded; all its parts are upright or level."""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (before, corner), (_, then) in pairwise(pairwise(points)):
        near, far = _towards(corner, before), _towards(corner, then)
        path += f"L{near[0]:g} {near[1]:g}Q{corner[0]:g} {corner[1]:g} {far[0]:g} {far[1]:g}"
    return f"{path}L{points[-1][0]:g} {points[-1][1]:g}"


def _towards(corner: Point, other: Point) -> Point:
    """A little way from a corner, never past the middle."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    part = min(_ROUND, length / 2) / length if length else 0.0
    return corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part


def _legend(y: float) -> Iterator[str]:
    x = float(MARGIN + 8)
    for why, said in _SAID.items():
        yield _icon(why, x + 8, y)
        yield f'<text x="{x + 22:g}" y="{y + 4:g}" fill="{_SOFT}">{said}</text>'
        x += 60 + 6.4 * len(said)
    yield f'<text x="{x:g}" y="{y + LINE / 4:g}" fill="{_SOFT}">What is not named changes nothing.</text>'
