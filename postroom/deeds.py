"""Deeds: the links by which one of us acts on a ticket, from a notice or a digest: what each would do now, and doing it once.

A link is for one person, for the ticket as it stood when the mail was written, and for seven days. What follows is the workflow's to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from dashboard.click import Outcome
from dashboard.deed import Deed
from outbound.facts import bare_subject
from outbound.link import Link, is_for, link, read_link, stands
from outbound.outbox import Queued
from outbound.wording import span
from postroom import merging
from postroom.acting import NotPossible, act, family
from postroom.app import App
from postroom.choices import DEED_DAYS
from postroom.deed_words import MERGE, REOPEN, SET, TAKE, UNMERGE, WAIT, WORDS, Words
from postroom.house import House, Told
from store import clicks, leading, outbox, reports, tickets
from store.database import Transaction
from store.errors import Used
from workflow.act import Act, Assign, Merge, Reopen, SetStatus, Undo, Unmerge, Wait
from workflow.after import after
from workflow.decide import decide_action
from workflow.decision import Ticket
from workflow.merging import seen_from
from workflow.when import shown

UNITING = frozenset({MERGE, UNMERGE})


@dataclass(frozen=True, slots=True)
class _Case:
    """A link of ours, for a ticket that is there."""

    what: str  # with what it names: "merge-1042"
    token: str
    found: Link
    by: str  # addr-spec of the one whose link it is
    named: Ticket
    seen: Ticket  # the same, with the state of the one that it leads to
    target: Ticket | None  # of a merge

    @property
    def kind(self) -> str:
        return self.what.partition("-")[0]

    @property
    def bound(self) -> Ticket:
        """Whose state the link is for: to merge is about the ticket itself, wherever it leads."""
        return self.named if self.kind in UNITING else self.seen


def is_deed(what: str) -> bool:
    """Whether a link of that name is one of these."""
    kind, _, about = what.partition("-")
    return kind in WORDS and bool(about) is (kind in {MERGE, SET})


def look(app: App, what: str, token: str) -> Deed:
    """What a link would do now. Changes nothing."""
    case = _case(app, what, token)
    return _looked(app, case)[0] if case else Deed(Outcome.NOBODYS)


def click(app: App, what: str, token: str) -> Deed:
    """Does what a link is for, once; whoever it was made for hears of it, since mails are forwarded."""
    case = _case(app, what, token)
    if case is None:
        return Deed(Outcome.NOBODYS)
    found, then = _looked(app, case)
    if found.outcome is not Outcome.ASKS:
        return found
    deed, mails = _deed(app, case), _told(app, case, then)

    def also(tx: Transaction) -> None:
        clicks.use(tx, token, app.now())
        # What the page showed is what is acted upon: an act that is tried again may find another ticket.
        if not leading.stands(tx, case.bound, itself=case.kind in UNITING):
            raise NotPossible(f"#{case.named.number} has moved on")
        outbox.queue_all(tx, mails, app.limits, app.now())

    try:
        if isinstance(deed, Merge | Unmerge):
            merging.done(app, case.named.number, deed, also)
        else:
            act(app, case.named.number, deed, also=also)
    except (Used, NotPossible):
        return look(app, what, token)  # somebody was faster, or clicked twice
    said, facts = WORDS[case.kind], _facts(app, case, then)
    back = _back(app, case, said)
    return Deed(Outcome.DONE, said.done.format(**facts), found.about, (), "Take it back" if back else "", back)


def _case(app: App, what: str, token: str) -> _Case | None:
    found = read_link(app.keys, what, token)
    if found is None or found.ticket is None:
        return None
    by = next(filter(partial(is_for, app.keys, found), (one.address for one in app.config.settings.staff)), "")
    try:
        named, leads, _ = family(app, found.ticket)
    except NotPossible:
        return None
    target = None
    about = what.partition("-")[2]
    if what.startswith(f"{MERGE}-") and about.isdecimal():
        with app.database.read() as tx:
            target = tickets.ticket(tx, leading.leads_to(tx, int(about)))
    seen = named if named is leads else seen_from(named, leads)
    return _Case(what, token, found, by, named, seen, target) if by else None


def _looked(app: App, case: _Case) -> tuple[Deed, Ticket]:
    """What its page says, and the ticket as it would stand."""
    at, zone = app.now(), app.config.zone
    about = tuple(_about(app, one, at) for one in (case.seen, case.target) if one)
    with app.database.read() as tx:
        used = clicks.used_at(tx, case.token)
        last = leading.last(tx, case.named.number) or leading.last(tx, case.seen.number)
    happened = f"The last that happened to #{case.named.number}: {last[0]} ({shown(last[1], zone)})." if last else ""
    if used:
        said = (f"It was used on {shown(used, zone)}, and works once.", happened)
        return Deed(Outcome.USED, about=about, lines=said), case.seen
    if at > case.found.expires:
        said = (f"It was good until {shown(case.found.expires, zone)}. Nothing has changed.", happened)
        return Deed(Outcome.EXPIRED, about=about, lines=said), case.seen
    try:
        then = _then(app, case, at)
    except NotPossible as error:
        return Deed(Outcome.MOVED, about=about, lines=(f"{error}. Nothing has changed.", happened)), case.seen
    said_of, facts = WORDS[case.kind], _facts(app, case, then)
    lines = (
        said_of.follows.format(**facts),
        *_moves(app, case, then),
        *_hears(app, case, at),
        f"You act as {case.by}.",
    )
    return Deed(Outcome.ASKS, said_of.ask.format(**facts), about, lines, said_of.button), then


def _then(app: App, case: _Case, at: datetime) -> Ticket:
    """The ticket as it would stand. Raises NotPossible."""
    number, into = case.named.number, case.named.merged_into
    if into is not None and case.kind != UNMERGE:
        raise NotPossible(f"#{number} is merged into #{into} by now")
    if not stands(app.keys, case.found, case.bound):
        raise NotPossible(f"#{number} has moved on since the mail was written: it is in “{_status(app, case.bound)}”")
    deed = _deed(app, case)
    if isinstance(deed, Merge | Unmerge):
        return merging.plan(app, number, deed, at, "").stands
    decision = decide_action(case.seen, deed, app.workflow(case.seen.workflow), at)
    if decision.refused:
        raise NotPossible(decision.refused)
    return after(case.seen, decision, at)


def _deed(app: App, case: _Case) -> Act | Merge | Unmerge:
    by, about = case.by, case.what.partition("-")[2]
    if case.kind == MERGE:
        return Merge(case.target.number if case.target else 0, by)
    simple: dict[str, Act | Unmerge] = {
        UNMERGE: Unmerge(by),
        REOPEN: Reopen(by, f"{by}: the client's last mail counts as a reply"),
        SET: SetStatus(about, by),
        TAKE: Assign(by, by),
        WAIT: Wait(by),
    }
    return simple.get(case.kind) or Undo(by, _before(app, case))


def _before(app: App, case: _Case) -> str:
    """The status before the newest change, if that was theirs."""
    number = case.named.merged_into or case.named.number
    with app.database.read() as tx:
        moves = [one for one in reports.moves(tx, number) if one.from_ != one.to]
    mine = moves and moves[-1].by.lower() == case.by.lower() and moves[-1].to == case.seen.status
    return moves[-1].from_ if mine else ""


def _told(app: App, case: _Case, then: Ticket) -> tuple[Queued, ...]:
    """Word to whoever the link was made for."""
    said = WORDS[case.kind]
    if not said.told:
        return ()
    title = f"By a link in a mail to you, {said.done.format(**_facts(app, case, then))}"
    lines = (("To take it back", f"reply #{said.back}"),) if said.back else ()
    cause = f"link:{case.what}:{case.named.number}:{case.named.version}:{case.seen.version}"
    return House(app).to_staff([Told("done", case.by, title, lines=lines, note=True)], then, cause, app.now())


def _back(app: App, case: _Case, said: Words) -> str:
    if not said.back:
        return ""
    named, leads, _ = family(app, case.named.number)
    bound = named if said.back in UNITING or named is leads else seen_from(named, leads)
    return urlsplit(link(app.keys, "", said.back, case.by, app.now() + DEED_DAYS, bound)).path


def _hears(app: App, case: _Case, at: datetime) -> Iterator[str]:
    """Whether the client is told, of what may tell them."""
    deed = _deed(app, case)
    if isinstance(deed, SetStatus | Reopen):
        notices = decide_action(case.seen, deed, app.workflow(case.seen.workflow), at).notices
        yield "Its client is told by mail." if notices else "Its client is not told."


def _moves(app: App, case: _Case, then: Ticket) -> Iterator[str]:
    """What a merge does to the other ticket."""
    target = case.target
    if target and target.status != then.status:
        opens = _open(app, then) and not _open(app, target)
        moves = f"#{target.number} goes from “{_status(app, target)}” to “{_status(app, then)}”"
        yield f"{moves}: it is open again." if opens else f"{moves}."


def _open(app: App, ticket: Ticket) -> bool:
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    return status is None or status.open


def _facts(app: App, case: _Case, then: Ticket) -> dict[str, object]:
    into = case.target.number if case.target else 0
    owner = case.seen.assigned_to or "nobody"
    return {"n": case.named.number, "m": into, "status": _status(app, then), "owner": owner}


def _about(app: App, ticket: Ticket, at: datetime) -> tuple[str, str]:
    age: timedelta = at - ticket.created_at
    head = f"#{ticket.number}, {ticket.requester.addr}, opened {span(age)} ago, in “{_status(app, ticket)}”"
    return head, bare_subject(ticket.subject)


def _status(app: App, ticket: Ticket) -> str:
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    return status.name if status else ticket.status
