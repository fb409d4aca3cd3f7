"""A postroom between a real Dovecot and a scripted SMTP server: bytes go in, bytes come out, as its users would see it."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.policy import default
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer

PASSWORD = "correct horse"
PATIENCE = 100.0  # seconds for what takes one or two on an idle machine
LEASE = int(os.environ.get("LEASE_SECONDS", "2"))  # the product's own is 40; `./do soak minute` uses that
SQLITE = "sqlite:///postroom.db"  # in the folder of the installation
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # what it is about is particular to a file
on_both = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
CONFIG = """
workflow = "courseleaf"
database = "{database}"
public_url = "https://help.example.test"
timezone = "America/Chicago"
secret_key_file = "postroom.key"
poll_interval_seconds = 2
lease_seconds = {lease}

[[mailbox]]
name = "support"
role = "support"
address = "support@example.test"
aliases = ["help@example.test"]
imap = {{ host = "127.0.0.1", port = {imap}, tls = "none", user = "support{number}", password_file = "imap.password" }}
start = "all"

[[mailbox]]
name = "escalate"
role = "escalate"
address = "escalate@example.test"
imap = {{ host = "127.0.0.1", port = {imap}, tls = "none", user = "escalate{number}", password_file = "imap.password" }}
start = "all"

[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
from = "Support <support@example.test>"

[[staff]]
address = "kim@example.test"
name = "Kim"
roles = ["agent", "manager"]

[web]
enabled = false
undo_seconds = 0

[[report]]
name = "nightly update"
sender = "nightly@cim.example.net"
subject = "daily.sh failed"
"""


class Lab:
    """One installation of postroom in a folder of its own. `offset` moves its clock (seconds), `database` is its URL."""

    def __init__(
        self,
        folder: Path,
        dovecot: Dovecot,
        smtp: SmtpServer,
        *,
        number: int = 0,
        more: str = "",
        database: str = SQLITE,
        program: Sequence[str] = (sys.executable, "-m", "postroom"),
        start: "Callable[..., subprocess.Popen[str]]" = subprocess.Popen,
    ) -> None:
        self.folder = folder
        self.number = number
        self.dovecot = dovecot
        self.smtp = smtp
        self.database = database
        self.offset = 0.0
        self._program = program
        self.start = start  # of its processes
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "postroom.toml").write_text(
            CONFIG.format(imap=dovecot.port, smtp=smtp.port, number=number, database=database, lease=LEASE) + more
        )
        (folder / "imap.password").write_text(PASSWORD)
        (folder / "imap.password").chmod(0o600)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("POSTROOM_")}
        always = {"POSTROOM_CLOCK_OFFSET": str(self.offset), "COLUMNS": "200"}
        return kept | always | more

    def popen(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        return self.start(
            [*self._program, *args],
            cwd=self.folder,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end, whatever its exit status."""
        process = self.popen(*args, **environment)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def do(self, *args: str) -> str:
        """Runs a command that has to succeed; its output."""
        done = self.call(*args)
        assert done.returncode == 0, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def sent(self) -> list[bytes]:
        """What the SMTP server has accepted, in order."""
        return [one.raw for one in self.smtp.accepted]

    def move_clock(self, **passed: float) -> None:
        self.offset += timedelta(**passed).total_seconds()

    def deliver(self, raw: bytes | EmailMessage, to: str = "support") -> None:
        path = self.dovecot.deliver(f"{to}{self.number}", raw if isinstance(raw, bytes) else raw.as_bytes(policy=CRLF))
        if self.offset:
            at = path.stat().st_mtime + self.offset  # it came at the time that postroom's clock shows
            os.utime(path, (at, at))

    def left(self, role: str = "support", folder: str = "INBOX") -> int:
        """How many mails lie in a folder of the server."""
        return len(self.dovecot.files(f"{role}{self.number}", folder))


def mail(
    text: str = "The page stays white after saving.\n",
    *,
    sender: str = "Ada Quill <ada@client.example>",
    to: str = "support@example.test",
    subject: str = "Catalog page is white",
    message_id: str = "",
    **headers: str,
) -> EmailMessage:
    """A person's mail; headers by name with `_` for `-`."""
    made = EmailMessage()
    made["Return-Path"] = f"<{sender.rsplit('<', maxsplit=1)[-1].rstrip('>')}>"
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = message_id or f"<{abs(hash((text, subject, sender, to)))}@client.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def answer_to(
    sent: bytes, text: str, *, sender: str = "Ada Quill <ada@client.example>", **headers: str
) -> EmailMessage:
    """The reply that a mail program makes to a mail of ours."""
    ours = message_from_bytes(sent, EmailMessage, policy=default)
    return mail(
        text,
        sender=sender,
        to=str(ours["Reply-To"] or ours["From"]),
        subject=f"Re: {ours['Subject']}",
        message_id=f"<{abs(hash((text, sent)))}@client.example>",
        In_Reply_To=str(ours["Message-ID"]),
        References=" ".join([str(ours["References"] or ""), str(ours["Message-ID"])]).strip(),
        **headers,
    )
