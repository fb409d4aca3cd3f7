"""docs/first-day.md: each command of the page, in its order, from an address to an answered ticket."""

import re
import shlex
from pathlib import Path

from tests.first.conftest import SUPPORT, Say
from tests.first.test_init import REST, SIGNED_IN
from tests.postroom.installed import command
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import mail
from tests.walk.post import octets

PAGE = Path(__file__).parents[2] / "docs" / "first-day.md"
CLIENT = "ada@client.example"


def commands() -> list[list[str]]:
    return [shlex.split(line)[1:] for line in re.findall(r"^postroom .+$", PAGE.read_text("utf-8"), re.MULTILINE)]


def test_each_command_of_the_first_day_does_what_the_page_says(
    converse: Say, home: Path, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    (home / "answer.txt").write_text("It is mended.\n")
    said = {}
    for words in commands():
        match words:
            case ["init"]:
                done = converse(*SIGNED_IN, *REST)
                assert done.exit_code == 0, done.output
                dovecot.deliver(SUPPORT, octets(mail(sender=CLIENT, to=SUPPORT)))
            case ["run"]:
                done = command("run", "--once")
                assert done.exit_code == 0, done.output
            case _:
                done = command(*words)
                assert done.exit_code == 0, (words, done.output)
                said[" ".join(words[:1])] = done.output
    assert CLIENT in [one.recipient for one in smtp.accepted]
    assert "FAILED" not in said["check"]
    assert "Outstanding" in said["tickets"]
    assert 'opens #1001 as "Outstanding"' in said["ticket"]
    assert "new_ticket" in said["mails"]
    assert "reply" in said["outbox"]
    assert "Problem Solved" in command("ticket", "1001").output
    assert command("run", "--once").exit_code == 0
    assert [one for one in smtp.accepted if one.recipient == CLIENT and b"It is mended." in one.raw]
