"""Staff hear of what needs a person: once, and when it is over."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from inbound.imap import MailboxDown
from postroom.alerting import alert
from postroom.app import open_app
from postroom.clock import OFFSET
from postroom.watch import Watch
from store import reports
from tests.walk.lab import PASSWORD, Lab, on_both
from tests.walk.service import once, rows, say


@on_both
def test_staff_hear_once_of_a_mailbox_that_is_away_for_long_and_when_it_is_back(lab: Lab) -> None:
    file = lab.folder / "imap.password"
    file.write_text("wrong")
    say(lab, "run", "--once")
    assert lab.smtp.accepted == [], "a restart of a server is no news"
    for minutes in (16, 61):
        lab.move_clock(minutes=minutes)
        say(lab, "run", "--once")
    told = [text_of(one.raw) for one in lab.smtp.accepted]
    assert len(told) == 2, "one for each of two mailboxes"
    assert {one.recipient for one in lab.smtp.accepted} == {"kim@example.test"}
    for one in told:
        assert "cannot be read" in one
        assert "login of" in one
        assert "postroom check says what to mend" in one
    file.write_text(PASSWORD)
    once(lab)
    once(lab)
    back = [text_of(one.raw) for one in lab.smtp.accepted[2:]]
    assert len(back) == 2
    for one in back:
        assert "can be read again" in one
        assert "Away for: 1 hour" in one


def text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, EmailMessage, policy=default).get_body(("plain",))
    return str(body.get_content()) if body else ""


class Told:
    """What alerts say of a mailbox that a test takes away and gives back; the clock goes as it says."""

    def __init__(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        self._set = monkeypatch.setenv
        self.minutes = 0.0
        self.pass_(0)
        self.app = open_app(str(lab.folder / "postroom.toml"))
        self.watch = Watch(self.app, "support")

    def pass_(self, minutes: float) -> None:
        self.minutes += minutes
        self._set(OFFSET, str(60 * self.minutes))

    def down(self, minutes: int, step: int = 1) -> None:
        for _ in range(0, minutes, step):
            self.watch.lost(MailboxDown("the server hung up"))
            alert(self.app)
            self.pass_(step)

    def up(self, minutes: int = 1) -> None:
        self.watch.works()
        alert(self.app)
        self.pass_(minutes)

    @property
    def subjects(self) -> list[str]:
        with self.app.database.read() as tx:
            return [row.subject.removeprefix("[postroom] ") for row in reversed(reports.outgoing(tx, limit=1000))]


@pytest.fixture
def told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    made = Told(lab, monkeypatch)
    with closing(made.app.database):
        yield made


GONE, BACK = "The mailbox support cannot be read", "The mailbox support can be read again"


@on_both
def test_one_that_comes_and_goes_each_minute_is_no_news_and_one_that_is_away_for_long_is_told_once_an_hour(
    told: Told,
) -> None:
    for _ in range(30):
        told.down(1)
        told.up(1)
    assert told.subjects == []
    for _ in range(9):
        told.down(19)
        told.up()
    assert told.subjects.count(GONE) == 3, "in three hours"
    assert told.subjects.count(BACK) == 3, "whoever heard of it hears of its end"


@on_both
def test_two_runs_tell_of_it_once(lab: Lab, told: Told) -> None:
    other = open_app(str(lab.folder / "postroom.toml"))
    told.watch.lost(MailboxDown("the server hung up"))
    told.pass_(16)
    with closing(other.database), ThreadPoolExecutor(4) as pool:
        list(pool.map(alert, [told.app, other] * 4))
    assert told.subjects == [GONE]


@on_both
@pytest.mark.parametrize("days", [1, 9000])
def test_a_clock_that_was_wrong_keeps_nothing_quiet(told: Told, days: int) -> None:
    told.pass_(days * 1440)
    told.down(20)
    assert told.subjects == [GONE]
    told.pass_(-days * 1440)
    told.down(80)
    assert told.subjects[1:] == [GONE], "it is away still, or again, and of that somebody hears"
    told.up()
    assert told.subjects[-1] == BACK
    told.pass_(-1440)
    told.down(20)
    assert told.subjects[-1] == GONE


def test_when_the_smtp_server_is_what_is_out_the_alert_waits_and_check_tells(lab: Lab) -> None:
    (lab.folder / "imap.password").write_text("wrong")
    lab.smtp.stop()
    for minutes in (0, 16, 61):
        lab.move_clock(minutes=minutes)
        assert say(lab, "run", "--once").exit_code == 1
    assert [row["state"] for row in rows(lab, "outbox")] == ["retry"] * 2
    failed = [line.split(":")[0] for line in say(lab, "check").stdout.splitlines() if line.startswith("FAILED")]
    assert failed == ["FAILED  clock", "FAILED  mailbox support", "FAILED  mailbox escalate", "FAILED  smtp 127.0.0.1"]
    lab.smtp.start()
    (lab.folder / "imap.password").write_text(PASSWORD)
    lab.move_clock(hours=1)
    once(lab)
    once(lab)
    assert len(lab.smtp.accepted) == 4, "that they were away, and that they are back"
