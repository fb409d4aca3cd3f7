"""S42, crash table C4: at each verb, each failure, through a real connection: the outcome, and what the server has."""

import asyncio
from dataclasses import replace

import pytest

from outbound.outbox import Dead, Outcome, Retry, Sent, Unknown
from outbound.outcome import OUTCOMES, Phase, Reply, outcome_of
from tests.outbound.sending import PATIENT, RAW, SHORT, pool, send, send_one, to
from tests.servers.smtp_script import SmtpServer

# verb, action, outcome, mails that the server has taken, final dots announced
CELLS = [
    ("greeting", "421 4.3.2 busy", Retry, 0, 0),
    ("greeting", "554 5.7.1 go away", Retry, 0, 0),
    ("greeting", "drop", Retry, 0, 0),
    ("greeting", "silence", Retry, 0, 0),
    ("greeting", "garbage", Retry, 0, 0),
    ("ehlo", "421 4.3.2 busy", Retry, 0, 0),
    ("ehlo", "550 5.7.1 not you", Retry, 0, 0),
    ("ehlo", "drop", Retry, 0, 0),
    ("ehlo", "silence", Retry, 0, 0),
    ("ehlo", "garbage", Retry, 0, 0),
    ("ehlo", "long", Retry, 0, 0),
    ("ehlo", "surplus", Retry, 0, 0),
    ("mail", "421 4.3.2 busy", Retry, 0, 0),
    ("mail", "451 4.3.0 later", Retry, 0, 0),
    ("mail", "530 5.7.0 log in first", Retry, 0, 0),
    ("mail", "550 5.7.1 sender refused", Dead, 0, 0),
    ("mail", "552 5.3.4 too large", Dead, 0, 0),
    ("mail", "drop", Retry, 0, 0),
    ("mail", "silence", Retry, 0, 0),
    ("mail", "garbage", Retry, 0, 0),
    ("mail", "surplus", Retry, 0, 0),
    ("mail", "multiline", Sent, 1, 1),
    ("mail", "controls", Sent, 1, 1),
    ("mail", "flood", Retry, 0, 0),
    ("ehlo", "flood", Retry, 0, 0),
    ("ehlo", "controls", Sent, 1, 1),
    ("greeting", "flood", Retry, 0, 0),
    ("rcpt", "421 4.3.2 busy", Retry, 0, 0),
    ("rcpt", "450 4.2.0 greylisted", Retry, 0, 0),
    ("rcpt", "452 4.5.3 too many", Retry, 0, 0),
    ("rcpt", "550 5.1.1 unknown", Dead, 0, 0),
    ("rcpt", "535 5.7.8 your account", Retry, 0, 0),
    ("rcpt", "drop", Retry, 0, 0),
    ("rcpt", "silence", Retry, 0, 0),
    ("rcpt", "garbage", Retry, 0, 0),
    ("rcpt", "long", Retry, 0, 0),
    ("rcpt", "surplus", Retry, 0, 0),
    ("data", "421 4.3.2 busy", Retry, 0, 0),
    ("data", "451 4.3.0 later", Retry, 0, 0),
    ("data", "554 5.5.1 no", Dead, 0, 0),
    ("data", "250 2.0.0 what?", Retry, 0, 0),
    ("data", "drop", Retry, 0, 0),
    ("data", "silence", Retry, 0, 0),
    ("data", "garbage", Retry, 0, 0),
    ("dot", "421 4.3.2 busy", Retry, 0, 1),
    ("dot", "451 4.3.0 later", Retry, 0, 1),
    ("dot", "550 5.7.1 spam", Dead, 0, 1),
    ("dot", "552 5.3.4 too large", Dead, 0, 1),
    ("dot", "drop", Unknown, 0, 1),
    ("dot", "keep-drop", Unknown, 1, 1),
    ("dot", "silence", Unknown, 0, 1),
    ("dot", "keep-silence", Unknown, 1, 1),
    ("dot", "garbage", Unknown, 0, 1),
    ("dot", "long", Unknown, 0, 1),
    ("dot", "354 again?", Unknown, 0, 1),
    ("dot", "multiline", Sent, 1, 1),
    ("dot", "surplus", Sent, 1, 1),
    ("dot", "controls", Sent, 1, 1),
    ("dot", "flood", Unknown, 1, 1),
]


@pytest.mark.parametrize(("verb", "action", "expected", "taken", "dots"), CELLS)
def test_each_failure_at_each_verb_has_its_outcome(
    server: SmtpServer, verb: str, action: str, expected: type[Outcome], taken: int, dots: int
) -> None:
    server.fail(verb, action)
    deadlines = SHORT if "silence" in action else PATIENT
    [outcome], marks = send(server, "client@example.org", deadlines=deadlines)
    assert type(outcome) is expected, outcome
    assert len(server.accepted) == taken
    assert marks == dots
    if action[:3].isdigit():
        assert action[:3] in outcome.answer


