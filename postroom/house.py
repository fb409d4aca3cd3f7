"""House: what is told within the house: to staff who may act by answering, to other teams, to whoever signs in. It sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from inbound.message import Address
from outbound.facts import Facts
from outbound.file import File
from outbound.link import nobody_elses
from outbound.outbox import Queued
from outbound.summary import Summary
from outbound.token import message_id, staff_address, team_address
from postroom.choices import deed_link
from postroom.config import MailboxConfig
from postroom.post import Parent, Post
from store.digests import NOTICE as DIGEST
from workflow.decision import Audience, Notice, Ticket
from workflow.machine import Nature

STAFF_DAYS = timedelta(days=7)  # so long a notice can be acted on by answering it
SIGN_IN = "sign-in"  # the notice with the link by which somebody signs in


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


class House(Post):
    """Its mails are never limited, and never go to a client but for the link by which one signs in."""

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
        return self.queued(notice, facts, cause, ticket.number, Parent())

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
        return self.queued(notice, facts, cause, ticket.number, Parent())[0]

    def _within(
        self, notice: Notice, told: Told, box: MailboxConfig, ticket: Ticket, cause: str, at: datetime
    ) -> Facts:
        """What is said of a ticket within the house, whoever reads it."""
        return replace(
            self.staffs(notice, cause, at, ticket.number),
            sender=box.sender,
            message_id=self.id(notice, cause, ticket.number, box.sender),
            ticket=ticket,
            status=self._app.workflow(ticket.workflow).statuses.get(ticket.status),
            in_reply_to=self._thread(told.to, ticket.number, box.sender),
            title=told.title,
            text=nobody_elses(told.text),
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
        facts = replace(self.staffs(notice, cause, at, None), text=link, title=until)
        return tuple(self.queued(notice, facts, cause, None, Parent()))

    def sign_in_client(self, address: str, link: str, at: datetime, language: str) -> tuple[Queued, ...]:
        """The link by which a client signs in. Whoever is off our other mails, or has had many, still gets what they ask for."""
        cause = _of_link(link)
        notice = Notice(SIGN_IN, "client", Nature.STAFF, Audience.CLIENT, Address(address))
        facts = replace(self.staffs(notice, cause, at, None), choices=(("sign_in", link),), language=language, leave="")
        return tuple(self.queued(notice, facts, cause, None, Parent()))

    def digest(self, address: str, summary: Summary, cause: str, at: datetime, name: str = DIGEST) -> Queued:
        """The digest of one person, of a day or of a week."""
        notice, facts = self._digest(address, summary, cause, at, name)
        (queued,) = self.queued(notice, facts, cause, None, Parent())
        return queued

    def digest_text(self, address: str, summary: Summary, cause: str, at: datetime, name: str = DIGEST) -> str:
        """The same as a reader without HTML would see it, its subject first. Raises RenderError."""
        made = self._app.renderer.render(*self._digest(address, summary, cause, at, name))
        return f"{made.subject}\n\n{made.text}"

    def _digest(
        self, address: str, summary: Summary, cause: str, at: datetime, name: str = DIGEST
    ) -> tuple[Notice, Facts]:
        notice = Notice(name, "staff", Nature.DIGEST, Audience.STAFF, Address(address))
        facts = self.staffs(notice, cause, at, None)
        return notice, replace(facts, summary=summary, unsubscribe=self._app.keeper)


def _of_link(link: str) -> str:
    """The cause of a mail with that link, which is a secret."""
    return f"sign-in:{sha256(link.encode()).hexdigest()}"
