"""`postroom tickets`, `ticket`, `mails`, `outbox`: what is remembered, as tables for people and JSON for programs."""

import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import click

from classifier.verdict import AUTHENTICATED, HINT, OFFERED, PERSON, Kind, Passed
from outbound.outbox import State
from outbound.wording import away
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.mailbox import named, unknown
from postroom.commands.output import Row, moment, one_line, print_json, print_table
from postroom.commands.staff import member
from postroom.rows import mail_row, outbox_row, page_row, ticket_row
from store import incoming, reports
from store.incoming import MailState
from store.lines import NOBODY, Wanted, WantedMails
from store.search import is_whole

FEW = 200  # lines of a table
LONGEST_SEARCH = 200  # characters; a database takes some more
ALL = 2**31 - 1  # JSON has them all
Word = TypeVar("Word", bound=StrEnum)

TICKETS = ("number", "status", "ball_with", "requester", "subject", "assigned_to", "status_since", "due_at")
FORGED = f"{AUTHENTICATED}: {Passed.NO}"
MAILS = ("id", "mailbox", "sender", "subject", "state", "kind", "because", "ticket")
OUTBOX = ("id", "ticket", "notice", "recipient", "subject", "state", "attempts", "next_at", "last_answer")


def tickets(
    option: str | None,
    *,
    as_json: bool,
    status: str,
    is_open: bool | None,
    mailbox: str,
    assigned: str,
    search: str,
) -> None:
    if len(search) > LONGEST_SEARCH:
        raise Refused(f"--search has {len(search)} characters: at most {LONGEST_SEARCH} are looked for")
    app = open_app(option)
    statuses = _keys(app, status) if status else ()
    box = named(app, mailbox)
    mine = box.name if box else mailbox
    wanted = Wanted(statuses, is_open, mailbox=mine, assigned=assigned, search=search)
    with app.database.read() as tx:
        lines = reports.tickets(tx, wanted, ALL if as_json else FEW)
        whole = not search or is_whole(tx)
    if not lines and mailbox and box is None:  # one that left the configuration still has its tickets
        raise unknown(app, mailbox)
    if not lines and assigned and assigned != NOBODY:
        member(app, assigned)
    rows: list[Row] = [ticket_row(app, line) for line in lines]
    _show(app, rows if as_json else [_marked(app, row) for row in rows], TICKETS, as_json=as_json, empty="no ticket")
    if not whole:
        click.echo("not everything is indexed yet: older tickets are found once a run has had some minutes", err=True)


def ticket(option: str | None, number: int, *, as_json: bool) -> None:
    app = open_app(option)
    with app.database.read() as tx:
        page = reports.ticket_page(tx, number)
    if page is None:
        raise Refused(f"there is no ticket #{number}")
    row = page_row(app, page)
    if as_json:
        print_json([row])
    else:
        click.echo("\n".join(_page(app, row)))


def mails(option: str | None, *, state: str, kind: str, number: int | None, as_json: bool) -> None:
    app = open_app(option)
    wanted = WantedMails(_words(state, MailState, "state"), _words(kind, Kind, "kind"), number)
    with app.database.read() as tx:
        lines = reports.mails(tx, wanted, ALL if as_json else FEW)
        sums = reports.balance(tx)
    _show(app, [mail_row(line) for line in lines], MAILS, as_json=as_json, empty="no mail")
    if not as_json:
        parts = f"{sums.on_tickets} on tickets + {sums.parked} parked + {sums.quarantined} quarantined"
        click.echo(f"{sums.fetched} fetched = {parts} + {sums.pending} pending")


def raw(option: str | None, which: str) -> None:
    """The bytes of a mail, as they came. Raises Refused."""
    app = open_app(option)
    if not which.lower().startswith("m") or not which[1:].isdecimal():
        raise Refused(f'"{which}" is no mail: name one as postroom mails shows it, such as m17')
    try:
        with app.database.read() as tx:
            for piece in incoming.raw(tx, int(which[1:19])):
                sys.stdout.buffer.write(piece)
    except LookupError:
        raise Refused(f"there is no mail {which}") from None


def outbox(option: str | None, *, state: str, number: int | None, as_json: bool) -> None:
    app = open_app(option)
    states = _words(state, State, "state")
    with app.database.read() as tx:
        lines = reports.outgoing(tx, states, number, ALL if as_json else FEW)
    _show(app, [outbox_row(line) for line in lines], OUTBOX, as_json=as_json, empty="no outgoing mail")


def _marked(app: App, row: Row) -> Row:
    """With what a reader of the table has to see of a ticket beside its columns."""
    marks = [f"{row['priority']} priority"] if row["priority"] != "normal" else []
    marks += ["client replied"] if row["client_replied"] else []
    marks += [f"merged into #{row['merged_into']}"] if row["merged_into"] else []
    marks += [said] if (said := _away(app, row)) else []
    marks += [f"appointment {row['appointment']}"] if row["appointment"] and row["open"] else []
    return {**row, "status": ", ".join([row["status"], *marks])}


def _away(app: App, row: Row) -> str:
    """Until when the client is away; "" where nobody said so, or they are back."""
    back = row["paused_until"]
    return away(datetime.fromisoformat(back), app.now(), app.config.zone) if back else ""


