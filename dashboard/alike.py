"""Alike: which other tickets one may be about, with the evidence: what escalations are asked, asked of any open ticket. It merges nothing."""

from classifier.numbering import numbers
from inbound.quotes import split
from store.candidates import candidates
from store.database import Transaction
from store.limits import organisation
from store.lines import TicketPage
from workflow.candidates import Candidate, Sought, rank

SHOWN = 3
LEAST = 25  # of 99: more than that both clients are of one organisation, which has many requests
TEXT = 16 * 1024  # characters of its first mail that are read


def alike(tx: Transaction, page: TicketPage) -> tuple[Candidate, ...]:
    """The likeliest first; none for a ticket that is closed, or leads to another one."""
    line = page.ticket
    if not line.open or line.merged_into:
        return ()
    text = next((said.text for said in page.conversation if said.direction == "in"), "")[:TEXT]
    reading = split(text)
    sought = Sought(
        subject=line.subject,
        text=reading.new,
        quoted=reading.quoted,
        sender=line.requester.lower(),
        organisation=organisation(line.requester),
        others=frozenset(one.address.lower() for one in page.people) - {line.requester.lower()},
        in_subject=frozenset(numbers(line.subject)),
        in_text=frozenset(numbers(text)),
    )
    found = candidates(tx, sought)
    known = tuple(one for one in found.known if one.number not in {line.number, *page.merged})
    return tuple(one for one in rank(sought, known, found.rarity)[:SHOWN] if one.score >= LEAST)
