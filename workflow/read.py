"""From the tables of a workflow file to a Workflow, however faulty: what is wrong is complained of. It proves nothing."""

import re
from collections.abc import Mapping
from dataclasses import replace

from classifier.verdict import PERSON, Kind
from workflow.draft import Draft, Mention, Table
from workflow.machine import Ball, Form, Move, Nature, Status, Timer, Workflow
from workflow.read_choices import read_choices, read_offers, read_trusts
from workflow.read_linked import read_linked
from workflow.read_moves import Moves, events, move, status_of, stays, targets, tidings, timer

# Which kinds may be given a place in [opens]. The rest of a person's mails open a ticket as new_ticket
# does; a machine's other mails never open one (architecture.md, "What opens a ticket").
OPENERS = (
    Kind.NEW_TICKET,
    Kind.CC_ONLY,
    Kind.ESCALATION,
    Kind.OUT_OF_OFFICE,
    Kind.SYSTEM_REPORT,
    Kind.NOTIFICATION,
    Kind.CALENDAR,
)
NATURES = (Nature.ACKNOWLEDGEMENT, Nature.AUTOMATIC, Nature.PERSONAL)
_LANGUAGE, _ENGLISH = re.compile("[a-z]{2}"), "en"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read(content: Mapping[str, object], draft: Draft) -> Workflow:
    """The workflow that the file means to describe. What it lacks stands as an empty value."""
    top = Table(draft, (), content)
    choices = read_choices(top)
    workflow = Workflow(
        name=top.text("name", '"courseleaf"'),
        title=top.text("title", '"CourseLeaf Support"'),
        initial=_status_named(top, "initial", "outstanding", needed=True),
        unreachable=_status_named(top, "unreachable", "client_unreachable", needed=False),
        imported=_status_named(top, "imported", "problem_solved", needed=False),
        no_request=_status_named(top, "no_request", "not_supported", needed=False),
        reopen=top.days("reopen_days", "30"),
        opens=_opens(top.table("opens", "a table [opens]")),
        notices=_forms(top.table("notices", "a table [notices]")),
        choices=choices,
        offers=read_offers(top),
        trusts=read_trusts(top, choices),
        statuses=_statuses(top),
    )
    workflow = replace(workflow, linked=read_linked(top, workflow.statuses))
    top.close()
    return workflow


def _status_named(top: Table, key: str, example: str, *, needed: bool) -> str:
    named = top.text(key, f'"{example}"', needed=needed)
    if named:
        top.draft.statuses.append(Mention((key,), f"{key} is", named))
    return named


def _opens(table: Table) -> dict[Kind, Move]:
    table.knows(*OPENERS)
    if Kind.NEW_TICKET not in table:
        table.table(Kind.NEW_TICKET, 'new_ticket = { to = "…" }')
    opens = {kind: move(table, kind, here="") for kind in OPENERS if kind in table}
    for kind, first in opens.items():
        if kind not in PERSON and first.client:
            problem = f"{kind} tells the client, but a machine's mail is never answered"
            table.draft.complain((*table.path, kind, "tell_client"), problem, "take tell_client away")
    table.close()
    return opens


def _forms(table: Table) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for nature in NATURES:
        for name in table.words(nature):
            table.draft.listed.append(Mention((*table.path, nature, name), nature, name))
            forms.setdefault(name, Form(name, nature))
    table.close()
    return forms


def _statuses(top: Table) -> dict[str, Status]:
    sides = top.table("ball_with", "a table [ball_with.client]", needed=False)
    shared = {ball: events(sides.table(ball, f"a table [ball_with.{ball}]", needed=False), here="") for ball in Ball}
    sides.close()
    moves = top.table("moves", "a table [moves]", needed=False)
    anywhere = targets(moves, "anywhere")
    moves.close()
    meanings = _meanings(top)
    table = top.table("status", "a table [status.…] for every status")
    found = {key: _status(table.table(key, f"a table [status.{key}]"), key, shared, anywhere) for key in table}
    return {key: replace(status, meanings=_told(status, meanings)) for key, status in found.items()}


