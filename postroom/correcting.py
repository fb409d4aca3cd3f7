"""Correcting: staff say what a mail is; its ticket is put right, the mail becomes a case, and rules are offered, never added."""

from dataclasses import dataclass, replace
from datetime import datetime

from classifier.verdict import PEOPLES, PERSON, Kind, Word
from inbound.message import Address
from outbound.outbox import Queued
from postroom.acting import TRIES, NotPossible
from postroom.answering import Answerer
from postroom.app import App
from postroom.parsers import Parsers
from postroom.post import Parent
from postroom.reading import Parsed
from postroom.said import Case, Said, case_of
from postroom.teaching import Lesson, lessons
from store import corrections, leading, senders, tickets
from store.beforehand import writer
from store.corrections import Correction, Filed
from store.database import Transaction
from store.effect import Effect
from store.errors import Moved
from store.senders import Sender
from workflow.after import after, opened
from workflow.correcting import Past, correct
from workflow.decide import decide
from workflow.decision import Decision, Ticket
from workflow.machine import Ball, Workflow
from workflow.merging import seen_from
from workflow.opening import PARKED


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of it."""

    was: str
    kind: str
    changed: bool
    ticket: int | None = None
    because: tuple[str, ...] = ()
    status: str = ""  # of its ticket now, as the workflow writes it
    before: str = ""  # the same, before; "" where it was on none
    outgoing: tuple[Queued, ...] = ()
    lessons: tuple[Lesson, ...] = ()


def put_right(app: App, said: Said, parsers: Parsers[Parsed]) -> Corrected:
    """Does it, once; said again it changes nothing. Raises NotPossible; then nothing has changed."""
    for _ in range(TRIES):
        try:
            return _put_right(app, said, parsers)
        except Moved:
            continue
    raise NotPossible(f"m{said.mail} is being changed by others; try again")


def _put_right(app: App, said: Said, parsers: Parsers[Parsed]) -> Corrected:
    case = case_of(app, said, parsers)
    filed, kind = case.filed, case.verdict.kind
    word = _remembered(app, said, case) if said.remember else None
    if kind == filed.kind or (kind in PERSON and filed.kind in PERSON):
        if word:
            with app.database.write() as tx:
                senders.say(tx, word)
        return Corrected(filed.kind, filed.kind, changed=False, ticket=filed.ticket)
    if said.answer and not case.verdict.answer:
        raise NotPossible(
            f"m{filed.id} gets no answer: {case.verdict.no_answer}; postroom reply writes in your own words"
        )
    effect, workflow, before = _on_ticket(app, said, case) if filed.ticket else _parked(app, said, case)
    correction = Correction(filed.id, effect.at, said.by, filed.kind, kind, said.word, said.note)
    with app.database.write() as tx:
        if not effect.again:
            corrections.reopen(tx, filed.id)
        tickets.apply(tx, effect, app.limits)
        corrections.record(tx, correction)
        if word:
            senders.say(tx, word)
    status, old = workflow.statuses.get(effect.decision.status), workflow.statuses.get(before)
    return Corrected(
        was=filed.kind,
        kind=kind,
        changed=True,
        ticket=effect.ticket,
        because=effect.decision.because,
        status=status.name if status else effect.decision.status,
        before=old.name if old else before,
        outgoing=effect.outgoing,
        lessons=tuple(_taught(app, said, case)),
    )


def _remembered(app: App, said: Said, case: Case) -> Sender:
    """What is said of its sender from now on. Raises NotPossible."""
    kind, who, ours = case.verdict.kind, writer(case.message, app.config.ours), app.config.ours
    if kind not in PERSON | {Kind.SPAM}:
        raise NotPossible(f"only spam and a person's mail can be remembered: {kind} is known by each mail")
    if who is None:
        raise NotPossible(f"m{said.mail} names no sender that could be remembered")
    if who.key in ours.staff | ours.mailboxes | ours.forms:
        raise NotPossible(f"{who.addr} is one of yours: of its mail nothing is remembered")
    return Sender(who.key, kind is Kind.SPAM, said.by, app.now())


def _on_ticket(app: App, said: Said, case: Case) -> tuple[Effect, Workflow, str]:
    at, filed = app.now(), case.filed
    with app.database.read() as tx:
        ticket, place = tickets.ticket(tx, filed.ticket or 0), None
        past = _past(tx, filed)
        if ticket and ticket.merged_into is not None:  # what has become of it since is for the other one to say
            place, ticket = ticket, tickets.ticket(tx, leading.leads_to(tx, ticket.number))
            past = replace(past, alone=False)
    assert ticket  # noqa: S101 - a foreign key says so
    workflow, role = app.workflow(ticket.workflow), app.box(filed.account).settings.role
    decision = correct(ticket, past, case.message, case.verdict, workflow, at, role=role)
    told = _told(decision, said, case)
    return _effect(app, said, case, told, workflow, ticket, at, place=place), workflow, ticket.status


def _parked(app: App, said: Said, case: Case) -> tuple[Effect, Workflow, str]:
    """As if it came now: it may open a ticket, join one, or be parked for another reason."""
    at, filed = app.now(), case.filed
    box = app.box(filed.account)
    ticket = case.gathered.ticket if case.verdict.ticket else None
    workflow = app.workflow(ticket.workflow if ticket else box.workflow)
    number = 0
    if case.verdict.kind not in PARKED:
        with app.database.write() as tx:
            (number,) = tickets.numbers(tx, 1)
    decision = decide(
        ticket, case.message, case.verdict, workflow, at, number=number, mailbox=box.name, role=box.settings.role
    )
    told = _told(decision, said, case)
    old = None if decision.opens or decision.parked else ticket
    effect = _effect(app, said, case, told, workflow, old, at, number, case.gathered.place if old else None)
    return effect, workflow, ""


def _past(tx: Transaction, filed: Filed) -> Past:
    """What the mail did: the moves at the end of its ticket's history that it, or a correction of it, has caused."""
    changes = corrections.changes(tx, filed.ticket or 0)
    last = len(changes)
    while last and changes[last - 1].mail == filed.id:
        last -= 1
    mine = changes[last:]
    came = corrections.came(tx, filed.id, filed.ticket or 0)
    moved = any(came and one.at > came for one in changes[:last]) if not mine else False
    wrote = came is not None and corrections.wrote_since(tx, filed.id, filed.ticket or 0, came)
    return Past(
        kind=filed.kind,
        alone=not moved and not wrote,
        opened=bool(mine) and not mine[0].was,
        was=mine[0].was if mine else "",
    )


