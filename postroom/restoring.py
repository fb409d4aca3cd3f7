"""Restored: what is not sent, for it may have been sent before the database was put back from a backup. It decides nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime

from outbound.outbox import Queued, State
from postroom.config import MailboxConfig
from store.effect import Effect
from store.pending import Pending
from workflow.decision import Ticket
from workflow.machine import Nature

HELD = "the database was restored from a backup: this may have been sent before"
ANSWERED = "it came before the database was restored from a backup, and may have had its answer"
# Of these nobody misses one that was not sent, and everybody one that comes twice.
_DROPPED = {Nature.ACKNOWLEDGEMENT, Nature.STAFF, Nature.DIGEST}


@dataclass(frozen=True, slots=True)
class Restored:
    """`at`: when that was; None: never."""

    at: datetime | None

    def covers(self, moment: datetime | None) -> bool:
        """Whether that moment lies before it: then what followed from it may have been done."""
        return self.at is not None and moment is not None and moment < self.at

    def of_mail(self, effect: Effect, mail: Pending, box: MailboxConfig) -> Effect:
        """The effect, without answers to a mail that may have had one."""
        if not self.covers(mail.received_at):
            return effect
        if effect.verdict and effect.verdict.answer:
            effect = replace(effect, verdict=replace(effect.verdict, no_answer=ANSWERED))
        if self._was_seen(mail, box):
            return _held(effect)
        # It came while nobody was there to read it, or so it seems: staff hear of it, its sender gets no acknowledgement.
        left = tuple(one for one in effect.outgoing if one.nature is not Nature.ACKNOWLEDGEMENT)
        return replace(effect, outgoing=left)

    def of_timer(self, effect: Effect, ticket: Ticket) -> Effect:
        """The same for what a timer brings about."""
        return _held(effect) if self.covers(ticket.due_at) else effect

    def _was_seen(self, mail: Pending, box: MailboxConfig) -> bool:
        """Whether a run has had it before: it was filed, it waited when the backup was made, or nothing would tell."""
        filed = box.settings.processed_folder
        return not filed or mail.folder == filed or self.covers(mail.kept_at)


def _held(effect: Effect) -> Effect:
    kept = tuple(_for_a_look(one) for one in effect.outgoing if one.nature not in _DROPPED)
    return replace(effect, outgoing=kept, then=_held(effect.then) if effect.then else None)


def _for_a_look(queued: Queued) -> Queued:
    return replace(queued, state=State.HELD, reason=HELD) if queued.state is State.QUEUED else queued
