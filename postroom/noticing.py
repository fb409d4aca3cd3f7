"""Noticing: who of the team hears at once, by mail, of what happened on a ticket. Each of them has chosen what; it sends nothing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from classifier.behalf import asks, unmet
from classifier.verdict import PERSON, Kind, Verdict
from inbound.message import Address, Attachment, Message
from outbound.series import Series
from outbound.wording import moment
from postroom import escalating, subscriptions
from postroom.app import App
from postroom.cases import Judged
from postroom.house import Told
from postroom.settings import StaffSettings
from store import people
from workflow.decision import Decision, Ticket

OURS = frozenset({Kind.STAFF_REPLY, Kind.STAFF_COMMAND, Kind.OWN_MAIL, Kind.DUPLICATE})
UNSIGNED = (
    "a mail in your name came without an address that was made for you, or its seven days were over, or nobody could prove"
    " that it is yours. It is kept on the ticket, for staff to see. If it was yours, write it again as an answer to this one"
)
UNPROVED = (
    "no trusted server says that the mail is yours (trusted_authserv_ids). Open it by postroom new, or give this one its requester by"
    " postroom requester"
)
Lines = tuple[tuple[str, str], ...]
LONGEST = 10_000  # characters of a mail that are shown
MOST_FILES = 10
MOST_COPIED = 3


@dataclass(frozen=True, slots=True)
class _News:
    """What happened, by the word that staff choose it with."""

    chosen: str
    title: str


def of_mail(app: App, case: Judged, decision: Decision, ticket: Ticket) -> list[Told]:
    """Who hears of a mail that has changed its ticket, or opened it. Of a flood nobody does."""
    mine = _address(app, case.message.author)
    if decision.opens and mine and (case.verdict.behalf or asks(case.read.parsed.reading.new)):
        return list(_opened_for(app, case, ticket, mine))
    news = None if case.gathered.evidence.flood else _news(app, case.verdict, decision, ticket)
    if news is None:
        return []
    writer = case.verdict.sender or case.message.author
    if decision.pending and mine:
        return [Told("done", mine, f"Nothing was done on #{ticket.number}: {UNSIGNED}", note=True)]
    text = case.message.text if decision.opens else case.read.parsed.reading.new or case.message.text
    lines: Lines = (*_of_ticket(app, ticket), *_of_case(case), *_copied(app, case, decision, ticket))
    deeds: Lines = ()
    if _undecided(case, decision):
        found = escalating.about(app, case)
        lines, deeds = (*lines, *escalating.lines(app, found, ticket)), escalating.deeds(found)
    elif _only_thanks(app, case, decision, ticket):
        lines, deeds = (*lines, ("Stays closed", "it only says thanks")), (("Reopen it all the same", "reopen"),)
    note = decision.pending or bool(ticket.silent or case.verdict.team)
    return [
        Told(news.chosen, person.address, news.title, _cut(text), lines, note, deeds=deeds)
        for person in _hearers(app, news.chosen, ticket, also=app.deciders if _undecided(case, decision) else [])
        if person is not (app.member(writer.addr) if writer else None)
    ]


def of_page(app: App, who: Address, text: str, ticket: Ticket) -> list[Told]:
    """Who hears of what a client wrote on the page of their ticket: whoever hears of their mails."""
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    title = f'{_shown(who)} wrote on #{ticket.number}, on its page, now in "{status.name if status else ticket.status}"'
    lines = _of_ticket(app, ticket)
    return [
        Told("replied", person.address, title, _cut(text), lines, bool(ticket.silent))
        for person in _hearers(app, "replied", ticket, also=[])
    ]


def of_assignment(app: App, ticket: Ticket, by: str) -> list[Told]:
    """The one who has the ticket now, unless it was their own doing."""
    title, owner = f"{by} assigned #{ticket.number} to you", ticket.assigned_to.lower()
    return [
        Told("assigned", person.address, title, lines=_of_ticket(app, ticket), note=True)
        for person in _hearers(app, "assigned", ticket, also=[])
        if person.address.lower() == owner != by.lower()
    ]


def _opened_for(app: App, case: Judged, ticket: Ticket, mine: str) -> Iterator[Told]:
    """The answer to one of us who wrote for a client, or who tried to."""
    if case.verdict.behalf:
        title, lines = f"#{ticket.number} is open for {_shown(ticket.requester)}", _of_ticket(app, ticket)
        yield Told("done", mine, title, lines=lines)
        for person in _hearers(app, "new", ticket, also=[]):
            if person.address != mine:
                yield Told("new", person.address, f"{mine} wrote: {title}", _cut(case.message.text), lines)
    else:
        forwards = case.verdict.forwarded is not None
        reason = unmet(case.read.parsed.reading.new, app.config.ours, forwards=forwards) or UNPROVED
        yield Told("done", mine, f"#{ticket.number} is open in your own name: {reason}", note=True)


def of_merge(app: App, ticket: Ticket, target: Ticket, by: str) -> list[Told]:
    """Whoever has the target, of a ticket that leads there now, unless it was their own doing."""
    title = f"{by} merged #{ticket.number}, {_shown(ticket.requester)}'s, into #{target.number}, which is yours"
    lines = (("Merged", f"#{ticket.number} {ticket.subject}"), *_of_ticket(app, target))
    return [
        Told("escalated", person.address, title, lines=lines, note=True)
        for person in app.config.settings.staff
        if person.address.lower() == target.assigned_to.lower() != by.lower()
    ]


def _news(app: App, verdict: Verdict, decision: Decision, ticket: Ticket) -> _News | None:
    if decision.parked or (verdict.kind in OURS and not verdict.team):
        return None
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    who = _shown(verdict.sender or Address(""))
    here = f'#{ticket.number}, now in "{status.name if status else ticket.status}"'
    if verdict.kind is Kind.ESCALATION:
        return _News("escalated", f"{who} escalated {here}")
    if decision.opens:
        return _News("new", f"{who} opened {here}") if status and status.open else None
    if verdict.kind is Kind.CALENDAR and (decision.moved or decision.client_replied):
        return _News("replied", f"{who}, by calendar, on {here}: {decision.because[0]}")
    return _News("replied", f"{who} {_wrote(verdict, decision, here)}") if verdict.kind in PERSON else None


def _wrote(verdict: Verdict, decision: Decision, here: str) -> str:
    if verdict.team:
        return f"answered for {verdict.team} on {here}"
    new_here = "; they are new here, and hear nothing of it until they are let in" if decision.pending else ""
    return f"wrote on {here}{new_here}"


def _address(app: App, who: Address | None) -> str:
    """That by which one of us is known; "" for everybody else."""
    member = app.member(who.addr) if who else None
    return member.address if member else ""


def _undecided(case: Judged, decision: Decision) -> bool:
    """Whether somebody has to say which ticket an escalation is about."""
    return case.verdict.kind is Kind.ESCALATION and decision.opens


def _only_thanks(app: App, case: Judged, decision: Decision, ticket: Ticket) -> bool:
    """Whether a closed ticket stays closed since the reply says no more than that."""
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    return case.verdict.thanks and not decision.moved and not decision.pending and bool(status and not status.open)


def _hearers(app: App, chosen: str, ticket: Ticket, also: Collection[str]) -> Iterator[StaffSettings]:
    """Of a reply whoever has the ticket, or everybody where nobody has; of an escalation they, too, and those who decide."""
    staff = app.config.settings.staff
    wanting = {person.address for person in staff if _wants(person, chosen, ticket.assigned_to.lower())}
    off = subscriptions.off(app, [*wanting], Series(chosen))
    for person in staff:
        if person.address in also or (person.address in wanting and person.address.lower() not in off):
            yield person


def _wants(person: StaffSettings, chosen: str, owner: str) -> bool:
    mine, wants = person.address.lower() == owner, chosen in person.notify
    if chosen == "replied":
        return wants and (mine or not owner)
    return wants or (chosen == "escalated" and mine and "replied" in person.notify)


def _of_ticket(app: App, ticket: Ticket) -> tuple[tuple[str, str], ...]:
    due = ticket.due_at and moment(ticket.due_at.astimezone(app.config.zone))
    lines = (
        ("Subject", ticket.subject),
        ("Client", _shown(ticket.requester)),
        ("Assigned to", ticket.assigned_to or "nobody"),
        ("Priority", "" if ticket.priority == "normal" else ticket.priority),
        ("Tags", ", ".join(ticket.tags)),
        ("Moves on by itself", due or ""),
    )
    return tuple((label, value) for label, value in lines if value)


def _of_case(case: Judged) -> Iterator[tuple[str, str]]:
    files = _files(case.message)
    if files:
        yield "Files", files
    for offer in case.verdict.offers:
        yield "Note", offer
    if case.verdict.possibly:
        yield "Possibly about", f"#{case.verdict.possibly}"


def _copied(app: App, case: Judged, decision: Decision, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Whom a client's mail names first: they wait, and only one of us can let them in (T02)."""
    if decision.pending or case.verdict.kind not in PERSON - OURS or not case.gathered.others:
        return
    with app.database.read() as tx:
        known = people.standing(tx, ticket.number)
    new = [one.addr for one in case.gathered.others if one.key not in known]
    more = f" and {len(new) - MOST_COPIED} more" if len(new) > MOST_COPIED else ""
    if new:
        how = f"who hear nothing of it until they are let in: #people add {new[0]}"
        yield "Copied in", f"{', '.join(new[:MOST_COPIED])}{more}, {how}"


def _files(message: Message) -> str:
    shown = [_file(one) for one in message.attachments[:MOST_FILES]]
    more = len(message.attachments) - MOST_FILES
    return ", ".join([*shown, f"and {more} more"] if more > 0 else shown)


def _file(one: Attachment) -> str:
    return f"{one.filename or 'unnamed'} ({one.size} octets)"


def _shown(who: Address) -> str:
    return f"{who.name} <{who.addr}>" if who.name and who.addr else who.addr or who.name or "somebody"


def _cut(text: str) -> str:
    whole = text.strip()
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}\n[cut here]"
