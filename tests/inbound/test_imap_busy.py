"""A server that asks to be left alone is, for as long as it says; that is no fault of a mail, nor of the mailbox."""

import pytest

from inbound.busy import LONGEST_SECONDS, SOON_SECONDS, seconds_asked
from inbound.imap import MailboxBusy, MailboxDown, MailboxRefused
from tests.inbound.evil import honest, mailbox, sizes
from tests.servers.imap_script import ImapScript, Peer

EXCHANGE = b"Request is throttled. Suggested Backoff Time: 299994 milliseconds"
GMAIL = b"[ALERT] Too many simultaneous connections. (Failure)"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (EXCHANGE.decode(), 299.994),
        ("Request is throttled. Suggested Backoff Time: 12 milliseconds", 1.0),
        (GMAIL.decode(), SOON_SECONDS),
        ("[OVERQUOTA] Account exceeded command or bandwidth limits. jb12 (Failure)", 900.0),
        ("[LIMIT] UID FETCH Rate limit hit.", SOON_SECONDS),
        ("Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", SOON_SECONDS),
        ("Server busy, please retry after 5 minutes", 300.0),
        ("Too many concurrent sessions, try again in 30 s", 30.0),
        ("throttled; wait 99999999 hours", LONGEST_SECONDS),
        ("throttled; retry after 0 seconds", 1.0),
    ],
)
def test_how_long_is_what_the_server_says(said: str, seconds: float) -> None:
    assert seconds_asked(said) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "said",
    [
        "[OVERQUOTA] Quota exceeded (mailbox for user is full)",
        "[AUTHENTICATIONFAILED] Authentication failed.",
        "Mailbox doesn't exist: Gone",
        "[UNAVAILABLE] Internal error occurred",
        "[LIMIT] Too many flags",
        "Try again after you have signed in with your browser 3 times",
        "",
    ],
)
def test_what_else_it_says_asks_for_no_time(said: str) -> None:
    assert seconds_asked(said) is None


def test_its_codes_count_where_they_are_about_no_mail() -> None:
    assert seconds_asked("[UNAVAILABLE] Temporary failure", codes=True) == SOON_SECONDS
    assert seconds_asked("[inuse] Mailbox is locked", codes=True) == SOON_SECONDS
    assert seconds_asked("[OVERQUOTA] full", codes=True) is None


def refused_login(peer: Peer) -> None:
    peer.serve(b"AUTHENTICATE")
    peer.send(b"+ \r\n")
    peer.line()
    peer.no(GMAIL)


def refused_folder(peer: Peer) -> None:
    peer.serve(b"SELECT")
    peer.no(b"[UNAVAILABLE] Temporary authentication failure")


def dismissed(peer: Peer) -> None:
    peer.serve(b"SELECT")
    peer.tell(b"BYE Too many simultaneous connections")


@pytest.mark.parametrize("then", [refused_login, refused_folder, dismissed])
def test_on_the_way_in(then: object) -> None:
    with ImapScript(honest(then)) as script:  # type: ignore[arg-type]
        box = mailbox(script)
        with pytest.raises(MailboxBusy, match=r"127\.0\.0\.1 asks to be left alone for 60 s: ") as told:
            box.open()
        assert told.value.seconds == SOON_SECONDS
        assert not box.is_open
        box.close()


def test_a_greeting_that_sends_away() -> None:
    with ImapScript(lambda peer: peer.greet(b"BYE Too many simultaneous connections, retry in 2 minutes")) as script:
        box = mailbox(script)
        with pytest.raises(MailboxBusy, match="alone for 120 s"):
            box.open()
        box.close()


def test_while_mails_are_fetched_it_makes_none_of_them_unreadable() -> None:
    def play(peer: Peer) -> None:
        sizes(peer, 400, 400, 400)
        peer.serve(b"UID FETCH")
        peer.no(EXCHANGE)

    with ImapScript(honest(play)) as script:
        box = mailbox(script)
        box.open()
        with pytest.raises(MailboxBusy, match="alone for 300 s: Request is throttled"):
            list(box.fetch([1, 2, 3]))
        assert (box.unreadable, box.is_open) == ({}, False)
        box.close()


def test_a_full_folder_of_filed_mails_is_a_refusal_that_leaves_the_connection() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"UID MOVE")
        peer.no(b"[OVERQUOTA] Quota exceeded")
        peer.serve_for_good()

    with ImapScript(honest(play)) as script:
        box = mailbox(script)
        box.open()
        with pytest.raises(MailboxRefused, match="Quota exceeded"):
            box.move([1])
        assert box.is_open
        box.close()


def test_flags_that_no_other_server_has_are_no_matter() -> None:
    odd = (rb"FLAGS (\Seen $MDNSent Gel&APY-scht \*)", rb"OK [PERMANENTFLAGS (\Seen NIL \*)] odd", b"OK [NOMODSEQ]")

    def play(peer: Peer) -> None:
        peer.selected = [*odd, *peer.selected, rb"2 FETCH (FLAGS (\Recent \XEXCH50))"]
        peer.serve_for_good()

    with ImapScript(honest(play)) as script:
        box = mailbox(script)
        box.open()
        assert box.all_uids() == [1, 2, 3]
        box.close()


def test_any_of_them_is_a_mailbox_that_is_down() -> None:
    assert issubclass(MailboxBusy, MailboxDown)
    assert not issubclass(MailboxBusy, MailboxRefused)
