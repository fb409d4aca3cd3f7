"""One walk through every (status, event) pair of a workflow, as a table of letters; and how well a colour can be read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from classifier.verdict import Kind
from inbound.message import Address
from tests.workflow.desk import CLIENT, NOW, mail, ticket
from workflow.after import after
from workflow.machine import Event, Workflow

VENDOR = Address("lee@vendor.example", "Lee")

# What each letter of a walk means (closed tickets inside the reopen window):
#   A-Z    it moves to the status that the test names by this letter
#   r      it stays, marked "client replied"        +   the same, and the priority rises
#   .      nothing changes, and the decision says why


def walk(flow: Workflow, letters: Mapping[str, str]) -> str:
    """A line for each status: what every event does there, in the order of `Event`."""
    width = max(len(status.name) for status in flow.statuses.values())
    rows = [
        f"{status.name:{width}}  " + " ".join(sign(flow, key, event, letters) for event in Event)
        for key, status in flow.statuses.items()
    ]
    return "\n" + "\n".join(rows) + "\n"


def sign(flow: Workflow, status: str, event: Event, letters: Mapping[str, str]) -> str:
    """What an event does, as one letter; a decision that changes nothing has to say why."""
    timed = NOW + timedelta(days=3) if flow.statuses[status].timer else None
    before = ticket(status, workflow=flow.name, due_at=timed, tags=("vip",))
    reply = event in {Event.THANKS, Event.APPROVAL, Event.TEAM_REPLY, Event.THIRD_PARTY_REPLY}
    kind = Kind.CLIENT_REPLY if reply else Kind(event)
    decision = mail(
        before,
        kind,
        flow=flow,
        thanks=event is Event.THANKS,
        approves=event is Event.APPROVAL,
        team=event is Event.TEAM_REPLY,
        sender=VENDOR if event is Event.THIRD_PARTY_REPLY else CLIENT,
    )
    assert decision.because
    assert all(decision.because)
    if decision.moved:
        return letters[decision.status]
    assert f'"{flow.statuses[status].name}"' in decision.because[0]
    assert event in decision.because[0] or reply
    kept = after(before, decision, NOW)
    assert (kept.status, kept.status_since, kept.due_at) == (before.status, before.status_since, before.due_at)
    if decision.client_replied:
        return "+" if decision.priority != before.priority else "r"
    assert decision.notices == ()
    assert kept == replace(before, version=before.version + 1)
    return "."


def contrast_with_white(colour: str) -> float:
    """How well white letters can be read on it (WCAG 2.2, 1.4.3)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
