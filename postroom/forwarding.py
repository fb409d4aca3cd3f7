"""Forwarding: what another team gets of a ticket that is handed over to it, or waits for it: what the client may see, and its files."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from classifier.verdict import PERSON
from outbound.file import File
from outbound.outbox import Queued
from outbound.wording import moment
from postroom.answering import NOTHING, Answerer, Told, Words
from postroom.app import App
from postroom.sendable import LARGEST, room
from store import attachments, reports
from store.lines import Said
from workflow.decision import Decision, Ticket
from workflow.machine import REPLY

NOTICE = "forwarded"
LONGEST = 200_000  # characters of a conversation; its end is what counts
OCTETS = LARGEST // 2  # of files that are taken out of the database for one mail


def handed_over(
    app: App, decision: Decision, ticket: Ticket, cause: str, at: datetime, words: Words = NOTHING
) -> tuple[Queued, ...]:
    """The conversation, to the team of the status that the ticket enters; nothing where [forward] has no address for it."""
    if not _address(app, decision):
        return ()
    with app.database.read() as tx:
        page = reports.ticket_page(tx, ticket.number)
        said = [one for one in page.conversation if _shown(one, ticket.number)] if page else []
        known = [file for one in said for file in one.attachments]
        large = sum(file.size for file in known) > OCTETS
        kept = (
            ()
            if large
            else tuple(File(f.name or "unnamed", f.content_type, attachments.content(tx, f.id)) for f in known)
        )
    told = [f"{one.author}, {moment(one.at.astimezone(app.config.zone))}\n\n{one.text.strip()}" for one in said]
    if words.text:
        told.append(f"{words.author or app.config.team}, {moment(at.astimezone(app.config.zone))}\n\n{words.text}")
    left_out = [file.name or "unnamed" for file in known] if large else []
    text = "\n\n\n".join(told)[-LONGEST:]
    return _to_team(app, decision, ticket, cause, at, text, (*kept, *words.files), left_out)


def passed_on(
    app: App,
    decision: Decision,
    ticket: Ticket,
    cause: str,
    at: datetime,
    text: str,
    files: Callable[[], tuple[tuple[File, ...], tuple[str, ...]]],
) -> tuple[Queued, ...]:
    """What the client wrote on a ticket that the team has been given."""
    if not _address(app, decision):
        return ()
    return _to_team(app, decision, ticket, cause, at, text[-LONGEST:], *files())


def _address(app: App, decision: Decision) -> str:
    return app.config.settings.forward.get(decision.forward, "") if decision.forward else ""


def _shown(one: Said, number: int) -> bool:
    """People's words that the client may see; machines' mails and our notices say nothing to a team."""
    people = one.kind in PERSON if one.direction == "in" else one.kind == REPLY
    return one.visible_to == "client" and one.ticket == number and people


def _to_team(
    app: App,
    decision: Decision,
    ticket: Ticket,
    cause: str,
    at: datetime,
    text: str,
    files: Sequence[File],
    left_out: Sequence[str],
) -> tuple[Queued, ...]:
    """With the files, or their names if the server takes no mail of that size."""
    title = f"For {decision.forward}: request #{ticket.number}"

    def made(files: Sequence[File], left_out: Sequence[str]) -> Queued:
        told = Told(NOTICE, _address(app, decision), title, text, tuple(_lines(ticket, left_out)))
        return Answerer(app).to_team(told, decision.forward, ticket, cause, at, tuple(files))

    whole = made(files, left_out)
    if len(whole.raw) <= room(app):
        return (whole,)
    return (made((), [*left_out, *(file.name for file in files)]),)


def _lines(ticket: Ticket, left_out: Sequence[str]) -> Iterator[tuple[str, str]]:
    client = ticket.requester
    yield "Subject", ticket.subject
    yield "Client", f"{client.name} <{client.addr}>" if client.name else client.addr
    if left_out:
        yield "Files that are not here", ", ".join(left_out)
