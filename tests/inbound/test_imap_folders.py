"""Folders by the names that people write: below a prefix, with another separator, by what they are for; and several on one connection."""

import time
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from inbound.imap import Mailbox, MailboxRefused
from inbound.naming import JUNK, SENT
from inbound.server import Server, Tls
from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import CAPABILITIES, ImapScript, Peer

SPECIAL = {"INBOX.Gesendet": "\\Sent", "INBOX.Papierkorb": "\\Trash"}


@pytest.fixture(scope="module")
def below() -> Iterator[Dovecot]:
    """As Courier and Cyrus have them: everything below INBOX, with dots."""
    if reason := imap.available():
        pytest.skip(reason)
    users = {f"user{number}": "secret" for number in range(5)}
    with Dovecot(users=users, prefix="INBOX.", special={"Gesendet": "\\Sent", "Junk": "\\Junk"}) as server:
        yield server


def mailbox(port: int, user: str, folder: str = "INBOX", processed: str = "Done/Support") -> Mailbox:
    server = Server("127.0.0.1", port, Tls.NONE, user, "secret", command_seconds=10)
    return Mailbox(server, folder, processed, monotonic=time.monotonic)


def listed(dovecot: Dovecot, user: str) -> tuple[set[str], set[str]]:
    """All folders, and those that are subscribed to."""
    with IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=10) as client:
        client.login(user, "secret")
        return {name for *_, name in client.list_folders()}, {name for *_, name in client.list_sub_folders()}


def test_the_processed_folder_is_made_and_subscribed_to_below_the_prefix_and_mail_goes_there(below: Dovecot) -> None:
    below.deliver("user0", b"Subject: one\r\n\r\nText\r\n")
    with mailbox(below.port, "user0") as box:
        assert box.move(box.all_uids())
    everything, subscribed = listed(below, "user0")
    assert "INBOX.Done.Support" in everything & subscribed
    assert len(below.mails("user0", "Done/Support")) == 1
    with mailbox(below.port, "user0", "INBOX.Done.Support", "") as as_the_server_calls_it:
        assert len(as_the_server_calls_it.all_uids()) == 1


def test_folders_are_found_by_what_they_are_for(below: Dovecot) -> None:
    below.deliver("user1", b"Subject: sent\r\n\r\nText\r\n", "Gesendet")
    with mailbox(below.port, "user1", SENT, "") as box:
        assert (box.name, len(box.all_uids())) == ("INBOX.Gesendet", 1)
    with mailbox(below.port, "user1", JUNK, "") as box:
        assert box.name == "INBOX.Junk"


def test_several_folders_take_turns_on_one_connection_and_one_that_is_refused_costs_no_other(below: Dovecot) -> None:
    below.deliver("user2", b"Subject: one\r\n\r\nText\r\n")
    below.deliver("user2", b"Subject: other\r\n\r\nText\r\n", "Aliases/Billing")
    with mailbox(below.port, "user2") as first:
        other, gone = first.beside("Aliases/Billing", "Done/Support"), first.beside("Nowhere")
        with pytest.raises(MailboxRefused, match="opening the folder Nowhere refused"):
            gone.open()
        other.open()
        assert (first.is_open, other.is_open, gone.is_open) == (True, True, False)
        assert [mail.raw[:14] for batch in other.fetch(other.all_uids()) for mail in batch] == [b"Subject: other"]
        assert other.move(other.all_uids())
        first.turn()
        assert [mail.raw[:12] for batch in first.fetch(first.all_uids()) for mail in batch] == [b"Subject: one"]
        assert first.wait(0.0) is False
    assert len(below.mails("user2", "Done/Support")) == 1


def test_one_folder_is_not_two(below: Dovecot) -> None:
    with mailbox(below.port, "user3", "INBOX", "Gesendet") as box:
        with pytest.raises(MailboxRefused, match=r"\\Sent is the folder INBOX.Gesendet, and so is Gesendet"):
            box.beside(SENT).open()
        assert box.is_open
        assert box.others() == []
    below.deliver("user4", b"Subject: mine\r\n\r\nText\r\n", "Mine/Old")
    with mailbox(below.port, "user4") as box:
        assert "INBOX.Mine.Old" in box.others()


