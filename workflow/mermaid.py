"""A chart as Mermaid text, which forges and editors draw. Pure; it lays nothing out."""

from collections.abc import Iterator

from workflow.chart import TITLES, Chart
from workflow.machine import Ball, Status

_QUOTES = str.maketrans({'"': "'", ";": ",", "#": ""})  # what Mermaid takes for its own
_WORDS = frozenset(
    [
        "as",
        "class",
        "classdef",
        "click",
        "default",
        "direction",
        "end",
        "fork",
        "hide",
        "join",
        "lr",
        "note",
        "note_text",
        "rl",
        "root",
        "scale",
        "state",
        "style",
        "tb",
        "td",
    ]
)


def mermaid(chart: Chart) -> str:
    """A stateDiagram. A side's arrows leave from a box of their own: Mermaid draws none from a frame into itself."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield "stateDiagram-v2"
    yield "    direction LR"
    if chart.anywhere:
        yield "    %% * staff may set it wherever a ticket stands"
    for ball, members in chart.groups:
        yield from _group(ball, members, chart)
    labels: dict[tuple[str, str], list[str]] = {}
    for arrow in chart.arrows:
        labels.setdefault((_source(arrow.source), _key(arrow.to)), []).append(_text(arrow.label))
    for (source, to), said in labels.items():
        yield f"    {source} --> {to} : {', '.join(said)}"


def _group(ball: Ball, members: tuple[Status, ...], chart: Chart) -> Iterator[str]:
    yield f'    state "{TITLES[ball]}" as {_frame(ball)} {{'
    if any(arrow.source == ball for arrow in chart.arrows):
        yield f'        state "any of these" as {_any(ball)}'
    for status in members:
        mark = " *" if status.key in chart.anywhere else ""
        yield f'        state "{_text(status.name)}{mark}" as {_key(status.key)}'
    yield "    }"


def _source(key: str) -> str:
    if not key:
        return "[*]"
    return _any(Ball(key)) if key in set(Ball) else _key(key)


# A capital keeps these apart from every status key (read.py: small letters).
def _key(status: str) -> str:
    return f"{status}_Status" if status in _WORDS else status


def _frame(ball: Ball) -> str:
    return f"With_{ball.replace('-', '_')}"


def _any(ball: Ball) -> str:
    return f"Any_{ball.replace('-', '_')}"


def _text(words: str) -> str:
    return "".join(char if char.isprintable() else " " for char in words).translate(_QUOTES)
