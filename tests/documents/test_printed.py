"""The documents that are printed from the program say what the program says, and leave nothing out."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.shell_completion import split_arg_string

from postroom.cli import main
from postroom.manual.book import BOOK
from tests.documents.statuses import CLIENT, STAFF, occasions
from tests.documents.tree import Entry, entries
from tests.documents.write import DOCS, PRINTED
from tests.workflow.desk import BOTH

COMMANDS = list(entries())
ROOT = DOCS.parent
WIDE = 100  # columns that help may take


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_document_is_what_the_program_prints_today(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PRINTED[name](), f"docs/{name} is out of date: ./do docs"


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.path)
def test_every_command_has_a_page_with_examples_of_its_own_and_related_commands_that_exist(entry: Entry) -> None:
    page = entry.page
    assert page is not None, f'postroom/manual has no page for "{entry.path}"'
    assert entry.words.endswith(".")
    assert page.when.endswith(".")
    assert page.no
    assert not page.no.endswith(".")
    assert 2 <= len(page.examples) <= 4
    for typed, brings in page.examples:
        assert entry.path in typed, typed
        assert brings
    assert set(page.see) <= {other.path for other in COMMANDS} - {entry.path}
    assert page.see


def test_no_page_tells_of_a_command_that_is_gone() -> None:
    assert set(BOOK) == {entry.path for entry in COMMANDS}


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.path)
def test_every_option_says_what_it_does(entry: Entry) -> None:
    for typed, meaning in entry.options:
        assert meaning, f"postroom {entry.path} {typed}"


def example_words() -> list[tuple[str, list[str]]]:
    """The examples as a shell would cut them, without redirections and pipes."""
    found = []
    for typed, _ in (example for page in BOOK.values() for example in page.examples):
        words = split_arg_string(typed.rpartition("| postroom ")[2].partition(" > ")[0])
        found.append((typed, words))
    return found


def parse(typed: str, words: list[str]) -> None:
    """To its end; it is not run. click's error for what the program does not understand."""
    rest = words[words.index(next(word for word in words if word in main.commands)) :]
    command: click.Command = main
    while isinstance(command, click.Group) and rest and rest[0] in command.commands:
        command, rest = command.commands[rest[0]], rest[1:]
    command.make_context(typed, rest, parent=main.make_context("postroom", list(words)))


@pytest.mark.parametrize(("typed", "words"), example_words(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_example_is_a_line_that_the_program_understands(typed: str, words: list[str]) -> None:
    parse(typed, words)


@pytest.mark.parametrize(
    "page", sorted({*DOCS.glob("*.md")} - {DOCS / name for name in PRINTED}), ids=lambda page: page.name
)
def test_every_command_of_a_page_is_a_line_that_the_program_understands(page: Path) -> None:
    """Those of a block, up to what is said of them; what a shell would put in is one word."""
    for typed in re.findall(r"^postroom \S.*$", page.read_text("utf-8"), re.MULTILINE):
        filled = re.sub(r"\$\([^)]*\)", "filled-in", typed)
        parse(typed, split_arg_string(re.split(r"  | && ", filled)[0])[1:])


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.path)
def test_help_fits_its_terminal_but_for_what_one_would_copy(
    entry: Entry, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ctx = click.Context(main, info_name="postroom", terminal_width=width)
    command: click.Command = main
    for name in entry.path.split():
        assert isinstance(command, click.Group)
        command = command.commands[name]
        ctx = click.Context(command, info_name=name, parent=ctx, terminal_width=width)
    for line in command.get_help(ctx).splitlines():
        assert len(line) <= width or line.strip().startswith(("postroom ", "Usage: ", "--")), line


def test_every_status_and_every_notice_is_in_the_document() -> None:
    text = PRINTED["statuses.md"]()
    for flow in BOTH:
        for status in flow.statuses.values():
            assert f"| {status.name} | `{status.key}` |" in text
            assert status.client_meaning in text
        for notice in flow.notices:
            assert f"| `{notice}` |" in text
        folders = {path.name for path in (ROOT / "templates" / "mail" / flow.name).iterdir()}
        assert folders == set(flow.notices)
    assert {path.name for path in (ROOT / "templates" / "mail" / "staff").iterdir()} == set(STAFF)
    assert {path.name for path in (ROOT / "templates" / "mail" / "client").iterdir()} == set(CLIENT)
    workflows = {path.name for path in (ROOT / "templates" / "mail").iterdir()} - {"_base", "staff", "client"}
    assert workflows == {flow.name for flow in BOTH}


def test_every_notice_has_an_occasion() -> None:
    assert [(flow.name, name) for flow in BOTH for name in flow.notices if not [*occasions(flow, name)]] == []


MACROS = {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".nf", ".fi", ".RS", ".RE"}


def test_the_man_page_has_no_line_that_roff_would_take_for_its_own() -> None:
    for line in PRINTED["postroom.1"]().splitlines():
        assert not line.startswith("'")
        assert not line.startswith(".") or line.split(" ")[0] in MACROS, line
        assert line.isascii(), line


def test_man_shows_the_page_without_a_warning() -> None:
    if shutil.which("man") is None:
        return  # the test above holds on every machine; this one where there is a man to ask
    done = subprocess.run(
        ["man", "--warnings", "-l", str(DOCS / "postroom.1")],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MANWIDTH": "80"},
    )
    assert done.stderr == b""
    shown = done.stdout.decode()
    for entry in COMMANDS:
        assert f"postroom {entry.path}" in " ".join(shown.split())
