"""Dovecot: a real IMAP server in a folder of its own, on loopback. For tests; it needs root, and leaves nothing behind."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from imapclient import imap_utf7

from tests.servers.certificate import Certificate, make_certificate, missing

START_SECONDS = 60.0
OWNER = "vmail"
# What Dovecot 2.3 offers after the login, for `hide`.
OFFERS = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT THREAD=REFERENCES CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED"
    " CONDSTORE ESEARCH SEARCHRES WITHIN LIST-STATUS LITERAL+ MOVE SPECIAL-USE"
)

CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/run
instance_name = postroom-test
log_path = {base}/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
mail_location = maildir:{base}/mail/%u/Maildir
mail_max_userip_connections = 50
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
{special}}}
"""
SPECIAL = """\
  mailbox "{name}" {{
    special_use = {use}
    auto = create
  }}
"""
PASSDB = """
passdb {{
  driver = {driver}
  args = {args}
}}
"""
QUOTA = """
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage={kib}K
}}
"""
OAUTH2 = """
introspection_mode = auth
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


def available() -> str:
    """Why it cannot run here; "" when it can."""
    if os.geteuid() != 0:
        return "Dovecot needs root"
    if not shutil.which("dovecot"):
        return "dovecot is not installed (Debian: dovecot-imapd)"
    return missing()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Dovecot:
    """Runs from `with` (or `start`) until the end of it (or `stop`). `folder` is used where its owner can reach it."""

    host = "127.0.0.1"

    def __init__(
        self,
        folder: Path | None = None,
        *,
        users: dict[str, str] | None = None,  # name → password
        hide: Collection[str] = (),  # of OFFERS
        tls: bool = False,
        introspection: str = "",  # the URL that knows access tokens: with it nobody is let in by a password
        bearers: str = "xoauth2 oauthbearer",
        prefix: str = "",  # of all folders but the inbox, e.g. "INBOX."
        separator: str = ".",
        special: dict[str, str] | None = None,  # name → what the folder is for (RFC 6154)
        quota_kib: int = 0,  # of each user; 0: none
    ) -> None:
        self.base = _reachable(folder)
        self.port = free_port()
        self.tls_port = free_port() if tls else 0
        self.log = self.base / "dovecot.log"
        self._users = users or {"support": "secret", "escalate": "secret"}
        self._hide = hide
        self._introspection, self._bearers = introspection, bearers
        self._namespace = {
            "prefix": prefix,
            "separator": separator,
            "special": "".join(SPECIAL.format(name=name, use=use) for name, use in (special or {}).items()),
        }
        self._quota_kib = quota_kib
        self._delivered = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.certificate: Certificate | None = make_certificate(self.base / "tls") if tls else None
        _make_owner()
        self._configure()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)

    def start(self) -> None:
        """Also after `stop`: the same port, the same mail."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["dovecot", "-F", "-c", self.base / "dovecot.conf"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        until = time.monotonic() + START_SECONDS
        while not self._greets():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            Event().wait(0.02)

    def stop(self) -> None:
        """Ends it with all its connections; returns when they are gone."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)  # the master alone waits 10 s for those who idle
            self._process.wait(START_SECONDS)
            self._process = None

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX") -> Path:
        """As a delivery agent does: written beside, then renamed into place."""
        self._delivered += 1
        home = self._maildir(user, folder)
        name = f"{time.time_ns() // 10**9}.M{self._delivered:09}P{os.getpid()}.example"
        (home / "tmp" / name).write_bytes(raw)
        shutil.chown(home / "tmp" / name, OWNER, OWNER)
        return (home / "tmp" / name).rename(home / "new" / name)

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The raw mails on disk, oldest delivery first; those marked as deleted too."""
        return [path.read_bytes() for path in self.files(user, folder)]

    def files(self, user: str, folder: str = "INBOX") -> list[Path]:
        """Their files; the flags stand behind ":2," (S seen, T deleted)."""
        home = self._home(user, folder)
        return sorted((path for part in ("new", "cur") for path in (home / part).glob("*")), key=lambda path: path.name)

    def remove(self, path: Path) -> None:
        """As another program on the same mailbox does."""
        path.unlink()

    def reset_uidvalidity(self, user: str, folder: str = "INBOX") -> None:
        """Numbers all mails anew, under another UIDVALIDITY, for whoever selects the folder from now on."""
        for path in self._home(user, folder).glob("dovecot*"):
            if path.name.startswith(("dovecot-uidlist", "dovecot.index")):
                path.unlink()

    def _configure(self) -> None:
        (self.base / "run").mkdir(exist_ok=True)
        (self.base / "mail").mkdir(exist_ok=True)
        shutil.chown(self.base / "mail", OWNER, OWNER)
        lines = [f"{user}:{{PLAIN}}{password}::::::\n" for user, password in self._users.items()]
        (self.base / "users").write_text("".join(lines))
        text = CONFIGURATION.format(
            base=self.base,
            port=self.port,
            tls_port=self.tls_port,
            owner=OWNER,
            mechanisms=self._bearers if self._introspection else "plain login",
            **self._namespace,
        )
        lines = self._passdb_lines() + self._tls_lines() + self._capability_line()
        lines += QUOTA.format(kib=self._quota_kib) if self._quota_kib else ""
        (self.base / "dovecot.conf").write_text(text + lines)

    def _passdb_lines(self) -> str:
        if not self._introspection:
            return PASSDB.format(driver="passwd-file", args=f"scheme=PLAIN username_format=%u {self.base}/users")
        (self.base / "oauth2.conf").write_text(OAUTH2.format(url=self._introspection))
        return PASSDB.format(driver="oauth2", args=f"{self.base}/oauth2.conf")

    def _tls_lines(self) -> str:
        if self.certificate is None:
            return "ssl = no\n"
        return f"ssl = yes\nssl_cert = <{self.certificate.chain}\nssl_key = <{self.certificate.key}\n"

    def _capability_line(self) -> str:
        if not self._hide:
            return ""
        return f"imap_capability = {' '.join(offer for offer in OFFERS.split() if offer not in self._hide)}\n"

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as sock:
                return sock.recv(4) == b"* OK"
        except OSError:
            return False

    def _home(self, user: str, folder: str) -> Path:
        top = self.base / "mail" / user / "Maildir"
        if folder == "INBOX":
            return top
        return top / f".{imap_utf7.encode(folder).decode('ascii').replace('/', '.')}"

    def _maildir(self, user: str, folder: str) -> Path:
        home = self._home(user, folder)
        for part in ("tmp", "new", "cur"):
            (home / part).mkdir(parents=True, exist_ok=True)
        for path in (home / "tmp", home / "new", home / "cur", home, *home.parents):
            if path == self.base / "mail":
                break
            shutil.chown(path, OWNER, OWNER)
        return home


def _reachable(folder: Path | None) -> Path:
    """Every folder above must let the mail's owner pass; pytest's own do not, and sockets need a short path."""
    if folder is not None and len(str(folder)) < 60 and all(part.stat().st_mode & 0o001 for part in folder.parents):
        folder.mkdir(exist_ok=True)
        base = folder
    else:
        base = Path(tempfile.mkdtemp(prefix="postroom-dovecot-"))
    base.chmod(0o755)
    return base


def _make_owner() -> None:
    for _ in range(5):  # another test process may be making it, and holds the lock
        try:
            pwd.getpwnam(OWNER)
        except KeyError:
            subprocess.run(["useradd", "-r", "-M", "-s", "/usr/sbin/nologin", OWNER], check=False, capture_output=True)
            Event().wait(0.1)
        else:
            return
    raise RuntimeError(f"the user {OWNER} could not be made")