def _show(app: App, rows: list[Row], columns: tuple[str, ...], *, as_json: bool, empty: str) -> None:
    if as_json:
        print_json(rows)
        return
    print_table(rows, columns, zone=app.config.zone, empty=empty)
    if len(rows) == FEW:
        click.echo(f"the newest {FEW}; --json lists all")


def _keys(app: App, text: str) -> tuple[str, ...]:
    """The keys that a status has in the workflows of the configuration."""
    found = tuple({status.key for flow in app.workflows.values() if (status := flow.named(text))})
    if not found:
        names = ", ".join(status.name for flow in app.workflows.values() for status in flow.statuses.values())
        raise Refused(f'there is no status "{text}"; there are: {names}')
    return found


def _words(text: str, words: type[Word], what: str) -> tuple[Word, ...]:
    if not text:
        return ()
    if text.lower() not in set(words):
        raise Refused(f'there is no {what} "{text}"; there are: {", ".join(words)}')
    return (words(text.lower()),)


def _page(app: App, row: Row) -> Iterator[str]:
    zone = app.config.zone
    yield f"#{row['number']}  {one_line(row['subject']) or '(no subject)'}"
    yield f"  {row['status']} since {moment(row['status_since'], zone)}, the ball is with {row['ball_with']}"
    for label, key in (("due", "due_at"), ("until", "until")):
        if row["timers"].get(key):
            yield f"  {label} {moment(row['timers'][key], zone)}"
    if row["appointment"]:
        yield f"  the appointment is {row['appointment']}"
    if said := _away(app, row):
        yield f"  the client is {said}: the timer stands"
    if row["timers"]["reminded"]:
        yield "  the client has been reminded"
    yield from _marks(row)
    yield "people"
    for person in row["people"]:
        new_here = " (new here: hears nothing until staff let them in)" if person["pending"] else ""
        yield f"  {one_line(person['address'])}  {person['role']}{_of(person, row)}{new_here}"
    yield "history"
    for moved in row["history"]:
        source = f" by {moved['mail']}" if moved["mail"] else f" by {moved['by']}"
        yield f"  {moment(moved['at'], zone)}  {moved['from'] or 'opened'} -> {moved['to']}{source}"
        yield from (f"      {one_line(reason)}" for reason in moved["because"])
    yield "conversation"
    moves = {moved["mail"] for moved in row["history"]}
    for said in row["conversation"]:
        yield from _said(app, said, moves, _of(said, row))


def _marks(row: Row) -> Iterator[str]:
    if row["merged_into"]:
        yield f"  merged into #{row['merged_into']}: that one's status and timer count"
    if row["merged"]:
        yield f"  with {', '.join(f'#{number}' for number in row['merged'])} merged into it"
    for issue in row["issues"]:
        at = f" ({one_line(issue['url'])})" if issue["url"] else ""
        yield f"  linked to {issue['key']}{at}, which is {issue['state']}{_of(issue, row)}"
    marks = [f"priority {row['priority']}"] if row["priority"] != "normal" else []
    marks += ["the client replied"] if row["client_replied"] else []
    marks += [f"assigned to {row['assigned_to']}"] if row["assigned_to"] else []
    marks += [f"in {row['language']}"] if row["language"] else []
    marks += [f"tag {tag}" for tag in row["tags"]]
    if marks:
        yield f"  {', '.join(marks)}"


def _of(part: Row, row: Row) -> str:
    """Where it is of a ticket that was merged into the one that is shown."""
    return f" of #{part['ticket']}" if part["ticket"] != row["number"] else ""


def _said(app: App, said: Row, moves: set[str], of: str) -> Iterator[str]:
    arrow = {"in": "<-", "out": "->"}.get(said["direction"], "--")
    which = f" {said['mail'] or said['outgoing']}" if said["mail"] or said["outgoing"] else ""
    seen = "" if said["visible_to"] == "client" else ", staff only"
    to = f" to {one_line(said['recipient'])}" if said["recipient"] else ""
    yield f"  {arrow} {moment(said['at'], app.config.zone)}  {one_line(said['author'])}{to}  {said['kind']}{which}{of}{seen}"
    yield from (f"      {one_line(reason)}" for reason in _worth_showing(said, moved=said["mail"] in moves))
    yield from (f"      {_file(one)}" for one in said["attachments"])
    yield from (f"      {one_line(line)}" for line in said["text"].strip().splitlines()[:40])


def _worth_showing(said: Row, *, moved: bool) -> Iterator[str]:
    """What an entry offers to staff; of a machine's mail all that it says, unless the history has it."""
    told = said["direction"] == "in" and said["kind"] in set(Kind) - PERSON and not moved
    for reason in said["because"]:
        if reason.startswith((HINT, OFFERED, FORGED)) or (told and not reason.startswith(AUTHENTICATED)):
            yield reason


def _file(file: Row) -> str:
    how = "inline" if file["inline"] else "attached"
    kind = f"{one_line(file['content_type'])}, {file['size']} octets"
    return f"[{how}: {file['id']} {one_line(file['name']) or 'unnamed'} ({kind})]"
