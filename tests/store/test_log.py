"""Who did what, on both engines: each act once, the newest first, by person and by day; and what machines do is not in it."""

from dataclasses import replace
from datetime import timedelta

from inbound.message import Address
from store import corrections, identities, sessions
from store.corrections import Correction
from store.database import Database
from store.effect import Effect
from store.log import Asked, Did, log
from store.tables import ticket
from tests.store.test_sheets import answer
from tests.store.world import ADA, NOW, apply, opened, plans
from workflow.decision import Decision
from workflow.machine import Ball

DAY = timedelta(days=1)
KIM, LEE = "kim@example.com", "lee@example.com"
ALWAYS = Asked(NOW - 30 * DAY, NOW + DAY)


def act(database: Database, number: int, by: str, status: str, note: str = "", days: int = 1) -> None:
    with database.write() as tx:
        row = tx.execute(ticket.select().where(ticket.c.number == number)).one()
        decision = Decision((f"{by} did it",), status, row.status)
        apply(tx, Effect(NOW - days * DAY, by, decision, number, row.version, ball_with=Ball.US, note=note))


def asked(database: Database, how: Asked = ALWAYS, limit: int = 99) -> list[Did]:
    with database.read() as tx:
        return list(log(tx, how, limit))


def a_week(database: Database) -> int:
    number = opened(database, "first", ADA, NOW - 9 * DAY)
    act(database, number, KIM, "assessment", days=6)
    act(database, number, "timer", "outstanding", days=5)
    act(database, number, KIM, "outstanding", note="Only <among> us", days=4)
    act(database, number, LEE, "outstanding", note=f"{LEE} did it", days=3)
    with database.write() as tx:
        corrections.record(tx, Correction(1, NOW - 2 * DAY, KIM, "bulk", "new_ticket", "person", "I know her"))
        sessions.ask(tx, "link", KIM, "/", NOW - DAY, NOW)
        sessions.begin(tx, "link", "session", NOW - DAY, NOW)
        identities.unite(tx, ADA, Address("ada@example.net"), LEE, NOW)
    return number


def test_each_act_is_told_once_with_who_and_why(database: Database) -> None:
    number = a_week(database)
    found = [(did.by, did.what, did.ticket, did.because) for did in asked(database)]
    assert found[-4:] == [
        (KIM, "said that m1, taken for bulk, is new ticket", number, "I know her"),
        (LEE, "did it", number, ""),
        (KIM, "left a note", number, "Only <among> us"),
        (KIM, "moved the ticket", number, f"{KIM} did it"),
    ]
    assert (KIM, "signed in", None, "") in found
    assert any(by == LEE and "one of somebody's addresses" in what for by, what, _, _ in found)
    assert not [by for by, *_ in found if "@" not in by], "no machine, and no mail"


def test_a_deed_that_moved_its_ticket_is_one_line(database: Database) -> None:
    number = opened(database, "first", ADA, NOW - 9 * DAY)
    act(database, number, KIM, "assessment", note=f"{KIM} did it", days=4)
    act(database, number, KIM, "outstanding", note="Words of hers", days=3)
    assert [(did.what, did.status) for did in asked(database)] == [
        ("moved the ticket", "outstanding"),
        ("left a note", ""),
        ("moved the ticket", "assessment"),
    ]


def test_it_is_asked_by_person_and_by_day_and_never_for_too_many(database: Database) -> None:
    a_week(database)
    assert {did.by for did in asked(database, replace(ALWAYS, who="LEE@"))} == {LEE}
    for nobody in ("%", "_", "\\", "'", "\x00", "\ud800", "é" * 100):
        assert asked(database, replace(ALWAYS, who=nobody)) == [], repr(nobody)
    (only,) = asked(database, Asked(NOW - 4 * DAY, NOW - 3 * DAY))
    assert only.what == "left a note"
    newest = asked(database, limit=2)
    assert newest == asked(database)[:2]


def test_each_look_is_at_an_index(database: Database) -> None:
    a_week(database)
    made = plans(database, lambda tx: log(tx, ALWAYS, 9), "SELECT")
    for table, index in (
        ("history", "ix_history_by_people"),
        ("entry", "ix_entry_acts"),
        ("signed_in", "ix_signed_in_at"),
    ):
        assert any(index in line for line in made), (table, made)


def test_sign_ins_are_forgotten_in_the_end(database: Database) -> None:
    a_week(database)
    with database.write() as tx:
        sessions.forget_sign_ins(tx, NOW)
    assert "signed in" not in {did.what for did in asked(database)}


def test_an_answer_is_an_act_of_whoever_wrote_it(database: Database) -> None:
    number = opened(database, "first", ADA, NOW - 9 * DAY)
    answer(database, number, 2, by=KIM)
    (did,) = asked(database)
    assert (did.by, did.what, did.ticket) == (KIM, "answered the client", number)
