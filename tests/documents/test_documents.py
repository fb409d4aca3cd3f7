"""What people read first is whole: links lead somewhere, decisions say why, every file says what it is for."""

import ast
import re
from pathlib import Path

import pytest

from postroom.cli import main

ROOT = Path(__file__).parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
ROOMS = ("inbound", "classifier", "workflow", "outbound", "templates", "store", "dashboard", "postroom")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if path.name != "__init__.py"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
PARTS = ("**Question.**", "**Choice.**", "**Reason.**", "**What would change our mind.**")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """The names that forges give to headings."""
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("paper", PAPERS, ids=shown)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(paper: Path) -> None:
    for target in LINK.findall(paper.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        file = (paper.parent / name).resolve() if name else paper
        assert file.exists(), target
        assert not heading or heading in anchors(file), target


@pytest.mark.parametrize("record", DECISIONS, ids=shown)
def test_every_decision_says_question_choice_reason_and_what_would_change_it(record: Path) -> None:
    text = record.read_text("utf-8")
    assert re.match(rf"# {record.name[:3]}[: ] ?\S", text)
    places = [text.find(part) for part in PARTS]
    assert -1 not in places, dict(zip(PARTS, places, strict=True))
    assert places == sorted(places)


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [record.name[:3] for record in DECISIONS]
    assert len(set(numbers)) == len(numbers)


def test_the_first_line_of_every_file_is_a_sentence() -> None:
    said = {shown(source): ast.get_docstring(ast.parse(source.read_text("utf-8"))) or "" for source in SOURCES}
    firsts = {name: text.partition("\n")[0] for name, text in said.items()}
    assert {name: line for name, line in firsts.items() if not line.endswith((".", ":", "?"))} == {}


TABLES = sorted(table for room in ROOMS for table in (ROOT / room).rglob("*.txt"))


def test_every_file_of_tests_that_is_named_is_there() -> None:
    named = re.compile(r"tests/[a-z_/]+\.(?:py|tsv|txt)")
    texts = {shown(text): named.findall(text.read_text("utf-8")) for text in (*PAPERS, *SOURCES, *TABLES)}
    missing = {name: gone for name, paths in texts.items() if (gone := [p for p in paths if not (ROOT / p).exists()])}
    assert missing == {}


def test_the_readme_lists_every_command_in_one_block() -> None:
    blocks = (ROOT / "README.md").read_text("utf-8").split("```")[1::2]
    named = max((re.findall(r"^postroom ([\w-]+) ", block, re.MULTILINE) for block in blocks), key=len)
    assert sorted(named) == sorted(main.commands)


def test_the_pictures_of_the_readme_are_small() -> None:
    sizes = {shown(picture): picture.stat().st_size for picture in (ROOT / "docs" / "pictures").iterdir()}
    assert {name: size for name, size in sizes.items() if size > 150 * 1024} == {}
    named = re.findall(r"docs/pictures/[\w.]+", (ROOT / "README.md").read_text("utf-8"))
    assert sorted(named) == sorted(sizes), "each is shown, and no other (./do screenshots readme)"


def test_the_readme_leads_to_every_printed_document() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in ("commands.md", "statuses.md", "configuration.md"):
        assert f"(docs/{name})" in text
