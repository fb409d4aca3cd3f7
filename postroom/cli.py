"""The command line: arguments and help. The work is in `commands/`, imported by the command that needs it."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from postroom import completing
from postroom.completing import offering
from postroom.manual.shown import ShownGroup
from postroom.streams import mend_streams, mended

VERSION = "0.1.0"
DONE, NO, WRONG = 0, 1, 2  # exit status: done; the answer is no; wrong use or configuration
NUMBER = click.IntRange(1, 2**63 - 1)  # what a database can hold
Command = TypeVar("Command", bound=Callable[..., Any])


class Refused(Exception):
    """The answer is no. The message is one line for the person at the keyboard."""


class Postroom(ShownGroup):
    """Ends every command with one line and an exit status, never with a traceback for what a person can mend."""

    group_class = ShownGroup

    def main(self, args: Sequence[str] | None = None, *more: Any, **kwargs: Any) -> Any:
        mend_streams()
        try:
            return super().main(mended(sys.argv[1:] if args is None else args), *more, **kwargs)
        except OSError as error:  # --help into a full disk
            self.end(str(error), NO)

    def invoke(self, ctx: click.Context) -> Any:
        from postroom.config import ConfigError
        from postroom.failure import one_line

        try:
            return super().invoke(ctx)
        except ConfigError as error:
            self.end(str(error), WRONG)
        except Refused as error:
            self.end(str(error), NO)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(NO)
        except Exception as error:
            line = one_line(error)
            if line is None:
                raise
            self.end(line, NO)

    @staticmethod
    def end(line: str, status: int) -> None:
        from postroom.line import one_line

        click.echo(one_line(f"postroom: {line}"), err=True)
        sys.exit(status)


@click.group(cls=Postroom, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(),
    metavar="FILE",
    help="The configuration; else POSTROOM_CONFIG, else postroom.toml here.",
)
@click.version_option(VERSION, prog_name="postroom")
@click.pass_context
def main(ctx: click.Context, config: str | None) -> None:
    """The support inbox that a team can trust with its mail."""
    ctx.obj = config


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def staff_option(command: Command) -> Command:
    return click.option(
        "--as",
        "by",
        default="",
        metavar="ADDRESS",
        help="The member of staff who does it.",
        shell_complete=offering("staff"),
    )(command)


def file_option(command: Command) -> Command:
    said = "The text of the mail; - reads it from standard input."
    return click.option("--file", "path", required=True, type=click.Path(), metavar="F", help=said)(command)


def attach_option(command: Command) -> Command:
    said = "A file that goes along; may be given again."
    return click.option("--attach", "attached", multiple=True, type=click.Path(), metavar="F", help=said)(command)


def number_argument(command: Command) -> Command:
    return click.argument("number", type=NUMBER, metavar="N", shell_complete=offering("tickets"))(command)


@main.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Process the sample mails, print the sums, and end.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The SMTP port to take mail on; any free one if not given.",
)
@click.pass_context
def demo(ctx: click.Context, once: bool, port: int) -> None:
    """The whole program on embedded mail servers, with sample mail."""
    if ctx.invoked_subcommand is None:
        from postroom.demo.show import demo as show

        sys.exit(DONE if show(once=once, port=port) else NO)


@demo.command()
@click.argument("text")
@click.option("--from", "sender", default="Ada Quill <ada@client.example>", metavar="ADDRESS", help="Who writes.")
@click.option(
    "--to", "recipient", default="support@demo.test", metavar="ADDRESS", help="support@ or escalate@demo.test."
)
@click.option("--subject", default="A question", metavar="WORDS", help="What it is about.")
def send(text: str, sender: str, recipient: str, subject: str) -> None:
    """Send a mail into the demo that runs in another terminal."""
    from postroom.demo.send import send as deliver

    click.echo(deliver(text, sender, recipient, subject))


@main.command()
@click.option("--address", metavar="A", help="The support mailbox.")
@click.option("--imap", metavar="HOST[:PORT]", help="Its IMAP server; found by itself, if not given.")
@click.option("--smtp", metavar="HOST[:PORT]", help="The server that takes your mail.")
@click.option("--user", metavar="NAME", help="Who signs in; the address, if not given.")
@click.option("--password-file", type=click.Path(), metavar="F", help="The password, in a file that only you can read.")
@click.option(
    "--ca-file",
    type=click.Path(),
    metavar="F",
    help="Certificates that are believed, in PEM form, for servers of your own.",
)
@click.option("--staff", metavar="ADDRESS", help='Who answers first, e.g. "Kim <kim@example.com>".')
@click.option("--workflow", metavar="NAME", help="courseleaf or service-desk.")
@click.option("--start", metavar="WHEN", help='"now" leaves older mail alone; or "all", or a first day.')
@click.option("--yes", is_flag=True, help="Ask nothing: defaults for all that is not given.")
@click.pass_obj
def init(config: str | None, /, yes: bool, **given: str | None) -> None:
    """Ask for an address, find and try its servers, write postroom.toml, show what would happen."""
    from postroom.commands.init import init as first
    from postroom.first.dns import look_up

    first(config, {name.replace("_", "-"): text for name, text in given.items() if text}, yes=yes, look_up=look_up)


@main.command()
@click.option("--send", is_flag=True, help="Also send a mail to each mailbox, and see whether it comes back as it was.")
@json_option
@click.pass_obj
def check(config: str | None, send: bool, as_json: bool) -> None:
    """Prove configuration, database, templates, workflow, and every IMAP and SMTP connection."""
    from postroom.commands.check import check as prove

    sys.exit(DONE if prove(config, as_json=as_json, send=send) else NO)


@main.command()
@click.option("--once", is_flag=True, help="Do all that is due, then end.")
@click.pass_obj
def run(config: str | None, once: bool) -> None:
    """The service: reads the mailboxes, decides, answers. Ends on SIGTERM or Ctrl-C."""
    from postroom.commands.run import run as serve

    sys.exit(DONE if serve(config, once=once) else NO)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE…")
@json_option
@click.pass_obj
def classify(config: str | None, files: tuple[str, ...], as_json: bool) -> None:
    """What each mail is, and why. Reads files alone; works without a configuration."""
    from postroom.commands.classify import classify as judge

    sys.exit(DONE if judge(config, files, as_json=as_json) else NO)


@main.command()
@click.option(
    "--status", default="", metavar="NAME", help="Only those in this status.", shell_complete=offering("statuses")
)
@click.option("--open/--closed", "is_open", default=None, help="Only open ones, or only closed ones.")
@click.option(
    "--mailbox",
    default="",
    metavar="NAME",
    help="Only those of this mailbox, by name or address.",
    shell_complete=offering("mailboxes"),
)
@click.option(
    "--assigned",
    default="",
    metavar="ADDRESS",
    help="Only those of this person; nobody: of no one.",
    shell_complete=offering("staff"),
)
@click.option("--search", default="", metavar="WORDS", help="Only those with these words; or one, by its number.")
@json_option
@click.pass_obj
def tickets(config: str | None, /, as_json: bool, **filters: Any) -> None:
    """List tickets, newest first."""
    from postroom.commands.look import tickets as listing

    listing(config, as_json=as_json, **filters)


@main.command()
@number_argument
@click.option(
    "--save",
    "folder",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write its attachments into this folder.",
)
@json_option
@click.pass_obj
def ticket(config: str | None, number: int, folder: str | None, as_json: bool) -> None:
    """One ticket, whole: status, history with reasons, conversation, people, timers, attachments."""
    from postroom.commands.look import ticket as whole
    from postroom.commands.save import save

    if folder is None:
        whole(config, number, as_json=as_json)
    else:
        save(config, number, folder)


@main.command("set")
@number_argument
@click.argument("status", metavar="STATUS", shell_complete=offering("statuses"))
@click.option("--note", default="", metavar="TEXT", help="A note for the team; no client ever sees it.")
@click.option("--say", default="", metavar="TEXT", help="Your own words to the client, in place of the usual mail.")
@click.option("--until", default="", metavar="DATE", help="2026-12-03 or 2026-12-03T14:00, in the team's time zone.")
@staff_option
@click.pass_obj
def set_status(config: str | None, /, **given: Any) -> None:
    """Move a ticket to another status; the client hears of it as the workflow says."""
    from postroom.commands.act import set_status as act

    act(config, **given)


@main.command()
@number_argument
@file_option
@attach_option
@staff_option
@click.pass_obj
def reply(config: str | None, /, **given: Any) -> None:
    """Answer the client of a ticket in your own words."""
    from postroom.commands.act import reply as act

    act(config, **given)


@main.command()
@click.option("--for", "client", required=True, metavar="ADDRESS", help="The client, who gets the mail.")
@click.option("--subject", required=True, metavar="WORDS", help="Of the ticket and of the mail.")
@file_option
@attach_option
@click.option(
    "--mailbox",
    "box",
    default="",
    metavar="NAME",
    help="From which one; the first support mailbox if not given.",
    shell_complete=offering("mailboxes"),
)
@staff_option
@click.pass_obj
def new(config: str | None, /, **given: Any) -> None:
    """Write to a client first: a new ticket, and a mail in your own words. The client's reply joins it."""
    from postroom.commands.begin import new as act

    act(config, **given)


