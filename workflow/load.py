"""load: the text of a workflow file becomes a Workflow, or one error with all its faults. It never opens a file."""

import re
import tomllib
from collections.abc import Collection, Mapping

from workflow.calendar import Calendar
from workflow.draft import Draft
from workflow.fault import Complaint, Fault, WorkflowError
from workflow.lines import Lines
from workflow.lint import lint
from workflow.machine import Workflow
from workflow.read import read

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_TWICE = re.compile(r"overwrite|twice|mutate", re.IGNORECASE)
_MARK = "\ufeff"  # some editors begin a file with it


def load(text: str, source: str, notices: Collection[str], calendars: Mapping[str, Calendar] | None = None) -> Workflow:
    """The workflow of a file. `source` names the file in errors; `notices` are those that have a template.

    `calendars` are those of the configuration, None where there is none: then any name will do, and every day counts.
    Raises WorkflowError, which carries every fault with its line.
    """
    text = text.removeprefix(_MARK)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise WorkflowError([_unreadable(error, text, source)]) from None
    draft = Draft(calendars)
    workflow = read(content, draft)
    complaints = lint(workflow, draft, notices)
    if complaints:
        raise WorkflowError(_faults(complaints, text, source))
    return workflow


def _faults(complaints: Collection[Complaint], text: str, source: str) -> list[Fault]:
    lines = Lines(text)
    faults = [Fault(source, lines.of(each.path), str(each), each.mend) for each in complaints]
    return sorted(dict.fromkeys(faults), key=lambda fault: fault.line)


def _unreadable(error: Exception, text: str, source: str) -> Fault:
    """The one fault of a text that is not TOML; what follows it cannot be read."""
    said = str(error).removesuffix(" (at end of document)") or "the text cannot be read"
    at = _AT_LINE.search(said)
    line = int(at[1]) if at else text.rstrip().count("\n") + 1
    mending = "keep it once" if _TWICE.search(said) else 'write a line as key = "words in quotes"'
    return Fault(source, line, _AT_LINE.sub("", said), mending)
