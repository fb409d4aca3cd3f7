"""`postroom templates preview`: the notices of a workflow with sample facts, and what is wrong with them. It reads files, nothing else."""

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

import click

from outbound.render import Rendered, Renderer
from postroom import config
from postroom.app import make_renderer
from postroom.cli import Refused
from postroom.config import Config, NoConfig
from postroom.line import one_line
from postroom.workflow_file import NoWorkflow, WorkflowFile
from workflow.decision import Notice
from workflow.fault import WorkflowError
from workflow.machine import Workflow
from workflow.spelling import mend

DEFAULT = "courseleaf"
Made = tuple[Notice, Rendered]
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Notices of {title}</title>
<style>body{{margin:1rem;font-family:sans-serif}}h2{{font-size:1rem;margin:2rem 0 .25rem}}p{{margin:0 0 .5rem}}
iframe{{width:100%;max-width:100%;height:34rem;border:1px solid #8a8a8a;resize:both}}</style></head><body>
<h1>Notices of {title}</h1>
{mails}
</body></html>
"""
MAIL = """<h2>{path}, {language}</h2><p>{subject}</p>
<iframe sandbox title="{path}, {language}" srcdoc="{html}"></iframe>"""


def preview(option: str | None, notice: str, *, language: str, workflow: str, page: str | None) -> bool:
    """Prints or writes the mails, then each fault. Whether there is none."""
    known = _config(option)
    renderer = make_renderer(known) if known else Renderer()
    flow = _flow(known, workflow, renderer)
    if notice and notice not in flow.notices:
        raise Refused(f'there is no notice "{notice}"; {mend(notice, flow.notices)}')
    shown: dict[tuple[str, str, str], Made] = {}
    wrong: list[str] = []
    for about, made, fault in renderer.tried(flow, [language] if language else renderer.languages(flow)):
        if notice and about.name != notice:
            continue
        if fault:
            wrong.append(f"{about.path}: {fault.reason}")
        elif made and (not language or made.language == language):
            shown.setdefault((about.path, made.language, made.text), (about, made))
    _show([*shown.values()], flow, whole=bool(notice), page=page)
    for line in dict.fromkeys(wrong):
        click.echo(one_line(f"FAULT  {line}"))
    return not wrong


def _show(mails: Sequence[Made], flow: Workflow, *, whole: bool, page: str | None) -> None:
    if page:
        _write(page, mails, flow)
    elif whole:
        for about, made in mails:
            click.echo(f"--- {about.path}, {made.language}\n{made.subject}\n\n{made.text.rstrip()}\n")
    else:
        for line in dict.fromkeys(f"{about.path}, {made.language}: {made.subject}" for about, made in mails):
            click.echo(one_line(line))


def _write(page: str, mails: Sequence[Made], flow: Workflow) -> None:
    html = "\n".join(
        MAIL.format(path=about.path, language=made.language, subject=escape(made.subject), html=escape(made.html))
        for about, made in mails
    )
    try:
        Path(page).write_text(PAGE.format(title=escape(flow.title), mails=html), encoding="utf-8")
    except OSError as error:
        raise Refused(f"{page} cannot be written: {error.strerror}") from None
    click.echo(f"{len(mails)} mails are in {page}")


def _config(option: str | None) -> Config | None:
    """The configuration, where there is one; ours stand behind its templates."""
    try:
        return config.read(config.find(option, os.environ), os.environ)
    except NoConfig:
        return None


def _flow(known: Config | None, name: str, renderer: Renderer) -> Workflow:
    folder = known.folder if known and not name else Path.cwd()
    wanted = name or (known.settings.workflow if known else DEFAULT)
    try:
        return WorkflowFile.find(wanted, folder).workflow(renderer, known.calendars if known else {})
    except NoWorkflow as error:
        raise Refused(f'"{wanted}": {error}') from None
    except WorkflowError as error:
        raise Refused(str(error.faults[0])) from None
