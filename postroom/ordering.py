"""Ordering: what a staff member's mail says is done, in one change, and answered. It judges no sender; the classifier has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from classifier.verdict import Kind
from inbound.message import Address
from inbound.parse import attachment
from outbound.file import File
from outbound.handle import Place
from outbound.outbox import Queued, State
from outbound.wording import moment
from postroom import noticing
from postroom.acting import family, word
from postroom.answering import Words
from postroom.app import App
from postroom.cases import Judged
from postroom.forwarding import NOTICE as FORWARDED
from postroom.forwarding import Enclosed, addressed, unaddressed
from postroom.house import House, Told
from postroom.meanwhile import before
from postroom.sendable import unsendable
from store import orders, people, reports
from store.outbox import foreseen
from workflow.act import Part
from workflow.after import after
from workflow.decision import Decision, Ticket
from workflow.machine import Workflow
from workflow.merging import unseen
from workflow.ordering import Ordered, Team, carry_out, refused
from workflow.orders import VERBS, asked
from workflow.spelling import quoted

_PARTS = {
    Part.ADD: "Takes part",
    Part.QUIET: "Takes part, and hears nothing of it",
    Part.REMOVE: "Takes no part any more",
}
KINDS = frozenset({Kind.STAFF_REPLY, Kind.STAFF_COMMAND})
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Done:
    """What followed: the decision, and the mails of it, the answer to the one who wrote last."""

    decision: Decision
    by: str
    outgoing: tuple[Queued, ...]


def order(app: App, case: Judged, real: Ticket, ticket: Ticket, at: datetime, refusal: str = "") -> Done:
    """Does what the mail says, all of it or nothing; and says so. `ticket` is the real one as its own people know it.

    With a `refusal` nothing is done, and that is why.
    """
    me = acting(app, case)
    workflow, cause = app.workflow(ticket.workflow), f"mail:{case.mail.id}"
    _, _, others = family(app, ticket.number)
    with app.database.read() as tx:
        moves = [one for one in reports.moves(tx, real.number) if one.from_ != one.to]
        standing = people.standing(tx, ticket.number)
    members = {one.address: one.name for one in app.config.settings.staff}
    team = Team(me.addr, members, standing, app.config.ours)
    wanted = asked(case.read.parsed.reading.new, me.name)
    last = moves[-1] if moves else None
    back_to = last.from_ if last and last.by.lower() == me.key and last.to == ticket.status else ""
    done = partial(
        carry_out, asked=wanted, workflow=workflow, team=team, now=at, note=case.gathered.note, back_to=back_to
    )
    ordered = done(ticket)
    files, left_out = files_of(case)
    words = Words(wanted.words, me.name, files)
    if ordered.note:
        words = Words(author=me.name, note=wanted.words)
    house = House(app)
    told = [ticket] if wanted.words and not ordered.note else [ticket, *others]
    outgoing = word(app, told, lambda one: done(one).decision, cause, at, words)
    reason = refusal or (unsendable(app, outgoing) if wanted.words else "")
    if reason:
        ordered, outgoing = refused(ticket, workflow, team, at, reason), ()
    stands = after(ticket, ordered.decision, at)
    with app.database.read() as tx:
        sent = tuple(zip(outgoing, foreseen(tx, outgoing, app.limits, at), strict=True))
    answer = _told(app, me.addr, ordered, ticket, stands, workflow, sent, first(app, case, real))
    if left_out and outgoing and wanted.words and not ordered.note:
        answer = replace(answer, lines=(*answer.lines, ("Left out", ", ".join(left_out))))
    if stands.assigned_to != ticket.assigned_to:
        outgoing += house.to_staff(noticing.of_assignment(app, stands, me.addr), stands, cause, at)
    decision = addressed(app, ordered.decision)
    decision = decision if ticket is real else unseen(decision, real)
    return Done(decision, me.addr, (*outgoing, *house.to_staff([answer], stands, cause, at)))


def too_many(app: App, case: Judged, at: datetime) -> str:
    """Why a command is refused: who got hold of somebody's mailbox, or a program that answers us, gives so many and no more."""
    author, most = case.message.author, app.limits.staff_commands_hour
    if author is None or not asked(case.read.parsed.reading.new).orders:
        return ""
    with app.database.read() as tx:
        given = orders.given(tx, author.key, at - HOUR)
    if given < most:
        return ""
    return f"{most} mails of yours went to tickets within an hour, and no more of them may give commands: send it again later, or use the pages"


