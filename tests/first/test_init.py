"""`postroom init`, as a conversation with a real Dovecot behind it: what it asks, what it refuses, what it leaves on the disk."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postroom.config import read
from postroom.first.candidates import Answers, Srv
from tests.first.conftest import BUSY, ESCALATE, OWN, PASSWORD, SUPPORT, Say
from tests.postroom.installed import command, started
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import mail
from tests.walk.post import octets

STAFF = "Kim <kim@example.test>"
# address, "may it have your password?", user, password, and the same for sending; no escalation mailbox.
SIGNED_IN = (SUPPORT, "y", "", PASSWORD, "y", "")
REST = ("", "", "", "", STAFF, "UTC", "")  # start, folder, name, workflow, staff, zone, web pages


def files(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir())


def test_enter_is_enough_where_dns_names_the_servers(converse: Say, home: Path, smtp: SmtpServer) -> None:
    said = converse(*SIGNED_IN, *REST)
    assert said.exit_code == 0, said.output
    assert files(home) == ["postroom.key", "postroom.toml", "support.password"]
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}
    config = read(home / "postroom.toml", {})
    assert config.settings.public_url == "", "nobody has put the pages behind an address yet"
    start = config.mailboxes[0].start
    assert isinstance(start, datetime)
    assert start <= datetime.now(UTC) < start + timedelta(minutes=5)
    assert config.settings.smtp.tls == "implicit"
    assert "postroom check --send" in said.output
    assert PASSWORD not in said.output
    assert PASSWORD not in (home / "postroom.toml").read_text()
    assert smtp.accepted == []
    assert command("check").exit_code == 0


def test_a_wrong_answer_is_told_with_its_mend_and_asked_again(converse: Say, home: Path) -> None:
    said = converse(
        "support", SUPPORT, "y", "", "wrong", PASSWORD, "y", "",
        "tomorrow", "now", "INBOX", "Gelesen", "A <b>", "", "mine", "", "nobody", STAFF, "Mars/Crater", "UTC", "help", "",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    for words in (
        "write it as name@example.com",
        "login of support@example.test refused: [AUTHENTICATIONFAILED]",
        'write "now", "all", or a date',
        "INBOX is the folder that is read",
        "The first run makes Gelesen; nothing is made now.",
        "write it without <",
        "write courseleaf or service-desk",
        "write a time zone such as",
        "write it as https://help.example.com",
    ):
        assert words in said.output
    assert (home / "postroom.toml").exists()


def test_a_host_that_dns_alone_names_gets_no_password_without_a_yes(
    converse: Say, home: Path, smtp: SmtpServer, dovecot: Dovecot
) -> None:
    before = dovecot.log.read_text().count("Login: user")
    said = converse(SUPPORT, "", "n", f"localhost:{dovecot.tls_port}")
    assert said.exit_code == 1
    assert "only DNS says that it is yours" in said.output
    assert "May it have your password? [y/n]" in said.output  # Enter is no yes
    assert dovecot.log.read_text().count("Login: user") == before
    assert files(home) == []


def test_a_certificate_that_is_not_good_gets_no_password(converse: Say, home: Path, smtp: SmtpServer) -> None:
    said = converse(SUPPORT, ca_file="")
    assert said.exit_code == 1
    assert "unable to get local issuer certificate" in said.output
    assert "--ca-file" in said.output
    assert "Password" not in said.output
    assert not smtp.lines
    assert files(home) == []


def test_without_any_dns_a_person_names_the_servers(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    said = converse(
        SUPPORT, "nowhere:port", "127.0.0.1:1", f"127.0.0.1:{dovecot.port}", "", PASSWORD, f"localhost:{smtp.port}", "",
        *REST, dns=Answers(trouble="no DNS server answered in time"),
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "names no IMAP server (no DNS server answered in time)" in said.output
    assert "127.0.0.1:1 (TLS), as you wrote: Connection refused" in said.output
    assert read(home / "postroom.toml", {}).mailboxes[0].settings.imap.tls == "starttls"


def test_the_next_server_is_tried_and_each_failure_is_told(
    converse: Say, home: Path, answers: Answers, smtp: SmtpServer
) -> None:
    more = {"_imaps._tcp": (Srv("localhost", 1, 0), Srv("localhost", answers.srv["_imaps._tcp"][0].port, 1))}
    said = converse(*SIGNED_IN, *REST, dns=Answers({**answers.srv, **more}))
    assert said.exit_code == 0, said.output
    assert "localhost:1 (TLS), SRV record _imaps._tcp.example.test: Connection refused" in said.output


def test_an_empty_password_leads_to_another_server(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    said = converse(SUPPORT, "y", "", "", f"127.0.0.1:{dovecot.port}", "", PASSWORD, "y", "", *REST)
    assert said.exit_code == 0, said.output
    assert f"port = {dovecot.port}" in (home / "postroom.toml").read_text()


def test_after_a_refusal_an_empty_password_leads_to_another_user_and_then_to_another_server(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    mistyped = (SUPPORT, "y", "supprt@example.test", PASSWORD, "", SUPPORT)
    said = converse(*mistyped, "", f"127.0.0.1:{dovecot.port}", "", PASSWORD, "y", "", *REST)
    assert said.exit_code == 0, said.output
    config = read(home / "postroom.toml", {})
    assert (config.mailboxes[0].settings.imap.user, config.mailboxes[0].port) == (SUPPORT, dovecot.port)


def test_sending_may_need_another_user(converse: Say, home: Path, smtp: SmtpServer) -> None:
    smtp.users = {"relay": "relayed"}
    said = converse(SUPPORT, "y", "", PASSWORD, "y", "wrong", "", "relay", "relayed", "", *REST)
    assert said.exit_code == 0, said.output
    assert "535" in said.output
    assert files(home) == ["postroom.key", "postroom.toml", "smtp.password", "support.password"]
    assert command("check").exit_code == 0


def test_an_escalation_mailbox_is_signed_in_to_as_well(converse: Say, home: Path) -> None:
    said = converse(*SIGNED_IN[:5], ESCALATE, "", "another", *REST)
    assert said.exit_code == 0, said.output
    config = read(home / "postroom.toml", {})
    assert [box.settings.role for box in config.mailboxes] == ["support", "escalate"]
    assert command("check").exit_code == 0


@pytest.mark.parametrize("answered", range(14))
def test_ctrl_c_at_any_question_leaves_nothing(converse: Say, home: Path, answered: int) -> None:
    lines = (*SIGNED_IN, *REST)
    assert len(lines) == 13
    said = converse(*lines[:answered])  # the end of the input is what Ctrl-C is to a prompt
    if answered < len(lines):
        assert said.exit_code == 1
        assert files(home) == []
        assert "nothing was written" in said.stderr
    else:
        assert said.exit_code == 0


def test_a_configuration_that_is_there_is_left_alone(converse: Say, home: Path) -> None:
    (home / "postroom.toml").write_text("mine")
    said = converse()
    assert said.exit_code == 1
    (line,) = said.stderr.splitlines()
    assert "postroom.toml is there already" in line
    assert (home / "postroom.toml").read_text() == "mine"


def test_a_script_asks_nothing_and_a_missing_answer_names_its_option(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    given = {
        "address": SUPPORT,
        "imap": f"localhost:{dovecot.tls_port}",
        "smtp": f"localhost:{smtp.port}",
        "password_file": str(secret),
        "staff": STAFF,
    }
    for name, says in (("address", 2), ("staff", 2), ("imap", 1), ("smtp", 1), ("password_file", 1)):
        said = converse(yes=True, **{**given, name: ""})
        assert said.exit_code == says, said.output
        assert f"--{name.replace('_', '-')}" in said.stderr.splitlines()[-1]
        assert files(home) == []
    wrong = converse(yes=True, **{**given, "start": "tomorrow"})
    assert (wrong.exit_code, wrong.stderr.count("--start")) == (2, 1)
    said = converse(yes=True, **given)
    assert said.exit_code == 0, said.output
    assert command("check").exit_code == 0


@pytest.mark.parametrize(("answer", "reads"), [("", "auto"), ("n", "")])
def test_where_there_is_a_folder_of_sent_mail_it_is_proposed(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer, answer: str, reads: str
) -> None:
    smtp.users = {OWN: PASSWORD}
    dovecot.deliver(OWN, octets(mail("To you.\n", sender=OWN, to="ada@client.example")), "Sent")
    said = converse(OWN, *SIGNED_IN[1:], *REST[:2], answer, *REST[2:])
    assert said.exit_code == 0, said.output
    assert f"What is sent as {OWN} from your own mail programs lies in Sent." in said.output
    assert read(home / "postroom.toml", {}).mailboxes[0].settings.sent_folder == reads
    assert command("check").exit_code == 0


def test_mail_that_comes_between_init_and_the_first_run_is_answered_and_older_mail_is_left_alone(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    smtp.users = {BUSY: PASSWORD}
    older = dovecot.deliver(BUSY, octets(mail("It is slow.\n", sender="older@client.example", to=BUSY)))
    at = older.stat().st_mtime - 60
    os.utime(older, (at, at))
    said = converse(BUSY, *SIGNED_IN[1:], *REST, "n")
    assert said.exit_code == 0, said.output
    assert "1 mail lies in INBOX" in said.output
    dovecot.deliver(BUSY, octets(mail("It is white.\n", sender="later@client.example", to=BUSY)))
    running = started(home, "run", "--once")
    _, log = running.communicate(timeout=60)
    assert running.returncode == 0, log
    answered = [one.recipient for one in smtp.accepted if one.recipient != "kim@example.test"]  # who gets a digest
    assert answered == ["later@client.example"]
    assert len(dovecot.files(BUSY)) == 1


def test_the_look_shows_what_would_have_happened_and_touches_nothing(
    converse: Say, home: Path, dovecot: Dovecot
) -> None:
    for number in range(4):
        raw = octets(mail(f"Page {number} is white.\n", sender=f"c{number}@client{number}.example", to=SUPPORT))
        dovecot.deliver(SUPPORT, b"Authentication-Results: mx.example.test; dmarc=pass\r\n" + raw)
    news = mail("News.\n", sender="news@list.example", to=SUPPORT, subject="[bold]News[/]", Precedence="bulk")
    dovecot.deliver(SUPPORT, octets(news))
    before = dovecot.files(SUPPORT)
    scratch = set(Path("/dev/shm").glob("postroom-*"))
    said = converse(*SIGNED_IN, "", "", "y", "", "", STAFF, "UTC", "", "y")
    assert said.exit_code == 0, said.output
    assert "mx.example.test writes on top of 4 of the last 5 mails" in said.output
    assert read(home / "postroom.toml", {}).settings.trusted_authserv_ids == ["mx.example.test"]
    assert "5 mails: 5 new_ticket. 5 tickets, 4 automatic answers. Nothing was touched." in said.output
    assert "[bold]News[/]" in said.output
    assert "no answer: it came through a" in said.output
    assert [path.name.partition(":")[2].strip("2,") for path in dovecot.files(SUPPORT)] == [""] * len(before)
    assert {path.stat().st_size for path in dovecot.files(SUPPORT)} == {path.stat().st_size for path in before}
    assert not dovecot.files(SUPPORT, "Processed")
    assert files(home) == ["postroom.key", "postroom.toml", "support.password"]
    assert set(Path("/dev/shm").glob("postroom-*")) <= scratch