@main.command()
@number_argument
@click.argument("address", required=False, metavar="[ADDRESS]", shell_complete=offering("staff"))
@click.option("--nobody", is_flag=True, help="Instead, take it from whoever has it.")
@staff_option
@click.pass_obj
def assign(config: str | None, number: int, address: str | None, by: str, *, nobody: bool) -> None:
    """Give a ticket to a member of staff, or to nobody. No client hears of it."""
    from postroom.commands.act import assign as act

    if (address is None) is not nobody:
        raise click.UsageError("Name one member of staff, or give --nobody.")
    act(config, number, address or "", by)


@main.command()
@click.option(
    "--state",
    default="",
    metavar="STATE",
    help="Only those: pending, processed, parked or quarantined.",
    shell_complete=offering("mail states"),
)
@click.option(
    "--kind",
    default="",
    metavar="KIND",
    help="Only those: new_ticket, out_of_office, bounce, bulk ….",
    shell_complete=offering("kinds"),
)
@click.option("--ticket", "number", type=NUMBER, metavar="N", help="Only those on this ticket.")
@click.option("--raw", "which", metavar="ID", help="Instead, the bytes of this mail as they came, e.g. m17.")
@json_option
@click.pass_obj
def mails(config: str | None, /, which: str | None, as_json: bool, **filters: Any) -> None:
    """The ledger: every mail with its state, kind, reason and ticket."""
    from postroom.commands import look

    if which:
        look.raw(config, which)
    else:
        look.mails(config, as_json=as_json, **filters)


