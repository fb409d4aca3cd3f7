"""The site has every page once, and all its links stay within it."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.documents import site

PROJECT = tomllib.loads((site.ROOT / "zensical.toml").read_text("utf-8"))["project"]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    site.gather(tmp_path)
    return tmp_path


def test_the_navigation_names_every_page_once(pages: Path) -> None:
    named = [page for entry in PROJECT["nav"] for page in entry.values()]
    assert sorted(named) == sorted([*(page.name for page in pages.glob("*.md")), "decisions/index.md"])


def test_every_link_of_the_gathered_pages_leads_to_one_of_them(pages: Path) -> None:
    astray = [
        f"{page.relative_to(pages)}: {name}"
        for page in pages.rglob("*.md")
        for name, _ in site.LINK.findall(page.read_text("utf-8"))
        if not (page.parent / name).resolve().is_relative_to(pages) or not (page.parent / name).is_file()
    ]
    assert not astray, "\n".join(astray)


def test_every_decision_is_in_their_list(pages: Path) -> None:
    listed = re.findall(r"^- \[\d{3}.+\]\((.+)\)$", (pages / "decisions" / "index.md").read_text("utf-8"), re.MULTILINE)
    assert listed == sorted(record.name for record in (site.DOCS / "decisions").glob("*.md"))


def test_nothing_of_the_site_is_asked_of_another_host() -> None:
    assert PROJECT["theme"]["font"] is False, "its default is a font from another host"
    assert not {"extra_css", "extra_javascript", "extra"} & set(PROJECT)
