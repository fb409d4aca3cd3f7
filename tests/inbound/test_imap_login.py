"""T29, S40 for IMAP: TLS that was chosen is kept to, and no octet of a password travels in clear."""

from pathlib import Path

import pytest

from inbound.imap import BadArgument, MailboxDown, MailboxRefused, Tls
from tests.inbound.evil import SECRET, SECRET_ON_THE_WIRE, honest, mailbox
from tests.servers.certificate import Certificate, make_certificate
from tests.servers.imap_script import ImapScript, Peer


def no_secret_in(script: ImapScript) -> None:
    assert SECRET.encode() not in script.received
    assert SECRET_ON_THE_WIRE not in script.received


def test_the_secret_that_these_tests_look_for_is_the_one_that_is_sent() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, mailbox(script):
        assert SECRET_ON_THE_WIRE in script.lines


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1"])
def test_a_stripped_starttls_sends_no_password(capabilities: bytes, certificate: Certificate) -> None:
    play = honest(lambda peer: peer.serve_for_good(), capabilities)
    with ImapScript(play) as script, pytest.raises(MailboxRefused, match="STARTTLS is not offered"):
        mailbox(script, tls=Tls.STARTTLS, ca_file=str(certificate.authority)).__enter__()
    no_secret_in(script)


@pytest.mark.parametrize("answer", [b"NO not now", b"BAD what", b"OK go\r\n* OK injected", b"OK go\r\nA9 OK injected"])
def test_a_starttls_refused_or_injected_sends_no_password(answer: bytes, certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"STARTTLS")
        peer.send(peer.tag + b" " + answer + b"\r\n")
        peer.serve_for_good()

    with ImapScript(honest(play, b"IMAP4rev1 STARTTLS AUTH=PLAIN")) as script, pytest.raises(MailboxRefused):
        mailbox(script, tls=Tls.STARTTLS, ca_file=str(certificate.authority)).__enter__()
    no_secret_in(script)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.NONE])
def test_a_preauth_greeting_is_refused(tls: Tls) -> None:
    def play(peer: Peer) -> None:
        peer.capabilities = b"IMAP4rev1 STARTTLS"
        peer.greet(b"PREAUTH welcome back")
        peer.serve_for_good()

    with ImapScript(play) as script, pytest.raises(MailboxRefused, match="PREAUTH"):
        mailbox(script, tls=tls).__enter__()
    no_secret_in(script)
    assert b"STARTTLS" not in script.commands


