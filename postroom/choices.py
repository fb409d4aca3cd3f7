"""Choices: what the reader of a mail may do with one click, as links for that mail. The workflow's file says what clients may."""

from datetime import datetime, timedelta

from outbound.link import link
from postroom.app import App
from workflow.decision import Notice, Ticket
from workflow.machine import NOT_MEANT

GOOD_FOR = timedelta(days=60)  # a ticket that moves on ends it before
DEED_DAYS = timedelta(days=7)  # of one of us, as the reply address beside it


def choices(
    app: App, notice: Notice, ticket: Ticket, at: datetime, *, guessed: bool = False
) -> tuple[tuple[str, str], ...]:
    """Each choice with its address that this notice offers; none where no site is known. `ticket` is as it stands afterwards.

    Where it stands so since we guessed what the client meant, they may say first that we guessed wrong.
    """
    site = app.config.settings.public_url
    client = notice.recipient.addr
    theirs = site and notice.recipient.key == ticket.requester.key  # a colleague decides nothing
    if not theirs:
        return ()
    offered = (*((NOT_MEANT,) if guessed else ()), *app.workflow(ticket.workflow).offers.get(notice.name, ()))
    return tuple((choice, link(app.keys, site, choice, client, at + GOOD_FOR, ticket)) for choice in offered)


def deed_link(app: App, what: str, person: str, at: datetime, ticket: Ticket) -> str:
    """The link by which one of us does `what` (postroom.deeds) to a ticket as it stands; "" where no site is known."""
    site = app.config.settings.public_url
    return link(app.keys, site, what, person, at + DEED_DAYS, ticket) if site else ""
