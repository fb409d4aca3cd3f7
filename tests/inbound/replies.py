"""Reads replies.txt and its like, and composes a reply with its parts from each line. Values only."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from inbound.quotes import Parts

HERE = Path(__file__).parent


class Shape(NamedTuple):
    """One reply, and what its parts are."""

    name: str
    text: str
    parts: Parts


def shapes(name: str) -> Iterator[Shape]:
    """Every reply that a file describes."""
    language, own, old = "", "", ""
    for line in (HERE / name).read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if line.startswith("["):
            language = line.strip("[]")
        elif mark == "own:":
            own = rest
        elif mark == "old:":
            old = rest
        elif line and mark != "#":
            client, _, words = rest.partition(": ")
            yield _shape(f"{language} {client}", mark, own, old, words.replace("\\n", "\n"))


def _shape(name: str, mark: str, own: str, old: str, words: str) -> Shape:
    new, added = f"{own}\n\n", f"{words}\n"
    if mark == ">":
        quoted = f"{added}\n> {old}\n> --\n> Kim\n"
        return Shape(f"{name}, prefixed", new + quoted, Parts(new, quoted, ""))
    if mark == "|":
        quoted = f"{added}\n{old}\n\nKim\n"
        return Shape(f"{name}, plain", new + quoted, Parts(new, quoted, ""))
    if mark in {"s", "c"}:
        return Shape(f"{name}, signature", new + added, Parts(new, "", added))
    if mark == "d":
        return Shape(f"{name}, notice", new + added, Parts(new, "", "", added))
    forward = f"{new}{added}\nFrom: Kim Example <kim@example.com>\nSubject: 4\n\n{old}\n"
    return Shape(f"{name}, forward", forward, Parts(forward, "", ""))
