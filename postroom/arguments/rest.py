"""Arguments and help of the commands that are left. The work is in `commands/`."""

import sys

import click

from postroom import completing
from postroom.arguments.shared import DONE, NO
from postroom.completing import offering
from postroom.manual.shown import Shown, ShownGroup

WORKFLOWS = offering("workflows", files=True)


@click.group(cls=ShownGroup)
def workflow() -> None:
    """Prove or draw a workflow: courseleaf, service-desk, or the path of a file. It needs no configuration."""


@workflow.command()
@click.argument("name", type=click.Path(), metavar="FILE|NAME", shell_complete=WORKFLOWS)
@click.pass_obj
def lint(config: str | None, name: str) -> None:
    """Name every fault of a workflow, with its line and the mend."""
    from postroom.commands.workflow import lint as prove

    sys.exit(DONE if prove(config, name) else NO)


@workflow.command()
@click.argument("name", type=click.Path(), metavar="FILE|NAME", shell_complete=WORKFLOWS)
@click.option("--svg", "as_svg", is_flag=True, help="A picture that stands alone, instead of Mermaid text.")
@click.pass_obj
def chart(config: str | None, name: str, *, as_svg: bool) -> None:
    """Draw what leads from which status to which, as text that forges show, or as a picture."""
    from postroom.commands.workflow import chart as draw

    draw(config, name, as_svg=as_svg)


@click.group(cls=ShownGroup)
def templates() -> None:
    """See the mails of a workflow, and prove its templates. It needs no configuration."""


@templates.command()
@click.argument("notice", default="", metavar="[NOTICE]")
@click.option(
    "--language", default="", metavar="LANGUAGE", help="Only in this one: en, de; each that there is, if not given."
)
@click.option(
    "--workflow",
    "name",
    default="",
    metavar="FILE|NAME",
    help="The configuration's, or courseleaf, if not given.",
    shell_complete=WORKFLOWS,
)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write them as one page of HTML, as clients see them.",
)
@click.pass_obj
def preview(config: str | None, notice: str, language: str, name: str, page: str | None) -> None:
    """Show the notices with sample facts, and prove them: one line for each fault."""
    from postroom.commands.templates import preview as show

    sys.exit(DONE if show(config, notice, language=language, workflow=name, page=page) else NO)


@click.command(cls=Shown)
@click.argument("shell", type=click.Choice([*completing.SHELLS]), metavar="bash|zsh")
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which a shell completes commands, options, statuses, tickets and staff."""
    click.echo(completing.script(shell, ctx.find_root().command), nl=False)


COMMANDS = (workflow, templates, completion)
