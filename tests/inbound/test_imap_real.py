"""Mailbox on a real Dovecot: new mails, people at work in the same mailbox, restarts, and servers that offer less."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest
from imapclient import IMAPClient

from inbound.imap import Fetched, Mailbox, MailboxDown, MailboxRefused, Server, Tls
from inbound.spool import Spool
from tests.servers.dovecot import Dovecot, available

NAMES = [f"user{number}" for number in range(60)]
UNUSED = iter(NAMES)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    if reason := available():
        pytest.skip(reason)
    with Dovecot(users=dict.fromkeys(NAMES, "secret"), tls=True) as server:
        yield server


@pytest.fixture
def user() -> str:
    """A mailbox that no other test has seen."""
    return next(UNUSED)


def server(dovecot: Dovecot, user: str, tls: Tls = Tls.NONE) -> Server:
    port = dovecot.tls_port if tls is Tls.IMPLICIT else dovecot.port
    trusted = str(dovecot.certificate.authority) if dovecot.certificate else None
    return Server(dovecot.host, port, tls, user, "secret", ca_file=trusted, command_seconds=10)


def mailbox(dovecot: Dovecot, user: str, processed: str = "Processed", tls: Tls = Tls.NONE) -> Mailbox:
    return Mailbox(server(dovecot, user, tls), "INBOX", processed, monotonic=time.monotonic)


def person(dovecot: Dovecot, user: str) -> IMAPClient:
    """A mail program that has the same mailbox open."""
    client = IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=10)
    client.login(user, "secret")
    client.select_folder("INBOX")
    return client


def mail(number: int, size: int = 200) -> bytes:
    head = f"From: ann@example.com\r\nTo: help@example.net\r\nSubject: mail {number}\r\n\r\n".encode()
    return head + b"x" * (size - len(head) - 2) + b"\r\n"


def whole(one: Fetched) -> bytes:
    return b"".join(one.raw.pieces(1_000_000)) if isinstance(one.raw, Spool) else one.raw


def fetched(box: Mailbox, above: int = 0) -> list[bytes]:
    return [one.raw for batch in box.fetch(box.uids_above(above)) for one in batch]


@pytest.mark.parametrize("tls", list(Tls))
def test_mails_come_whole_and_in_order_and_stay_unread(dovecot: Dovecot, user: str, tls: Tls) -> None:
    sent = [mail(1), b"", mail(2) + bytes(range(1, 256)).replace(b"\n", b"") + b"\r\n", mail(3, 300_000)]
    for raw in sent:
        dovecot.deliver(user, raw)
    with mailbox(dovecot, user, tls=tls) as box:
        assert box.uids_above(0) == [1, 2, 3, 4]
        mails = [one for batch in box.fetch([4, 3, 2, 1]) for one in batch]
    assert [one.raw for one in mails] == sent
    assert [one.size for one in mails] == [len(raw) for raw in sent]
    assert all(abs((datetime.now(UTC) - one.received_at).total_seconds()) < 60 for one in mails)
    assert not any("S" in path.name.partition(":2,")[2] for path in dovecot.files(user))


def test_a_mail_that_a_person_has_read_flagged_or_marked_deleted_is_still_new(dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, mail(number))
    client = person(dovecot, user)
    client.add_flags([1, 2, 3], ["\\Seen"])
    client.add_flags([2], ["\\Deleted"])
    with mailbox(dovecot, user) as box:
        assert fetched(box) == [mail(0), mail(1), mail(2)]
    client.logout()


def test_no_uid_below_the_last_kept_one_comes_back(dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, mail(number))
    with mailbox(dovecot, user) as box:
        assert [box.uids_above(uid) for uid in (1, 2, 3, 999_999, 2**32 - 1)] == [[2, 3], [3], [], [], []]
        assert box.all_uids() == [1, 2, 3]


def test_an_empty_folder_is_empty(dovecot: Dovecot, user: str) -> None:
    with mailbox(dovecot, user) as box:
        assert box.uidvalidity > 0
        assert box.uids_above(0) == []
        assert list(box.fetch([])) == []
        assert box.move([]) == {}


def test_five_thousand_mails_are_listed_fetched_and_filed(dovecot: Dovecot, user: str) -> None:
    for number in range(5000):
        dovecot.deliver(user, mail(number))
    with mailbox(dovecot, user) as box:
        uids = box.uids_above(0)
        assert uids == list(range(1, 5001))
        batches = [[one.raw for one in batch] for batch in box.fetch(uids)]
        assert max(map(len, batches)) == 50
        assert [raw for batch in batches for raw in batch] == [mail(number) for number in range(5000)]
        assert len(box.move(uids[::2] + uids[1::4])) == 3750
        assert box.all_uids() == uids[3::4]
    assert len(dovecot.files(user, "Processed")) == 3750


def test_batches_are_bounded_by_bytes(dovecot: Dovecot, user: str) -> None:
    for number in range(5):
        dovecot.deliver(user, mail(number, 3 * 1024 * 1024))
    with mailbox(dovecot, user) as box:
        assert [len(batch) for batch in box.fetch(box.all_uids())] == [2, 2, 1]


def test_a_mail_larger_than_a_batch_comes_whole_and_alone(dovecot: Dovecot, user: str) -> None:
    exact = mail(1, 9 * 1024 * 1024)  # ends with a chunk
    odd = mail(2, 8 * 1024 * 1024 + 1)
    for raw in (mail(0), exact, odd, mail(3)):
        dovecot.deliver(user, raw)
    with mailbox(dovecot, user) as box:
        batches = [[whole(one) for one in batch] for batch in box.fetch(box.all_uids())]
    assert batches == [[mail(0)], [exact], [odd], [mail(3)]]


def test_a_person_who_deletes_and_moves_between_search_and_fetch_disturbs_nothing(dovecot: Dovecot, user: str) -> None:
    for number in range(6):
        dovecot.deliver(user, mail(number))
    client = person(dovecot, user)
    with mailbox(dovecot, user) as box:
        uids = box.uids_above(0)
        client.add_flags([2], ["\\Deleted"])
        client.uid_expunge([2])
        client.move([4], "Processed")
        assert [one.uid for batch in box.fetch(uids) for one in batch] == [1, 3, 5, 6]
        client.move([5], "Processed")
        box.move(uids)
        assert box.unreadable == {}
        assert box.all_uids() == []
    client.logout()
    assert sorted(dovecot.mails(user, "Processed")) == sorted(mail(number) for number in (0, 2, 3, 4, 5))


def test_a_file_that_vanished_from_the_disk_holds_nothing_up(dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, mail(number))
    with mailbox(dovecot, user) as box:
        uids = box.uids_above(0)
        dovecot.remove(dovecot.files(user)[1])
        assert [one.uid for batch in box.fetch(uids) for one in batch] == [1, 3]
        assert box.unreadable == {}


def test_moving_again_what_was_moved_is_fine(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail(1))
    with mailbox(dovecot, user) as box:
        assert box.move([1]) == {1: 1}
        assert box.move([1]) == {}
    assert dovecot.mails(user, "Processed") == [mail(1)]


@pytest.mark.parametrize("processed", ["Processed", "Verarbeitet/Müller & Söhne", 'a "b" {3}', "INBOX/Kept"])
def test_the_processed_folder_is_made_where_it_is_missing(user: str, dovecot: Dovecot, processed: str) -> None:
    processed = processed.replace("/", ".")  # Dovecot's separator on a Maildir
    dovecot.deliver(user, mail(1))
    for _ in range(2):
        with mailbox(dovecot, user, processed) as box:
            box.move(box.uids_above(0))
    client = person(dovecot, user)
    assert client.folder_status(processed, ["MESSAGES"]) == {b"MESSAGES": 1}
    assert client.list_sub_folders(pattern=processed)
    client.logout()


def test_a_folder_other_than_inbox_can_be_read(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail(1), "Anfragen für uns")
    with Mailbox(server(dovecot, user), "Anfragen für uns", "Processed", monotonic=time.monotonic) as box:
        assert fetched(box) == [mail(1)]


def test_without_a_processed_folder_mail_stays_where_it_is(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail(1))
    with mailbox(dovecot, user, "") as box:
        assert fetched(box) == [mail(1)]
        assert box.move([1]) == {}
    assert dovecot.mails(user) == [mail(1)]


def test_new_mail_ends_the_wait(dovecot: Dovecot, user: str) -> None:
    with mailbox(dovecot, user) as box:
        assert box.uids_above(0) == []
        delivery = Thread(target=dovecot.deliver, args=(user, mail(1)))
        started = time.monotonic()
        delivery.start()
        assert box.wait(30)
        assert time.monotonic() - started < 10
        assert fetched(box) == [mail(1)]
        delivery.join()


def test_silence_ends_the_wait_in_time(dovecot: Dovecot, user: str) -> None:
    with mailbox(dovecot, user) as box:
        started = time.monotonic()
        assert not box.wait(0.5)
        assert 0.5 <= time.monotonic() - started < 5


def test_filing_the_last_batch_is_no_news(dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, mail(number))
    with mailbox(dovecot, user) as box:
        box.move(box.uids_above(0))
        assert not box.wait(0.3)


@pytest.mark.parametrize("tls", [Tls.NONE, Tls.IMPLICIT])
def test_wake_ends_the_wait_and_the_connection_stands(dovecot: Dovecot, user: str, tls: Tls) -> None:
    with mailbox(dovecot, user, tls=tls) as box:
        waker = Thread(target=box.wake)
        started = time.monotonic()
        waker.start()
        assert not box.wait(30)
        assert time.monotonic() - started < 10
        waker.join()
        dovecot.deliver(user, mail(1))
        assert fetched(box) == [mail(1)]


def test_a_wrong_password_says_so(dovecot: Dovecot, user: str) -> None:
    wrong = replace(server(dovecot, user), password="not the secret")
    with pytest.raises(MailboxRefused, match=f"127.0.0.1: login of {user} refused: .*AUTHENTICATIONFAILED"):
        Mailbox(wrong, "INBOX", "Processed", monotonic=time.monotonic).__enter__()


def test_a_missing_folder_says_so(dovecot: Dovecot, user: str) -> None:
    with pytest.raises(MailboxRefused, match=r"opening the folder Nowhere refused: .*doesn't exist"):
        Mailbox(server(dovecot, user), "Nowhere", "Processed", monotonic=time.monotonic).__enter__()


def test_the_certificate_and_the_name_are_checked(dovecot: Dovecot, user: str) -> None:
    strange = replace(server(dovecot, user, Tls.IMPLICIT), ca_file=None)
    with pytest.raises(MailboxRefused, match="TLS failed"):
        Mailbox(strange, "INBOX", "Processed", monotonic=time.monotonic).__enter__()


def test_a_new_uidvalidity_is_seen_when_the_folder_is_opened_again(dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, mail(number))
    with mailbox(dovecot, user) as box:
        before = box.uidvalidity
        box.move([1])
        box.close()
    dovecot.reset_uidvalidity(user)
    with mailbox(dovecot, user) as box:
        assert box.uidvalidity != before
        assert fetched(box) == [mail(1), mail(2)]
        assert box.uids_above(0) == [1, 2]


def test_a_server_that_goes_down_and_comes_back_is_read_on() -> None:
    if reason := available():
        pytest.skip(reason)
    with Dovecot() as dovecot, mailbox(dovecot, "support") as box:
        dovecot.deliver("support", mail(1))
        assert fetched(box) == [mail(1)]
        stopper = Thread(target=dovecot.stop)
        stopper.start()
        with pytest.raises(MailboxDown):
            box.wait(30)
        stopper.join()
        assert not box.is_open
        with pytest.raises(MailboxDown, match="not connected"):
            box.uids_above(0)
        with pytest.raises(MailboxDown, match="refused"):
            box.open()
        dovecot.start()
        dovecot.deliver("support", mail(2))
        box.open()
        assert fetched(box) == [mail(1), mail(2)]


@pytest.fixture(
    scope="module", params=[{"MOVE"}, {"MOVE", "UIDPLUS", "IDLE"}], ids=["no MOVE", "no MOVE, UIDPLUS, IDLE"]
)
def poor(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    if reason := available():
        pytest.skip(reason)
    with Dovecot(hide=request.param) as server:
        yield server


def test_a_server_that_offers_less_gets_exactly_what_is_asked_filed(poor: Dovecot) -> None:
    for number in range(4):
        poor.deliver("support", mail(number))
    client = person(poor, "support")
    client.add_flags([4], ["\\Deleted"])  # a person's own, and nobody else's to expunge
    with mailbox(poor, "support") as box:
        uidplus = "UIDPLUS" in box.offers
        assert "MOVE" not in box.offers
        box.move([1, 3])
        box.move([1, 3])
        assert box.all_uids() == ([2, 4] if uidplus else [1, 2, 3, 4])
    client.noop()
    deleted = client.search(["DELETED"])
    client.logout()
    assert deleted == ([4] if uidplus else [1, 3, 4])
    assert poor.mails("support", "Processed") == [mail(0), mail(2)]


@pytest.mark.parametrize("poor", [{"IDLE"}], indirect=True)
def test_without_idle_the_clock_and_wake_end_the_wait(poor: Dovecot) -> None:
    with mailbox(poor, "escalate") as box:
        assert not box.wait(0.2)
        poor.deliver("escalate", mail(1))
        box.wake()
        assert not box.wait(30)
        assert fetched(box) == [mail(1)]
