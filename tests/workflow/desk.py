"""CourseLeaf's workflow, and a short way to write tickets, mails and verdicts of it."""

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

FILE = Path(workflow.__file__).parent / "profiles" / "courseleaf.toml"
TEXT = FILE.read_text(encoding="utf-8")
NOTICES = frozenset(name for names in tomllib.loads(TEXT)["notices"].values() for name in names)
COURSELEAF = load(TEXT, "courseleaf.toml", NOTICES)

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


def mail(on: Ticket | None, kind: Kind | str, *, role: str = "support", now: datetime = NOW, **more: Any) -> Decision:
    """What follows from a mail of that kind, on a ticket or on none."""
    judged = verdict(kind, **more)
    return decide(on, MESSAGE, judged, COURSELEAF, now, number=2001, mailbox=role, role=role)


def told(decision: Decision) -> list[str]:
    """The notices as name, nature, recipient."""
    return [f"{notice.name} {notice.nature} {notice.recipient.addr}" for notice in decision.notices]
