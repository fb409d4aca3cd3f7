"""Post: a notice with its facts becomes an outgoing mail, rendered to its final bytes. It sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from inbound.message import Address, Message
from outbound.facts import Facts
from outbound.outbox import Queued, State
from outbound.render import RenderError
from outbound.token import message_id
from postroom.app import App
from postroom.log import trouble
from postroom.subscriptions import leaving
from store.failpoint import failpoint
from workflow.decision import Audience, Notice
from workflow.machine import Nature

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


class Post:
    """Renders. What fails to render is queued as failed_render, and staff are told."""

    def __init__(self, app: App) -> None:
        self._app = app

    def alert(
        self, title: str, lines: Sequence[tuple[str, str]], cause: str, at: datetime, *, number: int | None = None
    ) -> tuple[Queued, ...]:
        """A mail to those who look after trouble."""
        queued: list[Queued] = []
        for address in self._app.managers:
            notice = Notice(TROUBLE, "staff", Nature.STAFF, Audience.STAFF, Address(address))
            facts = self.staffs(notice, cause, at, number)
            facts = replace(facts, title=title, lines=tuple(lines))
            queued += self.queued(notice, facts, cause, number, Parent())
        return tuple(queued)

    def queued(self, notice: Notice, facts: Facts, cause: str, number: int | None, parent: Parent) -> list[Queued]:
        """The mail of one notice, with an alert beside it where it does not render."""
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

    def staffs(self, notice: Notice, cause: str, at: datetime, number: int | None) -> Facts:
        """The facts that every mail within the house has."""
        config = self._app.config
        return Facts(
            message_id=self.id(notice, cause, number, config.sender),
            date=at,
            sender=config.sender,
            team=config.team,
            zone=config.zone,
            public_url=config.settings.public_url,
            leave=leaving(self._app, notice, at),
        )

    def id(self, notice: Notice, cause: str, number: int | None, sender: Address) -> str:
        """Its Message-ID: the same for the same cause, however often it is written."""
        return message_id(self._app.keys, cause, notice.name, notice.recipient.addr, number, sender.domain)
