"""Mailboxes that no password opens: tokens are got, kept, renewed before they end and after they were revoked; and what ends is said."""

import json
import re
import stat
import threading
import urllib.request
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.policy import SMTP as CRLF
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers.authority import CLIENT, ROBOT, SECRET, Authority, certificate, key_file, private_key
from tests.servers.dovecot import Dovecot, available
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import Lab, mail
from tests.walk.nursery import Nursery
from tests.walk.service import Service, do, once, refused, rows, say

OAUTH = """
[oauth.house]
client_id = "{client}"
client_secret_file = "client.secret"
grant = "{grant}"
scope = "mail"
token_url = "{token}"
{more}
"""
DEVICE = 'device_url = "{device}"'
ESCALATE = """
[[mailbox]]
role = "escalate"
address = "escalate@example.test"
imap = {{ host = "127.0.0.1", port = {imap}, tls = "none", user = "desk59", password_file = "imap.password" }}
start = "all"
"""
HOME = "client_id = 'a'\ntoken_url = 'https://login.example/'"
BROWSER = 'authorize_url = "https://login.example/authorize"'


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with Authority(user="support1") as server:
        yield server


@pytest.fixture(scope="module")
def house(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """A Dovecot that asks the authority about each token."""
    if reason := available():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("imap")
    with Dovecot(folder, users={"support1": "x"}, introspection=authority.url("introspect?access_token=")) as server:
        yield server


@pytest.fixture
def post(authority: Authority) -> Iterator[SmtpServer]:
    with SmtpServer(tokens=authority.is_good, auth=("XOAUTH2",)) as server:
        yield server


@pytest.fixture
def make(
    tmp_path: Path, house: Dovecot, post: SmtpServer, authority: Authority, nursery: Nursery
) -> Callable[..., Lab]:
    authority.good.clear()
    authority.asked.clear()
    authority.refresh, authority.approved, authority.down, authority.life = "", False, False, 3600
    authority.lasts, authority.wish = 0, ""

    def made(grant: str, more: str = "") -> Lab:
        more = more.format(device=authority.url("device"))
        oauth = OAUTH.format(client=CLIENT, grant=grant, token=authority.url("token"), more=more)
        lab = Lab(tmp_path / "postroom", house, post, number=1, more=oauth, start=nursery.popen)
        file = lab.folder / "postroom.toml"
        text = file.read_text().replace('password_file = "imap.password"', 'oauth = "house"')
        text = re.sub(r"\[\[mailbox\]\]\nname = \"escalate\".*?(?=\[smtp\])", "", text, flags=re.DOTALL)
        file.write_text(text.replace("[smtp]\n", '[smtp]\nuser = "support1"\noauth = "house"\n'))
        secret = lab.folder / "client.secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        for path in house.files("support1"):
            path.unlink()
        return lab

    return made


def kept(lab: Lab) -> dict[str, str]:
    file = lab.folder / "house.token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = json.loads(file.read_text())
    assert isinstance(found, dict)
    return found


def signed_in(lab: Lab, authority: Authority) -> None:
    authority.approved = True
    assert "house: signed in" in do(lab, "sign-in")


def test_an_application_is_let_in_and_its_token_is_kept_until_it_ends(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("application")
    lab.deliver(mail())
    once(lab)
    assert len(rows(lab, "tickets")) == len(lab.smtp.accepted) == 1
    assert [form["grant_type"] for form in authority.asked] == ["client_credentials"], "one for IMAP and SMTP"
    once(lab)
    assert len(authority.asked) == 1, "a good one is not renewed"
    lab.move_clock(minutes=56)
    once(lab)
    assert len(authority.asked) == 2, "five minutes before its end it is"
    assert "ok      sign-in house: the token at hand is good until" in say(lab, "check").stdout


def test_a_service_account_is_let_in_by_its_key(make: Callable[..., Lab], authority: Authority) -> None:
    lab = make("application", 'key_file = "house.json"\nsubject = "support@example.test"')
    file = lab.folder / "house.json"
    file.write_text(key_file(private_key()))
    file.chmod(0o600)
    lab.deliver(mail())
    once(lab)
    assert len(lab.smtp.accepted) == 1
    (form,) = authority.asked
    assert sorted(form) == ["assertion", "grant_type"]
    claims = json.loads(urlsafe_b64decode(form["assertion"].split(".")[1] + "=="))
    assert (claims["iss"], claims["sub"]) == (ROBOT, "support@example.test")
    assert (claims["aud"], claims["scope"]) == (authority.url("token"), "mail")
    assert claims["exp"] - claims["iat"] <= 3600, "Google takes no longer one"


def test_an_application_is_let_in_by_its_certificate_whose_end_is_told(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("application", 'certificate_file = "house.pem"')
    config, file = lab.folder / "postroom.toml", lab.folder / "house.pem"
    config.write_text(re.sub('client_secret_file = ".*"\n', "", config.read_text()))
    file.write_text(certificate(days=15))
    file.chmod(0o600)
    lab.deliver(mail())
    once(lab)
    assert len(lab.smtp.accepted) == 1
    (form,) = authority.asked
    assert sorted(form) == ["client_assertion", "client_assertion_type", "client_id", "grant_type", "scope"]
    claims = json.loads(urlsafe_b64decode(form["client_assertion"].split(".")[1] + "=="))
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, authority.url("token"))
    assert "certificate of sign-in house" not in say(lab, "check").stdout
    lab.move_clock(days=2)
    assert "the certificate of sign-in house ends on" in say(lab, "check").stdout
    file.write_text(certificate().partition("-----BEGIN CERT")[0])
    assert "oauth.house.certificate_file: there is no certificate in it" in say(lab, "check").stderr


def test_a_provider_that_asks_to_be_left_alone_is_by_all_who_would_ask_it(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("application")
    authority.down, authority.wish = True, "1200"
    lab.deliver(mail())
    assert lab.call("run", "--once").returncode == 1
    assert len(authority.asked) == 1, "neither for sending"
    assert "asks to be left alone for 1" in say(lab, "check").stdout
    assert len(authority.asked) == 1
    authority.down = False
    lab.move_clock(minutes=21)
    once(lab)
    assert len(lab.smtp.accepted) == 1
    authority.down, authority.wish = True, "9" * 6
    lab.move_clock(minutes=56)
    once(lab)
    once(lab)
    assert len(authority.asked) == 3, "a token that is still good is used meanwhile"
    authority.down = False
    lab.move_clock(minutes=121)
    once(lab)
    assert len(authority.asked) == 4, "for no more than an hour"


def test_a_person_signs_in_on_another_screen_and_their_token_is_rotated(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("person", DEVICE)
    lab.deliver(mail())
    assert "nobody has signed in yet: run postroom sign-in house" in lab.call("run", "--once").stderr
    process = lab.popen("sign-in", "house")
    assert process.stdout is not None
    assert process.stdout.readline() == (
        "Open https://login.example/device on any screen, type WDJB-MJHT, and sign in as the mailbox.\n"
    )
    authority.approved = True
    process.communicate(timeout=30)
    assert process.returncode == 0
    once(lab)
    assert len(lab.smtp.accepted) == 1
    first = kept(lab)
    lab.move_clock(hours=2)
    once(lab)
    second = kept(lab)
    assert second["refresh"] == authority.refresh != first["refresh"]
    authority.refresh = "somebody ended it"
    lab.move_clock(hours=2)
    failed = lab.call("run", "--once")
    assert failed.returncode == 1
    assert "it is not good any more (invalid_grant: the sign-in has ended): run postroom sign-in house" in failed.stderr
    checked = say(lab, "check")
    assert "FAILED" in checked.stdout
    assert checked.stdout.count("run postroom sign-in house") >= 2


def test_a_person_signs_in_with_a_browser_here_or_elsewhere(make: Callable[..., Lab], authority: Authority) -> None:
    lab = make("person", BROWSER)
    process = lab.popen("sign-in", "house")
    assert process.stdout is not None
    url = next(line.strip() for line in process.stdout if line.startswith("https://"))
    back = authority.authorize(urlsplit(url).query)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(back.partition("?")[0] + "favicon.ico")
    with urllib.request.urlopen(back) as page:
        assert "You can close this page" in page.read().decode()
    process.wait(30)
    first = kept(lab)
    assert first["refresh"] == authority.refresh
    process.communicate()
    stolen = "http://127.0.0.1:1/?code=stolen&state=guessed\n"
    said = say(lab, "sign-in", "house", "--paste", words=stolen)
    assert said.exit_code == 1
    assert "that address is not the answer to this sign-in" in said.stderr
    assert kept(lab) == first
    assert SECRET not in said.stdout + said.stderr


def test_a_token_that_was_revoked_is_renewed_at_once_and_one_that_comes_late_holds_nobody_up(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("person", DEVICE)
    signed_in(lab, authority)
    lab.deliver(mail())
    once(lab)
    authority.revoke()
    lab.deliver(mail("More.\n", sender="bo@client.example"))
    once(lab)
    assert len(lab.smtp.accepted) == 2
    authority.down = True
    lab.move_clock(minutes=57)
    lab.deliver(mail("Even more.\n", sender="cy@client.example"))
    once(lab)
    assert len(rows(lab, "tickets")) == 3, "the one at hand is good for three minutes more"
    lab.move_clock(minutes=4)
    lab.deliver(mail("And more.\n", sender="di@client.example"))
    said = lab.call("run", "--once")
    assert len(rows(lab, "tickets")) == 3, said.stderr
    assert "gives no token: temporarily_unavailable" in said.stderr
    authority.down = False
    lab.move_clock(hours=1)
    once(lab)
    assert len(rows(lab, "tickets")) == 4


def test_many_that_need_a_new_token_at_once_ask_for_it_once(make: Callable[..., Lab], authority: Authority) -> None:
    lab = make("person", DEVICE)
    signed_in(lab, authority)
    lab.move_clock(hours=2)
    before = len(authority.asked)
    authority.late.clear()
    checks = [lab.popen("check") for _ in range(4)]
    threading.Timer(1, authority.late.set).start()
    for process in checks:
        said, _ = process.communicate(timeout=60)
        assert "ok      sign-in house: the sign-in is 0 minutes old" in said
        assert "ok      smtp" in said
    assert len(authority.asked) == before + 1, "a refresh token is good once"


def test_a_sign_in_that_ended_stops_its_own_mailbox_alone_and_is_in_the_digest_until_somebody_signs_in(
    make: Callable[..., Lab], authority: Authority, dovecot: Dovecot
) -> None:
    lab = make("person", DEVICE)
    signed_in(lab, authority)
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text() + ESCALATE.format(imap=dovecot.port))
    once(lab)
    authority.refresh = "somebody ended it"
    lab.move_clock(hours=2)
    lab.deliver(mail("Is anybody there?\n"))
    other = mail("The site is down.\n", sender="bo@client.example", to="escalate@example.test")
    dovecot.deliver("desk59", other.as_bytes(policy=CRLF))
    assert lab.call("run", "--once").returncode == 1
    assert [row["requester"] for row in rows(lab, "tickets")] == ["bo@client.example"]
    assert {row["state"] for row in rows(lab, "outbox")} <= {"queued", "retry"}, "no mail is given up"
    told = do(lab, "digest", "--print")
    assert told.count("run postroom sign-in house") == 1
    signed_in(lab, authority)
    lab.move_clock(hours=1)
    once(lab)
    assert "run postroom sign-in house" not in do(lab, "digest", "--print")
    assert len(rows(lab, "tickets")) == 2
    assert {row["state"] for row in rows(lab, "outbox")} == {"sent"}


def test_what_ends_within_two_weeks_is_told_by_check_and_the_digest(
    make: Callable[..., Lab], authority: Authority
) -> None:
    day = (datetime.now(UTC) + timedelta(days=15)).date()
    lab = make("application", f'ends = "{day}"')
    once(lab)
    assert "ends on" not in do(lab, "digest", "--print") + say(lab, "check").stdout
    lab.move_clock(days=2)
    line = f"the client secret of sign-in house ends on {day}: make a new one at the provider"
    assert do(lab, "digest", "--print").count(line) == 1
    assert f"FAILED  sign-in house: {line}" in say(lab, "check").stdout


def test_a_sign_in_of_which_the_provider_tells_how_long_it_lasts_is_told_two_weeks_before(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("person", DEVICE)
    authority.lasts = 15 * 86400
    signed_in(lab, authority)
    day = (datetime.now(UTC) + timedelta(days=15)).date()
    assert "ends on" not in do(lab, "digest", "--print") + say(lab, "check").stdout
    lab.move_clock(days=2)
    line = f"sign-in house ends on {day}: run postroom sign-in house"
    assert do(lab, "digest", "--print").count(line) == 1, "nothing has renewed it since"
    once(lab)
    assert "ends on" not in do(lab, "digest", "--print"), "a new refresh token begins anew"
    authority.lasts = 13 * 86400
    signed_in(lab, authority)
    assert f"FAILED  sign-in house: {line}" in say(lab, "check").stdout


def test_killed_while_it_is_renewed_what_was_kept_is_whole(make: Callable[..., Lab], authority: Authority) -> None:
    lab = make("person", DEVICE)
    signed_in(lab, authority)
    first = kept(lab)
    lab.move_clock(hours=2)
    assert lab.call("check", POSTROOM_FAILPOINT="oauth.before_rename").returncode < 0
    assert kept(lab) == first
    authority.refresh = first["refresh"]  # as those keep the last one good who rotate them
    assert "ok      mailbox support" in say(lab, "check").stdout


def test_a_run_goes_on_for_days_with_tokens_that_live_for_minutes(
    make: Callable[..., Lab], authority: Authority
) -> None:
    lab = make("application")
    authority.life = 303
    with Service(lab) as running:
        for number in range(3):
            lab.deliver(mail(f"Mail {number}.\n", sender=f"ada{number}@client.example"))
            running.wait_until(lambda number=number: len(lab.smtp.accepted) == number + 1)  # type: ignore[misc]
            authority.revoke()
            lab.smtp.hang_up()
            house = lab.dovecot
            house.stop()
            house.start()
    assert len(authority.asked) >= 3


def test_what_is_wrong_in_the_configuration_is_said(make: Callable[..., Lab]) -> None:
    lab = make("application")
    file = lab.folder / "postroom.toml"
    whole = file.read_text()
    for old, new, said in (
        ('grant = "application"', 'grant = "robot"', "grant"),
        ('client_secret_file = "client.secret"', "", "oauth.house.client_secret_file is missing"),
        ('token_url = "http', 'token_url = "ftp', "is not this machine: write it with https"),
        ('token_url = "', 'tokens_url = "', "tokens_url"),
        ('oauth = "house"\n', 'oauth = "castle"\n', 'is "castle": name one of [oauth.NAME]: house'),
        ('oauth = "house"\n', 'oauth = "house"\npassword_file = "x"\n', "cannot be read"),
        ('scope = "mail"', 'scope = "mail"\nprovider = "microsoft"', "oauth.house.tenant is missing"),
        ('client_id = "', 'clients = "', "clients"),
        (
            "[oauth.house]\n",
            f"[oauth.home]\ntoken_file = 'house.token'\n{HOME}\n[oauth.house]\n",
            "home keeps its own there",
        ),
        ('scope = "mail"', 'provider = "google"', "oauth.house.key_file is missing"),
        ('scope = "mail"', 'certificate_file = "house.pem"', "cannot be read: No such file"),
        ('grant = "application"', 'grant = "person"\ncertificate_file = "house.pem"', 'write "application"'),
        ('scope = "mail"', 'key_file = "client.secret"', "oauth.house.subject is missing"),
        (
            'scope = "mail"',
            'key_file = "client.secret"\nsubject = "a"',
            "key_file: it is no key file of a service account",
        ),
    ):
        assert old in whole
        file.write_text(whole.replace(old, new))
        assert said in say(lab, "check").stderr, new
    file.write_text(whole)
    assert "there is no sign-in castle: the configuration names house" in refused(lab, "sign-in", "castle")


def test_a_password_manager_is_asked_when_a_password_is_needed(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    text = file.read_text()
    with_command = text.replace('password_file = "imap.password"', 'password_command = ["cat", "imap.password"]')
    file.write_text(with_command)
    lab.deliver(mail())
    once(lab)
    assert len(lab.smtp.accepted) == 1
    for command, why in (
        ('["gone"]', "gone cannot be run: No such file or directory"),
        ('["false"]', "false ended with status 1: run it by hand"),
        ('["true"]', "true printed nothing"),
        ('["printf", "a\\\\tb"]', "there is a control character in it"),
    ):
        file.write_text(with_command.replace('["cat", "imap.password"]', command))
        assert len(rows(lab, "tickets")) == 1, "who needs none asks for none"
        failed = say(lab, "check")
        assert failed.exit_code == 1
        assert f"password_command: {why}" in failed.stdout + failed.stderr
