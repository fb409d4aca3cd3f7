"""One client with several addresses: answers go to the one that they wrote from last, or to another where that one is gone. Pure; it finds none."""

from collections.abc import Collection
from dataclasses import replace

from inbound.message import Address
from workflow.decision import Decision, Ticket


def written_from(ticket: Ticket, who: Address | None, addresses: Collection[str]) -> Ticket:
    """The ticket with its requester where they write from now. `addresses`: all that `who` is known to have, in lower case."""
    mine = ticket.requester
    if who is None or who.key == mine.key or mine.key not in addresses:
        return ticket
    return replace(ticket, requester=Address(who.addr, who.name or mine.name))


def elsewhere(decision: Decision, ticket: Ticket, other: str) -> Decision:
    """The requester's address returns our mail for good, and staff know another one of theirs."""
    told = f"{ticket.requester.addr} returns our mail for good: answers go to {other} from now on"
    return replace(decision, requester=Address(other, ticket.requester.name), because=(*decision.because, told))
