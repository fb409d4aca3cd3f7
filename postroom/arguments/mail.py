"""Arguments and help of the commands for mail that comes and mail that leaves. The work is in `commands/`."""

import sys
from typing import Any

import click

from postroom.arguments.shared import DONE, NO, NUMBER, json_option, staff_option
from postroom.completing import offering
from postroom.manual.shown import Shown

SERIES = ("status", "digest", "week", "new", "replied", "escalated", "assigned")  # outbound.series


@click.command(cls=Shown)
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
    """List every mail that came, with its state, kind, reason and ticket."""
    from postroom.commands import look

    if which:
        look.raw(config, which)
    else:
        look.mails(config, as_json=as_json, **filters)


@click.command(cls=Shown)
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
    """List every mail that leaves, with its state, attempts and the server's last answer."""
    from postroom.commands.look import outbox as listing

    listing(config, as_json=as_json, **filters)


@click.command(cls=Shown)
@click.argument("which", metavar="ID")
@click.pass_obj
def retry(config: str | None, which: str) -> None:
    """Try a quarantined mail (m17) or an outgoing mail that failed (o17) again."""
    from postroom.commands.act import retry as act

    act(config, which)


@click.command(cls=Shown)
@click.argument("files", nargs=-1, type=click.Path(), metavar="FILE…")
@click.option("--cases", is_flag=True, help="Instead, judge again each mail of which staff have said what it is.")
@click.option("--explain", is_flag=True, help="All evidence for and against, and the one change that would change it.")
@json_option
@click.pass_obj
def classify(config: str | None, files: tuple[str, ...], cases: bool, explain: bool, as_json: bool) -> None:
    """Say what each mail is, and why. It reads files alone, and needs no configuration."""
    if cases is bool(files) or (cases and explain):
        raise click.UsageError("Name a FILE, or give --cases alone.")
    if cases:
        from postroom.commands.correct import cases as judge_again

        sys.exit(DONE if judge_again(config, as_json=as_json) else NO)
    from postroom.commands.classify import classify as judge

    sys.exit(DONE if judge(config, files, as_json=as_json, explained=explain) else NO)


@click.command(cls=Shown)
@click.argument("which", metavar="MAIL")
@click.argument("kind", metavar="KIND", shell_complete=offering("corrections"))
@click.option("--note", default="", metavar="TEXT", help="A note for the team; no client ever sees it.")
@click.option("--answer", is_flag=True, help="Also send the answer that the workflow has for such a mail.")
@click.option(
    "--remember", is_flag=True, help="With person or spam: its sender's mail is never spam from now on, or always."
)
@staff_option
@click.pass_obj
def correct(config: str | None, /, **given: Any) -> None:
    """Say what a mail is that was taken for something else: person, out_of_office, auto_reply, bulk …."""
    from postroom.commands.correct import correct as act

    act(config, **given)


@click.command(cls=Shown)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option(
    "--last", type=click.IntRange(1, 100_000), default=200, metavar="N", help="How many mails; 200 if not given."
)
@click.option("--html", default="", metavar="FILE", help="Also write one page of HTML that needs nothing else.")
@json_option
@click.pass_obj
def preview(config: str | None, sources: tuple[str, ...], last: int, html: str, as_json: bool) -> None:
    """Show what would have happened to the last mails of a mailbox, an mbox, a Maildir or .eml files."""
    from postroom.commands.preview import preview as look

    sys.exit(DONE if look(config, sources, last=last, as_json=as_json, html=html) else NO)


@click.command(cls=Shown)
@click.argument("address", required=False, metavar="[ADDRESS")
@click.argument("turn", required=False, type=click.Choice(["off", "on"]), metavar="off|on")
@click.argument("series", required=False, type=click.Choice(SERIES), metavar="SERIES]")
@staff_option
@json_option
@click.pass_obj
def subscription(
    config: str | None, address: str | None, turn: str | None, series: str | None, by: str, *, as_json: bool
) -> None:
    """List who is off which mails; or take somebody off some, or put them back."""
    from postroom.commands import subscription as act

    if address is None:
        act.listing(config, as_json=as_json)
    elif turn is None or series is None:
        raise click.UsageError(f"Name an address, off or on, and one of {', '.join(SERIES)}; or nothing, for the list.")
    else:
        act.change(config, address, turn, series, by)


@click.command(cls=Shown)
@click.argument("party", default="", metavar="[ADDRESS|@DOMAIN]")
@click.argument("what", required=False, type=click.Choice(["block", "allow", "forget"]), metavar="[block|allow|forget]")
@json_option
@staff_option
@click.pass_obj
def sender(config: str | None, party: str, what: str | None, by: str, *, as_json: bool) -> None:
    """Say that somebody's mail is spam, or never is; or show of whom that was said."""
    from postroom.commands import sender as commands

    if bool(party) is not (what is not None):
        raise click.UsageError("Name a sender and block, allow or forget; or neither.")
    if what:
        commands.say(config, party, what, by)
    else:
        commands.show(config, as_json=as_json)


@click.command("import", cls=Shown)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option(
    "--mailbox",
    "box",
    default="",
    metavar="NAME",
    help="As mail of which one; the first if not given.",
    shell_complete=offering("mailboxes"),
)
@click.option("--since", metavar="DAY", help="Only mail from that day on, such as 2026-01-01.")
@click.option("--yes", is_flag=True, help="Ask nothing, and show nothing beforehand.")
@click.pass_obj
def import_(config: str | None, sources: tuple[str, ...], box: str, since: str | None, *, yes: bool) -> None:
    """Make conversations of mail that is there already: a mailbox, an mbox, a Maildir or .eml files. Nobody is written to."""
    from postroom.commands import importing

    try:
        first = importing.moment(since) if since else None
    except ValueError:
        raise click.BadParameter("write a day such as 2026-01-01", param_hint="--since") from None
    sys.exit(DONE if importing.import_(config, sources, box, first, yes=yes) else NO)


COMMANDS = (mails, outbox, import_, retry, correct, sender, subscription, classify, preview)