@main.command()
@click.option(
    "--state",
    default="",
    metavar="STATE",
    help="Only those: queued, sending, sent, retry, unknown, dead ….",
    shell_complete=offering("outgoing states"),
)
@click.option("--ticket", "number", type=NUMBER, metavar="N", help="Only those of this ticket.")
@json_option
@click.pass_obj
def outbox(config: str | None, /, as_json: bool, **filters: Any) -> None:
    """Every outgoing mail with its state, attempts and the server's last answer."""
    from postroom.commands.look import outbox as listing

    listing(config, as_json=as_json, **filters)


@main.command()
@click.argument("which", metavar="ID")
@click.pass_obj
def retry(config: str | None, which: str) -> None:
    """Try a quarantined mail (m17) or an outgoing mail that failed (o17) again."""
    from postroom.commands.act import retry as act

    act(config, which)


@main.command()
@click.option(
    "--to",
    default="",
    metavar="ADDRESS",
    help="Queue this person's digest now, whenever it would be due.",
    shell_complete=offering("staff"),
)
@click.option("--print", "show", is_flag=True, help="Show it, and queue nothing; without --to, the first manager's.")
@click.pass_obj
def digest(config: str | None, to: str, *, show: bool) -> None:
    """Queue the digests that are due; `run` does so by itself. Nobody gets two for one day."""
    from postroom.commands.digest import digest as act

    act(config, to=to, show=show)


@main.command()
@click.pass_obj
def upgrade(config: str | None) -> None:
    """Bring the database to this version's schema; a backup of the file is made first."""
    from postroom.commands.upgrade import upgrade as act

    act(config)


@main.group()
def workflow() -> None:
    """Prove or draw a workflow: courseleaf, service-desk, or the path of a file. Works without a configuration."""


@workflow.command()
@click.argument("name", type=click.Path(), metavar="FILE|NAME")
@click.pass_obj
def lint(config: str | None, name: str) -> None:
    """Every fault, with its line and the mend; exit status 1 if there is one."""
    from postroom.commands.workflow import lint as prove

    sys.exit(DONE if prove(config, name) else NO)


@workflow.command()
@click.argument("name", type=click.Path(), metavar="FILE|NAME")
@click.option("--svg", "as_svg", is_flag=True, help="A picture that stands alone, instead of Mermaid text.")
@click.pass_obj
def chart(config: str | None, name: str, *, as_svg: bool) -> None:
    """What leads from which status to which, as text that forges draw, or as a picture."""
    from postroom.commands.workflow import chart as draw

    draw(config, name, as_svg=as_svg)


@main.command()
@click.argument("shell", type=click.Choice([*completing.SHELLS]), metavar="bash|zsh")
def completion(shell: str) -> None:
    """Print the script by which a shell completes commands, options, statuses, tickets and staff."""
    click.echo(completing.script(shell, main), nl=False)
