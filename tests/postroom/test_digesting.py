"""Each person's digest is queued once a day, whatever the clock, the zone and the service's own days do."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from inbound.message import Address
from postroom.app import App, open_app
from postroom.clock import OFFSET
from postroom.digesting import digest
from store import incoming, tickets
from store.effect import Effect
from store.incoming import Incoming
from store.tables import outbox
from tests.postroom.installed import GOOD, command, install
from workflow.decision import Decision

CHICAGO = ZoneInfo("America/Chicago")
TEAM = GOOD.replace('name = "Kim"\n', 'name = "Kim"\nroles = ["manager"]\ndigest = "daily 08:00"\n')
TEAM += '\n[[staff]]\naddress = "lee@example.com"\ndigest = "weekdays 9:30"\n'
Clock = Callable[..., None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the program's clock, to a time in Chicago."""

    def set_clock(*when: int, zone: ZoneInfo = CHICAGO) -> None:
        moment = datetime(*when, tzinfo=zone)
        monkeypatch.setenv(OFFSET, str((moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()))

    return set_clock


@contextmanager
def running(folder: Path, text: str = TEAM, *, used: bool = True) -> Iterator[App]:
    """The program, wired, with that configuration; `used`: a mail came in long ago."""
    app = open_app(str(install(folder, text)))
    try:
        if used:
            keep(app, datetime(2026, 1, 1, tzinfo=UTC))
        yield app
    finally:
        app.database.close()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running(tmp_path) as opened:
        yield opened


def keep(app: App, at: datetime) -> None:
    with app.database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, b"From: ada@example.org\r\n\r\nHello.\r\n", at)], at)


def here(app: App) -> dict[str, str]:
    """What a command is to find: this installation, at this test's time."""
    return {"POSTROOM_CONFIG": str(app.config.source), OFFSET: os.environ.get(OFFSET, "0")}


def queued(app: App) -> list[str]:
    """Whose digests of which days there are."""
    with app.database.read() as tx:
        rows = tx.execute(select(outbox.c.recipient, outbox.c.cause).order_by(outbox.c.id))
        return [f"{row.recipient.partition('@')[0]} {row.cause[-5:]}" for row in rows]


def last(app: App) -> EmailMessage:
    with app.database.read() as tx:
        raw = tx.execute(select(outbox.c.raw).order_by(outbox.c.id.desc())).scalars().first()
    return message_from_bytes(raw, EmailMessage, policy=policy.default)


def words(app: App) -> str:
    body = last(app).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def opened(app: App, subject: str, when: datetime, assigned_to: str = "") -> int:
    effect = Effect(
        at=when,
        by="kim@example.com",
        decision=Decision(because=("written",), status="outstanding", opens=True),
        workflow="courseleaf",
        mailbox="support",
        subject=subject,
        requester=Address("ada@example.org", "Ada"),
    )
    with app.database.write() as tx:
        (number,) = tickets.numbers(tx, 1)
        tickets.apply(tx, replace(effect, ticket=number), app.limits)
    return number


def test_each_person_gets_one_a_day_at_their_own_time(app: App, at: Clock) -> None:
    at(2026, 12, 3, 7, 59)
    assert digest(app) == 0
    for hour, minute, number in ((8, 0, 1), (9, 29, 0), (9, 30, 1), (9, 31, 0), (23, 59, 0)):
        at(2026, 12, 3, hour, minute)
        assert digest(app) == number
    for day in (4, 5, 6, 7):  # a weekend lies between
        at(2026, 12, day, 7)
        assert digest(app) == 0
        at(2026, 12, day, 12)
        digest(app)
        assert digest(app) == 0
    assert queued(app) == [
        "kim 12-03",
        "lee 12-03",
        "kim 12-04",
        "lee 12-04",
        "kim 12-05",
        "kim 12-06",
        "kim 12-07",
        "lee 12-07",
    ]
    assert words(app).count("Nothing waits for you.") == 1


