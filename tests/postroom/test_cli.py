"""The command line: what it imports, its exit statuses, and that what a person can mend is one line."""

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from threading import Event

import pytest

from postroom.cli import VERSION, main
from tests.postroom.installed import CANARY, GOOD, command, install, started
from tests.servers.imap_script import ImapScript, Peer

ROOT = Path(__file__).parents[2]
HEAVY = {
    "sqlalchemy",
    "alembic",
    "imapclient",
    "jinja2",
    "rich",
    "aiosmtplib",
    "mailparser",
    "msgspec",
    "psycopg",
    "multiprocessing",
    "asyncio",
}
HELP = """
import sys, time
begun = time.process_time()
from postroom.cli import main
try:
    main(["--help"], prog_name="postroom")
finally:
    print(time.process_time() - begun, *sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_help_needs_no_library_but_click_and_no_time() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, *modules = done.stderr.split()
    assert set(modules) & HEAVY == set()
    assert {"click", "postroom"} <= set(modules)
    assert float(seconds) < 0.25


def test_help_names_every_command_and_what_it_does() -> None:
    said = command("--help").stdout
    for name, one in main.commands.items():
        assert re.search(rf"^  {name} +\w", said, re.MULTILINE)
        assert one.help
        assert command(name, "--help").exit_code == 0


def test_the_readme_and_the_help_name_the_same_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"^postroom ([\w-]+)", text, re.MULTILINE))
    assert named == set(main.commands)


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == VERSION
    assert command("--version").stdout == f"postroom, version {VERSION}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ticketts"], "ticketts"),
        (["--colour"], "--colour"),
        (["tickets", "--colour"], "--colour"),
        (["tickets", "7"], "7"),
        (["ticket"], "N"),
        (["ticket", "seven"], "seven"),
        (["ticket", "0"], "0"),
        (["ticket", "#"], "#"),
        (["ticket", "-7"], "-7"),
        (["ticket", "\u0661"], "\u0661"),
        (["ticket", "9" * 30], "9"),
        (["classify"], "FILE"),
        (["reply", "1"], "--file"),
        (["demo", "--port", "65536"], "65536"),
        (["--config"], "--config"),
    ],
)
def test_wrong_use_ends_with_status_two_and_names_the_word(tmp_path: Path, words: list[str], says: str) -> None:
    install(tmp_path)
    done = command(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert says in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ticket", "7"], "there is no ticket #7"),
        (["ticket", "#7"], "there is no ticket #7"),
        (["tickets", "--status", "Lost"], 'there is no status "Lost"; there are: Outstanding'),
        (["mails", "--state", "lost"], 'there is no state "lost"; there are: pending'),
        (["outbox", "--state", "lost"], 'there is no state "lost"; there are: queued'),
        (["retry", "m7"], "m7 is not quarantined"),
        (["retry", "x7"], '"x7" is no id'),
        (["set", "7", "Outstanding"], "7"),
        (["set", "7", "Outstanding", "--as", "nobody@example.com"], "nobody@example.com is not on the staff"),
        (["set", "7", "Outstanding", "--until", "soon"], '--until: "soon" is no date'),
        (["reply", "7", "--file", "gone.txt"], "gone.txt cannot be read: No such file"),
    ],
)
def test_a_no_is_one_line_and_status_one(tmp_path: Path, words: list[str], says: str) -> None:
    install(tmp_path)
    done = command(*words)
    assert isinstance(done.exception, SystemExit)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("postroom: ")
    assert says in line


def test_a_line_about_an_evil_word_stays_one_line(tmp_path: Path) -> None:
    install(tmp_path)
    (line,) = command("retry", "m1\nError: all is lost\x1b[31m").stderr.splitlines()
    assert "\x1b" not in line


@pytest.mark.parametrize("words", [["tickets"], ["mails"], ["outbox"]])
def test_a_database_that_is_none_is_one_line_and_status_one(tmp_path: Path, words: list[str]) -> None:
    install(tmp_path)
    (tmp_path / "postroom.db").write_text("no database at all, but long enough to be taken for one" * 40)
    done = command(*words)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "not a database" in line


def closed_pipe(folder: Path, *words: str) -> tuple[int, str]:
    """A command whose reader has gone before it says a word."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
    done = subprocess.run(
        [sys.executable, "-m", "postroom", *words],
        cwd=folder,
        env=environment,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", [["tickets"], ["mails"], ["tickets", "--help"], ["--help"], ["classify", "a.eml"]])
def test_a_reader_that_has_gone_gets_no_traceback(tmp_path: Path, words: list[str]) -> None:
    install(tmp_path)
    (tmp_path / "a.eml").write_bytes(b"From: ann@example.org\r\n\r\nHello.\r\n")
    status, said = closed_pipe(tmp_path, *words)
    assert (status, said) == (1, "")


@pytest.mark.parametrize(("words", "says"), [(["classify", "--help"], "FILE?"), (["classify", "a.eml"], "f\xfcr Sie?")])
def test_a_terminal_that_lacks_a_letter_shows_another(tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "a.eml").write_text(
        "From: ann@example.org\nAuto-Submitted: auto-replied (für Sie…)\n\nHallo.\n", "utf-8"
    )
    with started(tmp_path, *words, PYTHONIOENCODING="latin-1") as done:
        out, err = done.communicate(timeout=60)
    assert (done.returncode, err) == (0, b"")
    assert says in out.decode("latin-1")


def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path: Path) -> None:
    """To all processes of the terminal, as the kernel sends it, while classify waits for a mail that does not come."""
    os.mkfifo(tmp_path / "mail")
    process = started(tmp_path, "classify", "mail", start_new_session=True)
    with process, (tmp_path / "mail").open("wb"):  # returns when classify opens it, too
        rest(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (1, b"", b"\nAborted!\n")


def rest(pid: int) -> None:
    """Until the process has slept for 20 looks in a row: a signal just before a blocking read is lost in any Python."""
    asleep = 0
    for _ in range(3000):
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        asleep = asleep + 1 if state == "S" else 0
        if asleep == 20:
            return
        Event().wait(0.01)
    raise AssertionError("it never came to rest")


def test_no_password_can_be_given_on_the_command_line() -> None:
    options = [word for one in main.commands.values() for option in one.params for word in option.opts]
    assert not [word for word in options if re.search("pass|secret|key|token", word) and not word.endswith("-file")]


def echo(peer: Peer) -> None:
    """A server that says back all that it was told, the password too."""
    peer.greet()
    while True:
        peer.read()
        if peer.command.startswith((b"LOGIN", b"AUTHENTICATE")):
            if peer.command == b"AUTHENTICATE PLAIN":
                peer.send(b"+ \r\n")
                peer.command += b" " + peer.line()
            peer.no(b"[AUTHENTICATIONFAILED] wrong: " + peer.command)
        else:
            peer.answer()


@pytest.mark.parametrize("words", [["check"], ["check", "--json"], ["run", "--once"]])
def test_a_server_that_refuses_the_password_is_told_without_it(tmp_path: Path, words: list[str]) -> None:
    with ImapScript(echo) as server:
        text = GOOD.replace('host = "imap.example.com"', f'host = "127.0.0.1", port = {server.port}, tls = "none"')
        text = text.replace('host = "smtp.example.com"', 'host = "127.0.0.1"\nport = 9\ntls = "none"')
        install(tmp_path, text)
        with started(tmp_path, *words) as process:
            out, err = process.communicate(timeout=60)
    said = (out + err).decode()
    assert process.returncode == 1
    assert "support@example.com" in said
    assert CANARY not in said
    assert "Traceback" not in said


def test_check_says_of_each_thing_whether_it_holds(tmp_path: Path) -> None:
    text = GOOD.replace('host = "imap.example.com"', 'host = "127.0.0.1", port = 9, tls = "none"')
    install(tmp_path, text.replace('host = "smtp.example.com"', 'host = "127.0.0.1"\nport = 9\ntls = "none"'))
    done = command("check", "--json")
    rows = {row["check"]: row["ok"] for row in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1
    assert not rows.pop("mailbox support@example.com")
    assert not rows.pop("smtp 127.0.0.1:9")
    assert all(rows.values())
    assert "configuration" in rows


@pytest.mark.parametrize(("words", "named"), [("receive,answer", '"answer"'), ("", '""'), ("Receive", '"Receive"')])
def test_only_verbs_that_there_are_can_be_run_alone(tmp_path: Path, words: str, named: str) -> None:
    done = command("run", "--only", words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{named} is no verb: name any of receive,process,age,deliver,web" in done.stderr
