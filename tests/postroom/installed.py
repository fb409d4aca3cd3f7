"""An installation in a folder, with a configuration that is right until a test makes it wrong. Its passwords are canaries."""

import gc
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

from click.testing import CliRunner, Result

from postroom.cli import main
from postroom.config import Config, read

CANARY = "yellow-feathers-4711"
GOOD = """\
timezone = "America/Chicago"

[[mailbox]]
role = "support"
address = "support@example.com"
imap = { host = "imap.example.com", user = "support@example.com", password_file = "imap.password" }

[smtp]
host = "smtp.example.com"
user = "support@example.com"
password_file = "smtp.password"
from = "Support <support@example.com>"

[[staff]]
address = "kim@example.com"
name = "Kim"
"""
# The same with no file at all.
VARIABLES = {
    "POSTROOM_TIMEZONE": "America/Chicago",
    "POSTROOM_MAILBOX__0__ROLE": "support",
    "POSTROOM_MAILBOX__0__ADDRESS": "support@example.com",
    "POSTROOM_MAILBOX__0__IMAP__HOST": "imap.example.com",
    "POSTROOM_MAILBOX__0__IMAP__USER": "support@example.com",
    "POSTROOM_MAILBOX__0__IMAP__PASSWORD": CANARY,
    "POSTROOM_SMTP__HOST": "smtp.example.com",
    "POSTROOM_SMTP__FROM": "Support <support@example.com>",
}


def install(folder: Path, text: str | bytes = GOOD) -> Path:
    """The configuration file, written with its password files."""
    for name in ("imap.password", "smtp.password"):
        secret(folder / name)
    file = folder / "postroom.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def secret(file: Path, text: str = f"{CANARY}\n") -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


def configured(folder: Path, text: str = GOOD, **variables: str) -> Config:
    return read(install(folder, text), variables)


def command(*words: str, **variables: str) -> Result:
    """A command in this process and folder, as if typed."""
    clean = {name: None for name in os.environ if name.startswith("POSTROOM_")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # a process would end here, and its connections with it
        done = CliRunner().invoke(main, words, env=clean | variables, prog_name="postroom")
        gc.collect()
    return done


def started(folder: Path, *words: str, start_new_session: bool = False, **variables: str) -> "subprocess.Popen[bytes]":
    """A command in a process of its own; in a session of its own, too, where all its processes get one signal."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
    return subprocess.Popen(
        [sys.executable, "-m", "postroom", *words],
        cwd=folder,
        env=clean | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=start_new_session,
        preexec_fn=_heed if start_new_session else None,  # noqa: PLW1509  no thread of a test holds a lock that it needs
    )


def _heed() -> None:
    """What is started in the background of a shell inherits that it ignores Ctrl-C; nobody at a terminal does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
