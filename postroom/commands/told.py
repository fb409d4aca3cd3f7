"""Told: what the clients of a ticket hear of a change, for the person who has made it. It sends nothing."""

from collections.abc import Sequence

from outbound.outbox import Queued, State
from postroom.forwarding import NOTICE
from workflow.machine import Nature


def told(outgoing: Sequence[Queued], withheld: Sequence[str]) -> str:
    """Behind the words for the change itself; "" where nobody hears of it."""
    if broken := [mail for mail in outgoing if mail.state is State.FAILED_RENDER]:
        return f"; the mail to the client could not be written: {broken[0].reason}"
    if withheld:
        return f"; the client is not told: {'; '.join(withheld)}"
    teams = [f"; {mail.recipient} gets the conversation" for mail in outgoing if mail.notice == NOTICE]
    clients = sum(mail.nature is not Nature.STAFF for mail in outgoing)
    several = f"; {clients} mails to its clients are queued" if clients else ""
    return ("; a mail to the client is queued" if clients == 1 else several) + "".join(teams)
