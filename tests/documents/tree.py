"""Tree: every command with its usage, words, options and page, as documents and tests want it. It runs none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import click

from postroom.cli import main
from postroom.manual.book import BOOK, SECTIONS
from postroom.manual.page import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """One command. `options` are pairs of what is typed and what it means."""

    path: str  # without "postroom", e.g. "workflow lint"
    usage: str  # what follows the path
    words: str  # the paragraph by which it is defined
    options: tuple[tuple[str, str], ...]
    page: Page | None


def entries(
    command: click.Command = main, path: tuple[str, ...] = (), ctx: click.Context | None = None
) -> Iterator[Entry]:
    """The commands below this one, each before those below it."""
    here = click.Context(command, info_name=path[-1] if path else "postroom", parent=ctx)
    if path:
        usage = " ".join(command.collect_usage_pieces(here)).replace("[OPTIONS]", "").strip()
        yield Entry(" ".join(path), usage, joined(command.help), options(command, here), BOOK.get(" ".join(path)))
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from entries(below, (*path, name), here)


def options(command: click.Command, ctx: click.Context) -> tuple[tuple[str, str], ...]:
    records = (param.get_help_record(ctx) for param in command.params)
    return tuple((typed, joined(meaning)) for typed, meaning in filter(None, records) if typed.startswith("-"))


def joined(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def sections() -> list[tuple[str, list[Entry]]]:
    """The titles of the book with their commands, in its order; what has no page stands last."""
    known = {entry.path: entry for entry in entries()}
    listed = [(title, [known[path] for path in pages if path in known]) for title, pages in SECTIONS.items()]
    listed[-1][1].extend(entry for path, entry in known.items() if path not in BOOK)
    return listed
