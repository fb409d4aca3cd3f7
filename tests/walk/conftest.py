"""One Dovecot and one SMTP server for all walks of a file; each walk has a postroom and mailboxes of its own."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import PASSWORD, Lab

MOST_WALKS = 60
NUMBERS = count()


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    if reason := imap.available():
        pytest.skip(reason)
    names = [f"{role}{number}" for number in range(MOST_WALKS) for role in ("support", "escalate", "desk")]
    with Dovecot(tmp_path_factory.mktemp("imap"), users=dict.fromkeys(names, PASSWORD)) as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def make_lab(tmp_path: Path, dovecot: Dovecot, smtp: SmtpServer) -> Callable[..., Lab]:
    def make(more: str = "") -> Lab:
        return Lab(tmp_path / "postroom", dovecot, smtp, number=next(NUMBERS) % MOST_WALKS, more=more)

    return make


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab()
