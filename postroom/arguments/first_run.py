"""Arguments and help of the commands for a first run. The work is in `commands/`."""

import sys

import click

from postroom.arguments.shared import DONE, NO, json_option
from postroom.completing import offering
from postroom.manual.shown import Shown, ShownGroup


@click.group(invoke_without_command=True, cls=ShownGroup)
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
    """Show the whole program on embedded mail servers, with sample mail."""
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


@click.command(cls=Shown)
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
@click.option("--start", metavar="WHEN", help='"now" leaves the mail alone that is there; or "all", or a first day.')
@click.option("--yes", is_flag=True, help="Ask nothing: defaults for all that is not given.")
@click.pass_obj
def init(config: str | None, /, yes: bool, **given: str | None) -> None:
    """Ask for an address, find and try its servers, write postroom.toml, show what would happen."""
    from postroom.commands.init import init as first
    from postroom.first.dns import look_up

    first(config, {name.replace("_", "-"): text for name, text in given.items() if text}, yes=yes, look_up=look_up)


@click.command(cls=Shown)
@click.option("--send", is_flag=True, help="Also send a mail to each mailbox, and see whether it comes back as it was.")
@json_option
@click.pass_obj
def check(config: str | None, send: bool, as_json: bool) -> None:
    """Prove configuration, database, templates, workflow, and every IMAP and SMTP connection."""
    from postroom.commands.check import check as prove

    sys.exit(DONE if prove(config, as_json=as_json, send=send) else NO)


@click.command("sign-in", cls=Shown)
@click.argument("name", default="", metavar="[NAME]", shell_complete=offering("sign-ins"))
@click.option("--paste", is_flag=True, help="The browser is on another machine: paste the address that it ends at.")
@click.pass_obj
def sign_in(config: str | None, name: str, *, paste: bool) -> None:
    """Let postroom into a mailbox where no password does, at Microsoft or Google."""
    from postroom.commands.sign_in import sign_in as act

    act(config, name, paste=paste)


COMMANDS = (demo, init, check, sign_in)
