"""Where the demo lives: one folder a user, made anew at each start, so that other terminals find it."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from postroom.cli import Refused
from postroom.lock import Locked, only_one

WEB = 8420  # where the pages are, if nobody else is there
CONFIG = """\
# The demo's configuration. It points at servers that live as long as the demo does.
workflow = "courseleaf"
database = "sqlite:///postroom.db"
secret_key_file = "postroom.key"
timezone = "America/Chicago"
answer_within = "one working day"
public_url = "http://127.0.0.1:{web}"
poll_interval_seconds = 5

[[mailbox]]
name = "support"
role = "support"
address = "support@demo.test"
imap = {{ host = "127.0.0.1", port = {imap}, tls = "none", user = "support", password_file = "imap.password" }}
start = "all"

[[mailbox]]
name = "escalate"
role = "escalate"
address = "escalate@demo.test"
imap = {{ host = "127.0.0.1", port = {imap}, tls = "none", user = "escalate", password_file = "imap.password" }}
start = "all"

[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
from = "Support <support@demo.test>"

[[staff]]
address = "kim@demo.test"
name = "Kim"
roles = ["agent", "manager"]

[[staff]]
address = "lee@demo.test"
name = "Lee"

[web]
port = {web}

[[report]]
name = "nightly"
sender = "nightly@cim.example.net"
subject = "daily.sh failed"
"""


def place() -> Path:
    """The folder of this user's demo. It need not exist."""
    return Path(tempfile.gettempdir()) / f"postroom-demo-{os.getuid()}"


def free_port() -> int:
    """For the pages: the usual one, or any where that is taken."""
    for port in (WEB, 0):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return int(tried.getsockname()[1])
    return WEB


def clear() -> Path:
    """That folder, empty. Raises Refused where it is somebody else's, or a demo lives in it; never follows a link."""
    folder = place()
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid != os.getuid()):
        raise Refused(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own")
    if folder.exists():
        with held(folder):
            shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for one demo alone, and its database for one postroom. Raises Refused."""
    try:
        with only_one(folder / "postroom.db.lock"):
            yield
    except Locked as error:
        raise Refused(f"a demo runs already in {folder}: {error}") from None


def settle(folder: Path, imap: int, smtp: int, password: str, web: int = WEB) -> Path:
    """Writes the configuration into an empty folder."""
    (folder / "imap.password").write_text(password, encoding="ascii")
    (folder / "imap.password").chmod(0o600)
    (folder / "postroom.toml").write_text(CONFIG.format(imap=imap, smtp=smtp, web=web), encoding="utf-8")
    return folder
