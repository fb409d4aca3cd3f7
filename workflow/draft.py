"""Draft, Table: a workflow file while it is read, with its complaints. It checks the shape of values, not what they mean."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from workflow.calendar import Calendar
from workflow.fault import Complaint, Path
from workflow.spelling import mend, quoted

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names a status or a notice. `use` says how, e.g. "timer leads to"."""

    path: Path
    use: str
    name: str


@dataclass(slots=True)
class Draft:
    """What comes up while a file is read. `calendars` are those of the configuration, by name; None where there is none to ask."""

    calendars: Mapping[str, Calendar] | None = None
    complaints: list[Complaint] = field(default_factory=list)
    statuses: list[Mention] = field(default_factory=list)
    answers: list[Mention] = field(default_factory=list)  # notices that answer a mail
    tidings: list[Mention] = field(default_factory=list)  # notices that a change by staff or a timer sends
    offers: list[Mention] = field(default_factory=list)  # notices that offer choices
    listed: list[Mention] = field(default_factory=list)  # notices as [notices] lists them

    def complain(self, path: Path, problem: str, mending: str) -> None:
        self.complaints.append(Complaint(path, problem, mending))

    def doubts(self, *paths: Path) -> bool:
        """Whether something is wrong at one of these paths, so that nothing should be concluded from it."""
        return any(complaint.path in paths for complaint in self.complaints)

    def doubts_below(self, path: Path) -> bool:
        """Whether something is wrong at this path or in it."""
        return any(complaint.path[: len(path)] == path for complaint in self.complaints)


class Table:
    """One table of the file. What is taken from it is checked; what nobody took is unknown.

    One that `stands_in` for what is missing or no table is empty, and does not complain of that again.
    """

    def __init__(self, draft: Draft, path: Path, content: Mapping[str, object], *, stands_in: bool = False) -> None:
        self.draft, self.path = draft, path
        self._content = content
        self._stands_in = stands_in
        self._taken: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def knows(self, *keys: str) -> None:
        """These keys may stand here, though nothing is taken from them."""
        self._taken.update(dict.fromkeys(keys))

    def text(self, key: str, example: str = '"…"', *, needed: bool = True) -> str:
        """A text that is not empty, or "" where it is missing or wrong."""
        value = self._take(key, f"add {key} = {example}", needed)
        if value is None or (isinstance(value, str) and value.strip()):
            return str(value or "").strip()
        self._wrong(key, value, f"write words in quotes: {key} = {example}")
        return ""

    def flag(self, key: str, *, needed: bool = True) -> bool:
        value = self._take(key, f"add {key} = true, or false", needed)
        if value is not None and not isinstance(value, bool):
            self._wrong(key, value, "write true or false, without quotes")
        return value is True

    def days(self, key: str, example: str) -> timedelta:
        """A number of days, at least one."""
        value = self._take(key, f"add {key} = {example}", needed=True)
        if type(value) is int and 1 <= value <= MOST_DAYS:
            return timedelta(days=value)
        if value is not None:
            self._wrong(key, value, f"write a whole number from 1 to {MOST_DAYS}: {key} = {example}")
        return timedelta(days=1)

    def choice(self, key: str, known: Collection[str]) -> str:
        """One of the known words; the first of them where it is missing or wrong."""
        value = self._take(key, f"add {key} = one of {quoted(known)}", needed=True)
        if isinstance(value, str) and value in known:
            return value
        if value is not None:
            self._wrong(key, value, mend(str(value), known))
        return next(iter(known))

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        value = self._take(key, "", needed=False)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self._wrong(key, value, f'write a list of words in quotes: {key} = ["…", "…"]')
        return ()

    def table(self, key: str, example: str, *, needed: bool = True) -> "Table":
        """A table in this one; an empty one where it is missing or wrong."""
        value = self._take(key, f"add {example}", needed)
        if value is not None and not isinstance(value, dict):
            self._wrong(key, value, f"write {example}")
        content = value if isinstance(value, dict) else {}
        return Table(self.draft, (*self.path, key), content, stands_in=not isinstance(value, dict))

    def close(self) -> None:
        """Complain of every key that nobody asked for."""
        for key in self._content:
            if key not in self._taken:
                self.draft.complain(
                    (*self.path, key), f'{self._place}the key "{key}" is unknown', mend(key, self._taken)
                )

    @property
    def _place(self) -> str:
        """Where in its status or table this one stands: "timer: ", "on.client_reply: "."""
        inner = self.path[2 if self.path[:1] in {("status",), ("ball_with",)} else 1 :]
        return f"{'.'.join(inner)}: " if inner else ""

    def _take(self, key: str, mending: str, needed: bool) -> object:
        self._taken[key] = None
        if needed and key not in self._content and not self._stands_in:
            self.draft.complain((*self.path, key), f"{self._place}{key} is missing", mending)
        return self._content.get(key)

    def _wrong(self, key: str, value: object, mending: str) -> None:
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        self.draft.complain((*self.path, key), f"{self._place}{key} is {shown[:60]}", mending)
