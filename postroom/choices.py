"""Choices: what a client may answer to a mail with one click, as links for that mail. The workflow's file says which."""

from datetime import datetime, timedelta

from outbound.link import link
from postroom.app import App
from workflow.decision import Notice, Ticket
from workflow.machine import Choice

GOOD_FOR = timedelta(days=60)  # a ticket that moves on ends it before


def choices(app: App, notice: Notice, ticket: Ticket, at: datetime) -> tuple[tuple[Choice, str], ...]:
    """Each choice with its address that this notice offers; none where no site is known. `ticket` is as it stands afterwards."""
    site = app.config.settings.public_url
    client = notice.recipient.addr
    theirs = site and notice.recipient.key == ticket.requester.key  # a colleague decides nothing
    offered = app.workflow(ticket.workflow).offers.get(notice.name, ()) if theirs else ()
    return tuple((choice, link(app.keys, site, choice, client, at + GOOD_FOR, ticket)) for choice in offered)
