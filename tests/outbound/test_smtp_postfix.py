"""S46 through a real Postfix into a real Maildir: each octet, also where dots, line ends and lengths are odd."""

import asyncio
import tempfile
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from inbound.filenames import clean
from inbound.parse import parse
from outbound.dsn import Dsn, asked
from outbound.file import File
from outbound.mime import assemble
from outbound.outbox import Dead, Held, Outcome, Sent
from outbound.smtp import Server, Smtp, Tls
from tests.inbound.hostile_names import NAMES
from tests.servers.postfix import Postfix, available, nobody
from tests.servers.smtp_script import SmtpServer
from workflow.machine import Nature

pytestmark = pytest.mark.skipif(bool(available()), reason=available())

HEAD = b"From: client@example.org\r\nTo: support@lab.test\r\nDate: Mon, 02 Nov 2026 09:00:00 +0000\r\nMessage-ID: <%b@example.org>\r\nSubject: x\r\n\r\n"
BODIES = {
    b"dots": b".\r\n..\r\n.a\r\n...b\r\nc.\r\n",
    b"unended": b"the last line",
    b"bare-lf": b"one\ntwo\n.three\n\n.\n..\n",
    b"smuggled": b"one\n.\nMAIL FROM:<evil@example.com>\r\n\n.\r\nRCPT TO:<staff@lab.test>\r\n",
    b"long": b"x" * 5_000 + b"\r\n" + b"." * 3_000 + b"\r\n",
    b"eight-bit": b"caf\xc3\xa9 \xff\xfe\r\n",
    b"empty": b"",
    b"large": (b"y" * 76 + b"\r\n") * 10_000,
}


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture(scope="module")
def postfix(sink: SmtpServer) -> Iterator[Postfix]:
    with tempfile.TemporaryDirectory(prefix="postroom-postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # Postfix works as several users
        with Postfix(folder, folder / "mail", *nobody(), sink_port=sink.port) as running:
            yield running


async def fine() -> None:
    """A mark that is made at once."""


def send(
    postfix: Postfix, recipient: str, raws: list[bytes], sender: str = "client@example.org", dsn: Dsn | None = None
) -> list[Outcome]:
    async def run() -> list[Outcome]:
        smtp = Smtp(Server("127.0.0.1", postfix.port, Tls.NONE))
        outcomes = await asyncio.gather(*(smtp.send(sender, recipient, raw, fine, dsn) for raw in raws))
        await smtp.close()
        return outcomes

    return asyncio.run(run())


def test_every_octet_reaches_the_maildir(postfix: Postfix, sink: SmtpServer) -> None:
    raws = [HEAD % name + body for name, body in BODIES.items()]
    assert {type(outcome) for outcome in send(postfix, "support@lab.test", raws)} == {Sent}
    stored = wait_for_mails(postfix, "support", len(raws))
    for tail in (as_stored(raw) for raw in raws):
        assert len([mail for mail in stored if mail.endswith(b"\n" + tail)]) == 1
    assert postfix.delivered("staff") == []


def as_stored(raw: bytes) -> bytes:
    """As a Maildir has it: lines ended by LF, and an end to the last one."""
    lines = raw.replace(b"\r\n", b"\n")
    return lines if lines.endswith(b"\n") else lines + b"\n"


def wait_for_mails(postfix: Postfix, user: str, count: int) -> list[bytes]:
    async def run() -> list[bytes]:
        async with asyncio.timeout(20):
            while len(mails := postfix.delivered(user)) < count:  # noqa: ASYNC110 - a folder has no event
                await asyncio.sleep(0.05)
        return mails

    return asyncio.run(run())


def test_a_plus_address_reaches_its_owner(postfix: Postfix) -> None:
    [outcome] = send(postfix, "escalate+t1.abc@lab.test", [HEAD % b"plus" + b"x\r\n"])
    assert type(outcome) is Sent
    [mail] = wait_for_mails(postfix, "escalate", 1)
    assert b"Delivered-To: escalate+t1.abc@lab.test\n" in mail


def test_what_is_for_others_reaches_the_sink(postfix: Postfix, sink: SmtpServer) -> None:
    before = len(sink.accepted)
    [outcome] = send(postfix, "someone@example.net", [HEAD % b"sink" + b"x\r\n"])
    assert type(outcome) is Sent
    assert sink.wait_for(before + 1)[-1].recipient == "someone@example.net"


def test_postfix_s_refusals_are_told_apart(postfix: Postfix) -> None:
    [unknown] = send(postfix, "nobody-here@lab.test", [HEAD % b"unknown" + b"x\r\n"])
    assert type(unknown) is Dead
    assert unknown.answer.startswith("rcpt: 550 5.1.1")
    [large] = send(postfix, "support@lab.test", [HEAD % b"huge" + b"z" * 53_000_000])
    assert type(large) is Held
    assert large.answer.endswith("and the server takes 52428800")


def test_s24_a_report_comes_for_what_a_person_wrote_and_none_for_an_acknowledgement(postfix: Postfix) -> None:
    """The sink refuses the recipient after Postfix has taken the mail, as another host does."""
    for number, nature in ((16, Nature.ACKNOWLEDGEMENT), (17, Nature.PERSONAL)):
        raw = HEAD % b"reported%d" % number + b"x\r\n"
        [outcome] = send(postfix, "refused@example.net", [raw], "staff@lab.test", asked(number, nature))
        assert type(outcome) is Sent
    [came] = wait_for_mails(postfix, "staff", 1)
    report = parse(came).report
    assert report
    assert (report.actions, report.statuses) == (("failed",), ("5.1.1",))
    assert report.original_message_id == "<reported17@example.org>"
    assert b"Original-Envelope-Id: o17\n" in came
    assert b"Subject: x\n" in came
    assert b"\nx\n" not in came, "the headers alone come back"


def test_files_reach_the_maildir_as_they_were_with_their_names(postfix: Postfix) -> None:
    files = [
        File(clean(name) or "unnamed", "application/pdf", bytes(range(256)) * place) for place, name in enumerate(NAMES)
    ]
    files.append(File("dots.txt", "text/plain", b".\r\n..\n.\r\n" * 50))
    files.append(File("grün ☂.png", "image/png", b"\x89PNG" + bytes(5_000)))
    headers = [("From", ["support@lab.test"]), ("To", ["escalate@lab.test"]), ("Message-ID", ["<files@lab.test>"])]
    headers.append(("Date", ["Mon, 02 Nov 2026 09:00:00 +0000"]))
    before = len(postfix.delivered("escalate"))
    raw = assemble(headers, "<files@lab.test>", "words", "<p>words</p>", [("p.files@lab.test", files[-1])], files[:-1])
    [outcome] = send(postfix, "escalate@lab.test", [raw])
    assert type(outcome) is Sent
    stored = wait_for_mails(postfix, "escalate", before + 1)
    (mail,) = [one for one in stored if b"files@lab.test" in one]
    assert mail.endswith(b"\n" + as_stored(raw))
    read = message_from_bytes(mail, policy=default)
    found = [part for part in read.walk() if part.get_content_disposition() in {"attachment", "inline"}]
    assert sorted((part.get_filename(), part.get_payload(decode=True)) for part in found) == sorted(
        (file.name, file.data) for file in files
    )
    assert sorted((one.filename, one.size) for one in parse(mail).attachments) == sorted(
        (file.name, len(file.data)) for file in files
    )