def _meanings(top: Table) -> dict[str, dict[str, str]]:
    """What clients read beside a status in other languages: language, key of the status, words."""
    table = top.table("meanings", "a table [meanings.de]", needed=False)
    read: dict[str, dict[str, str]] = {}
    for language in table:
        if not _LANGUAGE.fullmatch(language) or language == _ENGLISH:
            table.draft.complain((*table.path, language), f'"{language}" is no other language', "write two letters: de")
        words = table.table(language, f"a table [meanings.{language}]")
        for key in words:
            table.draft.statuses.append(Mention((*words.path, key), f"meanings.{language} names", key))
        read[language] = {key: words.text(key) for key in words}
    table.knows(*read)
    table.close()
    return read


def _told(status: Status, meanings: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    told = {language: words[status.key] for language, words in meanings.items() if words.get(status.key)}
    return {_ENGLISH: status.client_meaning, **told}


def _status(table: Table, key: str, shared: Mapping[Ball, Moves], anywhere: frozenset[str]) -> Status:
    _check_key(table, key)
    ball = Ball(table.choice("ball_with", tuple(Ball)))
    # What leads from a whole side to this very status does not concern it.
    on = {event: stays(each, key) for event, each in shared[ball].items() if each.to != key}
    own = events(table.table("on", 'on.client_reply = { to = "…" }', needed=False), here=key)
    clock = timer(table)
    status = Status(
        key=key,
        name=table.text("name"),
        open=table.flag("open"),
        ball=ball,
        client_meaning=table.text("meaning_for_clients"),
        staff_meaning=table.text("meaning_for_staff"),
        colour=_colour(table),
        on=on | own,
        timer=clock,
        notify=tidings(table, "entry tells"),
        appointment=_appointment(table, clock),
        forward=table.text("forward_to", '"consulting"', needed=False),
        needs_date=_needs_date(table, clock),
        needs_words=table.flag("needs_words", needed=False),
        moves=(anywhere | targets(table, "moves")) - {key},
        always_reopens=table.flag("always_reopens", needed=False),
    )
    table.close()
    return status


def _check_key(table: Table, key: str) -> None:
    if not _KEY.fullmatch(key):
        mending = "write small letters, digits and _, such as on_hold"
        table.draft.complain(table.path, "this cannot be the key of a status", mending)


def _appointment(parent: Table, clock: Timer | None) -> Move | None:
    """Where an appointment goes when the client does not come, and the notice by which staff drop it."""
    parent.knows("appointment")
    if "appointment" not in parent:
        return None
    table = parent.table("appointment", 'appointment = { to = "…" }')
    found = Move(status_of(table, needed=True, use="appointment leads to"), tidings(table, "appointment tells"))
    if clock is None or clock.after is not None:
        mending = 'add timer = { on_date = true, to = "…" }, or take appointment away'
        parent.draft.complain(table.path, "appointment stands without a timer on its date", mending)
    table.close()
    return found


def _needs_date(table: Table, clock: Timer | None) -> bool:
    """Whether staff must give the date. The key stands exactly where the timer waits for a date."""
    dated = clock is not None and clock.after is None
    if "needs_date" in table and not dated:
        mending = 'add timer = { on_date = true, to = "…" }, or take needs_date away'
        table.draft.complain(
            (*table.path, "needs_date"), "needs_date stands without a timer that waits for it", mending
        )
    if "needs_date" not in table and dated:
        mending = "add needs_date = true, or needs_date = false where the date may be left open"
        table.draft.complain((*table.path, "timer"), "timer waits for a date, but needs_date is missing", mending)
    return table.flag("needs_date", needed=False)


def _colour(table: Table) -> str:
    colour = table.text("colour", '"#2563eb"')
    if colour and not _COLOUR.fullmatch(colour):
        mending = 'write # and six digits or letters a to f, such as "#2563eb"'
        table.draft.complain((*table.path, "colour"), f'colour is "{colour[:20]}"', mending)
    return colour
