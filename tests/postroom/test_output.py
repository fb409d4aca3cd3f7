"""What commands print: whole values for programs, safe lines for people, and classify as their first user."""

import json
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from postroom.app import App, open_app
from postroom.commands.output import cell, moment, one_line, print_json, print_table
from postroom.rows import incoming_id, mail_row, outgoing_id, status_name
from store.lines import MailLine
from tests.postroom.installed import GOOD, VARIABLES, command, install, started
from tests.workflow.desk import PROFILES

CHICAGO = ZoneInfo("America/Chicago")
EVIL = "\x1b[31mred\x1b]0;title\x07\u202edrow [bold]x[/bold] :smile: \ud800\n| next"
KEYS = ["file", "kind", "answer", "because", "language", "return_date", "substitute"]
KEYS += ["bounce", "calendar", "authenticated", "authenticity", "hints", "forwarded", "defects"]
MAIL = b"From: ann@example.org\r\nTo: support@example.com\r\nSubject: The page stays white\r\n\r\nHello.\r\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(str(install(tmp_path)))
    yield opened
    opened.database.close()


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"subject": "a\nb", "at": datetime(2031, 1, 2, tzinfo=UTC), "none": None}, {"subject": "ü"}]
    print_json(rows)
    read = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert read == [{"subject": "a\nb", "at": "2031-01-02T00:00:00Z", "none": None}, {"subject": "ü"}]


def test_a_table_prints_what_a_mail_says_and_never_obeys_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"id": "m1", "subject": EVIL}], ("id", "subject"), zone=CHICAGO, empty="no mail")
    said = capsys.readouterr().out
    assert all(letter.isprintable() for letter in said.replace("\n", ""))
    assert "[bold]x[/bold] :smile:" in said


def test_a_table_without_rows_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([], ("id",), zone=CHICAGO, empty="no mail")
    assert capsys.readouterr().out == "no mail\n"


def test_times_are_shown_in_the_zone_of_the_team_also_when_clocks_change() -> None:
    assert moment("2026-11-01T06:30:00Z", CHICAGO) == "2026-11-01 01:30"
    assert moment("2026-11-01T08:30:00Z", CHICAGO) == "2026-11-01 02:30"
    assert cell("due_at", "2026-07-01T12:00:00Z", CHICAGO) == "2026-07-01 07:00"
    assert cell("status_since", None, CHICAGO) == ""


def test_cells_are_words() -> None:
    assert cell("because", ["a", "b\nc"], CHICAGO) == "a; b c"
    assert cell("number", 7, CHICAGO) == "7"
    assert one_line("a\tb") == "a b"


def test_ids_say_what_they_are() -> None:
    assert (incoming_id(17), outgoing_id(17), incoming_id(None), outgoing_id(None)) == ("m17", "o17", None, None)


def test_a_status_has_the_name_of_its_owner_or_else_its_key(app: App) -> None:
    named = {key: status_name(app, key, "courseleaf") for key in app.workflows["courseleaf"].statuses}
    assert named == {key: status.name for key, status in app.workflows["courseleaf"].statuses.items()}
    assert status_name(app, "gone", "courseleaf") == "gone"


def test_two_workflows_may_call_the_same_key_by_other_names(tmp_path: Path) -> None:
    text = (PROFILES / "service-desk.toml").read_text("utf-8")
    (tmp_path / "our-team.toml").write_text(text.replace('name = "Done"', 'name = "Finished"'), encoding="utf-8")
    own = GOOD.replace('role = "support"', 'role = "support"\nworkflow = "our-team.toml"')
    app = open_app(str(install(tmp_path, f'workflow = "service-desk"\n{own}')))
    assert (status_name(app, "done", "service-desk"), status_name(app, "done", "our-team.toml")) == ("Done", "Finished")
    app.database.close()


