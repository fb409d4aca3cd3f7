"""The pool of connections: used again, opened again, never more than allowed, closed when a send is cut off."""

import asyncio
from dataclasses import replace

import pytest

from outbound.outbox import Outcome, Retry, Sent
from tests.outbound.sending import PATIENT, RAW, Marks, pool, send, send_one, to
from tests.servers.smtp_script import SmtpServer


def test_500_mails_go_once_each_over_four_connections(server: SmtpServer) -> None:
    marks = Marks(server)

    async def run() -> list[Outcome]:
        async with pool(to(server), connections=4) as smtp:
            every = (smtp.send("support@example.com", f"c{n}@example.org", RAW, marks) for n in range(500))
            return await asyncio.gather(*every)

    outcomes = asyncio.run(run())
    assert {type(outcome) for outcome in outcomes} == {Sent}
    assert sorted(mail.recipient for mail in server.accepted) == sorted(f"c{n}@example.org" for n in range(500))
    assert server.connections == 4
    assert marks.count == 500
    assert server.lines.count(b"QUIT") == 4


def test_a_refused_recipient_does_not_cost_the_connection(server: SmtpServer) -> None:
    outcomes, _ = send(server, "a@example.org", "refused@example.org", "tempfail@example.org", "b@example.org")
    assert [type(outcome) for outcome in outcomes][::3] == [Sent, Sent]
    assert server.connections == 1


def test_a_connection_that_does_not_take_rset_is_not_used_again(server: SmtpServer) -> None:
    server.fail("rset", "502 5.5.1 what?")
    outcomes, _ = send(server, "refused@example.org", "b@example.org")
    assert type(outcomes[1]) is Sent
    assert server.connections == 2


@pytest.mark.parametrize("action", ["drop", "421 4.4.2 idle too long", "silence"])
def test_a_used_connection_that_is_dead_at_mail_is_opened_again_at_once(server: SmtpServer, action: str) -> None:
    async def run() -> list[Outcome]:
        async with pool(to(server, replace(PATIENT, command=0.5))) as smtp:
            first = await smtp.send("support@example.com", "a@example.org", RAW, Marks(server))
            server.fail("mail", action, times=1)
            return [first, await smtp.send("support@example.com", "b@example.org", RAW, Marks(server))]

    assert [type(outcome) for outcome in asyncio.run(run())] == [Sent, Sent]
    assert server.connections == 2
    assert [mail.recipient for mail in server.accepted] == ["a@example.org", "b@example.org"]


def test_it_is_opened_again_once_and_not_for_ever(server: SmtpServer) -> None:
    async def run() -> Outcome:
        async with pool(to(server)) as smtp:
            await smtp.send("support@example.com", "a@example.org", RAW, Marks(server))
            server.fail("mail", "drop")
            return await smtp.send("support@example.com", "b@example.org", RAW, Marks(server))

    assert type(asyncio.run(run())) is Retry
    assert server.connections == 2


def test_a_server_that_was_restarted_between_two_mails_costs_no_attempt(server: SmtpServer) -> None:
    async def run() -> list[Outcome]:
        async with pool(to(server)) as smtp:
            first = await smtp.send("support@example.com", "a@example.org", RAW, Marks(server))
            await asyncio.to_thread(server.stop)
            server.start()
            second = await smtp.send("support@example.com", "b@example.org", RAW, Marks(server))
            return [first, second]

    assert [type(outcome) for outcome in asyncio.run(run())] == [Sent, Sent]
    assert len(server.accepted) == 2


def test_a_connection_that_rested_too_long_is_replaced(server: SmtpServer) -> None:
    outcomes, _ = send(server, "a@example.org", "b@example.org", deadlines=replace(PATIENT, idle=0))
    assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
    assert server.connections == 2


@pytest.mark.parametrize("verb", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_a_cancelled_send_closes_its_connection_and_frees_its_place(server: SmtpServer, verb: str) -> None:
    server.fail(verb, "silence", times=1)

    async def run() -> Outcome:
        async with pool(to(server), connections=1) as smtp:
            task = asyncio.create_task(smtp.send("support@example.com", "a@example.org", RAW, Marks(server)))
            await asyncio.to_thread(server.wait_until, lambda: "silent" in server.events)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(server.wait_until, lambda: "closed" in server.events)
            return await smtp.send("support@example.com", "b@example.org", RAW, Marks(server))

    assert type(asyncio.run(run())) is Sent
    assert server.connections == 2
    assert [mail.recipient for mail in server.accepted] == ["b@example.org"]


def test_a_send_that_is_cancelled_while_its_mark_is_made_is_not_accepted(server: SmtpServer) -> None:
    async def run() -> None:
        marking = asyncio.Event()

        async def mark() -> None:
            marking.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(send_one(server, mark))
        await marking.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.wait_until, lambda: "closed" in server.events)

    asyncio.run(run())
    assert server.accepted == []
    assert "dot" not in server.events


