"""Summary, Section, Line: what a digest says, in its order, before it is laid out. Holds values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing, and where to see it. All of it is plain text, cleaned; "" for what it has not."""

    head: str
    detail: str = ""
    link: str = ""
    label: str = ""  # the name of a status
    colour: str = ""  # of the label
    deeds: tuple[tuple[str, str], ...] = ()  # what its reader may do with one click, at most two: words and address


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together. It is never empty."""

    title: str  # "" where it needs none
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All of a digest."""

    subject: str
    headline: str
    sections: tuple[Section, ...]
