"""Answering: the notices of a decision become outgoing mails, rendered to their final bytes. It sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from inbound.message import Address, Message
from outbound.facts import Facts, bare_subject
from outbound.file import File
from outbound.invitation import Invitation
from outbound.outbox import Queued, State
from outbound.render import RenderError
from outbound.summary import Summary
from outbound.token import message_id, reply_address, staff_address, team_address
from postroom.app import App
from postroom.choices import choices, deed_link
from postroom.config import MailboxConfig
from postroom.log import trouble
from postroom.subscriptions import leaving
from store.digests import NOTICE as DIGEST
from store.failpoint import failpoint
from workflow.decision import Audience, Decision, Notice, Ticket
from workflow.machine import Nature
from workflow.meeting import Attendance

STAFF_DAYS = timedelta(days=7)  # so long a notice can be acted on by answering it
SIGN_IN = "sign-in"  # the notice with the link by which somebody signs in
TROUBLE = "alert"  # the notice by which staff hear of what needs a person


@dataclass(frozen=True, slots=True)
class Parent:
    """The mail that an outgoing mail answers."""

    message_id: str = ""
    references: tuple[str, ...] = ()
    echo: str = ""  # its subject, as a hash: of two new mails with the same in a day one is answered
    echo_text: str = ""  # the same of its words, also of replies

    @classmethod
    def of(cls, message: Message, echo_text: str, *, opens: bool) -> "Parent":
        """A reply has the subject of what it answers: only that of a new mail says anything."""
        subject = message.subject.casefold() if opens else ""
        echo = sha256(subject.encode("utf-8", "surrogatepass")).hexdigest() if subject else ""
        return cls(message.message_id, message.references or message.in_reply_to, echo, echo_text)

    @classmethod
    def last(cls, ids: Sequence[str]) -> "Parent":
        """The end of a conversation."""
        return cls(ids[-1], tuple(ids[:-1])) if ids else cls()


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote, who, and the files that go along."""

    text: str = ""
    author: str = ""
    files: tuple[File, ...] = ()
    note: str = ""  # for us, and for the team that the ticket is handed to; in no mail to a client


NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Told:
    """What one of us is told of a ticket."""

    notice: str
    to: str  # addr-spec
    title: str
    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    note: bool = False  # what they write back is kept among us
    links: tuple[tuple[str, str], ...] = ()  # files that stay behind, and where each can be fetched
    deeds: tuple[tuple[str, str], ...] = ()  # what they may do with one click: words, and what (postroom.deeds)
    question: str = ""  # to a team: what one of us asks it, with their name


