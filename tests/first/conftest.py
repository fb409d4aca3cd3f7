"""A Dovecot with certificate, a mail server that takes mail under the same one, and a conversation with `postroom init`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from postroom.cli import Postroom
from postroom.commands.init import init
from postroom.first.candidates import Answers, Srv
from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer

PASSWORD = "correct horse"
SUPPORT = "support@example.test"
ESCALATE = "escalate@example.test"
BUSY = "busy@example.test"  # has mails of one test alone
OWN = "own@example.test"  # has a folder of sent mail
Say = Callable[..., Result]


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    if reason := imap.available():
        pytest.skip(reason)
    users = {SUPPORT: PASSWORD, ESCALATE: "another", OWN: PASSWORD, BUSY: PASSWORD}
    with Dovecot(tmp_path_factory.mktemp("imap"), users=users, tls=True) as server:
        yield server


@pytest.fixture
def smtp(dovecot: Dovecot, tmp_path: Path) -> Iterator[SmtpServer]:
    assert dovecot.certificate
    both = tmp_path / "smtp.pem"
    both.write_text(dovecot.certificate.chain.read_text() + dovecot.certificate.key.read_text())
    with SmtpServer(users={SUPPORT: PASSWORD}, tls="implicit", certificate=str(both)) as server:
        yield server


@pytest.fixture
def answers(dovecot: Dovecot, smtp: SmtpServer) -> Answers:
    """What DNS says of example.test: it names this machine."""
    srv = {
        "_imaps._tcp": (Srv("localhost", dovecot.tls_port),),
        "_submissions._tcp": (Srv("localhost", smtp.port),),
    }
    return Answers(srv)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def converse(home: Path, dovecot: Dovecot, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Say:
    """A conversation: what the person types, line by line, to the end of it; options by their name."""
    monkeypatch.chdir(home)
    assert dovecot.certificate
    authority = str(dovecot.certificate.authority)

    def say(*lines: str, yes: bool = False, dns: Answers = answers, **given: str) -> Result:
        @click.group(cls=Postroom)
        def main() -> None: ...

        @main.command("init")
        def command() -> None:
            options = {"ca-file": authority} | {name.replace("_", "-"): value for name, value in given.items()}
            init(None, {k: v for k, v in options.items() if v}, yes=yes, look_up=lambda _: dns)

        clean = {"POSTROOM_CONFIG": None, "COLUMNS": "120"}
        return CliRunner(env=clean).invoke(main, ["init"], input="".join(f"{line}\n" for line in lines))

    return say