def test_what_was_offered_before_tls_counts_for_nothing_after_it(certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        peer.greet(b"OK [CAPABILITY IMAP4rev1 STARTTLS MOVE] ready")
        peer.capabilities = b"IMAP4rev1 STARTTLS MOVE IDLE UIDPLUS"
        peer.serve(b"STARTTLS")
        peer.tell(b"CAPABILITY IMAP4rev1 MOVE IDLE LOGINDISABLED")
        peer.ok()
        peer.start_tls(certificate.server_context())
        peer.capabilities = b"IMAP4rev1"
        peer.serve_for_good()

    trusted = str(certificate.authority)
    with ImapScript(play) as script, mailbox(script, tls=Tls.STARTTLS, ca_file=trusted) as box:
        assert box.offers == {"IMAP4REV1"}
        assert script.commands[1:3] == [b"STARTTLS", b"CAPABILITY"]
        assert b'LOGIN "support@example.com" "%s"' % SECRET.encode() in script.commands


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_an_unknown_authority_sends_no_password(tls: Tls, certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        if tls is Tls.STARTTLS:
            peer.capabilities = b"IMAP4rev1 STARTTLS"
            peer.greet()
            peer.serve(b"STARTTLS")
            peer.ok()
            peer.start_tls(certificate.server_context())
        peer.serve_for_good()

    context = certificate.server_context() if tls is Tls.IMPLICIT else None
    with ImapScript(play, context) as script, pytest.raises(MailboxRefused, match=r"TLS failed: .*issuer"):
        mailbox(script, tls=tls).__enter__()
    no_secret_in(script)


def test_a_certificate_for_another_host_is_refused(tmp_path: Path, certificate: Certificate) -> None:
    other = make_certificate(tmp_path, "DNS:imap.example.org")
    with (
        ImapScript(Peer.serve_for_good, other.server_context()) as script,
        pytest.raises(MailboxRefused, match=r"TLS failed: .*not valid for '127"),
    ):
        mailbox(script, tls=Tls.IMPLICIT, ca_file=str(other.authority)).__enter__()
    no_secret_in(script)


def test_a_server_without_tls_on_the_tls_port_is_refused() -> None:
    with ImapScript(honest(lambda peer: peer.serve_for_good())) as script, pytest.raises(MailboxRefused, match="TLS"):
        mailbox(script, tls=Tls.IMPLICIT).__enter__()


def test_an_authority_file_that_cannot_be_read_is_our_mistake(tmp_path: Path) -> None:
    with ImapScript(lambda peer: None) as script, pytest.raises(BadArgument, match="ca_file"):
        mailbox(script, tls=Tls.IMPLICIT, ca_file=str(tmp_path / "missing.pem")).__enter__()


@pytest.mark.parametrize("answer", [b"NO [AUTHENTICATIONFAILED] bad: tr0ub4dor", b"BAD cannot read LOGIN x tr0ub4dor"])
def test_a_refused_login_says_so_and_never_shows_the_password(answer: bytes) -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"LOGIN")
        peer.send(peer.tag + b" " + answer + b"\r\n")
        peer.line()

    with ImapScript(honest(play, b"IMAP4rev1")) as script, pytest.raises(MailboxRefused) as caught:
        mailbox(script).__enter__()
    assert "login of support@example.com refused" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "********" in str(caught.value)


def test_a_connection_lost_in_the_login_is_down_not_refused() -> None:
    def play(peer: Peer) -> None:
        peer.serve(b"AUTHENTICATE")

    with ImapScript(honest(play)) as script, pytest.raises(MailboxDown) as caught:
        mailbox(script).__enter__()
    assert not isinstance(caught.value, MailboxRefused)


@pytest.mark.parametrize(
    ("capabilities", "password"), [(b"IMAP4rev1 LOGINDISABLED", SECRET), (b"IMAP4rev1", "pässwort")]
)
def test_a_login_that_the_server_cannot_take_is_not_tried(capabilities: bytes, password: str) -> None:
    play = honest(lambda peer: peer.serve_for_good(), capabilities)
    with ImapScript(play) as script, pytest.raises(MailboxRefused, match="AUTH=PLAIN"):
        mailbox(script, password=password).__enter__()
    assert not any(command.startswith(b"LOGIN") for command in script.commands)


def test_a_user_with_quotes_and_spaces_is_one_argument() -> None:
    play = honest(lambda peer: peer.serve_for_good(), b"IMAP4rev1")
    with ImapScript(play) as script, mailbox(script, user='a "b" {3}\\ c', password='p"w d'):
        assert b'LOGIN "a \\"b\\" {3}\\\\ c" "p\\"w d"' in script.commands


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_an_expired_certificate_is_refused(tmp_path: Path, tls: Tls) -> None:
    expired = make_certificate(tmp_path, days=0)

    def play(peer: Peer) -> None:
        peer.capabilities = b"IMAP4rev1 STARTTLS"
        peer.greet()
        peer.serve(b"STARTTLS")
        peer.ok()
        peer.start_tls(expired.server_context())

    with (
        ImapScript(play, expired.server_context() if tls is Tls.IMPLICIT else None) as script,
        pytest.raises(MailboxRefused, match=r"TLS failed: certificate has expired"),
    ):
        mailbox(script, tls=tls, ca_file=str(expired.authority)).__enter__()
    no_secret_in(script)


def test_a_server_that_goes_on_in_clear_after_its_ok_to_starttls_gets_no_password(certificate: Certificate) -> None:
    def play(peer: Peer) -> None:
        peer.capabilities = b"IMAP4rev1 STARTTLS AUTH=PLAIN"
        peer.greet()
        peer.serve(b"STARTTLS")
        peer.ok()
        peer.sock.recv(1)  # the handshake has begun: what comes now is no surplus to the OK
        peer.tell(b"CAPABILITY IMAP4rev1 AUTH=PLAIN", b"OK go on in clear")
        peer.serve_for_good()

    with ImapScript(play) as script, pytest.raises(MailboxDown, match="TLS"):
        mailbox(script, tls=Tls.STARTTLS, ca_file=str(certificate.authority)).__enter__()
    no_secret_in(script)
