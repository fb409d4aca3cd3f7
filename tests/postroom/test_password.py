"""A password manager that hangs, prints without end, prints something else or fails: it costs neither time nor memory, and is told in a line."""

import sys
from pathlib import Path

import pytest

from postroom.clock import monotonic
from postroom.password import ask
from postroom.secret import SecretError


def sh(script: str) -> list[str]:
    return ["sh", "-c", script]


@pytest.mark.parametrize(
    "script",
    ["printf hunter2", "echo hunter2", "printf 'hunter2\\r\\nuser: kim\\r\\n'", "echo hunter2; echo more; echo no >&2"],
)
def test_the_first_line_is_the_secret(script: str, tmp_path: Path) -> None:
    assert ask(sh(script), tmp_path) == "hunter2"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("printf ''", "sh printed nothing"),
        ("printf '\\nhunter2\\n'", "sh printed nothing"),
        ("printf '\\r\\n'", "sh printed nothing"),
        ("echo hunter2; exit 3", "sh ended with status 3: run it by hand"),
        ("echo hunter2; kill -9 $$", "sh ended with status -9: run it by hand"),
        ("printf 'h\\374nter2'", "sh printed what is no text in UTF-8"),
        ("yes hunter2", "sh printed more than 64 KiB: its first line is to be the secret"),
        ("cat /dev/zero", "sh printed more than 64 KiB: its first line is to be the secret"),
    ],
)
def test_what_is_no_secret_is_told_without_it(script: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SecretError) as told:
        ask(sh(script), tmp_path)
    assert str(told.value) == why


@pytest.mark.parametrize(
    "script", ["sleep 30", "sleep 30; true", "echo hunter2; sleep 30 & true", "exec >&-; sleep 30"]
)
def test_one_that_hangs_is_ended_and_nobody_waits_for_what_it_has_started(script: str, tmp_path: Path) -> None:
    begun = monotonic()
    with pytest.raises(SecretError, match=r"^sh did not end within 0.2 s: it may have asked a question$"):
        ask(sh(script), tmp_path, 0.2)
    assert monotonic() - begun < 20, "the sleeper has the pipe for half a minute"


def test_it_runs_beside_the_configuration_and_reads_nothing_from_us(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("hunter2")
    assert ask(["cat", "vault"], tmp_path) == "hunter2"
    assert ask([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"], tmp_path) == "''"
