"""The demo's own servers, with real clients; and its sample mails, as far as the standard library can read them."""

import gc
import re
import smtplib
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from importlib.resources import files

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from postroom.demo.imap import ImapServer
from postroom.demo.samples import STORIES, Sample, samples
from postroom.demo.smtp import SmtpServer

USERS = {"support": "water", "escalate": "fire"}
ADDRESSES = {"support@demo.test": "support", "escalate@demo.test": "escalate"}
NOW = datetime(2031, 5, 7, 14, 30, tzinfo=UTC)
MAIL = b"From: ann@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"
HOSTILE = [
    b"",
    b"\r\n",
    b"no header at all",
    b"Subject: a bare newline\nFrom: x@example.org\n\nbody\n",
    b"Subject: \xff\xfe\x00\xe9\r\nFrom: \xe9@example.org\r\n\r\n\x00\xff\r\n",
    b'Content-Type: multipart/mixed; boundary="never"\r\n\r\n--other\r\n',
    b"Content-Type: \xff/\xff; charset=\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n",
    b"X-Long: " + b"a" * 200_000 + b"\r\n\r\nbody\r\n",
]


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer(USERS) as server:
        yield server


@pytest.fixture
def smtp(imap: ImapServer) -> Iterator[SmtpServer]:
    with SmtpServer(ADDRESSES, imap.append) as server:
        yield server


@pytest.fixture
def client(imap: ImapServer) -> Iterator[IMAPClient]:
    with signed_in(imap, "support") as signed:
        yield signed


def signed_in(imap: ImapServer, user: str) -> IMAPClient:
    client = IMAPClient(imap.host, port=imap.port, ssl=False, timeout=10)
    client.login(user, USERS[user])
    client.select_folder("INBOX")
    return client


def bodies(client: IMAPClient) -> list[bytes]:
    found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
    return [found[uid][b"BODY[]"] for uid in sorted(found)]


def test_both_ports_are_free_ones_above_1024(imap: ImapServer, smtp: SmtpServer) -> None:
    assert min(imap.port, smtp.port) > 1024
    assert imap.port != smtp.port


def test_the_server_offers_what_intake_uses(client: IMAPClient) -> None:
    assert {b"IDLE", b"MOVE", b"UIDPLUS"} <= set(client.capabilities())


def test_a_wrong_password_and_a_stranger_are_refused(imap: ImapServer) -> None:
    for user, password in [("support", "fire"), ("support", ""), ("nobody", "water")]:
        with IMAPClient(imap.host, port=imap.port, ssl=False, timeout=10) as client, pytest.raises(LoginError):
            client.login(user, password)


def test_a_mail_that_is_appended_wakes_a_client_in_idle(imap: ImapServer, client: IMAPClient) -> None:
    client.idle()
    imap.append("support", MAIL)
    assert (1, b"EXISTS") in client.idle_check(timeout=10)
    client.idle_done()
    assert bodies(client) == [MAIL]


def test_a_mail_that_came_between_looking_and_idling_is_told_at_once(imap: ImapServer, client: IMAPClient) -> None:
    assert client.search("ALL") == []
    imap.append("support", MAIL)
    client.idle()
    assert (1, b"EXISTS") in client.idle_check(timeout=10)
    client.idle_done()


def test_no_mail_of_a_burst_is_missed_in_idle(imap: ImapServer, client: IMAPClient) -> None:
    client.idle()
    sender = threading.Thread(target=lambda: [imap.append("support", MAIL) for _ in range(100)])
    sender.start()
    while (100, b"EXISTS") not in (told := client.idle_check(timeout=10)):
        assert told, "silence, and mails are still to come"
    client.idle_done()
    sender.join()


def test_mails_move_to_a_folder_that_the_client_makes(imap: ImapServer, client: IMAPClient) -> None:
    imap.append("support", MAIL)
    imap.append("support", MAIL.replace(b"<1@", b"<2@"))
    client.create_folder("Processed")
    first, second = client.search("ALL")
    client.move([first], "Processed")
    assert client.search("ALL") == [second]
    assert imap.mails("support", "Processed") == [MAIL]
    assert imap.mails("support") == [MAIL.replace(b"<1@", b"<2@")]


