"""On which line of a TOML text a key stands, which tomllib does not tell. It reads sound TOML only, and judges nothing."""

import tomllib
from collections.abc import Iterator, Mapping

from workflow.fault import Path


class Lines:
    """The lines of a text that tomllib has read without an error."""

    def __init__(self, text: str) -> None:
        self._rows = text.replace("\r\n", "\n").split("\n")
        self._spans: dict[Path, range] = {}
        table: Path = ()
        for span, content in _statements(self._rows):
            if self._rows[span.start].lstrip().startswith("["):
                table = _last(content)
                self._note((), content, span)
            else:
                self._note(table, content, span)

    def of(self, path: Path) -> int:
        """The line of a key or of an item of a list, counted from 1; where it is missing, the line of what should hold it."""
        for length in range(len(path), 0, -1):
            span = self._spans.get(path[:length])
            if span is not None:
                return self._within(span, path[length:])
        return 1

    def _within(self, span: range, rest: Path) -> int:
        wanted = f'"{rest[-1]}"' if rest else ""
        return next((row for row in span if wanted in self._rows[row]), span.start) + 1

    def _note(self, table: Path, content: Mapping[str, object], span: range) -> None:
        for key, value in content.items():
            self._spans.setdefault((*table, key), span)
            if isinstance(value, dict):
                self._note((*table, key), value, span)


def _statements(rows: list[str]) -> Iterator[tuple[range, dict[str, object]]]:
    """Each table header and each key with its value: the fewest lines that are TOML by themselves."""
    start = 0
    for end in range(1, len(rows) + 1):
        try:
            content = tomllib.loads("\n".join(rows[start:end]))
        except ValueError:
            continue  # a list or a text that goes on
        yield range(start, end), content
        start = end


def _last(content: object) -> Path:
    """The path of the table that a header opens."""
    if not isinstance(content, dict) or not content:
        return ()
    key, value = next(iter(content.items()))
    return (key, *_last(value))
