"""A desk, a counter and what is lent to programs, for tests that are about none of them: they lend nothing."""

from datetime import UTC

from dashboard.counter import Counter
from dashboard.desk import Desk
from dashboard.programs import Programs
from outbound.reckoning import Reckoning
from tests.workflow.desk import BOTH


def nothing(*_: object) -> None:
    """Does nothing."""


DESK = Desk(
    member=nothing,
    members=(),
    workflow=lambda _: BOTH[0],
    colours=("#1a56b0",),
    zone=UTC,
    reckoning=Reckoning(lambda _: BOTH[0], UTC, None, ""),
    secure=False,
    secret=lambda: "secret",
    mail_link=nothing,
    order=nothing,
    again=nothing,
)
COUNTER = Counter(mail_link=nothing, grant=nothing, language="en", workflows=BOTH)
PROGRAMS = Programs(
    caller=nothing, tickets=lambda *_: [], ticket=nothing, order=nothing, open=lambda *_: 0, minute=1000
)
