"""`check --send`: a mail to ourselves, over real servers and over those that change what they carry. It disturbs nobody."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from postroom.commands.check import check
from postroom.commands.room import behind, free
from store import incoming
from store.database import Database
from store.incoming import Incoming
from tests.servers.dovecot import Dovecot
from tests.walk.lab import SQLITE, Lab, on_both
from tests.walk.service import Service, do, once, rows, say

Change = Callable[[bytes], bytes]


def as_it_was(raw: bytes) -> bytes:
    return raw


def without_plus(raw: bytes) -> bytes:
    return re.sub(rb"\+[a-z0-9]+@", b"@", raw)


def another_id(raw: bytes) -> bytes:
    return re.sub(rb"\r\nMessage-ID: <[^>]+>", b"\r\nMessage-ID: <0100019a@relay.example>", raw)


@contextmanager
def carried(lab: Lab, change: Change) -> Iterator[None]:
    """What the scripted server accepts is delivered, changed."""
    ended = Event()

    def carry() -> None:
        done = 0
        while not ended.wait(0.05):
            for one in lab.smtp.accepted[done:]:
                done += 1
                lab.deliver(
                    b"Delivered-To: support@example.test\r\n" + change(one.raw),
                    one.recipient.split("@")[0].split("+")[0],
                )

    thread = Thread(target=carry)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def trips(text: str) -> list[dict[str, object]]:
    found = [msgspec.json.decode(line) for line in text.splitlines()]
    return [row for row in found if row["check"].startswith("round trip")]


def test_beside_a_live_run_the_mail_comes_back_whole_and_ends_as_our_own(both: tuple[Lab, Dovecot]) -> None:
    lab, dovecot = both
    with Service(lab) as service:
        said = say(lab, "check", "--send", "--json", POSTROOM_CLOCK_OFFSET="0")
        assert said.exit_code == 0, said.output
        for trip in trips(said.stdout):
            assert trip["plus_address_kept"] is True
            assert trip["message_id_kept"] is True
            assert trip["reply_token"] == "plus"
        service.wait_for("mail.settled", "kind=own_mail", count=2)
        assert service.stop() == 0
        assert not [line for line in service.lines if "WARNING" in line]
    assert [(row["state"], row["kind"]) for row in rows(lab, "mails")] == [("parked", "own_mail")] * 2
    assert rows(lab, "tickets") == rows(lab, "outbox") == []
    assert len(dovecot.mails("support", "Processed")) == 1


@pytest.mark.parametrize(
    ("change", "plus", "kept", "status"),
    [
        (another_id, True, False, 0),
        (without_plus, False, True, 1),
        (lambda raw: another_id(without_plus(raw)), False, False, 1),
    ],
)
def test_what_a_server_changes_is_told_and_no_ticket_comes_of_it(
    lab: Lab, change: Change, plus: bool, kept: bool, status: int
) -> None:
    with carried(lab, change):
        said = say(lab, "check", "--send", "--json")
    assert said.exit_code == status, said.output
    (support, escalate) = trips(said.stdout)
    for trip in (support, escalate):
        assert (trip["plus_address_kept"], trip["message_id_kept"]) == (plus, kept)
        assert trip["reply_token"] == ("plus" if plus else "off")
        assert f'reply_token = "{trip["reply_token"]}"' in str(trip["detail"])
    assert lab.left() == 1  # it lies there as it came, and nobody is taken to have read it
    assert all(",S" not in path.name and ":2,S" not in path.name for path in lab.dovecot.files(f"support{lab.number}"))
    once(lab)
    assert [(row["state"], row["kind"]) for row in rows(lab, "mails")] == [("parked", "own_mail")] * 2
    assert rows(lab, "tickets") == rows(lab, "outbox") == []


def test_where_plus_addresses_are_refused_the_plain_one_is_tried_and_off_is_the_word(lab: Lab) -> None:
    lab.smtp.fail("rcpt", "550 5.1.1 no such user", times=1)
    with carried(lab, as_it_was):
        said = say(lab, "check", "--send", POSTROOM_MAILBOX__0__REPLY_TOKEN="off")
    assert said.exit_code == 0, said.output
    (line,) = [line for line in said.stdout.splitlines() if "round trip support" in line]
    assert "550 5.1.1 no such user" in line
    assert 'use reply_token = "off"' in line
    assert "parks it" in line
    assert lab.smtp.accepted[0].recipient == "support@example.test"


def test_a_mail_that_does_not_come_back_is_said_in_time(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(str(lab.folder / "postroom.toml"), as_json=False, send=True, patience=0.3) is False
    lines = [line for line in capsys.readouterr().out.splitlines() if "round trip" in line]
    assert len(lines) == 2
    assert all(line.startswith("FAILED") and "nothing came back to INBOX within 0.3 s" in line for line in lines)
    assert len(lab.smtp.accepted) == 4  # with the token and without it, to two mailboxes


def test_a_mail_that_no_server_takes_is_told_in_its_words(lab: Lab) -> None:
    lab.smtp.fail("mail", "550 5.7.1 not from you")
    said = say(lab, "check", "--send")
    assert said.exit_code == 1
    assert said.stdout.count("not from you") == 2


def test_without_send_nothing_is_sent(lab: Lab) -> None:
    do(lab, "check")
    assert lab.smtp.accepted == []


@on_both
def test_a_clock_that_went_back_is_found_out(lab: Lab) -> None:
    assert "ok      clock: " in say(lab, "check").stdout
    database = Database(f"sqlite:///{lab.folder}/postroom.db" if lab.database == SQLITE else lab.database)
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, b"From: a@b.example\r\n\r\n", ahead)], ahead)
    database.close()
    said = say(lab, "check")
    assert said.exit_code == 1
    (line,) = [line for line in said.stdout.splitlines() if " clock: " in line]
    assert line.startswith("FAILED  clock: it shows ")
    assert "set this machine's clock" in line


def test_five_minutes_back_are_no_fault() -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert behind(at, None) == behind(at, at + timedelta(minutes=5)) == behind(at, at - timedelta(days=9)) == ""
    assert behind(at, at + timedelta(minutes=6))


def test_a_disk_has_to_have_room_in_both_measures() -> None:
    for left, total, enough in (
        (500_000_000, 1_000_000_000, True),
        (499_999_999, 1_000_000_000, False),
        (4_000_000_000, 100_000_000_000, False),
        (5_000_000_000, 100_000_000_000, True),
    ):
        said, good = free(Path("/srv"), left, total)
        assert good is enough
        assert ("make room" in said) is not enough