def acting(app: App, case: Judged) -> Address:
    """Who of us wrote a mail with a staff token, by the address and name that the configuration has."""
    author = case.message.author or Address("")  # there is one: a staff token is bound to From
    member = app.member(author.addr)
    return Address(member.address, member.name) if member else author


def first(app: App, case: Judged, real: Ticket) -> list[tuple[str, str]]:
    """What others did since the notice that the mail answers."""
    return before(app, acting(app, case).addr, real.number, (*case.message.in_reply_to, *case.message.references))


def files_of(case: Judged) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """What the mail brings and goes along, then the names of what does not.

    Those are pictures in the text, which as a rule are a signature's, and all files of a mail too large to be read whole.
    """
    every = enclosed(case)
    return tuple(one.file for one in every if one.file), tuple(one.name for one in every if not one.file)


def enclosed(case: Judged) -> list[Enclosed]:
    """All files of the mail; those that do not go along without their bytes."""
    raw, every = case.mail.raw, list[Enclosed]()
    for place, one in enumerate(case.message.attachments):
        name = one.filename or "unnamed"
        file = None
        if isinstance(raw, bytes) and not one.inline:
            file = File(name, one.content_type, attachment(raw, place))
        every.append(Enclosed(name, file, Place(case.mail.id, place)))
    return every


def _told(
    app: App,
    to: str,
    ordered: Ordered,
    was: Ticket,
    now: Ticket,
    workflow: Workflow,
    outgoing: Sequence[tuple[Queued, str]],
    earlier: Sequence[tuple[str, str]],
) -> Told:
    """The answer: what was done, or why nothing was; how it is taken back; and what others did before."""
    text = _help(was, workflow) if ordered.help else ""
    if ordered.refused:
        title = f"Nothing was done on #{was.number}: {ordered.refused}"
        return Told("done", to, title, text, tuple(earlier), note=True)
    lines = [*_done(app, ordered, was, now, workflow, outgoing), *earlier]
    title = f"Done on #{was.number}:" if lines else f"What you can do on #{was.number}:"
    return Told("done", to, title, text, tuple(lines), note=True)


def _done(
    app: App, ordered: Ordered, was: Ticket, now: Ticket, workflow: Workflow, outgoing: Sequence[tuple[Queued, str]]
) -> list[tuple[str, str]]:
    lines = [("Understood", said) for said in ordered.read_as]
    if now.status != was.status or now.until != was.until:
        until = f" until {moment(now.until.astimezone(app.config.zone))}" if now.until else ""
        lines.append(("Status", f"{workflow.statuses[now.status].name}{until}"))
    if now.assigned_to != was.assigned_to:
        lines.append(("Assigned to", now.assigned_to or "nobody"))
    if now.status != was.status and (nobody := unaddressed(app, ordered.decision)):
        lines.append(("Mail", nobody))
    for part, who in ordered.decision.people:
        lines.append((_PARTS[part], who.addr))
    for mail, withheld in outgoing:
        broken = mail.state is State.FAILED_RENDER
        what = f" could not be written: {mail.reason}" if broken else f" is not sent: {withheld}" if withheld else ""
        lines.append(("Mail", f"to {mail.recipient}{what}"))
    if ordered.note:
        asks = any(mail.notice == FORWARDED for mail, _ in outgoing)
        team = f", and on top of the mail to {ordered.decision.forward}" if asks else ""
        lines.append(("Note", f"kept among us{team}"))
    return [*lines, *(("To take it back", f"reply {command}") for command in ordered.undo)]


def _help(ticket: Ticket, workflow: Workflow) -> str:
    here = workflow.statuses.get(ticket.status)
    names = [one.name for one in workflow.statuses.values() if here is None or one.key in here.moves]
    return "\n".join((*VERBS.values(), "", f"From here you may set {quoted(names)}."))
