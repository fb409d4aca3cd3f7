"""Report: a preview as one page of HTML that needs nothing else: no script, no picture, nothing from a network. It judges nothing."""

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from classifier.verdict import PERSON
from postroom.cli import Refused
from postroom.commands.foreseen import place
from postroom.concern import ABOUT, Concern, by_concern
from postroom.line import one_line
from postroom.preview import Foreseen

MARK = b"<!DOCTYPE html>\n<!-- postroom preview -->"  # by it we know what we may write over
MOST_SOURCES = 4  # that the heading names
MOST_LINES = 15  # of a table of counts
_OPEN = frozenset({Concern.UNREAD, Concern.WORDS, Concern.SILENT, Concern.POSSIBLY})


@dataclass(frozen=True, slots=True)
class Count:
    """A word, and how often it was said."""

    word: str
    number: int
    more: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The mails of one concern."""

    title: str
    about: str
    mails: Sequence[Foreseen]
    open: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows."""

    sources: str
    at: str
    span: str
    mails: int
    tickets: int
    opened: int
    answers: int
    parked: int
    kinds: Sequence[Count]
    senders: Sequence[Count]
    reasons: Sequence[Count]
    groups: Sequence[Group]
    told: Sequence[str]  # what could not be looked at, and what is not known
    zone: tzinfo

    @classmethod
    def of(
        cls, foreseen: Sequence[Foreseen], sources: Sequence[str], told: Sequence[str], zone: tzinfo, at: datetime
    ) -> "Report":
        return cls(
            sources=_named(sources),
            at=_shown(at, zone),
            span=_span(foreseen, zone),
            mails=len(foreseen),
            tickets=len({one.ticket for one in foreseen if one.ticket}),
            opened=sum(one.opened for one in foreseen),
            answers=sum(one.answered for one in foreseen),
            parked=sum(one.ticket is None for one in foreseen),
            kinds=_kinds(foreseen),
            senders=_senders(foreseen),
            reasons=_counted(one.because[0].partition(": ")[0] for one in foreseen if one.because),
            groups=[
                Group(each.value, ABOUT[each], mails, each in _OPEN) for each, mails in by_concern(foreseen).items()
            ],
            told=told,
            zone=zone,
        )


def page(report: Report) -> bytes:
    """The whole file. What stands in a mail is text there, whatever it looks like."""
    style = files("templates").joinpath("report", "preview.css").read_text("utf-8")
    templates = Environment(
        loader=PackageLoader("templates", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = templates.get_template("preview.html").render(
        report=report,
        style=Markup(style),  # noqa: S704 - a file of ours
        digest=digest,
        people=PERSON,
        place=place,
        shown=lambda at: _shown(at, report.zone),
    )
    return MARK + b"\n" + html.encode("utf-8", "replace")


def may_write(path: Path) -> None:
    """Refuses to write over what is no report of ours, before any work is done."""
    try:
        if path.is_dir():
            raise Refused(f"--html {path}: it is a folder: name a file")
        if not path.resolve().parent.is_dir():
            raise Refused(f"--html {path}: there is no folder {path.resolve().parent}: make it")
        if path.exists() and not _is_ours(path):
            raise Refused(f"--html {path}: it is there, and no report of postroom: name another file")
    except OSError as error:
        raise Refused(f"--html {path}: {error.strerror}") from None


def write(path: Path, content: bytes) -> None:
    """For its owner alone, since it names clients; whole, or not at all. Raises Refused."""
    try:
        with NamedTemporaryFile("wb", dir=path.resolve().parent, prefix=f".{path.name}-", delete=False) as file:
            made = Path(file.name)
            file.write(content)
        os.replace(made, path.resolve())  # noqa: PTH105
    except OSError as error:
        raise Refused(f"--html {path}: cannot be written: {error.strerror}") from None


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def _clean(value: object) -> object:
    """Control characters, and marks that turn the direction of what follows, reach no page."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _kinds(foreseen: Sequence[Foreseen]) -> list[Count]:
    answered = Counter(one.kind for one in foreseen if one.answered)
    counts = Counter(one.kind for one in foreseen).most_common()
    return [
        Count(kind, number, f"{answered[kind]} answered" if answered[kind] else "none answered")
        for kind, number in counts
    ]


def _senders(foreseen: Sequence[Foreseen]) -> list[Count]:
    """Who wrote most, and what that was taken for."""
    kinds: dict[str, Counter[str]] = {}
    for one in foreseen:
        kinds.setdefault(one.sender or "(nobody)", Counter())[one.kind] += 1
    ranked = sorted(kinds.items(), key=lambda pair: -pair[1].total())[:MOST_LINES]
    return [
        Count(sender, of.total(), ", ".join(f"{n} {kind}" if len(of) > 1 else kind for kind, n in of.most_common(3)))
        for sender, of in ranked
    ]


def _counted(words: Iterable[str]) -> list[Count]:
    counts = Counter(words)
    return [Count(word, number) for word, number in counts.most_common(MOST_LINES)]


def _named(sources: Sequence[str]) -> str:
    more = len(sources) - MOST_SOURCES
    return ", ".join(sources[:MOST_SOURCES]) + (f" and {more} more" if more > 0 else "")


def _span(foreseen: Sequence[Foreseen], zone: tzinfo) -> str:
    if not foreseen:
        return ""
    first, last = _shown(foreseen[0].received_at, zone), _shown(foreseen[-1].received_at, zone)
    return first if first == last else f"{first} – {last}"


def _shown(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
