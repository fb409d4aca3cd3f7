"""digest: how the team's work stands, in words, ordered by what matters. Pure; it never decides to whom or when it goes.

Subjects and names are what clients wrote: each becomes one clean line of a fixed length (T07, T17).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from outbound.facts import bare_subject
from outbound.headers import clean_header
from outbound.standing import Case, Outage, Reconciled, Some, Standing, Stuck, Tally, Unheeded
from outbound.summary import Line, Section, Summary
from outbound.wording import away, count, moment, short, span
from workflow.decision import Priority, Ticket
from workflow.machine import Ball, Status, Workflow

SHOWN = 5  # lines of a group; the rest is a number and a link
SOON = timedelta(days=2)  # so far ahead timers are told of
COMPARED_IN = timedelta(days=2)  # an older comparison says nothing of today
SUBJECT, NAME, REASON, DIFFERENCE = 70, 40, 120, 300  # characters that are shown
# In place of links, where there are no pages that they could lead to.
COMMANDS = Section("", (Line("postroom ticket N shows a ticket; postroom mails and postroom outbox list the mails."),))

PARKED = {
    "bulk": "lists and newsletters",
    "spam": "spam",
    "receipt": "receipts",
    "bounce": "bounces",
    "auto_reply": "robots' answers",
    "duplicate": "second deliveries",
    "own_mail": "mail of our own",
}


Says = Callable[[Case], str]
May = Callable[[Ticket], Iterable[tuple[str, str]]]  # words, and what a link is for
Link = Callable[[Ticket, str], str]  # by which its reader does something to a ticket; "" for none


@dataclass(frozen=True, slots=True)
class Period:
    """What it covers: from the last digest until now. Both are aware; they are shown in `zone`."""

    since: datetime
    until: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it, and what leads to what they may do."""

    address: str
    link: Link


def digest(
    standing: Standing,
    period: Period,
    workflows: Mapping[str, Workflow],
    public_url: str = "",
    before: Tally | None = None,
    reader: Reader | None = None,
) -> Summary:
    """The words. `before` is what the week before brought, where a week is told of. A ticket that belongs to several groups is shown in the first of them."""
    words = _Words(period, workflows, public_url.rstrip("/"), reader)
    newcomers, escalated, waiting, closing, new = _once(
        standing.newcomers, standing.escalated, standing.waiting, standing.closing, standing.new
    )
    groups = (
        ("Needs you", words.needs(standing, newcomers, escalated)),
        ("Waits for us, the longest first", words.cases(waiting, words.waits, words.to_take)),
        ("Moves on by itself within two days", words.cases(closing, words.ends, words.to_end)),
        ("New", words.cases(new, words.came, words.to_take)),
        ("Stays closed, since its client only thanked", words.cases(standing.thanked, words.thanked, words.to_reopen)),
    )
    sections = tuple(Section(title, lines) for title, found in groups if (lines := tuple(found)))
    sections = (Section("The week", tuple(_trends(standing.tally, before))), *sections) if before else sections
    title = f"Since {moment(period.since.astimezone(period.zone))}"
    compared = [one for one in standing.reconciled if one.at > period.until - COMPARED_IN]
    balance = Section(
        title, (*words.balance(standing.tally), *_agreed(standing.reconciled, period), *_unread(compared))
    )
    headline = _headline(standing)
    today = period.until.astimezone(period.zone)
    commands = (COMMANDS,) if sections and not public_url else ()
    return Summary(
        subject=f"{headline} — {'the week to ' if before else ''}{today:%A} {today.day} {today:%B}",
        headline=f"{headline}.",
        sections=(*sections, balance if sections else _in_one_line(balance), *commands),
    )


def _agreed(reconciled: Sequence[Reconciled], period: Period) -> Iterator[Line]:
    """That nothing is missing, in one line, where nothing is, and each mailbox was compared lately."""
    if reconciled and all(not one.wrong and one.at > period.until - COMPARED_IN for one in reconciled):
        there = count(sum(one.there for one in reconciled), "mail", "mails")
        yield Line(f"{there} on the server, none missing in the ledger.")


def _unread(compared: Sequence[Reconciled]) -> Iterator[Line]:
    """What is read by nobody here: what the server took for spam, and what somebody moved away first."""
    for one in compared:
        if one.strays:
            where = _cut(", ".join(one.strays), DIFFERENCE)
            yield Line(
                f"Mails to {_cut(one.mailbox, SUBJECT)} that were never read here: {where}. Move them to the inbox, if they should be."
            )
        if one.junk:
            came = count(one.junk, "mail has", "mails have")
            mailbox = _cut(one.mailbox, SUBJECT)
            yield Line(
                f"{came} come to the junk folder of {mailbox}; what is no spam is read once it lies in the inbox."
            )


def _in_one_line(section: Section) -> Section:
    """For a day on which nothing else is to be said."""
    return Section("", (Line(" ".join(line.head for line in section.lines), link=section.lines[0].link),))


