"""`postroom workflow`: proves a workflow file, or draws it. It reads files and writes text, nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from outbound.render import Renderer
from postroom import config
from postroom.app import make_renderer
from postroom.cli import Refused
from postroom.config import NoConfig
from postroom.line import one_line
from postroom.workflow_file import Calendars, NoWorkflow, WorkflowFile
from workflow.chart import chart as charted
from workflow.fault import WorkflowError
from workflow.machine import Workflow
from workflow.mermaid import mermaid
from workflow.picture import picture
from workflow.svg import svg


def lint(option: str | None, name: str) -> bool:
    """Prints each fault on one line: file, line, what is wrong, the mend. Whether there is none."""
    file = _find(name)
    try:
        workflow = file.prove(*_configured(option))
    except WorkflowError as error:
        for fault in error.faults:
            click.echo(one_line(fault))
        return False
    number = sum(status.open for status in workflow.statuses.values())
    said = f"{len(workflow.statuses)} statuses, {number} of them open; {len(workflow.notices)} notices, each renders"
    click.echo(one_line(f"{file.source}: no fault: {said}"))
    for line in _unaddressed(workflow, option):
        click.echo(one_line(f"{file.source}: {line}"))
    return True


def _unaddressed(workflow: Workflow, option: str | None) -> Iterator[str]:
    """Teams to which it forwards, and for which the configuration has no address; without a configuration nobody knows."""
    try:
        given = config.read(config.find(option, os.environ), os.environ).settings.forward
    except NoConfig:
        return
    for team in sorted({status.forward for status in workflow.statuses.values()} - {"", *given}):
        names = ", ".join(status.name for status in workflow.statuses.values() if status.forward == team)
        yield f"[forward] names no address for {team}: nobody gets the conversations of tickets in {names}"


def chart(option: str | None, name: str, *, as_svg: bool) -> None:
    """Prints the chart. Raises Refused for a workflow with faults: lint tells which."""
    drawn = charted(_sound(_find(name), option))
    click.echo(svg(picture(drawn)) if as_svg else mermaid(drawn), nl=False)


def _sound(file: WorkflowFile, option: str | None) -> Workflow:
    try:
        return file.workflow(*_configured(option))
    except WorkflowError as error:
        more = f" (and {len(error.faults) - 1} more: postroom workflow lint)" if len(error.faults) > 1 else ""
        raise Refused(f"{error.faults[0]}{more}") from None


def _find(name: str) -> WorkflowFile:
    try:
        return WorkflowFile.find(name, Path.cwd())
    except NoWorkflow as error:
        raise Refused(f'"{name}": {error}') from None


def _configured(option: str | None) -> tuple[Renderer, Calendars]:
    """The templates of the configuration before ours, and its calendars, if there is one."""
    try:
        configured = config.read(config.find(option, os.environ), os.environ)
    except NoConfig:
        return Renderer(), None
    return make_renderer(configured), configured.calendars
