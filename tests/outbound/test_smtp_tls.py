"""T29, S40 for SMTP: TLS that was chosen is kept to, and no credential travels in clear. `check` says what failed."""

import base64
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from outbound.outbox import Retry, Sent
from outbound.outcome import Phase
from outbound.smtp import Server, Smtp, Tls
from tests.outbound.sending import PATIENT, RAW, SHORT, check, send_by, to
from tests.servers.smtp_script import SmtpServer

USER, PASSWORD = "support@example.com", "sesame-7-open"


def account(server: SmtpServer, tls: Tls, ca: Path) -> Server:
    return to(server, tls=tls, user=USER, password=PASSWORD, ca_file=str(ca))


def make(certificate: Path, tls: str, **more: object) -> SmtpServer:
    return SmtpServer(tls=tls, certificate=str(certificate), users={USER: PASSWORD}, **more)  # type: ignore[arg-type]


def assert_no_secret_in_clear(server: SmtpServer) -> None:
    for secret in (PASSWORD.encode(), base64.b64encode(PASSWORD.encode()), b"AUTH"):
        assert secret not in bytes(server.cleartext)
    assert server.accepted == []


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
@pytest.mark.parametrize("auth", ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN PLAIN"])
def test_mail_goes_out_over_tls_after_logging_in(certificate: Path, tls: Tls, auth: str) -> None:
    with make(certificate, tls, auth=tuple(auth.split())) as server:
        raw = RAW + b"x" * 3_000_000 + b"\r\n"  # more than any buffer on the way holds
        outcomes, _ = send_by(account(server, tls, certificate), server, "a@example.org", "b@example.org", raw=raw)
        assert [mail.raw for mail in server.accepted] == [raw, raw]
        assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
        assert server.connections == 1
        assert PASSWORD.encode() not in bytes(server.cleartext)
        assert b"MAIL" not in bytes(server.cleartext)


@pytest.mark.parametrize(
    ("verb", "action", "said"),
    [
        ("offer", "strip", "STARTTLS is required, and the server does not offer it"),
        ("starttls", "454 4.7.0 not now", "454 4.7.0 not now"),
        ("starttls", "502 5.5.1 what?", "502 5.5.1 what?"),
        ("starttls", "inject", "the server said more than it was asked"),
        ("starttls", "drop", ""),
        ("starttls", "garbage", "Malformed"),
        ("starttls", "silence", "no answer in time"),
        ("starttls", "421 4.3.2 busy", "421 4.3.2 busy"),
        ("starttls", "flood", "too long"),
        ("starttls", "plain", ""),
    ],
)
def test_starttls_that_is_stripped_refused_or_injected_sends_nothing(
    certificate: Path, verb: str, action: str, said: str
) -> None:
    with make(certificate, "starttls") as server:
        server.fail(verb, action)
        how = account(server, Tls.STARTTLS, certificate)
        how = replace(how, deadlines=SHORT) if action == "silence" else how
        [outcome], marks = send_by(how, server, "a@example.org")
        assert type(outcome) is Retry
        assert outcome.answer.startswith("tls: ")
        assert said in outcome.answer
        assert marks == 0
        assert_no_secret_in_clear(server)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_server_that_reads_no_more_over_tls_runs_into_the_deadline(certificate: Path, tls: Tls) -> None:
    with make(certificate, tls) as server:
        server.fail("body", "stall")
        how = replace(account(server, tls, certificate), deadlines=replace(PATIENT, block=0.5))
        [outcome], marks = send_by(how, server, "a@example.org", raw=RAW + b"x" * 30_000_000)
        assert outcome == Retry("body: no answer in time")
        assert marks == 0


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: Path, foreign_certificate: Path, tls: Tls
) -> None:
    with make(certificate, tls) as server:
        [outcome], _ = send_by(account(server, tls, foreign_certificate), server, "a@example.org")
        assert type(outcome) is Retry
        assert outcome.answer.startswith("tls: ")
        assert "certificate verify failed" in outcome.answer
        assert_no_secret_in_clear(server)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_an_expired_certificate_is_refused(expired_certificate: Path, tls: Tls) -> None:
    with make(expired_certificate, tls) as server:
        [outcome], _ = send_by(account(server, tls, expired_certificate), server, "a@example.org")
        assert type(outcome) is Retry
        assert "certificate has expired" in outcome.answer
        assert_no_secret_in_clear(server)