def test_there_is_none_until_a_mail_has_come_in_before_its_time(tmp_path: Path, at: Clock) -> None:
    with running(tmp_path, used=False) as app:
        for day, hour in ((1, 10), (2, 10), (3, 8)):
            at(2026, 12, day, hour)
            assert digest(app) == 0
        keep(app, datetime(2026, 12, 3, 9, tzinfo=CHICAGO))
        at(2026, 12, 3, 9, 1)
        assert digest(app) == 0
        at(2026, 12, 3, 9, 31)
        digest(app)
        assert queued(app) == ["lee 12-03"]
        at(2026, 12, 4, 8, 1)
        digest(app)
        assert queued(app) == ["lee 12-03", "kim 12-04"]


def test_a_ticket_that_staff_opened_is_enough_for_one(tmp_path: Path, at: Clock) -> None:
    with running(tmp_path, used=False) as app:
        opened(app, "White page", datetime(2026, 12, 3, 7, tzinfo=CHICAGO))
        at(2026, 12, 3, 8, 1)
        assert digest(app) == 1


def test_a_service_that_was_down_makes_up_for_the_same_day_and_covers_the_others_in_one(app: App, at: Clock) -> None:
    at(2026, 12, 1, 8, 1)
    digest(app)
    for day in (1, 2, 3):
        opened(app, f"Page {day}", datetime(2026, 12, day, 12, tzinfo=CHICAGO))
    at(2026, 12, 4, 7, 0)
    assert digest(app) == 0
    at(2026, 12, 4, 23, 50)
    assert digest(app) == 2
    assert queued(app) == ["kim 12-01", "kim 12-04", "lee 12-04"]
    with app.database.read() as tx:
        raw = tx.execute(select(outbox.c.raw).where(outbox.c.recipient == "kim@example.com")).scalars().all()[-1]
    text = message_from_bytes(raw, EmailMessage, policy=policy.default).get_body(("plain",)).get_content()
    assert "Since Tuesday 1 December 2026 at 08:01 (CST)" in text
    assert "3 opened, 0 closed" in text.replace("tickets ", "")
    assert "waits 3 days" in text


def test_a_clock_that_goes_back_brings_no_second_one(app: App, at: Clock) -> None:
    at(2026, 12, 3, 12)
    digest(app)
    for back in ((3, 9, 30), (3, 8, 0), (2, 23, 0)):
        at(2026, 12, *back)
        digest(app)
    at(2026, 12, 3, 12)
    digest(app)
    at(2000, 1, 1, 12)  # a machine that has just started
    assert digest(app) == 0
    assert sorted(queued(app)) == ["kim 12-02", "kim 12-03", "lee 12-02", "lee 12-03"]


def test_what_was_told_under_a_clock_that_went_ahead_is_told_again(app: App, at: Clock) -> None:
    at(2026, 12, 9, 12)
    digest(app)
    opened(app, "White page", datetime(2026, 12, 4, 7, tzinfo=CHICAGO))
    at(2026, 12, 4, 12)
    digest(app)
    assert "Since Thursday 3 December 2026 at 12:00 (CST)" in words(app)
    assert "1 ticket opened" in words(app)


@pytest.mark.parametrize(("day", "month"), [(1, 11), (14, 3)])
def test_on_the_days_on_which_the_clocks_change_there_is_one(tmp_path: Path, at: Clock, day: int, month: int) -> None:
    year = 2026 if month == 11 else 2027
    for wall in ("01:30", "02:30"):
        folder = tmp_path / wall.replace(":", "")
        folder.mkdir()
        with running(folder, TEAM.replace("08:00", wall)) as app:
            start = datetime(year, month, day, tzinfo=CHICAGO).astimezone(UTC)
            for step in range(27 * 4):
                moment = start + timedelta(minutes=15 * step)
                at(moment.year, moment.month, moment.day, moment.hour, moment.minute, zone=ZoneInfo("UTC"))
                digest(app)
            assert queued(app).count(f"kim {month:02}-{day:02}") == 1
            assert len(queued(app)) == len(set(queued(app)))


