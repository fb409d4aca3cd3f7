"""Office: what the shell lends to the pages of administration, and the values that pass between them. Holds values only; none of them has a secret."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration, or an item of a list, with all that it says, and where."""

    name: str
    says: tuple[str, ...]
    where: str  # "postroom.toml, line 12", or a variable, or "by default"


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together."""

    title: str
    note: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A workflow that mailboxes have."""

    title: str
    source: str  # its file
    mailboxes: tuple[str, ...]
    notices: tuple[str, ...]  # folders below templates/mail, such as courseleaf/received
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A notice with sample facts."""

    subject: str
    text: str
    html: str
    fault: str = ""  # why it cannot be sent; then there is nothing else


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages of administration may use. A flow is named by its place among `flows`."""

    sections: tuple[Section, ...]
    flows: tuple[Flow, ...]
    chart: Callable[[int], str]  # as SVG
    lint: Callable[[int], tuple[str, ...]]  # what is wrong with its file as it is now
    preview: Callable[[int, str, str], tuple[Preview, ...]]  # flow, notice, language: each way in which it can be sent
