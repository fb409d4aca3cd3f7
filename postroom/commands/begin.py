"""`postroom new`: a ticket that staff open for a client, with a mail of their own words."""

from collections.abc import Sequence

import click

from postroom.acting import NotPossible
from postroom.answering import Words
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.address import one_address
from postroom.commands.attach import attach
from postroom.commands.mailbox import first, named, unknown
from postroom.commands.staff import author
from postroom.commands.text import read_text
from postroom.config import MailboxConfig
from postroom.line import one_line
from postroom.opening import open_ticket
from workflow.act import Open

LONGEST_SUBJECT = 150  # characters: a mail shows no more


def new(option: str | None, client: str, subject: str, path: str, attached: Sequence[str], box: str, by: str) -> None:
    app = open_app(option)
    who, name = author(app, by)
    deed = Open(one_address(client, "--for"), _subject(subject), who)
    words = Words(read_text(path), name, attach(attached))
    mailbox = _mailbox(app, box)
    try:
        number, done = open_ticket(app, deed, mailbox, words)
    except NotPossible as error:
        raise Refused(str(error)) from None
    status = done.workflow.statuses[done.decision.status]
    click.echo(f"#{number} is open in {status.name}; the mail to {deed.client.addr} is queued")


def _subject(text: str) -> str:
    subject = " ".join(one_line(text).split())
    if not subject:
        raise Refused("--subject is empty: say in a few words what the mail is about")
    if len(subject) > LONGEST_SUBJECT:
        raise Refused(f"--subject has {len(subject)} characters: at most {LONGEST_SUBJECT} are shown")
    return subject


def _mailbox(app: App, name: str) -> MailboxConfig:
    box = named(app, name) if name else first(app)
    if box is None:
        raise unknown(app, name)
    return box
