"""`postroom reconcile`: whether the ledger holds all that the servers hold."""

import click

from inbound.imap import MailboxDown
from outbound.standing import Reconciled
from outbound.wording import count
from postroom.app import App, open_app
from postroom.commands.output import Row, one_line, print_json
from postroom.config import MailboxConfig
from postroom.pipeline import reconcile as compared
from store.lines import as_json as plain


def reconcile(option: str | None, *, as_json: bool) -> bool:
    """Whether all is well. A mailbox that cannot be read is said so, and the others are compared."""
    app = open_app(option)
    found = [_compared(app, box) for box in app.config.mailboxes]
    if as_json:
        print_json([_row(one) for one in found])
    else:
        _print(found)
    return not any(one.wrong for one in found)


def _compared(app: App, box: MailboxConfig) -> Reconciled:
    try:
        return compared(app, box)
    except MailboxDown as error:
        return Reconciled(box.name, app.now(), 0, (f"cannot be read: {error}",))


def _print(found: list[Reconciled]) -> None:
    if not any(one.wrong for one in found):
        click.echo(
            f"{count(sum(one.there for one in found), 'mail', 'mails')} on the server, none missing in the ledger"
        )
    for one in found:
        if one.junk:
            came = count(one.junk, "mail has", "mails have")
            click.echo(f"{one_line(one.mailbox)}: {came} come to the junk folder since yesterday")
        if one.strays:
            click.echo(
                f"{one_line(one.mailbox)}: never read, in folders that are not read: {one_line(', '.join(one.strays))}"
            )
        for why in one.wrong:
            click.echo(f"{one_line(one.mailbox)}: {one_line(why)}")


def _row(one: Reconciled) -> Row:
    return {
        "mailbox": one.mailbox,
        "at": plain(one.at),
        "there": one.there,
        "wrong": one.wrong,
        "junk": one.junk,
        "strays": one.strays,
    }
