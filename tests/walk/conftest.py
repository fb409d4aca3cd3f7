"""One Dovecot and one SMTP server for all walks of a file; each walk has a postroom, a database and mailboxes of its own.

A walk is on SQLite, or on the engine that ENGINE names. `@on_both` (tests/walk/lab.py) lets it take place on both.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.servers import chromium as browsers
from tests.servers import dovecot as imap
from tests.servers import postfix as mta
from tests.servers.chromium import Chromium
from tests.servers.dovecot import OWNER, Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.servers.smtp_script import SmtpServer
from tests.walk.killing import Sums, Told
from tests.walk.lab import PASSWORD, SQLITE, Lab
from tests.walk.nursery import Nursery

MOST_WALKS = 60
NUMBERS = count()
BOXES = ("support", "escalate", "kim", "ada")  # Kim is of the team; Ada is a client at the same server


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    if reason := imap.available():
        pytest.skip(reason)
    names = [f"{role}{number}" for number in range(MOST_WALKS) for role in ("support", "escalate", "desk")]
    with Dovecot(tmp_path_factory.mktemp("imap"), users=dict.fromkeys(names, PASSWORD)) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    if reason := browsers.available():
        pytest.skip(reason)
    with browsers.running() as browser:
        yield browser


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", os.environ.get("ENGINE", "sqlite"))


@pytest.fixture
def database(engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables."""
    if engine == "sqlite":
        yield SQLITE
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"walk{next(NUMBERS)}"
    server.create(name)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


@pytest.fixture
def make_lab(tmp_path: Path, dovecot: Dovecot, smtp: SmtpServer, database: str, nursery: Nursery) -> Callable[..., Lab]:
    def make(more: str = "") -> Lab:
        number = next(NUMBERS) % MOST_WALKS
        place, start = tmp_path / "postroom", nursery.popen
        return Lab(place, dovecot, smtp, number=number, more=more, database=database, start=start)

    return make


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab()


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Puts sums into the report, and gives them back; tests/conftest.py adds them up."""

    def tell(sums: Sums) -> Sums:
        record_property("sums", dict(sums))
        return sums

    return tell


@pytest.fixture
def small() -> Iterator[Path]:
    """A file system of 3 MiB, at a path short enough for sockets."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount the small file system of the disk-full tests")
    folder = Path(tempfile.mkdtemp(prefix="postroom-small-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Lab, Dovecot]]:
    """A postroom between a real Postfix and a real Dovecot that share their mailboxes."""
    if reason := imap.available() or mta.available():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="postroom-postfix-"))
    folder.chmod(0o755)
    owner = pwd.getpwnam(OWNER) if OWNER in {one.pw_name for one in pwd.getpwall()} else None
    with Dovecot(users=dict.fromkeys(BOXES, PASSWORD)) as dovecot:
        owner = owner or pwd.getpwnam(OWNER)
        post = Postfix(folder, dovecot.base / "mail", owner.pw_uid, owner.pw_gid, BOXES, domain="example.test")
        with post, SmtpServer() as unused:
            lab = Lab(tmp_path / "postroom", dovecot, unused)
            config = lab.folder / "postroom.toml"
            text = config.read_text().replace("support0", "support").replace("escalate0", "escalate")
            config.write_text(text.replace(f"port = {unused.port}", f"port = {post.port}"))
            yield lab, dovecot
    shutil.rmtree(folder, ignore_errors=True)