def test_uids_are_not_used_again(imap: ImapServer, client: IMAPClient) -> None:
    imap.append("support", MAIL)
    (first,) = client.search("ALL")
    client.delete_messages([first])
    client.uid_expunge([first])
    imap.append("support", MAIL)
    (second,) = client.search("ALL")
    assert second > first


def test_peeking_leaves_a_mail_unseen(imap: ImapServer, client: IMAPClient) -> None:
    imap.append("support", MAIL)
    assert bodies(client) == [MAIL]
    assert client.search("UNSEEN")


def test_the_users_are_apart(imap: ImapServer, client: IMAPClient) -> None:
    imap.append("escalate", MAIL)
    assert bodies(client) == []
    assert imap.mails("support") == []
    with signed_in(imap, "escalate") as other:
        assert bodies(other) == [MAIL]


def test_a_mail_for_a_stranger_is_refused(imap: ImapServer) -> None:
    with pytest.raises(KeyError, match="nobody"):
        imap.append("nobody", MAIL)


def test_a_folder_that_nobody_made_holds_nothing(imap: ImapServer) -> None:
    assert imap.mails("support", "Processed") == []


@pytest.mark.parametrize("raw", HOSTILE)
def test_any_bytes_come_back_as_they_went_in(imap: ImapServer, client: IMAPClient, raw: bytes) -> None:
    imap.append("support", raw)
    assert bodies(client) == [raw]


def test_mail_for_a_mailbox_is_stamped_as_the_last_server_does(imap: ImapServer, smtp: SmtpServer) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, local_hostname="laptop.example.org", timeout=10) as sender:
        sender.sendmail("ann@example.org", ["support@demo.test"], b"Return-Path: <forged@example.net>\r\n" + MAIL)
    (raw,) = imap.mails("support")
    assert raw.endswith(b"\r\n" + MAIL)
    message = message_from_bytes(raw, policy=policy.default)
    assert message.get_all("Return-Path") == ["<ann@example.org>"]
    assert message.get_all("Delivered-To") == ["support@demo.test"]
    assert message["Received"].startswith("from laptop.example.org ([127.0.0.1])")
    assert message.defects == []
    assert smtp.outside == []


def test_a_bounce_keeps_its_null_sender(imap: ImapServer, smtp: SmtpServer) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
        sender.sendmail("", ["support@demo.test"], MAIL)
    assert imap.mails("support")[0].startswith(b"Return-Path: <>\r\n")


@pytest.mark.parametrize("address", ["support+k7f3@demo.test", "SUPPORT@Demo.Test", "support+@demo.test"])
def test_a_plus_address_and_another_case_reach_the_mailbox(imap: ImapServer, smtp: SmtpServer, address: str) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
        sender.sendmail("ann@example.org", [address], MAIL)
    (raw,) = imap.mails("support")
    assert f"\r\nDelivered-To: {address}\r\n".encode() in raw


def test_one_mail_to_both_mailboxes_and_a_client_reaches_all_three(imap: ImapServer, smtp: SmtpServer) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
        sender.sendmail("ann@example.org", ["support@demo.test", "escalate@demo.test", "bob@example.net"], MAIL)
    assert len(imap.mails("support")) == len(imap.mails("escalate")) == 1
    assert [mail.recipient for mail in smtp.outside] == ["bob@example.net"]


@pytest.mark.parametrize("address", ["ann@example.org", "kim@demo.test", "supporter@demo.test", "support@example.org"])
def test_mail_for_others_stays_outside_byte_for_byte(imap: ImapServer, smtp: SmtpServer, address: str) -> None:
    raw = b"Subject: .dots\r\n\r\n.\r\n..two\r\n\xff\xe9 eight bits\r\n"
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
        sender.sendmail("support@demo.test", [address], raw)
    (mail,) = smtp.wait_for(1, timeout=10)
    assert (mail.sender, mail.recipient, mail.raw) == ("support@demo.test", address, raw)
    assert mail.at.tzinfo is UTC
    assert imap.mails("support") == []


