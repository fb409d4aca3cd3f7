"""Fault, WorkflowError: what is wrong with a workflow file, where, and the mend. Holds values only; it judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str, ...]  # the keys that lead to a value, e.g. ("status", "stale", "timer", "to")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. It prints as one line that an editor can jump to."""

    source: str  # the file
    line: int  # counted from 1
    problem: str
    mend: str

    def __str__(self) -> str:
        said = " ".join(f"{self.problem}; {self.mend}".split())  # a name may hold line breaks
        return f"{self.source}:{self.line}: {said}"


class WorkflowError(ValueError):
    """A workflow file that cannot be used. It carries every fault, in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type["WorkflowError"], tuple[tuple[Fault, ...]]]:
        return (WorkflowError, (self.faults,))


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fault whose line is still to be found."""

    path: Path
    problem: str
    mend: str

    def __str__(self) -> str:
        match self.path:
            case ("status", key, *_):
                return f'status "{key}": {self.problem}'
            case (table, key, _, *_) if table == "ball_with":
                return f"{table}.{key}: {self.problem}"
            case (table, _, *_):
                return f"{table}: {self.problem}"
            case _:
                return self.problem
