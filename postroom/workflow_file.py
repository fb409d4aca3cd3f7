"""WorkflowFile: a workflow's file, found by its name or path, read and proved with its templates. It prints nothing."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from outbound.render import Renderer, RenderError
from workflow.calendar import Calendar
from workflow.fault import Fault, WorkflowError
from workflow.lines import Lines
from workflow.load import load
from workflow.machine import Workflow

Calendars = Mapping[str, Calendar] | None


PROFILES = files("workflow").joinpath("profiles")


def shipped() -> list[str]:
    """The names of the workflows that come with postroom."""
    return sorted(file.name.removesuffix(".toml") for file in PROFILES.iterdir() if file.name.endswith(".toml"))


def ships(name: str) -> bool:
    """Whether a workflow of that name comes with postroom."""
    return "/" not in name and _profile(name).is_file()


def _profile(name: str) -> Traversable:
    return PROFILES.joinpath(f"{name}.toml")


class NoWorkflow(Exception):
    """There is no such workflow; the message says why, and what can be written."""


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """The text of a file, and how errors name it."""

    source: str
    text: str

    @classmethod
    def find(cls, name: str, folder: Path) -> "WorkflowFile":
        """One that ships, by its name; else the file of that path, meant from the folder. Raises NoWorkflow."""
        ours = ships(name)
        try:
            text = (_profile(name) if ours else folder / name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise NoWorkflow(f'{reason}: write "courseleaf", "service-desk", or the path of a workflow file') from None
        return cls(f"{name}.toml" if ours else name, text)

    def workflow(self, renderer: Renderer, calendars: Calendars) -> Workflow:
        """The workflow, linted. `calendars` are the configuration's, if there is one. Raises WorkflowError with every fault."""
        return load(self.text, self.source, renderer.names(self._name), calendars)

    def prove(self, renderer: Renderer, calendars: Calendars) -> Workflow:
        """The workflow, linted, with every notice rendered as it could be sent. Raises WorkflowError with every fault."""
        workflow = self.workflow(renderer, calendars)
        lines = Lines(self.text)
        faults = [self._fault(error, lines) for error in renderer.check(workflow)]
        if faults:
            raise WorkflowError(sorted(faults, key=lambda fault: fault.line))
        return workflow

    def _fault(self, error: RenderError, lines: Lines) -> Fault:
        """At the line that lists the notice; the alert to staff is every workflow's, and stands in no file."""
        notice = error.notice
        line = lines.of(("notices", notice.nature, notice.name))
        problem = f'notices: notice "{notice.name}" does not render: {error.reason}'
        return Fault(self.source, line, problem, f"mend it in templates/mail/{notice.workflow}/{notice.name}")

    @property
    def _name(self) -> str:
        """The name that the file gives itself, below which its templates lie; "" where it cannot be read."""
        try:
            return str(tomllib.loads(self.text).get("name", ""))
        except (ValueError, RecursionError):
            return ""
