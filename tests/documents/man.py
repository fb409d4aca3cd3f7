"""docs/postroom.1: the same as docs/commands.md for `man` (man(7))."""

from collections.abc import Iterator

import click

from postroom.cli import VERSION, main
from tests.documents.tree import Entry, joined, options, sections

FILES = (
    ("postroom.toml", "the configuration, unless \\-\\-config or POSTROOM_CONFIG names another"),
    ("postroom.key", "signs reply addresses; made on the first start"),
    ("postroom.db", "everything else, unless the configuration names another database"),
)


def text() -> str:
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    yield '.\\" Printed from the program by ./do docs.'
    yield f'.TH POSTROOM 1 "" "postroom {VERSION}" "User Commands"'
    yield f".SH NAME\npostroom \\- {said(joined(main.help)).rstrip('.')}"
    yield ".SH SYNOPSIS\n.B postroom\n[\\-\\-config FILE] COMMAND [ARGS]..."
    yield ".SH OPTIONS"
    yield from listed(options(main, click.Context(main, info_name="postroom")))
    for title, commands in sections():
        yield f".SH {said(title).upper()}"
        for entry in commands:
            yield from chapter(entry)
    yield ".SH EXIT STATUS\n0 done; 1 the answer is no; 2 wrong use, or a wrong configuration."
    yield ".SH FILES"
    yield from (f".TP\n.I {name}\n{meaning}" for name, meaning in FILES)


def chapter(entry: Entry) -> Iterator[str]:
    yield f".SS postroom {said(entry.path)} {said(entry.usage)}".rstrip()
    yield said(entry.words)
    if entry.page:
        yield f".PP\n{said(entry.page.when)}"
    yield from listed(entry.options)
    if entry.page:
        yield ".PP\nExamples:\n.nf\n.RS"
        yield from (f"\n{said(brings)}:\n    postroom {said(typed)}" for typed, brings in entry.page.examples)
        yield ".RE\n.fi"
        yield f".PP\nExit status 1: {said(entry.page.no)}."
        yield f".PP\nSee also: {', '.join(said(f'postroom {name}') for name in entry.page.see)}."


def listed(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield from (f".TP\n.B {said(typed)}\n{said(meaning)}" for typed, meaning in rows)


def said(words: str) -> str:
    """What roff would take for its own: backslashes, hyphens that it would stretch, dots and quotes that begin a line."""
    escaped = (
        words.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace('"', "\\(dq").replace("~", "\\(ti")
    )
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
