"""docs/commands.md: what `--help` says of every command, on one page."""

from collections.abc import Iterator

import click

from postroom.cli import main
from tests.documents.tree import Entry, options, sections

HEAD = """\
# The commands

Printed from the program by `./do docs`; `postroom COMMAND --help` says the same. `--json` prints one object a line, times in ISO 8601 UTC.
Exit status 0: done; 2: wrong use, or a wrong configuration, with one line that names the key; what 1 means is said of each.
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
        yield "```"
        yield from (f"# {brings}\npostroom {typed}" for typed, brings in page.examples)
        yield "```\n"
        yield f"Exit status 1: {safe(page.no)}.\n"
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