@pytest.mark.parametrize(("verb", "action", "expected", "taken", "dots"), CELLS)
def test_after_each_failure_the_next_mail_goes_out_once(
    server: SmtpServer, verb: str, action: str, expected: type[Outcome], taken: int, dots: int
) -> None:
    server.fail(verb, action, times=1)
    deadlines = SHORT if "silence" in action else PATIENT
    [_, second], _ = send(server, "client@example.org", "second@example.org", deadlines=deadlines)
    assert type(second) is Sent
    assert len([mail for mail in server.accepted if mail.recipient == "second@example.org"]) == 1
    assert len(server.accepted) == taken + 1


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("tempfail@example.org", Retry),
        ("451@example.org", Retry),
        ("refused@example.org", Dead),
        ("421@example.org", Retry),
        ("550-at-dot@example.org", Dead),
        ("drop-at-data@example.org", Retry),
        ("keep-drop-at-dot@example.org", Unknown),
    ],
)
def test_the_recipient_s_name_chooses_the_failure_and_the_neighbours_are_served(
    server: SmtpServer, recipient: str, expected: type[Outcome]
) -> None:
    outcomes, _ = send(server, "a@example.org", recipient, "b@example.org")
    assert [type(outcome) for outcome in outcomes] == [Sent, expected, Sent]


@pytest.mark.parametrize(
    ("action", "event", "expected"),
    [
        ("drop", "closed", Retry),
        ("421 4.3.2 busy", "closed", Retry),
        ("552 5.3.4 too large", "early", Dead),
        ("451 4.3.0 later", "early", Retry),
        ("multiline", "early", Retry),  # a yes before the dot is not believed
    ],
)
def test_an_end_or_an_answer_before_the_dot_keeps_the_dot_back(
    server: SmtpServer, action: str, event: str, expected: type[Outcome]
) -> None:
    async def mark() -> None:
        await asyncio.to_thread(server.wait_until, lambda: event in server.events)
        for _ in range(5):  # what has come is read
            await asyncio.sleep(0)

    server.fail("body", action, times=1)
    outcome = asyncio.run(send_one(server, mark))
    assert type(outcome) is expected
    assert outcome.answer.startswith("body: ")
    assert "dot" not in server.events
    assert server.accepted == []


def test_a_dot_that_cannot_even_be_written_did_not_leave(server: SmtpServer) -> None:
    async def mark() -> None:  # holds up the event loop, so that nobody can tell it of the reset
        server.wait_until(lambda: "closed" in server.events)

    async def run() -> Outcome:
        async with pool(to(server)) as smtp:
            # More than the server reads at once: closing with the rest unread is a reset.
            return await smtp.send("support@example.com", "client@example.org", RAW + b"x" * 100_000, mark)

    server.fail("body", "drop")
    outcome = asyncio.run(run())
    assert type(outcome) is Retry
    assert outcome.answer.startswith("body: ")


def test_a_connection_lost_amid_a_large_mail_means_retry(server: SmtpServer) -> None:
    server.fail("body", "drop")
    [outcome], marks = send(server, "client@example.org", raw=RAW + b"x" * 8_000_000)
    assert type(outcome) is Retry
    assert marks == 0
    assert server.accepted == []


def test_a_server_that_reads_no_more_amid_a_mail_runs_into_the_deadline(server: SmtpServer) -> None:
    server.fail("body", "stall")
    raw = RAW + b"x" * 30_000_000
    [outcome], marks = send(server, "client@example.org", raw=raw, deadlines=replace(PATIENT, block=0.5))
    assert outcome == Retry("body: no answer in time")
    assert marks == 0


def test_a_server_that_is_not_there_means_retry() -> None:
    with SmtpServer() as gone:
        pass
    [outcome], marks = send(gone, "client@example.org")
    assert type(outcome) is Retry
    assert outcome.answer.startswith("connect: ")
    assert marks == 0


@pytest.mark.parametrize("verb", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_an_octet_every_now_and_then_does_not_prolong_the_deadline(verb: str) -> None:
    with SmtpServer(octet_seconds=0.2) as server:
        server.fail(verb, "slow")
        [outcome], _ = send(server, "client@example.org", deadlines=SHORT)
    assert type(outcome) is (Unknown if verb == "dot" else Retry)
    assert "no answer in time" in outcome.answer


def test_a_slow_answer_within_the_deadline_is_heard() -> None:
    with SmtpServer(octet_seconds=0.001) as server:
        server.fail("rcpt", "slow")
        [outcome], _ = send(server, "client@example.org")
    assert type(outcome) is Sent


def test_what_the_server_said_is_kept_as_one_clean_line(server: SmtpServer) -> None:
    server.fail("rcpt", "550 no\x00\x1b[31m " + "x" * 2000)
    [outcome], _ = send(server, "client@example.org")
    assert outcome.answer.isprintable()
    assert outcome.answer.startswith("rcpt: 550 no??[31m xxx")
    assert len(outcome.answer) < 600


def test_the_table_has_an_outcome_for_every_reply_in_every_phase() -> None:
    for row in OUTCOMES.values():
        assert len(row.split()) == len(Phase)
    assert set(OUTCOMES) == set(Reply)


def test_only_an_accepted_final_dot_is_sent_and_only_a_lost_one_is_unknown() -> None:
    kinds = {
        (phase, code): type(outcome_of(code, "", phase))
        for phase in Phase
        for code in (0, 250, 354, 421, 450, 530, 550)
    }
    assert [key for key, kind in kinds.items() if kind is Sent] == [(Phase.DOT, 250)]
    assert {key for key, kind in kinds.items() if kind is Unknown} == {(Phase.DOT, 0), (Phase.DOT, 354)}


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.TLS, Phase.GREETING, Phase.HELLO, Phase.AUTH, Phase.ASIDE])
@pytest.mark.parametrize("code", [0, 421, 454, 500, 535, 550, 554])
def test_a_refusal_of_our_account_never_kills_a_mail(phase: Phase, code: int) -> None:
    assert type(outcome_of(code, "no", phase)) is Retry