@pytest.mark.parametrize(
    "action",
    [
        "421 4.3.2 busy",
        "454 4.7.0 later",
        "535 5.7.8 wrong",
        "550 no",
        "drop",
        "silence",
        "garbage",
        "long",
        "flood",
        "surplus",
    ],
)
def test_whatever_comes_of_the_login_the_password_is_sent_once_and_the_mail_waits(
    certificate: Path, action: str
) -> None:
    with make(certificate, "starttls") as server:
        server.fail("auth", action)
        how = account(server, Tls.STARTTLS, certificate)
        [outcome], marks = send_by(replace(how, deadlines=replace(PATIENT, command=2)), server, "a@example.org")
        assert type(outcome) is Retry, outcome
        assert marks == 0
        assert server.accepted == []
        assert len([line for line in server.lines if line.startswith(b"AUTH")]) == 1
        assert PASSWORD not in outcome.answer


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_certificate_of_another_host_is_refused(foreign_certificate: Path, tls: Tls) -> None:
    with make(foreign_certificate, tls) as server:
        [outcome], _ = send_by(account(server, tls, foreign_certificate), server, "a@example.org")
        assert type(outcome) is Retry
        assert "not valid for '127.0.0.1'" in outcome.answer
        assert_no_secret_in_clear(server)


def test_implicit_tls_to_a_server_that_speaks_plain_sends_nothing(certificate: Path) -> None:
    with SmtpServer() as server:
        [outcome], _ = send_by(account(server, Tls.IMPLICIT, certificate), server, "a@example.org")
        assert type(outcome) is Retry
        assert_no_secret_in_clear(server)


def test_a_wrong_password_is_tried_once_and_kills_no_mail(certificate: Path) -> None:
    with make(certificate, "starttls") as server:
        wrong = to(server, tls=Tls.STARTTLS, user=USER, password="guess", ca_file=str(certificate))
        [outcome], _ = send_by(wrong, server, "a@example.org")
        assert outcome == Retry("auth: 535 5.7.8 wrong user or password")
        assert len([line for line in server.lines if line.startswith(b"AUTH")]) == 1


def test_a_server_without_a_method_that_we_know_gets_no_password(certificate: Path) -> None:
    with make(certificate, "starttls", auth=("GSSAPI",)) as server:
        [outcome], _ = send_by(account(server, Tls.STARTTLS, certificate), server, "a@example.org")
        assert outcome == Retry("auth: the server offers no AUTH PLAIN or LOGIN (but: gssapi)")


def test_without_tls_only_loopback_is_spoken_to() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        Server(host, 25, Tls.NONE)
    for host in ("192.0.2.1", "mx.example.com", "localhost.example.com", ""):
        with pytest.raises(ValueError, match="loopback only"):
            Server(host, 25, Tls.NONE)


def test_a_helo_name_with_room_for_more_is_refused() -> None:
    for helo in ("", "a b", "a\r\nMAIL", "caf\u00e9"):
        with pytest.raises(ValueError, match="EHLO"):
            Server("mx.example.com", 587, helo=helo)


def test_a_server_prints_its_password_as_stars() -> None:
    shown = repr(Server("mx.example.com", 587, user=USER, password=PASSWORD))
    assert PASSWORD not in shown
    assert "password='***'" in shown
    assert USER in shown


def test_a_missing_ca_file_is_told_at_once() -> None:
    with pytest.raises(OSError, match="No such file"):
        Smtp(Server("mx.example.com", 587, ca_file="/nowhere/ca.pem"))


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_check_goes_through_every_step_and_sends_nothing(certificate: Path, tls: Tls) -> None:
    with make(certificate, tls) as server:
        done = check(account(server, tls, certificate))
        assert done.failed is None
        assert {Phase.CONNECT, Phase.GREETING, Phase.HELLO, Phase.AUTH, Phase.ASIDE} <= {
            phase for phase, _ in done.steps
        }
        assert dict(done.extensions)["size"] == "52428800"
        assert server.lines[-1] == b"QUIT"
        assert server.accepted == []
        assert PASSWORD not in str(done)


@pytest.mark.parametrize(
    ("verb", "action", "phase", "said"),
    [
        ("greeting", "554 5.7.1 go away", Phase.GREETING, "554 5.7.1 go away"),
        ("greeting", "silence", Phase.GREETING, "no answer in time"),
        ("ehlo", "550 5.7.1 not you", Phase.HELLO, "550 5.7.1 not you"),
        ("offer", "strip", Phase.TLS, "STARTTLS is required, and the server does not offer it"),
        ("auth", "535 5.7.8 wrong", Phase.AUTH, "535 5.7.8 wrong"),
        ("noop", "421 4.3.2 busy", Phase.ASIDE, "421 4.3.2 busy"),
    ],
)
def test_check_names_the_step_that_failed_and_the_server_s_words(
    certificate: Path, verb: str, action: str, phase: Phase, said: str
) -> None:
    with make(certificate, "starttls") as server:
        server.fail(verb, action)
        how = to(server, SHORT, Tls.STARTTLS, user=USER, password=PASSWORD, ca_file=str(certificate))
        done = check(how)
    assert done.failed is phase
    assert done.steps[-1] == (phase, said)


def test_check_says_that_nobody_listens() -> None:
    with SmtpServer() as gone:
        pass
    done = check(to(gone))
    assert done.failed is Phase.CONNECT
    assert done.steps[-1][1] == "Connection refused"


def test_the_context_verifies_name_and_certificate() -> None:
    context = Server("mx.example.com", 587).context()
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