class Answerer:
    """Renders. What fails to render is queued as failed_render, and staff are told."""

    def __init__(self, app: App) -> None:
        self._app = app

    def answers(
        self, decision: Decision, ticket: Ticket, cause: str, at: datetime, parent: Parent, words: Words = NOTHING
    ) -> tuple[Queued, ...]:
        """The outgoing mails of a decision. `ticket` is as it stands afterwards; `cause` makes them unique."""
        return self.written(decision.notices, decision, ticket, cause, at, parent, words)

    def written(
        self,
        notices: Sequence[Notice],
        decision: Decision,
        ticket: Ticket,
        cause: str,
        at: datetime,
        parent: Parent,
        words: Words = NOTHING,
    ) -> tuple[Queued, ...]:
        """These notices about a ticket."""
        queued: list[Queued] = []
        for notice in notices:
            facts = self._facts(notice, decision, ticket, cause, at, parent, words)
            queued += self._queued(notice, facts, cause, ticket.number, parent)
        return tuple(queued)

    def alert(
        self, title: str, lines: Sequence[tuple[str, str]], cause: str, at: datetime, *, number: int | None = None
    ) -> tuple[Queued, ...]:
        """A mail to those who look after trouble."""
        queued: list[Queued] = []
        for address in self._app.managers:
            notice = Notice(TROUBLE, "staff", Nature.STAFF, Audience.STAFF, Address(address))
            facts = self._staffs(notice, cause, at, number)
            facts = replace(facts, title=title, lines=tuple(lines))
            queued += self._queued(notice, facts, cause, number, Parent())
        return tuple(queued)

    def to_staff(self, news: Sequence[Told], ticket: Ticket, cause: str, at: datetime) -> tuple[Queued, ...]:
        """Word of a ticket to some of us, who may act by answering it."""
        return tuple(mail for told in news for mail in self._to_staff(told, ticket, cause, at))

    def _to_staff(self, told: Told, ticket: Ticket, cause: str, at: datetime) -> list[Queued]:
        box = self._app.box(ticket.mailbox)
        notice = Notice(told.notice, "staff", Nature.STAFF, Audience.STAFF, Address(told.to))
        reply_to = self._acts(box, told, ticket.number, at)
        facts = replace(
            self._within(notice, told, box, ticket, cause, at),
            reply_to=reply_to,
            answers=(ticket.requester.name or ticket.requester.addr) if reply_to else "",
            note=told.note,
            deeds=tuple(
                (label, link) for label, what in told.deeds if (link := deed_link(self._app, what, told.to, at, ticket))
            ),
        )
        return self._queued(notice, facts, cause, ticket.number, Parent())

    def to_team(
        self, told: Told, team: str, ticket: Ticket, cause: str, at: datetime, files: tuple[File, ...]
    ) -> Queued:
        """Word of a ticket to another team, which answers by a token of its own."""
        box = self._app.box(ticket.mailbox)
        notice = Notice(told.notice, "staff", Nature.STAFF, Audience.STAFF, Address(told.to))
        token = box.settings.reply_token == "plus"  # noqa: S105 - a setting's word
        facts = replace(
            self._within(notice, told, box, ticket, cause, at),
            reply_to=team_address(self._app.keys, box.settings.address, ticket.number, team) if token else "",
            files=files,
        )
        return self._queued(notice, facts, cause, ticket.number, Parent())[0]

    def _within(
        self, notice: Notice, told: Told, box: MailboxConfig, ticket: Ticket, cause: str, at: datetime
    ) -> Facts:
        """What is said of a ticket within the house, whoever reads it."""
        return replace(
            self._staffs(notice, cause, at, ticket.number),
            sender=box.sender,
            message_id=self._id(notice, cause, ticket.number, box.sender),
            ticket=ticket,
            status=self._app.workflow(ticket.workflow).statuses.get(ticket.status),
            in_reply_to=self._thread(told.to, ticket.number, box.sender),
            title=told.title,
            text=told.text,
            lines=told.lines,
            question=told.question,
            links=told.links,
        )

    def _thread(self, to: str, number: int, sender: Address) -> str:
        """What all that one person is told of one ticket answers: a mail that never was, so that it stands together."""
        return message_id(self._app.keys, f"ticket:{number}", "thread", to, number, sender.domain)

    def _acts(self, box: MailboxConfig, told: Told, number: int, at: datetime) -> str:
        """The address by which this person acts on this ticket; "" where the mailbox's has no room for that."""
        if box.settings.reply_token != "plus":  # noqa: S105 - a setting's word
            return ""
        try:
            return staff_address(self._app.keys, box.settings.address, number, told.to, at + STAFF_DAYS, note=told.note)
        except ValueError:
            return ""

    def sign_in(self, address: str, link: str, until: str, at: datetime) -> tuple[Queued, ...]:
        """The link by which one of us signs in; until when it is good, in words."""
        cause = _of_link(link)
        notice = Notice(SIGN_IN, "staff", Nature.STAFF, Audience.STAFF, Address(address))
        facts = replace(self._staffs(notice, cause, at, None), text=link, title=until)
        return tuple(self._queued(notice, facts, cause, None, Parent()))

    def sign_in_client(self, address: str, link: str, at: datetime, language: str) -> tuple[Queued, ...]:
        """The link by which a client signs in. Whoever is off our other mails, or has had many, still gets what they ask for."""
        cause = _of_link(link)
        notice = Notice(SIGN_IN, "client", Nature.STAFF, Audience.CLIENT, Address(address))
        facts = replace(
            self._staffs(notice, cause, at, None), choices=(("sign_in", link),), language=language, leave=""
        )
        return tuple(self._queued(notice, facts, cause, None, Parent()))

    def digest(self, address: str, summary: Summary, cause: str, at: datetime, name: str = DIGEST) -> Queued:
        """The digest of one person, of a day or of a week."""
        notice, facts = self._digest(address, summary, cause, at, name)
        (queued,) = self._queued(notice, facts, cause, None, Parent())
        return queued

    def digest_text(self, address: str, summary: Summary, cause: str, at: datetime, name: str = DIGEST) -> str:
        """The same as a reader without HTML would see it, its subject first. Raises RenderError."""
        made = self._app.renderer.render(*self._digest(address, summary, cause, at, name))
        return f"{made.subject}\n\n{made.text}"

    def _digest(
        self, address: str, summary: Summary, cause: str, at: datetime, name: str = DIGEST
    ) -> tuple[Notice, Facts]:
        notice = Notice(name, "staff", Nature.DIGEST, Audience.STAFF, Address(address))
        facts = self._staffs(notice, cause, at, None)
        return notice, replace(facts, summary=summary, unsubscribe=self._app.keeper)

    def _queued(self, notice: Notice, facts: Facts, cause: str, number: int | None, parent: Parent) -> list[Queued]:
        acknowledges = notice.nature is Nature.ACKNOWLEDGEMENT
        base = Queued(
            cause=cause,
            ticket=number,
            notice=notice.name,
            nature=notice.nature,
            recipient=notice.recipient.addr,
            sender=facts.sender.addr,
            subject="",
            message_id=facts.message_id,
            raw=b"",
            echo=parent.echo if acknowledges else "",
            echo_text=parent.echo_text if acknowledges else "",
            invites=facts.invitation is not None,
        )
        failpoint("render.crash")
        try:
            made = self._app.renderer.render(notice, facts)
        except RenderError as error:
            trouble("render.failed", notice=notice.name, ticket=number, error=error)
            failed = replace(base, state=State.FAILED_RENDER, reason=str(error))
            return [failed, *self._told(notice, error, cause, facts.date, number)]
        return [replace(base, subject=made.subject, raw=made.raw, files=facts.files)]

    def _told(
        self, notice: Notice, error: RenderError, cause: str, at: datetime, number: int | None
    ) -> tuple[Queued, ...]:
        if notice.audience is Audience.STAFF:
            return ()  # an alert that does not render cannot be told by an alert
        lines = [("Notice", notice.name), ("Ticket", f"#{number}"), ("Reason", str(error))]
        return self.alert("A mail to a client could not be written", lines, f"{cause}:{notice.name}", at, number=number)

    def _facts(
        self,
        notice: Notice,
        decision: Decision,
        ticket: Ticket,
        cause: str,
        at: datetime,
        parent: Parent,
        words: Words,
    ) -> Facts:
        config, box = self._app.config, self._app.box(ticket.mailbox)
        workflow = self._app.workflow(ticket.workflow)
        token = box.settings.reply_token == "plus"  # noqa: S105 - a setting's word
        return Facts(
            message_id=self._id(notice, cause, ticket.number, box.sender),
            date=at,
            sender=box.sender,
            team=config.team,
            zone=config.zone,
            ticket=ticket,
            status=workflow.statuses[ticket.status],
            was=workflow.statuses.get(decision.was),
            reopen=workflow.reopen,
            reply_to=reply_address(self._app.keys, box.settings.address, ticket.number) if token else "",
            begins=decision.opens and bool(words.text),
            in_reply_to=parent.message_id,
            references=parent.references,
            choices=choices(self._app, notice, ticket, at, guessed=bool(decision.taken_for)),
            text=words.text,
            author=words.author,
            files=words.files,
            invitation=self._invitation(notice, ticket, box) if decision.calls else None,
            calls=decision.calls,
            public_url=config.settings.public_url,
            language=ticket.language or config.settings.language,
            answer_within=config.promises,
            leave=leaving(self._app, notice, at, ticket),
        )

    def _invitation(self, notice: Notice, ticket: Ticket, box: MailboxConfig) -> Invitation | None:
        """The ticket's appointment for the calendar of its client, whose own invitation is answered."""
        meeting, we = ticket.meeting, Address(box.settings.address, box.sender.name)
        if meeting is None or notice.recipient.key != ticket.requester.key:
            return None
        canceled, client = meeting.answer is Attendance.CANCELED, notice.recipient
        own = message_id(self._app.keys, "appointment", "appointment", "", ticket.number, box.sender.domain)
        said = "DECLINED" if canceled else "ACCEPTED" if meeting.uid else "NEEDS-ACTION"
        local = meeting.at.astimezone(self._app.config.zone)
        return Invitation(
            method="REPLY" if meeting.uid else "CANCEL" if canceled else "REQUEST",
            uid=meeting.uid or own.strip("<>"),
            sequence=meeting.sequence,
            at=local.date() if (local.hour, local.minute) == (23, 59) else meeting.at,  # all of that day
            summary=f"{bare_subject(ticket.subject)} [#{ticket.number}]",
            organizer=client if meeting.uid else we,
            attendee=we if meeting.uid else client,
            answer=said,
        )

    def _staffs(self, notice: Notice, cause: str, at: datetime, number: int | None) -> Facts:
        config = self._app.config
        return Facts(
            message_id=self._id(notice, cause, number, config.sender),
            date=at,
            sender=config.sender,
            team=config.team,
            zone=config.zone,
            public_url=config.settings.public_url,
            leave=leaving(self._app, notice, at),
        )

    def _id(self, notice: Notice, cause: str, number: int | None, sender: Address) -> str:
        return message_id(self._app.keys, cause, notice.name, notice.recipient.addr, number, sender.domain)


def _of_link(link: str) -> str:
    """The cause of a mail with that link, which is a secret."""
    return f"sign-in:{sha256(link.encode()).hexdigest()}"
