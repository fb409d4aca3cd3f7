"""0, 1 and 2 of every command, with one line for each no; and what a shell hands over that no person means to."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.documents.tree import entries
from tests.postroom.installed import GOOD, command, install, started

UNREACHABLE = GOOD.replace('host = "imap.example.com"', 'host = "127.0.0.1", port = 9, tls = "none"').replace(
    'host = "smtp.example.com"', 'host = "127.0.0.1"\nport = 9\ntls = "none"'
)
ELSEWHERE = "with servers: tests/walk, tests/first, tests/demo"
# What ends with 0, with 1, with 2.
TABLE = {
    "demo": (ELSEWHERE, ELSEWHERE, "demo --port x"),
    "demo send": (ELSEWHERE, "demo send Hello", "demo send"),
    "init": (ELSEWHERE, "init --yes --address a@b.example", "init --colour"),
    "sign-in": (ELSEWHERE, "sign-in house", "sign-in house more"),
    "check": (ELSEWHERE, "check", "--config gone.toml check"),
    "run": (ELSEWHERE, "run --once", "--config gone.toml run"),
    "digest": ("digest --print", "digest --to eve@evil.example", "digest --colour"),
    "upgrade": ("upgrade", ELSEWHERE, "--config gone.toml upgrade"),
    "backup": (ELSEWHERE, "backup text", "backup"),
    "restore": (ELSEWHERE, "restore gone", "restore"),
    "reconcile": (ELSEWHERE, "reconcile", "--config gone.toml reconcile"),
    "tickets": ("tickets --open", "tickets --status lost", "tickets 7"),
    "ticket": (ELSEWHERE, "ticket 7", "ticket seven"),
    "set": (ELSEWHERE, "set 7 Outstanding", "set 7"),
    "reply": (ELSEWHERE, "reply 7 --file text", "reply 7"),
    "new": (
        "new --for ada@client.example --subject Hello --file text",
        "new --for ada --subject Hello --file text",
        "new --for ada@client.example",
    ),
    "assign": (ELSEWHERE, "assign 7 kim@example.com", "assign 7"),
    "requester": (ELSEWHERE, "requester 7 ada@client.example", "requester 7"),
    "people": (ELSEWHERE, "people 7 add ada@client.example", "people 7 invite ada@client.example"),
    "person": ("person ada@client.example show", "person ada add sam@client.example", "person ada@client.example add"),
    "merge": (ELSEWHERE, "merge 7 8", "merge 7"),
    "unmerge": (ELSEWHERE, "unmerge 7", "unmerge x"),
    "token": ("token list", "token revoke crm", "token lend crm"),
    "token new": ("token new crm --for kim@example.com", "token new crm --for eve@other.example", "token new crm"),
    "token list": ("token list", ELSEWHERE, "token list crm"),
    "token revoke": (ELSEWHERE, "token revoke crm", "token revoke"),
    "webhook": ("webhook list", "webhook again crm", "webhook lend crm"),
    "webhook list": ("webhook list", ELSEWHERE, "webhook list crm"),
    "webhook again": (ELSEWHERE, "webhook again crm", "webhook again"),
    "sender": ("sender eve@other.example block", "sender eve block", "sender eve@other.example"),
    "import": (ELSEWHERE, "import gone.mbox", "import"),
    "language": (ELSEWHERE, "language 7 de", "language 7"),
    "link": (ELSEWHERE, "link 7 ENG-7", "link 7"),
    "linked": (ELSEWHERE, "linked ENG-7 done", "linked ENG-7"),
    "reopen": (ELSEWHERE, "reopen 7", "reopen x"),
    "subscription": ("subscription", "subscription eve@evil.example off digest", "subscription --colour"),
    "mails": ("mails", "mails --kind lost", "mails --ticket x"),
    "outbox": ("outbox --json", "outbox --state lost", "outbox --ticket 0"),
    "retry": (ELSEWHERE, "retry m7", "retry"),
    "classify": ("classify text", "classify gone", "classify"),
    "correct": (ELSEWHERE, "correct m7 person", "correct m7"),
    "preview": ("preview text", "preview gone", "preview --last 0 text"),
    "workflow": ("workflow --help", "workflow lint gone", "workflow draw"),
    "templates": ("templates --help", "templates preview gone", "templates draw"),
    "templates preview": ("templates preview stale", "templates preview gone", "templates preview --what"),
    "workflow lint": ("workflow lint courseleaf", "workflow lint gone", "workflow lint"),
    "workflow chart": ("workflow chart service-desk", "workflow chart gone", "workflow chart"),
    "completion": ("completion bash", ELSEWHERE, "completion fish"),
}
RUNS = [(line, status) for lines in TABLE.values() for status, line in enumerate(lines) if line != ELSEWHERE]


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    install(tmp_path, UNREACHABLE)
    (tmp_path / "text").write_text("Hello.\n")


def test_the_table_names_every_command() -> None:
    assert set(TABLE) == {entry.path for entry in entries()}


@pytest.mark.parametrize(("line", "status"), RUNS, ids=str)
def test_every_command_ends_with_the_status_that_its_help_promises(tmp_path: Path, line: str, status: int) -> None:
    if line.startswith("demo send"):
        with started(tmp_path, *line.split()) as process:
            said = process.communicate(timeout=60)[1].decode()
        assert process.returncode == status
    else:
        done = command(*line.split())
        assert done.exit_code == status, done.output
        said = done.stderr
    assert "Traceback" not in said
    if status:
        assert said or line in {"check", "reconcile"}  # what does not hold is their answer


def closed(folder: Path, streams: tuple[int, ...], *words: str) -> subprocess.CompletedProcess[bytes]:
    """A command whose caller has closed some of the three streams."""

    def close() -> None:
        for number in streams:
            with suppress(OSError):
                os.close(number)

    return subprocess.run(
        [sys.executable, "-m", "postroom", *words], cwd=folder, capture_output=True, check=False, preexec_fn=close
    )


@pytest.mark.parametrize("streams", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_a_closed_stream_is_as_if_empty_and_the_database_takes_no_ones_place(
    tmp_path: Path, streams: tuple[int, ...]
) -> None:
    assert closed(tmp_path, streams, "tickets").returncode == 0
    done = closed(tmp_path, streams, "reply", "7", "--file", "-")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert 2 in streams or done.stderr.startswith(b"postroom: ")
    assert (tmp_path / "postroom.db").read_bytes().startswith(b"SQLite format 3")
    assert command("tickets").stdout == "no ticket\n"


@pytest.mark.parametrize("words", [("--help",), ("tickets", "--help"), ("tickets",), ("mails",)])
def test_a_full_disk_behind_standard_output_is_one_line_at_most(tmp_path: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "postroom", *words], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False
        )
    said = done.stderr.decode().splitlines()
    assert done.returncode != 0
    assert said[0].startswith("postroom: ") or not said
    assert "Traceback" not in done.stderr.decode()


def test_words_are_utf_8_whatever_the_locale_takes_them_for(tmp_path: Path) -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": os.environ["PATH"]}
    words = ["new", "--for", "ada@client.example", "--subject", "Café", "--file", "text"]
    for line in (words, ["tickets", "--search", "CAFé", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "postroom", *line], cwd=tmp_path, env=environment, capture_output=True, check=True
        )
    assert '"subject":"Café"'.encode() in done.stdout


def test_a_search_without_end_is_one_line() -> None:
    done = command("tickets", "--search", "a" * 100_000)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "postroom: --search has 100000 characters: at most 200 are looked for\n"


@pytest.mark.parametrize("columns", ["1", "40", "80"])
def test_a_narrow_terminal_is_told_line_by_line(columns: str) -> None:
    words = " ".join(["a long subject"] * 10)
    command("new", "--for", "ada@client.example", "--subject", words[:140], "--file", "text")
    said = command("tickets", COLUMNS=columns).stdout.splitlines()
    assert [line.split()[0] for line in said if line[0] != " "][:2] == ["number", "status"]
    assert max(map(len, said)) <= max(int(columns), 28)
    assert command("tickets", COLUMNS="100").stdout.startswith("number  ")
