"""Merging and its undoing, on both databases: nothing moves, nothing is lost, and both tickets stand as they did before."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from classifier.verdict import Kind, Standing, Verdict
from outbound.token import reply_address
from store import leading, reports, tables, tickets
from store.database import Database
from store.effect import Effect
from store.errors import Moved
from store.lines import Wanted
from store.log import Asked, log
from tests.store.world import (
    ADA,
    BEN,
    KEYS,
    NOW,
    SUPPORT,
    ack,
    apply,
    gather,
    keep,
    mail,
    minutes,
    opened,
    plans,
    reply,
    sweep,
)
from tests.workflow.desk import COURSELEAF
from workflow.act import Merge
from workflow.change import enter, stay
from workflow.decision import Priority, Ticket
from workflow.merging import merge as decide_merge
from workflow.merging import waits

KIM = "kim@example.com"
CONVERSATION = (tables.entry, tables.person, tables.thread, tables.outbox, tables.mail, tables.effect)


def of(database: Database, number: int) -> Ticket:
    with database.read() as tx:
        found = tickets.ticket(tx, number)
    assert found
    return found


def merge(database: Database, number: int, into: int, at: datetime = NOW) -> None:
    with database.read() as tx:
        target = leading.leads_to(tx, into)
    ticket, other = of(database, number), of(database, target)
    deed = Merge(into, KIM)
    decision = decide_merge(ticket, other, deed, COURSELEAF, at, waiting=waits(ticket, COURSELEAF), done=None)
    assert not decision.refused
    status = COURSELEAF.statuses[decision.status]
    effect = Effect(at, KIM, decision, target, other.version, merges=ticket, open=status.open, ball_with=status.ball)
    with database.write() as tx:
        apply(tx, effect)


def unmerge(database: Database, number: int, at: datetime = NOW) -> None:
    ticket = of(database, number)
    with database.read() as tx:
        done = leading.merged(tx, number)
    assert done
    target = of(database, done.into)
    status = COURSELEAF.statuses[target.status]
    decision = stay(target, COURSELEAF, (f"{KIM} took it out again",))
    effect = Effect(at, KIM, decision, done.into, target.version, open=status.open, ball_with=status.ball)
    with database.write() as tx:
        apply(tx, replace(effect, parts=ticket))


def change(database: Database, number: int, at: datetime, chance: random.Random) -> None:
    """Something happens to a ticket: it moves, or what it says of itself changes."""
    ticket = of(database, number)
    status = COURSELEAF.statuses[chance.choice(sorted(COURSELEAF.statuses))]
    decision = enter(ticket, status, at, ("moved",), at + timedelta(days=5) if status.needs_date else None)
    if chance.random() < 0.4:
        status = COURSELEAF.statuses[ticket.status]
        decision = replace(stay(ticket, COURSELEAF, ("stayed",)), client_replied=chance.random() < 0.5)
    decision = replace(
        decision,
        priority=chance.choice(list(Priority)),
        assigned_to=chance.choice(["", KIM]),
        tags=tuple(chance.sample(["vip", "deploy-request", "naïve"], chance.randrange(3))),
        silent=chance.choice(["", "", "a machine"]),
    )
    effect = Effect(at, KIM, decision, number, ticket.version, note="n", open=status.open, ball_with=status.ball)
    with database.write() as tx:
        apply(tx, effect)


def everything(database: Database) -> dict[str, Any]:
    """All rows that matter: of a ticket all but the count of its changes."""
    with database.read() as tx:
        kept: dict[str, Any] = {
            table.name: [tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key.columns))]
            for table in CONVERSATION
        }
        rows = tx.execute(select(tables.ticket).order_by(tables.ticket.c.number)).mappings()
        kept["ticket"] = [{name: value for name, value in row.items() if name != "version"} for row in rows]
        kept["merging"] = tx.execute(select(tables.merging)).all()
    return kept


def test_merged_and_unmerged_in_any_order_all_tickets_are_exactly_as_they_were(database: Database) -> None:
    for seed in range(12):
        chance = random.Random(seed)
        at = NOW + timedelta(days=seed)
        numbers = [opened(database, f"{seed} {n}", chance.choice([ADA, BEN]), at) for n in range(4)]
        for step in range(chance.randrange(10)):
            change(database, chance.choice(numbers), at + minutes(step + 1), chance)
        before = everything(database)
        done: list[int] = []
        for step in range(3):
            free = [one for one in numbers if one not in done]
            number, into = chance.sample(free, 2)
            merge(database, number, chance.choice([into, into, *_leading(database, into)]), at + minutes(20 + step))
            done.append(number)
        assert everything(database) != before
        for step, number in enumerate(chance.sample(done, 3)):
            unmerge(database, number, at + minutes(40 + step))
        assert everything(database) == before, f"seed {seed}"
    assert sweep(database) == []


def _leading(database: Database, number: int) -> list[int]:
    with database.read() as tx:
        return [one.number for one in leading.leading_to(tx, number)]


def test_what_others_have_changed_since_stays_when_a_merge_is_undone(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two", BEN)
    change(database, one, NOW + minutes(1), random.Random(5))
    merge(database, two, one, NOW + minutes(2))
    chance = random.Random(1)
    change(database, one, NOW + minutes(3), chance)
    moved = of(database, one)
    unmerge(database, two, NOW + minutes(4))
    after = of(database, one)
    assert (after.status, after.due_at, after.status_since) == (moved.status, moved.due_at, moved.status_since)
    assert sweep(database) == []


def test_the_history_of_both_says_who_merged_and_who_took_it_out_again(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two", BEN)
    merge(database, two, one, NOW + minutes(1))
    unmerge(database, two, NOW + minutes(2))
    for number in (one, two):
        with database.read() as tx:
            page = reports.ticket_page(tx, number)
        assert page
        assert [entry.because[0] for entry in page.history[1:]] == [
            f"{KIM} merged #{two} into #{one}",
            f"{KIM} took it out again",
        ]
        assert {entry.by for entry in page.history[1:]} == {KIM}


@pytest.mark.parametrize("sign", ["token", "thread", "tag"])
def test_every_sign_of_a_merged_ticket_leads_to_the_last_one_and_the_mail_stays_with_its_own_people(
    database: Database, sign: str
) -> None:
    one, two, three = opened(database, "one"), opened(database, "two", BEN), opened(database, "three", BEN)
    merge(database, three, two, NOW + minutes(1))
    merge(database, two, one, NOW + minutes(2))
    signs: dict[str, dict[str, Any]] = {
        "token": {"delivered_to": (reply_address(KEYS, SUPPORT, three),)},
        "thread": {"in_reply_to": ("<three@example.org>",)},
        "tag": {"subject": f"Re: [#{three}] it"},
    }
    message = mail("answer", BEN, **signs[sign])
    (mail_id,) = keep(database, "answer", first_uid=9)
    with database.write() as tx:
        found = gather(tx, message)
        assert found.ticket
        assert found.place
        assert found.evidence.link
        assert (found.ticket.number, found.place.number) == (one, three)
        assert found.evidence.link.standing is Standing.REQUESTER
        sent = ack("mail:9", three, BEN.addr)
        apply(tx, reply(found, message, mail_id, place=three, outgoing=(sent,)))
    with database.read() as tx:
        pages = {number: reports.ticket_page(tx, number) for number in (one, two, three)}
    assert pages[one]
    assert pages[three]
    assert pages[two]
    assert [said.ticket for said in pages[one].conversation] == [one, two, three, three, three]
    assert [said.ticket for said in pages[two].conversation] == [two, three, three, three]
    assert (pages[one].merged, pages[three].merged) == ((two, three), ())
    assert {said.kind for said in pages[three].conversation} == {"new_ticket", "client_reply", "received"}
    assert [person.ticket for person in pages[one].people] == [one, two, three]
    unmerge(database, two, NOW + minutes(3))
    with database.read() as tx:
        again = gather(tx, mail("later", BEN, **signs[sign]))
        assert again.ticket
        assert again.place
        assert (again.ticket.number, again.place.number) == (two, three)


def test_a_stranger_with_the_token_of_a_merged_ticket_waits_there(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two", BEN)
    merge(database, two, one, NOW + minutes(1))
    eve = replace(ADA, addr="eve@example.net")
    with database.read() as tx:
        found = gather(tx, mail("in", eve, delivered_to=(reply_address(KEYS, SUPPORT, two),)))
        theirs = gather(tx, mail("mine", ADA, delivered_to=(reply_address(KEYS, SUPPORT, two),)))
    assert found.place
    assert found.evidence.link
    assert (found.place.number, found.evidence.link.standing) == (two, Standing.STRANGER)
    assert theirs.place is None, "who takes part in the target is at home there"


def test_repeats_of_a_report_whose_ticket_was_merged_join_the_open_one_only(database: Database) -> None:
    report = {"verdict": Verdict(Kind.SYSTEM_REPORT, ("a report",)), "report_key": "nightly: host a"}
    one, two = opened(database, "one"), opened(database, "two", **report)
    merge(database, two, one, NOW + minutes(1))
    with database.read() as tx:
        assert leading.leads_to(tx, two) == one
        assert reports.tickets(tx, Wanted(open=True))[0].number == one
        assert [line.number for line in reports.tickets(tx, Wanted(open=False))] == [two]
        assert reports.tickets(tx, Wanted())[0].merged_into == one


def test_two_who_merge_across_at_once_make_no_circle(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two", BEN)
    both = Barrier(2)
    outcomes: list[str] = []

    def cross(number: int, into: int) -> None:
        ticket, other = of(database, number), of(database, into)
        decision = decide_merge(ticket, other, Merge(into, KIM), COURSELEAF, NOW, waiting=True, done=None)
        effect = Effect(NOW, KIM, decision, into, other.version, merges=ticket)
        both.wait()
        try:
            with database.write() as tx:
                apply(tx, effect)
        except Moved as error:
            outcomes.append(str(error))
        else:
            outcomes.append("merged")

    threads = [Thread(target=cross, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome == "merged" for outcome in outcomes) == [False, True], outcomes
    with database.read() as tx:
        assert leading.leads_to(tx, one) == leading.leads_to(tx, two)
    assert sweep(database) == []


def test_what_leads_to_a_ticket_is_found_by_an_index(database: Database) -> None:
    one = opened(database)
    plan = " ".join(plans(database, lambda tx: leading.leading_to(tx, one), "SELECT"))
    assert "ix_ticket_merged_into" in plan, plan


def test_the_log_says_what_was_merged_and_what_came_apart_and_of_no_move(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two", BEN)
    merge(database, two, one)
    unmerge(database, two, NOW + minutes(1))
    with database.read() as tx:
        found = log(tx, Asked(NOW - minutes(1), NOW + minutes(2), KIM), 9)
    assert [(did.what, did.was, did.status) for did in found] == [
        *[("took it out again", "", "")] * 2,
        *[(f"merged #{two} into #{one}", "", "")] * 2,
    ]
    assert [{did.ticket for did in found[at : at + 2]} for at in (0, 2)] == [{one, two}] * 2
