"""A desk, a counter and what is lent to programs, for tests that are about none of them: they lend nothing."""

from datetime import UTC

from dashboard.counter import Counter
from dashboard.desk import Desk
from dashboard.office import Flow, Office, Preview, Section, Setting
from dashboard.programs import Programs
from outbound.reckoning import Reckoning
from tests.workflow.desk import BOTH


def nothing(*_: object) -> None:
    """Does nothing."""


OFFICE = Office(
    sections=(Section("Staff", "", (Setting("Kim", ("roles = agent",), "postroom.toml, line 1"),)),),
    flows=(Flow("CourseLeaf", "courseleaf.toml", ("support",), ("staff/new",), ("en",)),),
    chart=lambda _: "<svg/>",
    lint=lambda _: (),
    preview=lambda *_: (Preview("A subject", "Words", "<p>Words</p>"), Preview("", "", "", "a fault")),
)
DESK = Desk(
    member=nothing,
    members=(),
    workflow=lambda _: BOTH[0],
    colours=("#1a56b0",),
    zone=UTC,
    reckoning=Reckoning(lambda _: BOTH[0], UTC, None, ""),
    secure=False,
    secret=lambda: "secret",
    office=lambda: OFFICE,
    mail_link=nothing,
    order=nothing,
    correct=nothing,
    again=nothing,
    raw=nothing,
    preview=nothing,
    words=nothing,
    take_back=nothing,
    look=nothing,
)
COUNTER = Counter(
    mail_link=nothing,
    grant=lambda *_: True,
    entrance=nothing,
    language="en",
    workflows=BOTH,
    promises={"en": "one working day"},
)
PROGRAMS = Programs(
    caller=nothing, tickets=lambda *_: [], ticket=nothing, order=nothing, open=lambda *_: 0, minute=1000
)
