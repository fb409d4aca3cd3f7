"""Answering: the notices of a decision become outgoing mails to clients. It sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inbound.message import Address
from outbound.facts import Facts, bare_subject
from outbound.file import File
from outbound.invitation import Invitation
from outbound.outbox import Queued
from outbound.token import message_id, reply_address
from postroom import entering
from postroom.choices import choices
from postroom.config import MailboxConfig
from postroom.post import Parent, Post
from postroom.subscriptions import leaving
from workflow.decision import Decision, Notice, Ticket
from workflow.meeting import Attendance


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote, who, and the files that go along."""

    text: str = ""
    author: str = ""
    files: tuple[File, ...] = ()
    note: str = ""  # for us, and for the team that the ticket is handed to; in no mail to a client


NOTHING = Words()


class Answerer(Post):
    """What a client is told of a ticket."""

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
            queued += self.queued(notice, facts, cause, ticket.number, parent)
        return tuple(queued)

    def words(self, notice: Notice, decision: Decision, ticket: Ticket, cause: str, at: datetime) -> str:
        """What one of them says. Raises RenderError."""
        facts = self._facts(notice, decision, ticket, cause, at, Parent(), NOTHING)
        return self._app.renderer.words(notice, facts)

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
            message_id=self.id(notice, cause, ticket.number, box.sender),
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
            page=entering.page_of(self._app, notice, ticket, at),
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