def test_the_reason_of_a_mail_is_told_once() -> None:
    line = MailLine(
        id=3,
        mailbox="support",
        uid=9,
        message_id="",
        sender="",
        subject="",
        received_at=datetime(2031, 1, 2, tzinfo=UTC),
        state="parked",
        kind="bulk",
        because=("List-Id: x",),
        ticket=None,
        reason="a list",
        no_answer="",
        attempts=1,
        defects=(),
    )
    assert mail_row(line)["because"] == ["List-Id: x", "a list"]
    assert mail_row(replace(line, reason="List-Id: x"))["because"] == ["List-Id: x"]
    assert mail_row(line)["id"] == "m3"


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "b.eml").write_bytes(b"Auto-Submitted: auto-replied \x1b[31m\r\nFrom: b@example.org\r\n\r\n\x00\xff")
    with chdir(tmp_path):
        yield tmp_path


def test_classify_needs_no_configuration_and_gives_the_fixed_keys(mails: Path) -> None:
    done = command("classify", "--json", "a.eml", "b.eml")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [row["file"] for row in rows] == ["a.eml", "b.eml"]
    assert all(list(row) == KEYS for row in rows)
    assert rows[0]["because"]


def test_classify_prints_lines_that_no_mail_can_break(mails: Path) -> None:
    (mails / "c\x1b[2J\n.eml").write_bytes(MAIL)
    done = command("classify", "a.eml", "b.eml", "c\x1b[2J\n.eml")
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["a.eml", "b.eml", "c [2J .eml"]
    assert "\x1b" not in done.stdout


def test_classify_knows_our_addresses_from_a_file_or_from_the_environment(mails: Path) -> None:
    wanted = b"From: ann@example.org\r\nTo: bob@example.org\r\nCc: support@example.com\r\nSubject: x\r\n\r\nHello.\r\n"
    (mails / "cc.eml").write_bytes(wanted)
    unknown = json.loads(command("classify", "--json", "cc.eml").stdout)["kind"]
    by_variable = json.loads(command("classify", "--json", "cc.eml", **VARIABLES).stdout)["kind"]
    install(mails)
    by_file = json.loads(command("classify", "--json", "cc.eml").stdout)["kind"]
    assert (by_variable, by_file) == ("cc_only", "cc_only")
    assert unknown != "cc_only"


def test_classify_names_each_file_that_it_cannot_read_and_judges_the_rest(mails: Path) -> None:
    done = command("classify", "gone.eml", "a.eml", ".", "a.eml")
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["a.eml", "a.eml"]
    assert done.stderr.splitlines() == [
        "postroom: gone.eml: cannot be read: No such file or directory",
        "postroom: .: cannot be read: Is a directory",
    ]


def test_classify_judges_each_mail_of_an_mbox(mails: Path) -> None:
    from_ = b"From ann@example.org Thu Nov 12 09:14:00 2026\n"
    note = b"Auto-Submitted: auto-replied\nFrom: b@example.org\nSubject: Out of office\n\nI am away.\n>From now on, call Sam.\n"
    (mails / "box").write_bytes(b"\n".join(from_ + one for one in (MAIL, note, MAIL)))
    (mails / "one.eml").write_bytes(from_ + note)
    rows = [json.loads(line) for line in command("classify", "--json", "box", "one.eml").stdout.splitlines()]
    person, absent = rows[0]["kind"], "out_of_office"
    assert [(row["file"], row["kind"]) for row in rows] == [
        ("box, mail 1", person),
        ("box, mail 2", absent),
        ("box, mail 3", person),
        ("one.eml", absent),
    ]
    assert person != absent
    assert "\nbox, mail 2\n" in f"\n{command('classify', '--explain', 'box').stdout}"


def test_classify_takes_a_file_whose_name_is_no_text(mails: Path) -> None:
    (mails / "b\udcfcro.eml").write_bytes(MAIL)
    with started(mails, "classify", "--json", "b\udcfcro.eml") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out)["file"].endswith("ro.eml")
