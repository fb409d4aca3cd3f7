"""Escalating: what an escalation that opens a ticket may be about, for those who decide. It merges nothing by itself."""

from collections.abc import Sequence

from classifier.numbering import numbers
from inbound.quotes import split
from postroom.app import App
from postroom.cases import Judged
from store.candidates import candidates
from store.identities import same
from store.limits import organisation
from workflow.candidates import Candidate, Sought, rank
from workflow.decision import Ticket

_TEXT = 16 * 1024  # characters of a mail that are read


def about(app: App, case: Judged) -> tuple[Candidate, ...]:
    """The likeliest first."""
    sought = _sought(case)
    with app.database.read() as tx:
        found = candidates(tx, sought)
    return rank(sought, found.known, found.rarity)


def lines(app: App, found: Sequence[Candidate], ticket: Ticket) -> list[tuple[str, str]]:
    """Each candidate, its evidence, and how the two are merged."""
    if not found:
        return [("May be about", "no ticket that we know of: no number, no person and no words lead to one")]
    written = app.box(ticket.mailbox).settings.reply_token == "plus"  # noqa: S105 - a setting's word
    said: list[tuple[str, str]] = []
    for one in found:
        status = app.workflow(one.ticket.workflow).statuses.get(one.ticket.status)
        where = f'in "{status.name if status else one.ticket.status}", {one.ticket.requester}'
        how = f"reply #merge {one.ticket.number}" if written else f"postroom merge {ticket.number} {one.ticket.number}"
        said.append(("May be about", f'#{one.ticket.number} "{one.ticket.subject[:100]}", {where} ({one.likely})'))
        said.append(("Because", "; ".join(one.evidence)))
        said.append(("To merge", how))
    return said


def deeds(found: Sequence[Candidate]) -> tuple[tuple[str, str], ...]:
    """The same as links: words, and what each does."""
    return tuple((f"Merge into #{one.ticket.number} ({one.likely})", f"merge-{one.ticket.number}") for one in found)


def _sought(case: Judged) -> Sought:
    message = case.message
    sender = case.verdict.sender or message.author
    text = message.text[:_TEXT]
    return Sought(
        subject=message.subject,
        text=case.read.parsed.reading.new,
        quoted=split(text).quoted,
        sender=sender.key if sender else "",
        also=same(case.gathered.persons, sender.key) if sender else frozenset(),
        organisation=organisation(sender.addr) if sender else "",
        others=frozenset(one.key for one in case.gathered.others),
        in_subject=frozenset(numbers(message.subject)),
        in_text=frozenset(numbers(text)),
        pointed=case.verdict.possibly,
    )
