"""Forwarding: what another team gets of a ticket that is handed over to it, or waits for it: what the client may see, and its files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from classifier.verdict import PERSON
from inbound.quotes import split
from outbound.file import File
from outbound.handle import Place
from outbound.outbox import Queued
from outbound.wording import moment
from postroom.answering import NOTHING, Words
from postroom.app import App
from postroom.handles import links
from postroom.house import House, Told
from postroom.sendable import LARGEST, room
from store import attachments, reports
from store.lines import Attached, Said
from workflow.decision import Decision, Ticket
from workflow.machine import REPLY

NOTICE = "forwarded"
LONGEST = 200_000  # characters of a conversation; its end is what counts
OCTETS = LARGEST // 2  # of files that are taken out of the database for one mail


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that is to go along, or a link to it: `file` is None for what no mail can carry, `place` where no link can lead."""

    name: str
    file: File | None
    place: Place | None = None


def handed_over(
    app: App, decision: Decision, ticket: Ticket, cause: str, at: datetime, words: Words = NOTHING
) -> tuple[Queued, ...]:
    """The conversation below the note of whoever asks, to the team of the status that the ticket enters; nothing where [forward] has no address for it."""
    if not _address(app, decision):
        return ()
    with app.database.read() as tx:
        page = reports.ticket_page(tx, ticket.number)
        shown = [one for one in page.conversation if _shown(one, ticket.number)] if page else []
        # What went to several people is said once.
        said = {(one.at, one.author, one.text): one for one in shown}.values()
        known = [file for one in said for file in one.attachments]
        large = sum(file.size for file in known) > OCTETS
        enclosed = [_enclosed(file, None if large else attachments.content(tx, file.id)) for file in known]
    told = [f"{one.author}, {moment(one.at.astimezone(app.config.zone))}\n\n{_new(one.text)}" for one in said]
    author = words.author or app.config.team
    if words.text:
        told.append(f"{author}, {moment(at.astimezone(app.config.zone))}\n\n{words.text}")
    text = "\n\n\n".join(told)[-LONGEST:]
    enclosed += [Enclosed(file.name, file) for file in words.files]
    note = words.note.strip()[:LONGEST]
    return _to_team(app, decision, ticket, cause, at, text, enclosed, f"{author}:\n\n{note}" if note else "")


def addressed(app: App, decision: Decision) -> Decision:
    """The same, saying so where the ticket enters a status of a team that has no address."""
    if not decision.moved or not (said := unaddressed(app, decision)):
        return decision
    return replace(decision, because=(*decision.because, said))


def unaddressed(app: App, decision: Decision) -> str:
    """Why a ticket that goes to another team is not forwarded; "" where it is, or goes to none."""
    if not decision.forward or _address(app, decision):
        return ""
    return f"nobody gets the conversation: [forward] names no address for {decision.forward}"


def passed_on(
    app: App,
    decision: Decision,
    ticket: Ticket,
    cause: str,
    at: datetime,
    text: str,
    enclosed: Callable[[], Sequence[Enclosed]],
) -> tuple[Queued, ...]:
    """What the client wrote on a ticket that the team has been given."""
    if not _address(app, decision):
        return ()
    return _to_team(app, decision, ticket, cause, at, text[-LONGEST:], enclosed())


def _address(app: App, decision: Decision) -> str:
    return app.config.settings.forward.get(decision.forward, "") if decision.forward else ""


def _shown(one: Said, number: int) -> bool:
    """People's words that the client may see; machines' mails and our notices say nothing to a team."""
    people = one.kind in PERSON if one.direction == "in" else one.kind == REPLY
    return one.visible_to == "client" and one.ticket == number and people


def _new(text: str) -> str:
    """Without what it quotes, which stands in the conversation already; all of it where nothing else would be left."""
    return split(text).new.strip() or text.strip()


def _enclosed(file: Attached, data: bytes | None) -> Enclosed:
    name, mail = file.name or "unnamed", file.outgoing if file.mail is None else file.mail
    place = Place(mail or 0, file.position, outgoing=file.mail is None)
    return Enclosed(name, None if data is None else File(name, file.content_type, data), place)


def _to_team(
    app: App,
    decision: Decision,
    ticket: Ticket,
    cause: str,
    at: datetime,
    text: str,
    enclosed: Sequence[Enclosed],
    question: str = "",
) -> tuple[Queued, ...]:
    """With the files; with links to them, or their names, if the server takes no mail of that size."""
    title = f"For {decision.forward}: request #{ticket.number}"

    def made(files: Sequence[File]) -> Queued:
        behind = [one for one in enclosed if one.file not in files]
        fetched = [(one.name, one.place) for one in behind if one.place]
        linked = links(app, fetched, ticket.number, decision.forward, at)
        named = [one.name for one in behind if not (linked and one.place)]
        to = _address(app, decision)
        told = Told(NOTICE, to, title, text, tuple(_lines(ticket, named)), links=tuple(linked), question=question)
        return House(app).to_team(told, decision.forward, ticket, cause, at, tuple(files))

    whole = made([one.file for one in enclosed if one.file])
    return (whole if len(whole.raw) <= room(app) else made(()),)


def _lines(ticket: Ticket, left_out: Sequence[str]) -> Iterator[tuple[str, str]]:
    client = ticket.requester
    yield "Subject", ticket.subject
    yield "Client", f"{client.name} <{client.addr}>" if client.name else client.addr
    if left_out:
        yield "Files that are not here", ", ".join(left_out)
