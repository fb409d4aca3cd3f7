"""Arguments with control characters: none of them reaches a server, and no password is shown."""

import time
from dataclasses import replace

import pytest

from inbound.connection import Connection
from inbound.deadline import Deadline
from inbound.imap import BadArgument, Mailbox
from tests.inbound.evil import SECRET, SERVER, honest, mailbox
from tests.servers.imap_script import ImapScript


@pytest.mark.parametrize("odd", ["a\r\nA9 DELETE INBOX", "a\nb", "a\x00", "a\x7f", "\t", "\udc80", ""])
def test_an_argument_with_a_control_character_never_reaches_a_server(odd: str) -> None:
    for field in ("host", "user", "password"):
        with pytest.raises(BadArgument, match=field) as caught:
            replace(SERVER, **{field: odd})
        assert field != "password" or "DELETE" not in str(caught.value)
    with pytest.raises(BadArgument, match="folder"):
        Mailbox(SERVER, odd, "Processed", monotonic=time.monotonic)
    if odd:
        with pytest.raises(BadArgument, match="processed_folder"):
            Mailbox(SERVER, "INBOX", odd, monotonic=time.monotonic)


def test_the_last_guard_sends_no_line_break_whoever_made_the_line() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script:
        server = replace(SERVER, port=script.port)
        connection = Connection(server, None, Deadline.after(5, time.monotonic))
        with pytest.raises(BadArgument):
            connection.login("a", "b\r\nA9 DELETE INBOX")
        connection.shutdown()
    assert script.commands == [b"CAPABILITY"]


@pytest.mark.parametrize("processed", ["INBOX", "inbox"])
def test_a_folder_is_not_filed_into_itself(processed: str) -> None:
    with pytest.raises(BadArgument, match="must not be the folder"):
        Mailbox(SERVER, "INBOX", processed, monotonic=time.monotonic)


@pytest.mark.parametrize("host", ["imap.example.com", "192.0.2.1", "::2", "localhost.example.com"])
def test_no_tls_is_for_loopback_only(host: str) -> None:
    with pytest.raises(BadArgument, match="this machine only"):
        replace(SERVER, host=host)


def test_the_library_keeps_no_log_of_what_it_sends() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, mailbox(script) as box:
        assert box._session.client is not None
        assert box._session.client.connection.debug == 0  # IMAPClient's 5 costs half the speed
        assert box._session.client.connection._cmd_log == {}


def test_a_password_is_not_shown() -> None:
    assert SECRET not in repr(SERVER)
    assert SECRET not in f"{SERVER}"
