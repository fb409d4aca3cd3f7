"""apply is the one exit for changes: all of an effect or nothing, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from classifier.verdict import Kind, Verdict
from inbound.message import Address
from store import incoming, pending, reports, tickets
from store.database import Database, Transaction, savepoint
from store.effect import Effect
from store.errors import AlreadyDone, Moved
from store.lines import TicketPage, as_json
from store.tables import effect as effect_table
from store.tables import metadata
from tests.store.world import ADA, BEN, EASY, NOW, ack, apply, gather, keep, mail, opened, opening, plans, reply, sweep
from workflow.decision import Decision, Priority
from workflow.machine import Ball, Nature


def page(database: Database, number: int) -> TicketPage:
    with database.read() as tx:
        found = reports.ticket_page(tx, number)
    assert found
    return found


def ledger(database: Database, id_: int) -> reports.MailLine:
    with database.read() as tx:
        return next(line for line in reports.mails(tx) if line.id == id_)


def test_numbers_start_at_1001_and_are_never_given_again(database: Database) -> None:
    with database.write() as tx:
        assert tickets.numbers(tx, 3) == [1001, 1002, 1003]
        assert tickets.numbers(tx, 1) == [1004]


def test_a_ticket_is_opened_whole(database: Database) -> None:
    number = opened(database, outgoing=(ack("mail:1", 1001),), others=(BEN,))
    found = page(database, number)
    line = found.ticket
    assert (line.number, line.subject, line.status, line.open, line.ball_with) == (
        1001,
        "About first",
        "outstanding",
        True,
        "us",
    )
    assert (line.requester, line.mailbox, line.created_at, found.version) == (ADA.addr, "support", NOW, 1)
    assert [(h.from_, h.to, h.by, h.because, h.mail) for h in found.history] == [
        ("", "outstanding", "mail:1", ("a person's mail",), 1)
    ]
    assert [(s.direction, s.kind, s.visible_to, s.text) for s in found.conversation] == [
        ("in", "new_ticket", "client", "Words of first"),
        ("out", "received", "client", "It is here.\n"),
    ]
    assert [(p.address, p.role, p.pending) for p in found.people] == [
        (ADA.addr, "requester", False),
        (BEN.addr, "cc", True),
    ]
    done = ledger(database, 1)
    assert (done.state, done.kind, done.ticket, done.sender, done.message_id) == (
        "processed",
        "new_ticket",
        1001,
        ADA.addr,
        "<first@example.org>",
    )
    assert sweep(database) == []


def test_a_ticket_comes_back_as_the_decision_left_it(database: Database) -> None:
    number = opened(database)
    soon = NOW + timedelta(days=3)
    decision = Decision(
        because=("why",),
        status="pending-client-feedback",
        was="outstanding",
        due_at=soon,
        reminded=True,
        until=soon + timedelta(microseconds=1),
        paused_until=NOW.astimezone(UTC),
        client_replied=True,
        priority=Priority.HIGH,
        tags=("a", "ü"),
    )
    with database.write() as tx:
        later = NOW + timedelta(hours=1)
        apply(
            tx, Effect(later, "kim@example.com", decision, number, 1, open=True, ball_with=Ball.CLIENT, note="call her")
        )
        ticket = tickets.ticket(tx, number)
    assert ticket
    assert (ticket.version, ticket.status, ticket.status_since) == (2, "pending-client-feedback", later)
    assert (ticket.due_at, ticket.until, ticket.paused_until) == (soon, soon + timedelta(microseconds=1), NOW)
    assert ticket.reminded
    assert (ticket.client_replied, ticket.priority, ticket.tags) == (True, Priority.HIGH, ("a", "ü"))
    assert (ticket.requester, ticket.created_at) == (ADA, NOW)
    note = page(database, number).conversation[-1]
    assert (note.direction, note.visible_to, note.author, note.text) == ("note", "staff", "kim@example.com", "call her")


def test_a_status_that_stays_keeps_its_day_and_writes_no_history(database: Database) -> None:
    number = opened(database)
    stay = Decision(because=("nothing to do",), status="outstanding", was="outstanding")
    with database.write() as tx:
        apply(tx, Effect(NOW + timedelta(days=1), "timer", stay, number, 1))
        ticket = tickets.ticket(tx, number)
    assert ticket
    assert (ticket.status_since, ticket.version) == (NOW, 2)
    assert len(page(database, number).history) == 1


def test_applying_twice_is_applying_once(database: Database) -> None:
    number = opened(database, outgoing=(ack("mail:1", 1001),))
    before = page(database, number)
    for effect in (
        opening(number, mail("first"), 1),
        opening(number + 1, mail("first"), 1),
        replace(opening(number + 1, mail("other"), 1)),
    ):
        with database.write() as tx, pytest.raises(Moved):
            apply(tx, effect)
    assert page(database, number) == before
    assert sweep(database) == []


def test_a_mail_that_another_worker_finished_is_already_done(database: Database) -> None:
    opened(database)
    with database.write() as tx, pytest.raises(AlreadyDone):
        apply(tx, opening(2000, mail("other"), 1))
    with database.read() as tx:
        assert tickets.ticket(tx, 2000) is None


def test_a_ticket_that_changed_meanwhile_goes_back_to_gather(database: Database) -> None:
    number = opened(database)
    (mail_id,) = keep(database, "reply", first_uid=9)
    message = mail("reply", in_reply_to=("<first@example.org>",))
    with database.read() as tx:
        found = gather(tx, message)
    with database.write() as tx:
        apply(tx, Effect(NOW, "kim@example.com", Decision(("closed",), "solved", "outstanding"), number, 1, open=False))
    with database.write() as tx, pytest.raises(Moved):
        apply(tx, reply(found, message, mail_id))
    assert ledger(database, mail_id).state == "pending"
    with database.write() as tx:
        apply(tx, reply(gather(tx, message), message, mail_id))
    assert [h.to for h in page(database, number).history] == ["outstanding", "solved", "outstanding"]
    assert sweep(database) == []


def test_two_deliveries_of_one_mail_have_one_effect(database: Database) -> None:
    """Both were gathered before either was applied."""
    first, second = keep(database, "one", "two")
    message = mail("first")
    with database.write() as tx:
        apply(tx, opening(1001, message, first))
        tickets.numbers(tx, 2)
        with pytest.raises(Moved):
            apply(tx, opening(1002, message, second))
        found = gather(tx, message)
        assert found.evidence.duplicate_of == first
        parked = Decision(because=("a duplicate",), parked=f"another delivery of mail {first}")
        verdict = Verdict(Kind.DUPLICATE, ("content key",))
        apply(tx, Effect(NOW, "mail:2", parked, mail=second, message=message, verdict=verdict, duplicate_of=first))
    line = ledger(database, second)
    assert (line.state, line.ticket, line.reason) == ("parked", None, f"another delivery of mail {first}")
    assert sweep(database) == []


def test_a_constraint_that_is_not_about_a_second_delivery_is_a_fault_and_undoes_only_its_own_mail(
    database: Database,
) -> None:
    first, second = keep(database, "one", "two")
    with database.write() as tx:
        one, two = tickets.numbers(tx, 2)
        apply(tx, opening(one, mail("one"), first))
        with pytest.raises(IntegrityError, match=r"(?i)not.null"):
            apply(tx, replace(opening(two, mail("two"), second), at=None))
    assert (ledger(database, first).state, ledger(database, second).state) == ("processed", "pending")
    assert sweep(database) == []


def test_the_second_delivery_may_escalate_its_ticket(database: Database) -> None:
    number = opened(database)
    (second,) = keep(database, "copy", first_uid=9)
    with database.write() as tx:
        found = gather(tx, mail("first"), role="escalate")
        escalate = Decision(because=("escalated",), status="manager-escalation", was="outstanding")
        verdict = Verdict(Kind.ESCALATION, ("to escalate@",), ticket=number)
        apply(tx, reply(found, mail("first"), second, decision=escalate, verdict=verdict, duplicate_of=1))
    assert page(database, number).ticket.status == "manager-escalation"
    assert ledger(database, second).ticket == number


def test_a_parked_mail_is_on_no_ticket_and_says_why(database: Database) -> None:
    (id_,) = keep(database, "list")
    with database.write() as tx:
        parked = Decision(because=("bulk",), parked="a newsletter")
        apply(
            tx,
            Effect(
                NOW, "mail:1", parked, mail=id_, message=mail("list"), verdict=Verdict(Kind.BULK, ("List-Id",), "bulk")
            ),
        )
    line = ledger(database, id_)
    assert (line.state, line.kind, line.reason, line.no_answer, line.ticket) == (
        "parked",
        "bulk",
        "a newsletter",
        "bulk",
        None,
    )
    assert sweep(database) == []


def test_mails_without_a_content_key_each_have_their_own_effect(database: Database) -> None:
    first, second = keep(database, "one", "two")
    with database.write() as tx:
        one, two = tickets.numbers(tx, 2)
        apply(tx, opening(one, mail("one", content_key=""), first))
        apply(tx, opening(two, mail("two", content_key=""), second))
        assert tx.execute(select(effect_table)).all() == []


def test_a_stranger_who_joins_is_seen_by_staff_alone(database: Database) -> None:
    number = opened(database)
    (mail_id,) = keep(database, "join", first_uid=9)
    message = mail("join", BEN, in_reply_to=("<first@example.org>",))
    with database.write() as tx:
        verdict = Verdict(Kind.CLIENT_REPLY, ("token",), ticket=number, pending=True)
        apply(tx, reply(gather(tx, message), message, mail_id, verdict=verdict))
    found = page(database, number)
    assert found.conversation[-1].visible_to == "staff"
    assert [(p.address, p.role, p.pending) for p in found.people if p.address == BEN.addr] == [
        (BEN.addr, "participant", True)
    ]
    assert found.ticket.requester == ADA.addr


def test_a_mail_puts_nobody_out_and_makes_nobody_the_requester(database: Database) -> None:
    number = opened(database)
    (mail_id,) = keep(database, "forged", first_uid=9)
    message = mail("forged", ADA, in_reply_to=("<first@example.org>",))
    with database.write() as tx:
        verdict = Verdict(Kind.CLIENT_REPLY, ("dkim failed",), ticket=number, pending=True)
        apply(tx, reply(gather(tx, message), message, mail_id, verdict=verdict, others=(ADA, BEN)))
    assert [(p.address, p.role, p.pending) for p in page(database, number).people] == [
        (ADA.addr, "requester", False),
        (BEN.addr, "cc", True),
    ]


@pytest.mark.parametrize("kind", [Kind.BOUNCE, Kind.AUTO_REPLY, Kind.STAFF_REPLY, Kind.OUT_OF_OFFICE])
def test_neither_machines_nor_staff_become_people_of_a_ticket(database: Database, kind: Kind) -> None:
    number = opened(database)
    (mail_id,) = keep(database, "robot", first_uid=9)
    message = mail("robot", BEN, in_reply_to=("<first@example.org>",))
    with database.write() as tx:
        apply(tx, reply(gather(tx, message), message, mail_id, verdict=Verdict(kind, ("x",), ticket=number)))
    assert [p.address for p in page(database, number).people] == [ADA.addr]


def test_a_notice_to_staff_is_an_entry_for_staff(database: Database) -> None:
    number = opened(database, outgoing=(ack("mail:1", 1001, "kim@example.com", Nature.STAFF),))
    assert [s.visible_to for s in page(database, number).conversation] == ["client", "staff"]


def test_tickets_are_due_when_their_timer_ran_out_and_is_not_paused(database: Database) -> None:
    numbers = [opened(database, name) for name in "abcd"]
    times = {
        numbers[0]: {"due_at": NOW},
        numbers[1]: {"due_at": NOW - timedelta(days=1)},
        numbers[2]: {"due_at": NOW + timedelta(microseconds=1)},
        numbers[3]: {"due_at": NOW - timedelta(days=2), "paused_until": NOW + timedelta(days=1)},
    }
    with database.write() as tx:
        for number, time in times.items():
            apply(tx, Effect(NOW, "kim", Decision(("x",), "waiting", "outstanding", **time), number, 1))
        assert [t.number for t in tickets.due(tx, NOW, 10)] == [numbers[1], numbers[0]]
        assert [t.number for t in tickets.due(tx, NOW, 1)] == [numbers[1]]
        assert tickets.due(tx, NOW + timedelta(days=1), 10)[0].number == numbers[3]


def test_a_look_at_the_timers_reads_an_index_and_no_table(database: Database) -> None:
    for number in range(20):
        opened(database, f"of {number}")
    read = plans(database, lambda tx: tickets.due(tx, NOW, 10), "SELECT")
    assert any("ix_ticket_due_at" in line for line in read), read
    assert not any(line.startswith(("SCAN", "Seq Scan")) or "Seq Scan" in line for line in read), read


def test_due_tickets_are_read_page_by_page_each_once_though_many_are_due_at_one_moment(database: Database) -> None:
    numbers = [opened(database, name) for name in "abcde"]
    late, later = NOW - timedelta(days=1), NOW
    with database.write() as tx:
        for number, due_at in zip(numbers, (later, late, later, late, later), strict=True):
            apply(tx, Effect(NOW, "kim", Decision(("x",), "waiting", "outstanding", due_at=due_at), number, 1))
        seen = tickets.due(tx, NOW, 2)
        while more := tickets.due(tx, NOW, 2, seen[-1]):
            seen += more
    a, b, c, d, e = numbers
    assert [one.number for one in seen] == [b, d, a, c, e]


ODD = st.text(st.characters(categories=None), max_size=30) | st.sampled_from(
    ["\x00", "\udc80\ud800", "a" * 300, "'; --", "𝔘", "%s"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(subject=ODD, text=ODD, name=ODD, addr=ODD, id_=ODD, defect=ODD)
def test_any_text_is_kept(
    database: Database, subject: str, text: str, name: str, addr: str, id_: str, defect: str
) -> None:
    message = mail(
        "odd", Address(addr, name), subject=subject, text=text, message_id=id_, defects=(defect,), content_key=""
    )
    with database.write() as tx:
        uid = incoming.last_uid(tx, "odd", "INBOX", 1) + 1
        (mail_id,) = incoming.keep(tx, "odd", "INBOX", 1, [incoming.Incoming(uid, f"odd {uid}".encode(), NOW)], NOW)
        number = tickets.numbers(tx, 1)[0]
        apply(tx, opening(number, message, mail_id, others=(Address(addr + "x"), Address("\udcff"), Address("\udcfe"))))
        gather(tx, replace(message, in_reply_to=(id_,)))
    assert as_json(page(database, number))


def test_a_text_of_25_megabytes_is_cut_and_says_where_the_whole_is(database: Database) -> None:
    (mail_id,) = keep(database, "big")
    with database.write() as tx:
        number = tickets.numbers(tx, 1)[0]
        apply(tx, opening(number, mail("big", text="x" * 25_000_000), mail_id))
    text = page(database, number).conversation[0].text
    assert len(text) < 270_000
    assert text.endswith("[cut here: mail 1 holds all of it]")


def test_many_effects_make_as_few_statements_as_one(database: Database) -> None:
    made: list[list[str]] = []
    for many in (1, 40):
        ids = keep(database, *(f"{many}-{n}" for n in range(many)), first_uid=100 * many)
        with database.write() as tx:
            pending.claim(tx, many, NOW, 60)
            numbers = tickets.numbers(tx, many)
            effects = [
                opening(number, mail(f"{many}-{n}"), id_, outgoing=(ack(f"mail:{id_}", number),))
                for n, (number, id_) in enumerate(zip(numbers, ids, strict=True))
            ]
            made.append([])
            event.listen(tx, "before_cursor_execute", lambda *args: made[-1].append(args[2]))
            tickets.apply_all(tx, effects, EASY)
    assert [len(one) for one in made] == [17, 17]


def test_a_naive_time_is_our_fault(database: Database) -> None:
    (mail_id,) = keep(database, "first")
    naive = datetime(2026, 11, 20)  # noqa: DTZ001  (that is the point)
    with database.write() as tx, pytest.raises(Exception, match="naive"):
        apply(tx, opening(1001, mail("first"), mail_id, naive))
    assert ledger(database, mail_id).state == "pending"


def contents(tx: Transaction) -> dict[str, list[list[str]]]:
    """Every row of every table, without the ids that a database gives: another try gets other ones."""
    return {
        name: sorted(
            [repr(value) for column, value in row.items() if column not in {"id", "outgoing"}]
            for row in tx.execute(select(table)).mappings()
        )
        for name, table in metadata.tables.items()
    }


def three(database: Database) -> list[Effect]:
    """A mail that opens, a reply that moves a ticket, and a mail that is parked: none depends on another."""
    number = opened(database, "open", BEN)
    new, answer, letter = keep(database, "new", "answer", "letter", first_uid=2)
    with database.write() as tx:
        (free,) = tickets.numbers(tx, 1)
        pending.claim(tx, 50, NOW, 60)
    words = mail("answer", BEN, in_reply_to=("<open@example.org>",))
    with database.read() as tx:
        found = gather(tx, words)
    moved = Decision(because=("moved",), status="assessment", was="outstanding")
    parked = Decision(because=("a list",), parked="a list")
    verdict = Verdict(Kind.BULK, ("a list",))
    return [
        opening(free, mail("new"), new, outgoing=(ack("mail:2", free),), others=(BEN,)),
        reply(found, words, answer, outgoing=(ack("mail:3", number, BEN.addr),), others=(ADA,), decision=moved),
        Effect(NOW, "mail:4", parked, mail=letter, message=mail("letter"), verdict=verdict),
    ]


def test_effects_written_together_are_what_they_are_one_by_one(database: Database) -> None:
    effects = three(database)
    with database.write() as tx:
        tx.exec_driver_sql("SAVEPOINT before")
        for one in effects:
            apply(tx, one)
        alone = contents(tx)
        tx.exec_driver_sql("ROLLBACK TO SAVEPOINT before")
        tickets.apply_all(tx, effects, EASY)
        assert contents(tx) == alone
        assert [len(alone[name]) for name in ("ticket", "history", "entry", "person", "outbox")] == [2, 3, 5, 4, 2]
    assert sweep(database) == []


@pytest.mark.parametrize("bad", ["moved", "done", "twice"])
def test_effects_of_which_one_cannot_be_written_leave_nothing_together(database: Database, bad: str) -> None:
    effects = three(database)
    stale = {
        "moved": (1, {"version": 7}),
        "done": (2, {"mail": 1}),
        "twice": (0, {"message": mail("open", BEN)}),
    }
    place, change = stale[bad]
    effects[place] = replace(effects[place], **change)
    with database.write() as tx:
        before = contents(tx)
        with pytest.raises(AlreadyDone if bad == "done" else Moved), savepoint(tx):
            tickets.apply_all(tx, effects, EASY)
        assert contents(tx) == before
