"""The workflows that ship, and a short way to write tickets, mails and verdicts of CourseLeaf's."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import workflow
from classifier.verdict import Kind, Verdict
from inbound.message import Address, Message
from workflow.decide import decide
from workflow.decision import Decision, Ticket
from workflow.load import load
from workflow.machine import Workflow

PROFILES = Path(workflow.__file__).parent / "profiles"


def listed(text: str) -> frozenset[str]:
    """The notices that a file lists, as if each had its template; tests/outbound looks at those."""
    return frozenset(name for names in tomllib.loads(text)["notices"].values() for name in names)


def shipped(name: str) -> Workflow:
    text = (PROFILES / f"{name}.toml").read_text(encoding="utf-8")
    return load(text, f"{name}.toml", listed(text))


COURSELEAF, SERVICE_DESK = shipped("courseleaf"), shipped("service-desk")
BOTH = (COURSELEAF, SERVICE_DESK)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CLIENT = Address("pat@example.com", "Pat")
MESSAGE = Message(sha256="0" * 64, content_key="0" * 64, size=1, from_=(CLIENT,))


def ticket(status: str, **more: Any) -> Ticket:
    """A ticket of Pat's that has had its status for a day."""
    values = {"number": 1042, "workflow": "courseleaf", "status": status, "subject": "Help", "requester": CLIENT}
    since = NOW - timedelta(days=1)
    return Ticket(**(values | {"mailbox": "support", "created_at": since, "status_since": since} | more))


def verdict(kind: Kind | str, **more: Any) -> Verdict:
    return Verdict(Kind(kind), **({"because": ("a test",), "sender": CLIENT} | more))


def mail(
    on: Ticket | None,
    kind: Kind | str,
    *,
    role: str = "support",
    now: datetime = NOW,
    flow: Workflow = COURSELEAF,
    **more: Any,
) -> Decision:
    """What follows from a mail of that kind, on a ticket or on none."""
    judged = verdict(kind, **more)
    return decide(on, MESSAGE, judged, flow, now, number=2001, mailbox=role, role=role)


def told(decision: Decision) -> list[str]:
    """The notices as name, nature, recipient."""
    return [f"{notice.name} {notice.nature} {notice.recipient.addr}" for notice in decision.notices]
