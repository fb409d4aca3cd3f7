"""Postfix: a real one, of our own, in one folder, on loopback. It never reads or writes the system's own configuration.

It delivers one domain into Maildirs (Dovecot's, where one runs beside it) and hands all else to a sink.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DAEMONS = Path("/usr/lib/postfix/sbin")
SECONDS = 20  # to start or to stop

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
maillog_file = {folder}/queue/maillog
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
alias_maps =
local_recipient_maps =
recipient_delimiter = +
relayhost = {relay}
smtp_host_lookup = native
disable_dns_lookups = yes
minimal_backoff_time = 1s
maximal_backoff_time = 5s
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {mail}
virtual_mailbox_maps = inline:{{ {maps} }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = 52428800
virtual_mailbox_limit = 0
mailbox_size_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
default_destination_concurrency_limit = 20
"""

# The stock services, none in a chroot.
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def available() -> str:
    """Why there can be no Postfix here; "" when there can."""
    if shutil.which("postfix") is None or not DAEMONS.is_dir():
        return "postfix is not installed (Debian, Ubuntu: apt install postfix)"
    return "" if os.geteuid() == 0 else "postfix needs root"


@dataclass
class Postfix:
    """One Postfix; use it as a context manager, or `start` and `stop` it.

    `folder` is empty and can be entered by every user, as must be each folder above it; `mail/<user>/Maildir` is where
    the mails of `<user>@<domain>` and `<user>+anything@<domain>` go. RuntimeError when it is not up in time.
    """

    folder: Path
    mail: Path
    uid: int
    gid: int
    users: tuple[str, ...] = ("support", "escalate", "staff")
    sink_port: int = 0  # where mail for other domains goes; 0 keeps it in the queue
    port: int = 0
    domain: str = "lab.test"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.port = self.port or free_port()
        self._write()
        self._run("start")
        self._wait_for_greeting(time.monotonic() + SECONDS)

    def stop(self) -> None:
        self._run("stop")

    def flush(self) -> None:
        """Tries again at once what waits in the queue."""
        self._run("flush")

    def log(self) -> str:
        file = self.folder / "queue" / "maillog"
        return file.read_text(errors="replace") if file.exists() else ""

    def delivered(self, user: str) -> list[bytes]:
        """The mails in the user's Maildir as they lie there, lines ended by LF, oldest first."""
        files = [file for part in ("new", "cur") for file in (self.mail / user / "Maildir" / part).glob("*")]
        return [file.read_bytes() for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)]

    def _write(self) -> None:
        for name in ("etc", "queue", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.chown(self.folder / "data", "postfix")
        self.mail.mkdir(exist_ok=True)
        os.chown(self.mail, self.uid, self.gid)
        maps = " ".join(f"{user}@{self.domain}={user}/Maildir/" for user in self.users)
        relay = f"[127.0.0.1]:{self.sink_port}" if self.sink_port else "[127.0.0.1]:9"
        values = {**vars(self), "maps": maps, "relay": relay, "daemons": DAEMONS}
        (self.folder / "etc" / "main.cf").write_text(MAIN.format(**values))
        (self.folder / "etc" / "master.cf").write_text(MASTER.format(**values))

    def _run(self, verb: str) -> None:
        command = ["postfix", "-c", str(self.folder / "etc"), verb]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise RuntimeError(f"postfix {verb}: {done.stderr}{self.log()[-2000:]}")

    def _wait_for_greeting(self, end: float) -> None:
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as sock:
                    if sock.recv(3) == b"220":
                        return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"postfix does not answer on port {self.port}: {self.log()[-2000:]}")


def nobody() -> tuple[int, int]:
    """Somebody to own the Maildirs where no Dovecot does."""
    user = pwd.getpwnam("nobody")
    return user.pw_uid, grp.getgrgid(user.pw_gid).gr_gid


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