def script(*folders: bytes, capabilities: bytes = CAPABILITIES, namespace: bytes = b'(("" "/"))') -> ImapScript:
    """A server whose answer to every LIST is this one."""

    def play(peer: Peer) -> None:
        peer.greet()
        peer.capabilities = capabilities
        while True:
            peer.read()
            if peer.command.startswith(b"LIST"):
                peer.tell(*(b"LIST " + folder for folder in folders))
            elif peer.command.startswith(b"NAMESPACE"):
                peer.tell(b"NAMESPACE " + namespace + b" NIL NIL")
            peer.answer()

    return ImapScript(play)


@pytest.mark.parametrize(
    ("folders", "wanted", "found"),
    [
        pytest.param((b'() "/" "Sent Items"', b'() "/" "Sent"'), SENT, "Sent", id="the usual name"),
        pytest.param((b'() "/" Sent', rb'(\Sent) "/" Outgoing'), SENT, "Outgoing", id="the mark before any name"),
        pytest.param((rb'(\HasNoChildren \junk) "." Bad', b'() "." Spam'), JUNK, "Bad", id="in any case"),
        pytest.param((b'() "/" "[Mail]/Sent Mail"', b'() "/" Drafts'), SENT, "[Mail]/Sent Mail", id="below another"),
        pytest.param((b'() NIL "Junk E-mail"',), JUNK, "Junk E-mail", id="no levels"),
        pytest.param((b'() "/" "Sent/2020"',), SENT, None, id="none of them"),
        pytest.param((), JUNK, None, id="no folder at all"),
        pytest.param((b'() "/" "&AAA-&/w"', b'() "/" Sent'), SENT, None, id="a name in no UTF-7"),
        pytest.param((b'() "/" "open', b'() "/" Sent'), SENT, None, id="a quote without its end"),
        pytest.param((b"NIL NIL NIL",), SENT, None, id="nothing but nothing"),
        pytest.param((b"5 5 5", b'() "/" Sent'), SENT, None, id="numbers for all"),
        pytest.param((b'(1 NIL) "/" "Sent"',), SENT, "Sent", id="flags that are none"),
        pytest.param((b"(", b"Sent"), JUNK, None, id="half of an answer"),
        pytest.param((b'() "/" "Sent"', b'() "/" "\xff\xfe"'), SENT, "Sent", id="bytes of no script"),
        pytest.param((b'() "." ""',), "A/B", "A.B", id="the separator alone, where there is no namespace"),
        pytest.param((b'() "/" 2026',), "2026", "2026", id="a name of digits"),
    ],
)
def test_whatever_a_server_lists(folders: tuple[bytes, ...], wanted: str, found: str | None) -> None:
    with script(*folders) as server:
        box = mailbox(server.port, "anybody", wanted, "")
        try:
            if found is None:
                with pytest.raises(MailboxRefused, match="name it"):
                    box.open()
            else:
                box.open()
                assert box.name == found
        finally:
            box.close()


@pytest.mark.parametrize("namespace", [b"NIL", b'(("" "." "X-PARAM" ("A" "B")))', b'(("" NIL))', b'(("" "."))'])
def test_whatever_a_server_says_of_its_namespaces(namespace: bytes) -> None:
    server = script(b'() "." ""', capabilities=CAPABILITIES + b" NAMESPACE", namespace=namespace)
    with server, mailbox(server.port, "anybody", "A/B", "") as box:
        assert box.name == ("A/B" if b"NIL)" in namespace else "A.B")


def test_a_name_that_means_the_same_everywhere_costs_no_question() -> None:
    with script(capabilities=CAPABILITIES + b" NAMESPACE") as server:
        with mailbox(server.port, "anybody", "INBOX", "Processed"):
            pass
        asked = [command.split(b" ")[0] for command in server.commands]
    assert asked.count(b"NAMESPACE") == 1
    assert b"LIST" not in asked
