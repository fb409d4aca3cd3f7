"""`./do site`: the pages of docs/ where the site is built from, with the files of the repository that they lead to."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = ROOT / ".site"
LINK = re.compile(r"\]\(([^)\s#:]+)(#[^)\s]*)?\)")


def gather(pages: Path) -> None:
    """Into an empty folder."""
    waiting, seen = sorted(DOCS.rglob("*.md")), set[Path]()
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += linked(file)
            copy(file, pages)
    (pages / "decisions" / "index.md").write_text("\n".join(decisions()), "utf-8")


def copy(file: Path, pages: Path) -> None:
    page = pages / place(file)
    page.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix != ".md":
        shutil.copyfile(file, page)
        return
    page.write_text(LINK.sub(lambda link: moved(file, pages, *link.groups("")), file.read_text("utf-8")), "utf-8")


def linked(file: Path) -> list[Path]:
    """The files that a page leads to, of the whole repository."""
    if file.suffix != ".md":
        return []
    targets = ((file.parent / name).resolve() for name, _ in LINK.findall(file.read_text("utf-8")))
    return [target for target in targets if target.is_file()]


def moved(file: Path, pages: Path, name: str, anchor: str) -> str:
    """The same link, from and to where both lie on the site."""
    target = (file.parent / name).resolve()
    there = place(target) / ("index.md" if target.is_dir() else "")
    return f"]({os.path.relpath(pages / there, (pages / place(file)).parent)}{anchor})"


def place(file: Path) -> Path:
    """docs/ is the root of the site; all else lies in a folder of its own."""
    return file.relative_to(DOCS) if file.is_relative_to(DOCS) else Path("repository") / file.relative_to(ROOT)


def decisions() -> Iterator[str]:
    yield "# Decisions\n\nWhy things are as they are: question, choice, reason, and what would change our mind.\n"
    for record in sorted((DOCS / "decisions").glob("*.md")):
        title = record.read_text("utf-8").partition("\n")[0].lstrip("# ")
        yield f"- [{title}]({record.name})"


if __name__ == "__main__":
    shutil.rmtree(PAGES, ignore_errors=True)
    gather(PAGES)