def test_a_team_that_moves_to_another_zone_gets_none_twice(tmp_path: Path, at: Clock) -> None:
    there = TEAM.replace("America/Chicago", "Pacific/Auckland")
    for text, (day, hour) in ((there, (3, 20)), (TEAM, (4, 9)), (there, (4, 19)), (TEAM, (5, 8))):
        with running(tmp_path, text) as app:
            zone = app.config.zone
            at(2026, 12, day, hour, zone=zone)
            digest(app)
            digest(app)
            found = queued(app)
    assert len(found) == len(set(found))
    assert [one for one in found if one.startswith("kim")] == ["kim 12-03", "kim 12-04", "kim 12-05"]


def test_a_manager_sees_the_whole_team_and_an_agent_their_own_first(app: App, at: Clock) -> None:
    at(2026, 12, 4, 10)
    long_ago = datetime(2026, 12, 1, 12, tzinfo=UTC)
    others = [opened(app, f"Of Mo {n}", long_ago) for n in range(6)]
    opened(app, "Of nobody", long_ago + timedelta(days=1))
    with app.database.write() as tx:
        tx.exec_driver_sql(f"UPDATE ticket SET assigned_to = 'mo@example.com' WHERE number <= {others[-1]}")
    shown = {
        who: command("digest", "--print", "--to", f"{who}@example.com", **here(app)).stdout for who in ("kim", "lee")
    }
    assert "Of nobody" not in shown["kim"].partition("New\n")[0]
    assert shown["lee"].index("Of nobody") < shown["lee"].index("Of Mo 0")
    assert all(text.startswith("7 wait — Friday 4 December\n\n7 wait.\n") for text in shown.values())


def test_a_digest_that_fails_keeps_no_other_waiting(tmp_path: Path, at: Clock) -> None:
    folder = tmp_path / "mine/staff/digest"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ 1 // (summary.sections|length - 1) }}")
    with running(tmp_path, f'templates = "mine"\n{TEAM}') as app:
        at(2026, 12, 3, 12)
        assert digest(app) == 2
        with app.database.read() as tx:
            kims, lees = tx.execute(select(outbox.c.state, outbox.c.reason).order_by(outbox.c.id)).all()
        assert (kims.state, lees.state) == ("failed_render", "queued")
        assert "staff/digest/subject.txt: ZeroDivisionError" in kims.reason
        assert "failed render, kim@example.com, staff/digest: staff/digest/subject.txt" in words(app)


def test_the_command_queues_one_now_and_refuses_the_second(app: App, at: Clock) -> None:
    at(2026, 12, 3, 7)
    done = command("digest", "--to", "KIM@example.com", **here(app))
    assert (done.exit_code, done.stdout) == (0, "o1: the digest of 2026-12-03 to kim@example.com is queued\n")
    again = command("digest", "--to", "kim@example.com", **here(app))
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == (
        "postroom: kim@example.com has the digest of 2026-12-03 already, and nobody gets two for one day: use --print\n"
    )
    at(2026, 12, 3, 12)
    assert command("digest", **here(app)).stdout.endswith("1 queued\n")
    assert command("digest", **here(app)).stdout == "no digest is due\n"
    assert queued(app) == ["kim 12-03", "lee 12-03"]


def test_printing_one_changes_nothing(app: App, at: Clock) -> None:
    at(2026, 12, 3, 12)
    opened(app, "White page", datetime(2026, 12, 3, 11, tzinfo=UTC))
    before = Path(app.config.database.removeprefix("sqlite:///")).read_bytes()
    shown = command("digest", "--print", **here(app))
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "#1001 White page\n  Outstanding, waits 7 hours, Ada\n" in shown.stdout
    assert queued(app) == []
    assert Path(app.config.database.removeprefix("sqlite:///")).read_bytes() == before


def test_whoever_is_not_on_the_staff_gets_none(tmp_path: Path, app: App) -> None:
    for words_ in (("--to", "eve@example.org"), ("--print", "--to", "eve@example.org")):
        refused = command("digest", *words_, **here(app))
        assert refused.exit_code == 1
        assert "eve@example.org is not on the staff: the configuration names kim@example.com, lee@" in refused.stderr
    install(tmp_path, GOOD.partition("[[staff]]")[0])
    refused = command("digest", "--print", **here(app))
    assert (refused.exit_code, "nobody is on the staff" in refused.stderr) == (1, True)
