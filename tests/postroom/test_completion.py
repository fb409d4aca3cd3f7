"""What a shell completes: in a real bash, and for zsh by the lines that its script reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from postroom.app import open_app
from postroom.cli import main
from tests.postroom.installed import command, install

PROGRAM = """#!/bin/sh
exec {python} -c 'from postroom.cli import main; main(prog_name="postroom")' "$@"
"""
ASK = """
eval "$(postroom completion bash)"
complete -p postroom
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
_postroom_completion postroom
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_app(str(install(tmp_path))).database.close()  # the first start makes database and key


def offered(*words: str) -> list[str]:
    """What follows these words; the last one is being typed."""
    *before, last = words
    return [item.value for item in BashComplete(main, {}, "postroom", "_X").get_completions(list(before), last)]


def in_bash(folder: Path, *words: str) -> list[str]:
    program = folder / "bin" / "postroom"
    program.parent.mkdir(exist_ok=True)
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o700)
    path = f"{program.parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "bash", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    registered, *found = done.stdout.splitlines()
    assert registered.endswith("_postroom_completion postroom")
    return [word for word in found if word]


def test_bash_completes_commands_options_and_statuses(tmp_path: Path) -> None:
    assert in_bash(tmp_path, "postroom", "ti") == in_bash(tmp_path, "postroom", "ticket")
    assert in_bash(tmp_path, "postroom", "tickets", "--status", "pend") == [
        "pending_client_feedback",
        "pending_internal_info",
    ]


def test_each_place_is_offered_what_fits_there() -> None:
    assert {"--status", "--open", "--closed", "--mailbox", "--assigned", "--search"} <= set(offered("tickets", "-"))
    assert offered("assign", "7", "K") == ["kim@example.com"]
    assert offered("tickets", "--assigned", "") == ["kim@example.com"]
    assert offered("reply", "7", "--as", "") == ["kim@example.com"]
    assert offered("tickets", "--mailbox", "") == ["support@example.com"]
    assert offered("mails", "--state", "") == ["pending", "processed", "parked", "quarantined"]
    assert "out_of_office" in offered("mails", "--kind", "out")
    assert "queued" in offered("outbox", "--state", "q")
    assert offered("completion", "") == ["bash", "zsh"]
    assert offered("run", "--only", "re") == ["receive"]
    assert offered("run", "--only", "receive,pro") == ["receive,process"]
    assert offered("workflow", "lint", "serv") == ["serv", "service-desk"]  # the first stands for the files
    assert offered("ticket", "") == []  # there is none yet
    assert offered("set", "7", "") == []


@pytest.mark.parametrize("wrong", ["no configuration", "a wrong one", "no database", "a database that is none"])
def test_a_tab_makes_nothing_and_complains_of_nothing(
    tmp_path: Path, wrong: str, capfd: pytest.CaptureFixture[str]
) -> None:
    match wrong:
        case "no configuration":
            (tmp_path / "postroom.toml").unlink()
        case "a wrong one":
            (tmp_path / "postroom.toml").write_text("workflow = 7")
        case "no database":
            (tmp_path / "postroom.db").unlink()
        case _:
            (tmp_path / "postroom.db").write_text("no database at all, but long enough to be taken for one" * 40)
    before = sorted(tmp_path.iterdir())
    for words in (("set", "7", ""), ("ticket", ""), ("assign", "7", ""), ("tickets", "--status", "")):
        assert offered(*words) == []
    assert sorted(tmp_path.iterdir()) == before
    assert capfd.readouterr() == ("", "")


def test_zsh_gets_a_word_and_its_meaning_in_three_lines_each() -> None:
    asked = {"COMP_WORDS": "postroom tickets --status pend", "COMP_CWORD": "3", "_POSTROOM_COMPLETE": "zsh_complete"}
    said = command(**asked).stdout.splitlines()
    assert said[:3] == ["plain", "pending_client_feedback", "Pending Client Feedback"]
    assert len(said) == 6
    script = command("completion", "zsh").stdout
    assert script.startswith("#compdef postroom")
    assert "_POSTROOM_COMPLETE=zsh_complete" in script


def test_a_shell_that_we_do_not_know_is_wrong_use() -> None:
    done = command("completion", "fish")
    assert done.exit_code == 2
    assert "'bash', 'zsh'" in done.stderr