def _told(decision: Decision, said: Said, case: Case) -> Decision:
    """The same, saying first who has corrected what; without mails, unless staff ask for them."""
    because = f"{said.by} corrected m{said.mail}: {case.filed.kind} is {case.verdict.kind}"
    notices = decision.notices if said.answer else ()
    return replace(decision, because=(because, *decision.because), notices=notices)


def _effect(
    app: App,
    said: Said,
    case: Case,
    decision: Decision,
    workflow: Workflow,
    old: Ticket | None,
    at: datetime,
    number: int = 0,
    place: Ticket | None = None,
) -> Effect:
    filed, message = case.filed, case.message
    box = app.box(filed.account)
    named = old.workflow if old else box.workflow
    author = case.verdict.sender or message.author or Address("")
    ticket = after(seen_from(place, old) if place else old, decision, at) if old else None
    if decision.opens:
        ticket = opened(decision, number, named, box.name, message.subject, author, at)
    parent = Parent.of(message, case.echo, opens=decision.opens)
    outgoing = Answerer(app).answers(decision, ticket, f"mail:{filed.id}", at, parent) if ticket else ()
    status = workflow.statuses.get(decision.status)
    return Effect(
        at=at,
        by=said.by,
        decision=decision,
        ticket=old.number if old else ticket.number if ticket else None,
        version=old.version if old else None,
        place=place.number if place else None,
        mail=filed.id,
        message=message,
        verdict=case.verdict,
        again=filed.ticket is not None,
        outgoing=outgoing,
        note="\n".join(filter(None, (decision.because[0], said.note))) if ticket else "",
        open=status.open if status else True,
        ball_with=status.ball if status else Ball.US,
        workflow=named,
        mailbox=box.name,
        subject=message.subject,
        requester=author,
        of_us=app.member(author.addr) is not None,
        report_key=case.gathered.report_key,
        others=case.gathered.others,
    )


def _taught(app: App, said: Said, case: Case) -> list[Lesson]:
    blocked = case.verdict.kind is Kind.SPAM
    word = Word(blocked, said.by) if said.remember else case.gathered.evidence.word
    evidence = replace(case.gathered.evidence, said=None, word=word)
    found = lessons(evidence, case.reading, said.word)
    with app.database.read() as tx:
        kinds = tuple(PERSON) if said.word == PEOPLES else (said.word,)
        return [
            replace(one, others=tuple(corrections.others(tx, one.rule.sender, one.rule.subject, kinds)))
            if one.rule.sender or one.rule.subject
            else one
            for one in found
        ]