def test_a_mail_under_way_when_the_pool_closes_is_finished_and_its_connection_closed(server: SmtpServer) -> None:
    async def run() -> Outcome:
        async with pool(to(server)) as smtp:
            task: asyncio.Task[Outcome] | None = None

            async def mark() -> None:
                await smtp.close()

            task = asyncio.create_task(smtp.send("support@example.com", "a@example.org", RAW, mark))
            outcome = await task
            await asyncio.to_thread(server.wait_until, lambda: "closed" in server.events)
            return outcome

    assert type(asyncio.run(run())) is Sent


def test_one_dead_connection_does_not_hold_up_the_others(server: SmtpServer) -> None:
    async def run() -> list[Outcome]:
        async with pool(to(server), connections=2) as smtp:
            stuck = asyncio.create_task(
                smtp.send("support@example.com", "silence-at-rcpt@example.org", RAW, Marks(server))
            )
            others = [await smtp.send("support@example.com", f"{n}@example.com", RAW, Marks(server)) for n in "abc"]
            assert not stuck.done()
            stuck.cancel()
            await asyncio.gather(stuck, return_exceptions=True)
            return others

    assert {type(outcome) for outcome in asyncio.run(run())} == {Sent}


@pytest.mark.parametrize("verb", ["greeting", "ehlo"])
def test_a_server_that_takes_three_connections_gets_every_mail_over_three(server: SmtpServer, verb: str) -> None:
    async def run() -> tuple[list[Outcome], int]:
        async with pool(to(server), connections=8) as smtp:
            first = await smtp.send("support@example.com", "first@example.org", RAW, Marks(server))
            server.fail(verb, "", times=2)
            server.fail(verb, "421 4.7.0 too many connections")
            every = (smtp.send("support@example.com", f"c{n}@example.org", RAW, Marks(server)) for n in range(60))
            return [first, *await asyncio.gather(*every)], smtp.width

    outcomes, width = asyncio.run(run())
    assert {type(outcome) for outcome in outcomes} == {Sent}
    assert (len(server.accepted), width) == (61, 3)
    assert len({mail.connection for mail in server.accepted}) == 3
    assert server.connections <= 8, "it was asked for more again and again"


def test_a_server_that_is_full_for_others_is_asked_again_later(server: SmtpServer) -> None:
    async def run() -> list[int]:
        widths = []
        async with pool(to(server, replace(PATIENT, narrow=0)), connections=4) as smtp:
            await smtp.send("support@example.com", "first@example.org", RAW, Marks(server))
            server.fail("greeting", "421 4.7.0 too many connections", times=1)
            for _ in range(2):
                every = (smtp.send("support@example.com", f"c{n}@example.org", RAW, Marks(server)) for n in range(20))
                assert {type(outcome) for outcome in await asyncio.gather(*every)} == {Sent}
                widths.append(smtp.width)
            return widths

    assert asyncio.run(run()) == [4, 4]
    assert len({mail.connection for mail in server.accepted}) == 4
    assert len(server.accepted) == 41


def test_a_server_that_refuses_everybody_puts_every_mail_off_and_narrows_nothing(server: SmtpServer) -> None:
    server.fail("greeting", "421 4.3.2 going down")

    async def run() -> tuple[list[Outcome], int]:
        async with pool(to(server), connections=4) as smtp:
            every = (smtp.send("support@example.com", f"c{n}@example.org", RAW, Marks(server)) for n in range(9))
            return await asyncio.gather(*every), smtp.width

    outcomes, width = asyncio.run(run())
    assert ({type(outcome) for outcome in outcomes}, width) == ({Retry}, 4)


def test_mails_over_too_many_connections_at_once_make_fewer_of_them(server: SmtpServer) -> None:
    async def run() -> list[int]:
        widths = []
        async with pool(to(server), connections=4) as smtp:
            for _ in range(5):
                outcome = await smtp.send("support@example.com", "432-at-dot@example.org", RAW, Marks(server))
                assert type(outcome) is Retry
                widths.append(smtp.width)
            last = await smtp.send("support@example.com", "a@example.org", RAW, Marks(server))
            assert type(last) is Sent
        return widths

    assert asyncio.run(run()) == [3, 2, 1, 1, 1]