def test_an_address_beyond_ascii_is_taken(imap: ImapServer, smtp: SmtpServer) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
        sender.sendmail("jörg@example.org", ["support@demo.test"], MAIL, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert imap.mails("support")[0].startswith("Return-Path: <jörg@example.org>\r\n".encode())


@pytest.mark.parametrize("raw", HOSTILE)
def test_any_bytes_can_be_accepted_without_smtp(imap: ImapServer, smtp: SmtpServer, raw: bytes) -> None:
    smtp.accept("ann@example.org", "support@demo.test", raw)
    assert imap.mails("support")[0].endswith(raw)


def test_mail_is_put_off_while_the_mailbox_cannot_take_it() -> None:
    def refuse(user: str, raw: bytes) -> None:
        raise OSError(user, len(raw))

    with SmtpServer(ADDRESSES, refuse) as server, smtplib.SMTP(server.host, server.port, timeout=10) as sender:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            sender.sendmail("ann@example.org", ["support@demo.test"], MAIL)
        assert refused.value.smtp_code == 451
        assert sender.sendmail("ann@example.org", ["bob@example.net"], MAIL) == {}


def test_waiting_for_mail_that_does_not_come_ends(smtp: SmtpServer) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        smtp.wait_for(1, timeout=0.05)


def test_waiting_ends_when_the_mail_comes(smtp: SmtpServer) -> None:
    sender = threading.Timer(0.05, smtp.accept, ("support@demo.test", "ann@example.org", MAIL))
    sender.start()
    assert [mail.recipient for mail in smtp.wait_for(1, timeout=10)] == ["ann@example.org"]
    sender.join()


def test_a_taken_port_is_named_by_the_operating_system_and_leaves_no_thread(smtp: SmtpServer) -> None:
    before = threading.active_count()
    with pytest.raises(OSError, match="in use"):
        SmtpServer(ADDRESSES, lambda *_: None, port=smtp.port).__enter__()
    assert threading.active_count() == before


def test_a_mail_that_comes_by_smtp_wakes_a_client_in_idle(client: IMAPClient, smtp: SmtpServer) -> None:
    client.idle()
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
        sender.sendmail("ann@example.org", ["support@demo.test"], MAIL)
    assert (1, b"EXISTS") in client.idle_check(timeout=10)
    client.idle_done()
    assert bodies(client)[0].endswith(MAIL)


def test_stopping_leaves_no_thread_and_no_port_even_in_mid_conversation(capfd: pytest.CaptureFixture[str]) -> None:
    before = set(threading.enumerate())
    with ImapServer(USERS) as imap, SmtpServer(ADDRESSES, imap.append) as smtp:
        idling = signed_in(imap, "support")
        idling.idle()
        half = smtplib.SMTP(smtp.host, smtp.port, timeout=10)
        half.ehlo()
        half.docmd("MAIL FROM:<ann@example.org>")
        silent = socket.create_connection((imap.host, imap.port), timeout=10)
        assert silent.recv(100).startswith(b"* OK")
        ports = (imap.port, smtp.port)
    assert set(threading.enumerate()) == before
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=10)
    silent.close()
    half.close()
    idling.shutdown()
    gc.collect()
    assert capfd.readouterr() == ("", "")


def test_a_client_that_hangs_up_disturbs_nobody(imap: ImapServer, capfd: pytest.CaptureFixture[str]) -> None:
    gone = signed_in(imap, "support")
    gone.idle()
    gone.shutdown()
    rude = socket.create_connection((imap.host, imap.port), timeout=10)
    rude.sendall(b"a LOGIN {9999}\r\n")
    rude.close()
    with signed_in(imap, "support") as client:
        imap.append("support", MAIL)
        assert bodies(client) == [MAIL]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("module", "missing"), [("imap", "pymap"), ("smtp", "aiosmtpd")])
def test_without_the_extra_packages_one_line_says_what_to_install(module: str, missing: str) -> None:
    code = f"import sys; sys.modules['{missing}'] = None; import postroom.demo.{module}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("ImportError: the demo needs")
    assert "in the clone, pip install '.[demo]'" in run.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def mails() -> dict[str, Sample]:
    return {sample.name[:2]: sample for sample in samples(NOW)}


