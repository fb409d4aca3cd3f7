"""docs/commands.md: what `--help` says of every command, on one page."""

from collections.abc import Iterator

import click

from postroom.cli import main
from postroom.manual.shown import statuses
from tests.documents.tree import Entry, options, sections

HEAD = """\
# The commands

Printed from the program by `./do docs`; `postroom COMMAND --help` says the same. `--json` prints one object a line, times in ISO 8601 UTC.
"""


def text() -> str:
    return "\n".join(lines())


def lines() -> Iterator[str]:
    yield HEAD
    yield from table(options(main, click.Context(main, info_name="postroom")))
    for title, commands in sections():
        yield f"## {title}\n"
        for entry in commands:
            yield from chapter(entry)


def chapter(entry: Entry) -> Iterator[str]:
    page = entry.page
    yield f"### postroom {entry.path}\n"
    yield f"`postroom {f'{entry.path} {entry.usage}'.strip()}`\n"
    yield f"{safe(entry.words)}\n"
    if page:
        yield f"{safe(page.when)}\n"
    yield from table(entry.options)
    if page:
        width = max(len(typed) for typed, _ in page.examples)
        yield "```"
        yield from (f"postroom {typed:{width}}  # {brings}" for typed, brings in page.examples)
        yield "```\n"
        yield f"Exit status: {'; '.join(f'{status}, {safe(meaning)}' for status, meaning in statuses(page))}.\n"
        yield f"See also: {', '.join(map(link, page.see))}.\n"


def table(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    if rows:
        yield "| option | |\n|---|---|"
        yield from (f"| `{typed}` | {safe(meaning)} |" for typed, meaning in rows)
        yield ""


def link(name: str) -> str:
    return f"[postroom {name}](#postroom-{name.replace(' ', '-')})"


def safe(words: str) -> str:
    """What Markdown would take for its own."""
    return words.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
