"""`postroom init` at a real terminal: the password is not shown there, and Ctrl-C ends it in one line."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.first.conftest import PASSWORD, SUPPORT
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer

PATIENCE = 30.0
MISTYPED = "correct hrose"


class Terminal:
    """A program on a pseudo-terminal, and all that it has shown so far."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.shown = ""
        self._seen = 0
        self._mine, theirs = pty.openpty()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CONTROL, "-m", "postroom", *words],
            cwd=folder,
            env=clean | {"TERM": "xterm", "COLUMNS": "120"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        os.close(self._mine)

    def expect(self, words: str) -> None:
        """Words that come after those of the last call."""
        until = time.monotonic() + PATIENCE
        while (found := self.shown.find(words, self._seen)) < 0:
            ready, _, _ = select.select([self._mine], [], [], max(0, until - time.monotonic()))
            assert ready, f"not shown: {words}\n{self.shown}"
            self.shown += self._read()
        self._seen = found + len(words)

    def type(self, line: str) -> None:
        os.write(self._mine, f"{line}\n".encode())

    def answer(self, question: str, line: str) -> None:
        self.expect(question)
        self.type(line)

    def ctrl_c(self) -> None:
        os.write(self._mine, b"\x03")

    def end(self) -> int:
        """Its exit status."""
        while True:
            try:
                self.shown += self._read()
            except OSError:  # the other side is closed
                return self.process.wait(PATIENCE)

    def _read(self) -> str:
        return os.read(self._mine, 4096).decode()


# The terminal becomes the one that its Ctrl-C reaches, heard also where these tests run in the background of a shell; then
# the program itself takes the place of this.
_CONTROL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def test_a_conversation_at_a_terminal_shows_no_password_not_even_one_that_is_typed_again(
    dovecot: Dovecot, smtp: SmtpServer, home: Path
) -> None:
    assert dovecot.certificate
    with Terminal(home, "init", "--ca-file", str(dovecot.certificate.authority)) as terminal:
        terminal.answer("Address of the support mailbox: ", SUPPORT)
        terminal.answer("IMAP server (a name, or name:port): ", f"localhost:{dovecot.tls_port}")
        terminal.answer("User on localhost [support@example.test]: ", "")
        terminal.answer("another server): ", MISTYPED)
        terminal.expect("AUTHENTICATIONFAILED")
        terminal.answer("Password of support@example.test (not shown; empty: another user): ", PASSWORD)
        terminal.answer("SMTP server (a name, or name:port): ", f"localhost:{smtp.port}")
        terminal.answer("escalation mailbox", "")
        terminal.answer("Begin with", "")
        terminal.answer("Folder for mail", "")
        terminal.answer("mails come from", "")
        terminal.answer("Workflow", "")
        terminal.answer("Who answers first", "kim@example.test")
        terminal.answer("Time zone", "UTC")
        terminal.answer("Address of the web pages", "")
        assert terminal.end() == 0, terminal.shown
        assert PASSWORD not in terminal.shown
        assert MISTYPED not in terminal.shown
        assert (home / "postroom.toml").exists()


def test_ctrl_c_while_the_password_is_asked_for_is_one_line_and_no_file(dovecot: Dovecot, home: Path) -> None:
    with Terminal(home, "init", "--address", SUPPORT, "--imap", f"127.0.0.1:{dovecot.port}") as terminal:
        terminal.answer("User on 127.0.0.1", "")
        terminal.expect("another server): ")
        terminal.ctrl_c()
        assert terminal.end() == 1
        assert re.search(r"postroom: ended at a question: nothing was written\r\n$", terminal.shown), terminal.shown
        assert "Traceback" not in terminal.shown
        assert list(home.iterdir()) == []
