"""The first postroom.toml: the real configuration reads it back, and every value comes out as it went in."""

from dataclasses import replace
from pathlib import Path

import pytest

from postroom.config import read
from postroom.first.candidates import Candidate
from postroom.first.machine import time_zone
from postroom.first.plan import Box, Plan
from postroom.first.trying import SignIn
from postroom.first.writing import write

SIGN_IN = SignIn("support@example.com", 'pass"word\\ é#')
PLAN = Plan(
    boxes=(Box("support", "support@example.com", SIGN_IN),),
    imap=Candidate("imap.example.com", 993, "implicit", ""),
    smtp=Candidate("smtp.example.com", 587, "starttls", ""),
    smtp_sign_in=SIGN_IN,
    ca_file="",
    team="Support",
    workflow="courseleaf",
    timezone="America/Chicago",
    public_url="",
    start="now",
    processed_folder="Processed",
    reads_sent=False,
    authserv_ids=(),
    staff="kim@example.com",
    staff_name="Kim",
)
ODD = replace(
    PLAN,
    boxes=(
        Box("support", "support@example.com", SignIn('DOM\\user"1', "a")),
        Box("escalate", "escalate@example.com", SignIn("escalate@example.com", "b")),
    ),
    imap=Candidate("127.0.0.1", 1143, "none", ""),
    smtp=Candidate("127.0.0.1", 2525, "none", ""),
    smtp_sign_in=SignIn("relay", "c"),
    team="Hilfe für Größen & Söhne",
    workflow="service-desk",
    public_url="https://help.example.com",
    start="2026-11-01",
    processed_folder="",
    reads_sent=True,
    authserv_ids=("mx.example.com",),
    staff_name='Kim "K" \\ Öz',
)


def test_the_usual_case_is_read_back_as_it_was_meant(tmp_path: Path) -> None:
    written = write(PLAN, tmp_path / "postroom.toml")
    assert [path.name for path in written] == ["support.password", "postroom.key", "postroom.toml"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    config = read(tmp_path / "postroom.toml", {})
    (box,) = config.mailboxes
    assert (box.settings.imap.host, box.port, box.settings.imap.user) == ("imap.example.com", 993, SIGN_IN.user)
    assert box.password.reveal() == SIGN_IN.password
    assert config.smtp_password is not None
    assert config.smtp_password.reveal() == SIGN_IN.password
    assert (config.settings.smtp.host, config.smtp_port) == ("smtp.example.com", 587)
    assert (config.zone.key, box.start, box.settings.processed_folder) == ("America/Chicago", "now", "Processed")
    assert config.settings.staff[0].digest == "daily 08:00"
    assert config.settings.staff[0].notify == ["new", "replied", "escalated", "assigned"]
    assert SIGN_IN.password not in (tmp_path / "postroom.toml").read_text("utf-8")


def test_odd_values_are_read_back_as_they_were_meant(tmp_path: Path) -> None:
    write(ODD, tmp_path / "postroom.toml")
    config = read(tmp_path / "postroom.toml", {})
    support, escalate = config.mailboxes
    assert (support.settings.imap.user, support.port, support.settings.imap.tls) == ('DOM\\user"1', 1143, "none")
    assert [box.password.reveal() for box in (support, escalate)] == ["a", "b"]
    assert config.smtp_password is not None
    assert config.smtp_password.reveal() == "c"
    assert config.team == ODD.team
    assert config.settings.staff[0].name == ODD.staff_name
    assert config.settings.trusted_authserv_ids == ["mx.example.com"]
    assert config.settings.public_url == "https://help.example.com"
    assert (str(support.start), support.settings.processed_folder) == ("2026-11-01", "")
    assert (support.settings.sent_folder, escalate.settings.sent_folder) == ("auto", "")
    assert escalate.settings.role == "escalate"


def test_every_line_of_the_file_that_is_off_can_be_switched_on(tmp_path: Path) -> None:
    path = tmp_path / "postroom.toml"
    write(PLAN, path)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(line.removeprefix("# ") if " = " in line else line for line in lines))
    config = read(path, {})
    assert config.ours.support == frozenset({"support@example.com", "help@example.com"})
    assert config.settings.answer_within


def test_nothing_is_left_behind_where_the_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "postroom.toml").write_text("mine")
    with pytest.raises(FileExistsError):
        write(PLAN, tmp_path / "postroom.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["postroom.toml"]
    assert (tmp_path / "postroom.toml").read_text() == "mine"


def test_files_that_are_there_are_kept_and_a_key_is_used(tmp_path: Path) -> None:
    (tmp_path / "support.password").write_text("another one's")
    (tmp_path / "postroom.key").write_text("k1 " + "a" * 52)
    written = write(PLAN, tmp_path / "postroom.toml")
    assert [path.name for path in written] == ["support-2.password", "postroom.toml"]
    assert (tmp_path / "support.password").read_text() == "another one's"
    assert read(tmp_path / "postroom.toml", {}).mailboxes[0].password.reveal() == SIGN_IN.password


@pytest.mark.parametrize(
    ("environment", "link", "zone"),
    [
        ("Europe/Berlin", "/nowhere", "Europe/Berlin"),
        (":/usr/share/zoneinfo/Asia/Tokyo", "/nowhere", "Asia/Tokyo"),
        ("", "/usr/share/zoneinfo/America/Chicago", "America/Chicago"),
        ("", "/usr/share/zoneinfo/Etc/UTC", "UTC"),
        ("EST5EDT,M3.2.0,M11.1.0", "/nowhere", "UTC"),
        ("../../etc/passwd", "/nowhere", "UTC"),
    ],
)
def test_the_time_zone_is_the_machines(environment: str, link: str, zone: str) -> None:
    assert time_zone(environment, Path(link)) == zone
