"""`postroom init` at a house that lets people in by OAuth: it opens the sign-in, tries it, and writes down what it got."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from postroom.cli import Postroom
from postroom.commands.init import init
from postroom.config import read
from postroom.first.candidates import Answers
from postroom.first.houses import House, Registered
from postroom.oauth.authority import Authority as Addresses
from postroom.oauth.keeping import load
from tests.servers import dovecot as imap
from tests.servers.authority import CLIENT, SECRET, Authority
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer

SUPPORT = "support@example.test"
DNS = Answers(mx=("mx.house.test",))
# address, "may it sign you in?", user, "sign in by OAuth?", tenant, application.
BEGUN = (SUPPORT, "y", "", "", "", CLIENT)
# "may it send?", no escalation mailbox; start, folder, name, workflow, staff, zone, web pages.
REST = ("y", "", "", "", "", "", "Kim <kim@example.test>", "UTC", "")
Say = Callable[..., Result]


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with Authority(user=SUPPORT, approved=True) as server:
        yield server


@pytest.fixture(scope="module")
def dovecot(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    if reason := imap.available():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("imap")
    asking = authority.url("introspect?access_token=")
    with Dovecot(folder, users={SUPPORT: "x"}, introspection=asking, bearers="oauthbearer") as server:
        yield server


@pytest.fixture
def converse(tmp_path: Path, authority: Authority, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """A conversation, line by line, with a house on this machine; `secret`: it wants one, and has no tenants."""
    monkeypatch.chdir(tmp_path)
    authority.user = SUPPORT
    at = Addresses(authority.url("token"), "mail", device_url=authority.url("device"))
    with SmtpServer(tokens=authority.is_good, auth=("OAUTHBEARER",)) as smtp:
        servers = {"IMAP": ("127.0.0.1", dovecot.port, "none"), "SMTP": ("127.0.0.1", smtp.port, "none")}

        def say(*lines: str, secret: bool = False) -> Result:
            kind = "google" if secret else "microsoft"
            oauth = Registered(kind, lambda _: at, tenant=not secret, secret=secret, only=not secret)
            house = House("House", ("house.test",), servers, "House wants OAuth", oauth)

            @click.group(cls=Postroom)
            def main() -> None: ...

            @main.command("init")
            def command() -> None:
                init(None, {}, yes=False, look_up=lambda _: DNS, houses=(house,))

            clean = {"POSTROOM_CONFIG": None, "COLUMNS": "120"}
            return CliRunner(env=clean).invoke(main, ["init"], input="".join(f"{line}\n" for line in lines))

        yield say


def test_a_person_signs_in_and_what_was_given_is_kept(converse: Say, tmp_path: Path, authority: Authority) -> None:
    said = converse(*BEGUN, *REST)
    assert said.exit_code == 0, said.output
    assert "only DNS says that it is yours. May it sign you in? [y/n]" in said.output
    assert "House wants OAuth." in said.output
    assert "Open https://login.example/device on any screen, type WDJB-MJHT" in said.output
    assert said.output.count(f"{SUPPORT} is signed in.") == 2, "for reading and for sending"
    config = read(tmp_path / "postroom.toml", {})
    oauth = config.oauth["support"]
    assert config.mailboxes[0].settings.imap.oauth == config.settings.smtp.oauth == "support"
    assert oauth.authority.token_url == "https://login.microsoftonline.com/example.test/oauth2/v2.0/token"
    kept = load(oauth.file)
    assert kept is not None
    assert kept.refresh == authority.refresh
    assert oauth.file.stat().st_mode & 0o777 == 0o600
    assert kept.access not in said.output


def test_a_secret_is_asked_for_unseen_and_kept_in_a_file_that_is_not_there_yet(converse: Say, tmp_path: Path) -> None:
    (tmp_path / "support.token").write_text("of another time")
    said = converse(SUPPORT, "y", "", "y", CLIENT, SECRET, *REST, secret=True)
    assert said.exit_code == 0, said.output
    oauth = read(tmp_path / "postroom.toml", {}).oauth["support"]
    assert oauth.file.name == "support-2.token"
    assert oauth.client_secret is not None
    assert oauth.client_secret.reveal() == SECRET
    assert SECRET not in said.output + (tmp_path / "postroom.toml").read_text()


def test_a_second_mailbox_is_let_in_by_the_same_application_and_left_out_where_it_is_not(
    converse: Say, tmp_path: Path
) -> None:
    lines = list(REST)
    lines[1:2] = ["escalate@example.test", "", "", "n"]  # user, "sign in by OAuth?", "try again?"
    said = converse(*BEGUN, *lines)
    assert said.exit_code == 0, said.output
    assert said.output.count("Application (client) id:") == 1
    assert said.output.count("login of escalate@example.test by OAUTHBEARER refused") == 1
    config = read(tmp_path / "postroom.toml", {})
    assert list(config.oauth) == [box.name.partition("@")[0] for box in config.mailboxes] == ["support"]


def test_what_is_refused_is_told_and_tried_again_or_given_up_and_nothing_is_written(
    converse: Say, tmp_path: Path, authority: Authority
) -> None:
    said = converse(*BEGUN[:-1], "somebody-else", "n")
    assert "invalid_client: who is that?" in said.output
    authority.user = "kim@example.test"  # the wrong person signed in
    said = converse(*BEGUN, "y", "n")
    assert said.output.count(f"login of {SUPPORT} by OAUTHBEARER refused") == 2
    assert said.exit_code == 1
    assert list(tmp_path.iterdir()) == []
