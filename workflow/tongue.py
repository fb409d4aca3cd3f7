"""Tongue: the language in which a ticket's client is written to, after one more mail of theirs. Pure look-up; it reads no words."""

from dataclasses import replace

from classifier.verdict import PERSON, Kind, Verdict
from workflow.decision import Decision, Ticket

_CLIENTS = PERSON - {Kind.STAFF_REPLY, Kind.STAFF_COMMAND}


def heard(decision: Decision, ticket: Ticket | None, verdict: Verdict) -> Decision:
    """The decision with that language. A first one is taken from any mail, another only from one that says enough.

    Only the requester's own mails count, and where staff have chosen, none.
    """
    if decision.parked:
        return decision
    if ticket is None or decision.opens:
        return replace(decision, language=verdict.language)
    theirs = verdict.kind in _CLIENTS and verdict.sender is not None and verdict.sender.key == ticket.requester.key
    known = ticket.language_set or (ticket.language and not verdict.fluent)
    if known or not theirs or verdict.pending or verdict.language in {"", ticket.language}:
        return decision
    said = f"its client writes in {verdict.language}: so do we"
    return replace(decision, language=verdict.language, because=(*decision.because, said))
