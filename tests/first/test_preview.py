"""The preview: what it says of mails, and that nothing of them is left, however it ends."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from postroom.config import read as configuration
from postroom.parsers import Parsers
from postroom.preview import preview
from postroom.reading import read
from store.incoming import Incoming
from tests.postroom.installed import install
from tests.walk.lab import mail
from tests.walk.post import octets

BEGUN = datetime(2024, 2, 1, 9, 0, tzinfo=UTC)
LEFT_OPEN = """\
import sys
from pathlib import Path
from postroom.config import read
from postroom.preview import scratch, tidily
with tidily(), scratch(read(Path("postroom.toml"), {})) as app:
    print(app.config.folder, app.database.check().settings, flush=True)
    print(Path(app.database._engine.url.database).parent, flush=True)
    sys.stdin.read()
"""


def to_us(words: str, **more: str) -> bytes:
    return octets(mail(words, to="support@example.com", **more))


def test_mails_of_long_ago_are_judged_by_the_clock_of_their_day_and_make_one_conversation(tmp_path: Path) -> None:
    config = configuration(install(tmp_path), {})
    first = to_us("The page is white.\n", message_id="<1@client.example>")
    again = to_us("Still white.\n", message_id="<2@client.example>", In_Reply_To="<1@client.example>")
    broken = b"\xff\xfe\x00" * 1000
    mails = [  # the newest first, as they need not be sorted
        Incoming(3, broken, BEGUN + timedelta(days=400)),
        Incoming(2, again, BEGUN + timedelta(hours=2)),
        Incoming(1, first, BEGUN),
    ]
    parsers = Parsers(read)
    try:
        one, two, three = preview(config, mails, parsers)
    finally:
        parsers.close()
    assert (one.kind, one.status, one.answered, one.no_answer) == ("new_ticket", "Outstanding", True, "")
    assert (two.kind, two.ticket, two.answered) == ("client_reply", one.ticket, False)
    assert two.no_answer
    assert three.because
    assert not three.answered
    assert not (tmp_path / "postroom.db").exists()


def test_nothing_is_left_when_the_terminal_is_closed_meanwhile(tmp_path: Path) -> None:
    install(tmp_path)
    numbers = (signal.SIGHUP, signal.SIGTERM)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", LEFT_OPEN], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in numbers
    ]
    for number, process in zip(numbers, started, strict=True):
        assert process.stdout
        assert process.stdin
        facts, folder = process.stdout.readline(), Path(process.stdout.readline().strip())
        assert "600" in facts
        assert folder.stat().st_mode & 0o777 == 0o700
        process.send_signal(number)
        assert process.wait(30) == 128 + number
        assert not folder.exists()
        process.stdin.close()
        process.stdout.close()
