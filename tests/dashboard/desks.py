"""A desk and a counter for tests that are about neither: they lend nothing."""

from datetime import UTC

from dashboard.counter import Counter
from dashboard.desk import Desk
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