def test_there_is_a_story_for_each_file_and_a_file_for_each_story() -> None:
    folder = files("postroom.demo") / "mails"
    stored = {entry.name.removesuffix(".eml") for entry in folder.iterdir()}
    assert stored == set(STORIES)
    assert len(stored) >= 25
    assert list(STORIES) == sorted(STORIES)


def test_every_sample_parses_with_the_standard_library(mails: dict[str, Sample]) -> None:
    for sample in mails.values():
        message = message_from_bytes(sample.raw)
        assert [defect for part in message.walk() for defect in part.defects] == [], sample.name
        assert {"Return-Path", "Received", "Date", "From", "To", "Subject", "Message-ID"} <= set(message.keys())
        assert message.get("Return-Path") == f"<{sample.sender}>"
        assert sample.raw.count(b"\n") == sample.raw.count(b"\r\n") == sample.raw.count(b"\r")
        assert max(map(len, sample.raw.split(b"\r\n"))) <= 998  # RFC 5322 §2.1.1


def test_no_two_message_ids_are_equal_but_those_of_the_mail_that_comes_twice(mails: dict[str, Sample]) -> None:
    ids = Counter(message_from_bytes(sample.raw)["Message-ID"] for sample in mails.values())
    assert [found for found, times in ids.items() if times > 1] == [message_from_bytes(mails["20"].raw)["Message-ID"]]


def test_the_mail_that_comes_twice_differs_in_its_trace_headers_alone(mails: dict[str, Sample]) -> None:
    once, twice = (message_from_bytes(mails[number].raw) for number in ("20", "21"))
    assert once.get_all("Received") != twice.get_all("Received")
    for message in (once, twice):
        del message["Received"]
    assert once.as_bytes() == twice.as_bytes()


def test_the_samples_came_in_their_order_within_the_last_two_hours(mails: dict[str, Sample]) -> None:
    dates = [message_from_bytes(s.raw, policy=policy.default)["Date"].datetime for s in mails.values()]
    del dates[20]  # the second delivery has the first one's date
    assert dates == sorted(set(dates))
    assert NOW - timedelta(hours=2) < dates[0] < dates[-1] < NOW


def test_replies_answer_mails_that_came_before(mails: dict[str, Sample]) -> None:
    for reply, first in [("04", "01"), ("06", "05"), ("28", "01")]:
        answered = message_from_bytes(mails[reply].raw)["In-Reply-To"]
        assert answered == message_from_bytes(mails[first].raw)["Message-ID"]


def test_no_date_of_the_day_of_writing_is_left(mails: dict[str, Sample]) -> None:
    for sample in mails.values():
        assert not re.search(rb"November 2026|Nov 2026|\.2026|2026\d{4}T", sample.raw), sample.name
    assert b"back on 21 May 2031" in mails["07"].raw
    assert b"ab dem 23.05.2031" in mails["08"].raw
    assert b"DTSTART:20310516T150000Z" in mails["14"].raw


def test_the_samples_name_invented_places_only(mails: dict[str, Sample]) -> None:
    ours = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|demo\.test)$")
    for sample in mails.values():
        for domain in re.findall(rb"@([A-Za-z0-9.-]+)", sample.raw):
            assert ours.search(domain.decode().rstrip(".")), (sample.name, domain)


def test_all_samples_reach_their_mailboxes_through_both_servers(mails: dict[str, Sample], imap: ImapServer) -> None:
    with SmtpServer(ADDRESSES, imap.append) as smtp:
        for sample in mails.values():
            with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as sender:
                sender.sendmail(sample.sender, [f"{role}@demo.test" for role in sample.roles], sample.raw)
    assert len(imap.mails("support")) == len(mails) - 1
    assert len(imap.mails("escalate")) == 2
    for raw, sample in zip(imap.mails("escalate"), (mails["18"], mails["19"]), strict=True):
        assert raw.endswith(sample.raw.partition(b"\r\n")[2])  # all but its Return-Path, which is stamped anew
