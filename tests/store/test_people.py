"""Who takes part in a ticket changes by staff's word alone, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from classifier.verdict import Standing
from inbound.message import Address
from store import people, tickets
from store.database import Database
from store.effect import Effect
from store.errors import Moved
from store.tables import person
from tests.store.world import ADA, BEN, NOW, apply, gather, mail, opened
from tests.workflow.desk import COURSELEAF
from workflow.act import Part, Stands
from workflow.change import stay

EVE = Address("Eve@Example.net", "Eve")


def change(database: Database, number: int, part: Part, who: Address, version: int = 0) -> None:
    with database.write() as tx:
        ticket = tickets.ticket(tx, number)
        assert ticket
        decision = replace(stay(ticket, COURSELEAF, ("kim says so",)), people=((part, who),))
        apply(tx, Effect(NOW, "kim@example.com", decision, number, version or ticket.version))


def standing(database: Database, number: int, who: Address) -> Standing:
    with database.read() as tx:
        link = gather(tx, mail("m", who, subject=f"[#{number}]")).evidence.link
    assert link
    return link.standing


def test_who_was_copied_in_is_a_stranger_until_staff_let_them_in_and_again_when_they_are_taken_out(
    database: Database,
) -> None:
    number = opened(database, others=(EVE,))
    assert standing(database, number, EVE) is Standing.STRANGER
    for who in (EVE, BEN):
        change(database, number, Part.ADD, who)
        change(database, number, Part.ADD, who)
        assert standing(database, number, who) is Standing.PARTICIPANT
    change(database, number, Part.REMOVE, Address(EVE.addr.upper()))
    assert standing(database, number, EVE) is Standing.STRANGER
    with database.read() as tx:
        standings = people.standing(tx, number)
        assert people.colleagues(tx, number) == [BEN]
    assert standings.keys() == {ADA.key, BEN.key}
    assert standings[BEN.key] == Stands(BEN.key, "participant", pending=False)


def test_the_requester_stays_who_they_are(database: Database) -> None:
    number = opened(database)
    for part in Part:
        change(database, number, part, ADA)
    with database.read() as tx:
        assert tx.execute(select(person.c.role, person.c.pending)).all() == [("requester", False)]


def test_two_who_change_at_once_do_not_undo_each_other(database: Database) -> None:
    number = opened(database)
    change(database, number, Part.ADD, EVE, version=1)
    with pytest.raises(Moved):
        change(database, number, Part.REMOVE, EVE, version=1)
    assert standing(database, number, EVE) is Standing.PARTICIPANT