def _once(*groups: Some[Case]) -> Iterator[Some[Case]]:
    """The groups without what an earlier one shows."""
    shown: set[int] = set()
    for some in groups:
        rest = tuple(case for case in some.rows if case.ticket.number not in shown)
        shown |= {case.ticket.number for case in rest[:SHOWN]}
        yield Some(rest[:SHOWN], some.total - (len(some.rows) - len(rest)))


def _headline(standing: Standing) -> str:
    """The essence: "3 need you, 12 wait, 2 move on soon"."""
    needs = standing.newcomers.total + standing.escalated.total + standing.quarantined.total + standing.failed.total
    needs += len(standing.outages) + len(standing.held) + standing.unheeded.total + len(standing.chores)
    needs += sum(bool(one.wrong) for one in standing.reconciled)
    said = (
        (needs, "needs you", "need you"),
        (standing.waiting.total, "waits", "wait"),
        (standing.closing.total, "moves on soon", "move on soon"),
    )
    words = [count(number, one, many) for number, one, many in said if number]
    return ", ".join(words) or "Nothing waits for you"


@dataclass(frozen=True, slots=True)
class _Words:
    """Each thing as a line, with its link."""

    period: Period
    workflows: Mapping[str, Workflow]
    url: str
    reader: Reader | None

    def needs(self, standing: Standing, newcomers: Some[Case], escalated: Some[Case]) -> Iterator[Line]:
        """What stands still until a person does something: first what keeps mail from coming in."""
        yield from (self.outage(one) for one in standing.outages)
        yield from (self.difference(one) for one in standing.reconciled if one.wrong)
        yield from (Line(_cut(one, DIFFERENCE)) for one in standing.chores)
        yield from self.cases(escalated, self.waits, self.to_take)
        yield from self.cases(newcomers, lambda _: "somebody new wrote", self.to_take)
        yield from (
            self.case(one.ticket, _cut(one.why, REASON), self.to_take(one.ticket)) for one in standing.unheeded.rows
        )
        yield from self.more(standing.unheeded, "tickets")
        yield from self.stuck(standing.quarantined, "mails/m", "mails?state=quarantined")
        yield from self.stuck(standing.failed, "outbox/o", "outbox")
        for why, number in standing.held[:SHOWN]:
            head = f"{count(number, 'outgoing mail is', 'outgoing mails are')} held"
            yield Line(head, _cut(why, REASON), self.link("outbox?state=held"))

    def cases(self, some: Some[Case], says: Says, may: May) -> Iterator[Line]:
        for case in some.rows:
            yield self.case(case.ticket, says(case), may(case.ticket))
        yield from self.more(some, "tickets")

    def case(self, ticket: Ticket, says: str, may: Iterable[tuple[str, str]]) -> Line:
        status = self.status(ticket)
        client = _cut(ticket.requester.name or ticket.requester.addr, NAME)
        urgent = "urgent" if ticket.priority is Priority.URGENT else ""
        gone = away(ticket.paused_until, self.period.until, self.period.zone)
        theirs = f"assigned to {_cut(ticket.assigned_to, NAME)}" if ticket.assigned_to else ""
        return Line(
            head=f"#{ticket.number} {_cut(bare_subject(ticket.subject), SUBJECT) or '(no subject)'}",
            detail=_joined(urgent, says, client, gone, theirs),
            link=self.link(f"tickets/{ticket.number}"),
            label=_cut(status.name if status else ticket.status, NAME),
            colour=status.colour if status else "",
            deeds=self.deeds(ticket, may),
        )

    def deeds(self, ticket: Ticket, may: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        found = ((words, self.reader.link(ticket, what)) for words, what in may) if self.reader else ()
        return tuple((words, link) for words, link in found if link)

    def to_take(self, ticket: Ticket) -> Iterator[tuple[str, str]]:
        if self.reader and ticket.assigned_to.lower() != self.reader.address.lower():
            yield "Take it", "take"

    def to_end(self, ticket: Ticket) -> Iterator[tuple[str, str]]:
        """What its timer would do, where staff may; and to let it wait, where it counts days."""
        status = self.status(ticket)
        if status is None or status.timer is None or ticket.until is not None:
            return
        then = self.status(ticket, status.timer.to)
        if then and then.key in status.moves and not then.needs_date:
            yield f"{then.name} now", f"set-{then.key}"
        if status.timer.after:
            yield "Let it wait", "wait"

    def to_reopen(self, _ticket: Ticket) -> Iterator[tuple[str, str]]:
        yield "Reopen it", "reopen"

    def status(self, ticket: Ticket, key: str = "") -> Status | None:
        """Its status, or another one of its workflow; None where the workflow has none of that key any more."""
        flow = self.workflows.get(ticket.workflow)
        return flow.statuses.get(key or ticket.status) if flow else None

    def waits(self, case: Case) -> str:
        status = self.status(case.ticket)
        if case.ticket.client_replied and status and status.ball is Ball.CLIENT:
            return "its client answered, and it stays until you act"
        again = "the client wrote again" if case.ticket.client_replied else ""
        return _joined(again, f"waits {span(self.period.until - case.since)}")

    def came(self, case: Case) -> str:
        return f"came {span(self.period.until - case.ticket.created_at)} ago"

    def thanked(self, case: Case) -> str:
        return f"closed {span(self.period.until - case.ticket.status_since)} ago"

    def ends(self, case: Case) -> str:
        """Where its timer leads, and when."""
        ticket = case.ticket
        status = self.status(ticket)
        then = self.status(ticket, status.timer.to) if status and status.timer else None
        at = max(filter(None, (ticket.due_at, ticket.paused_until)), default=self.period.until)
        when = f"on {short(at.astimezone(self.period.zone))}"
        if status and status.timer and status.timer.remind and not ticket.reminded and at != ticket.until:
            return f"its client is reminded {when}"
        verb = "closes as" if then and not then.open else "goes to"
        return f"{verb} {then.name if then else 'another status'} {when}"

    def stuck(self, some: Some[Stuck], place: str, all_of_them: str) -> Iterator[Line]:
        for one in some.rows:
            which, state = f"{place[-1]}{one.id}", one.state.replace("_", " ")
            subject = _cut(bare_subject(one.subject), SUBJECT) or f"mail {which}"
            head = f"#{one.ticket} {subject}" if one.ticket else subject
            link = self.link(f"tickets/{one.ticket}" if one.ticket else f"{place}{one.id}")
            yield Line(head, _joined(which, state, _cut(one.who, NAME), _cut(one.why, REASON)), link)
        yield from self.more(some, all_of_them)

    def outage(self, one: Outage) -> Line:
        since = f"since {short(one.since.astimezone(self.period.zone))}"
        return Line(
            f"The mailbox {_cut(one.mailbox, SUBJECT)} cannot be read",
            _joined(since, _cut(one.why, REASON)),
            self.link("mails"),
        )

    def difference(self, one: Reconciled) -> Line:
        head = f"The ledger and the mailbox {_cut(one.mailbox, SUBJECT)} differ"
        return Line(head, _cut("; ".join(one.wrong), DIFFERENCE), self.link("mails"))

    def more(self, some: Some[Case] | Some[Stuck] | Some[Unheeded], place: str) -> Iterator[Line]:
        if (rest := some.total - len(some.rows)) > 0:
            yield Line(f"and {rest} more", link=self.link(place))

    def balance(self, tally: Tally) -> Iterator[Line]:
        """Where each mail is that came, and what was done. The first sum is one that a reader can check."""
        yield Line(_came(tally), link=self.link("mails"))
        if tally.parked:
            kinds = ", ".join(f"{PARKED.get(kind, kind.replace('_', ' '))} {number}" for kind, number in tally.parked)
            yield Line(f"Parked: {kinds}.", link=self.link("mails?state=parked"))
        if tally.answers or tally.opened or tally.closed:
            answers, opened = count(tally.answers, "answer", "answers"), count(tally.opened, "ticket", "tickets")
            done = f"{opened} opened, {tally.closed} closed and not opened again"
            yield Line(f"{answers} went out; {done}.", link=self.link("tickets"))
        for why, number in tally.withheld[:SHOWN]:
            unsent = count(number, "answer was not sent", "answers were not sent")
            yield Line(f"{unsent}: {_cut(why, REASON)}.", link=self.link("tickets"))

    def link(self, place: str) -> str:
        return f"{self.url}/{place}" if self.url else ""


def _trends(now: Tally, before: Tally) -> Iterator[Line]:
    """What a week brought beside the one before."""
    pairs = (
        ("Mails", now.came, before.came),
        ("Tickets opened", now.opened, before.opened),
        ("Tickets closed and not opened again", now.closed, before.closed),
        ("Answers", now.answers, before.answers),
    )
    for name, this, last in pairs:
        yield Line(f"{name}: {this}", f"the week before {last}, {_change(this, last)}")


def _change(this: int, last: int) -> str:
    if this == last:
        return "as many"
    parts = f", {abs(this - last) * 100 // last} %" if last else ""
    return f"{abs(this - last)} {'more' if this > last else 'fewer'}{parts}"


def _came(tally: Tally) -> str:
    if not tally.came:
        return "No mail came in."
    parts = (
        (tally.on_tickets, "on tickets"),
        (sum(number for _, number in tally.parked), "parked"),
        (tally.quarantined, "quarantined"),
        (tally.pending, "not processed yet"),
    )
    where = ", ".join(f"{number} {place}" for number, place in parts if number)
    return f"{count(tally.came, 'mail', 'mails')} came in: {where}."


def _cut(text: str, width: int) -> str:
    return clean_header(text, cap=width)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
