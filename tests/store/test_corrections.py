"""Corrections in the store: what staff say of a mail is kept, its row and entry are put right, and nothing else of it is done twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from classifier.verdict import Kind, Verdict
from store import corrections, incoming, pending, reports
from store.corrections import Change, Correction
from store.database import Database
from store.effect import Effect
from store.errors import Moved
from store.tables import effect, entry, person, thread
from store.tickets import ticket
from tests.store.world import ADA, NOW, apply, keep, mail, minutes, opened, opening, sweep
from workflow.decision import Decision
from workflow.machine import Ball

KIM = "kim@example.com"


def correcting(database: Database, number: int, id_: int, kind: Kind = Kind.OUT_OF_OFFICE, **more: object) -> Effect:
    with database.read() as tx:
        known = ticket(tx, number)
    assert known
    change = Effect(
        at=NOW + minutes(9),
        by=KIM,
        decision=Decision(because=("kim corrected it",), status="ooto_only", was=known.status),
        ticket=number,
        version=known.version,
        mail=id_,
        message=mail("first"),
        verdict=Verdict(kind, ("staff's word: kim says so",), no_answer="it is a machine's"),
        again=True,
        note="kim corrected it",
        open=False,
        ball_with=Ball.NOBODY,
    )
    return replace(change, **more)


def said(id_: int, number: int = 0, **more: object) -> Correction:
    known = Correction(id_, NOW + minutes(number), KIM, "new_ticket", "out_of_office", "out_of_office", "a note")
    return replace(known, **more)


def test_a_corrected_mail_is_put_right_where_it_stands_and_is_there_once(database: Database) -> None:
    number = opened(database)
    change = correcting(database, number, 1)
    with database.write() as tx:
        apply(tx, change)
    with database.read() as tx:
        (line,) = reports.mails(tx)
        page = reports.ticket_page(tx, number)
        counts = [len(tx.execute(select(table)).all()) for table in (effect, thread, person)]
    assert (line.kind, line.no_answer, line.state, line.ticket) == (
        "out_of_office",
        "it is a machine's",
        "processed",
        number,
    )
    assert page
    assert [(one.kind, one.direction, one.author) for one in page.conversation] == [
        ("out_of_office", "in", ADA.addr),
        ("note", "note", KIM),
    ]
    assert [(one.from_, one.to, one.by, one.mail) for one in page.history][-1] == ("outstanding", "ooto_only", KIM, 1)
    assert (page.ticket.open, page.ticket.ball_with) == (False, "nobody")
    assert counts == [1, 1, 1]
    assert sweep(database) == []


def test_a_person_who_was_taken_for_a_machine_takes_part_from_then_on(database: Database) -> None:
    number = opened(database)
    keep(database, "note", first_uid=2)
    with database.write() as tx:
        (claimed,) = pending.claim(tx, 5, NOW, 60)
        robot = mail("note", replace(ADA, addr="gwen@example.org", name="Gwen"))
        verdict = Verdict(Kind.OUT_OF_OFFICE, ("absent",), ticket=number)
        stays = Decision(because=("kept",), status="outstanding", was="outstanding")
        apply(tx, opening(number, robot, claimed.id, decision=stays, version=1, verdict=verdict))
    human = Verdict(Kind.CLIENT_REPLY, ("staff's word",), ticket=number)
    again = correcting(database, number, 2, message=robot, verdict=human, decision=stays)
    with database.write() as tx:
        apply(tx, again)
        people = {one.key: one.role for one in tx.execute(select(person.c.key, person.c.role))}
        kinds = tx.execute(select(entry.c.kind).where(entry.c.mail == 2, entry.c.direction == "in")).scalars().all()
    assert people["gwen@example.org"] == "participant"
    assert kinds == ["client_reply"]


def test_a_ticket_that_moved_meanwhile_is_gathered_again(database: Database) -> None:
    number = opened(database)
    change = correcting(database, number, 1)
    with database.write() as tx:
        apply(tx, change)
    with pytest.raises(Moved), database.write() as tx:
        apply(tx, change)


def test_a_parked_mail_waits_again_and_has_its_one_effect(database: Database) -> None:
    (id_,) = keep(database, "first")
    parked = Decision(because=("bulk",), parked="bulk opens no ticket")
    bulk = opening(0, mail("first"), id_, decision=parked, verdict=Verdict(Kind.BULK, ("bulk",)), ticket=None)
    with database.write() as tx:
        pending.claim(tx, 5, NOW, 60)
        apply(tx, bulk)
    with database.write() as tx:
        assert corrections.filed(tx, id_) == corrections.Filed(id_, "support", "parked", "bulk", None, NOW)
        corrections.reopen(tx, id_)
        apply(tx, opening(7, mail("first"), id_))
    with database.read() as tx:
        (line,) = reports.mails(tx)
        assert (line.state, line.kind, line.ticket) == ("processed", "new_ticket", 7)
        assert len(tx.execute(select(effect)).all()) == 1
    with pytest.raises(Moved), database.write() as tx:
        corrections.reopen(tx, id_)


def test_a_reopened_mail_whose_change_fails_is_parked_as_it_was(database: Database) -> None:
    (id_,) = keep(database, "first")
    parked = Decision(because=("bulk",), parked="bulk opens no ticket")
    with database.write() as tx:
        pending.claim(tx, 5, NOW, 60)
        apply(tx, opening(0, mail("first"), id_, decision=parked, verdict=Verdict(Kind.BULK, ("b",)), ticket=None))
    with pytest.raises(ZeroDivisionError), database.write() as tx:  # noqa: PT012
        corrections.reopen(tx, id_)
        raise ZeroDivisionError
    with database.read() as tx:
        assert reports.mails(tx)[0].state == "parked"
        assert len(tx.execute(select(effect)).all()) == 1


def test_each_correction_is_kept_and_the_newest_of_a_mail_is_its_case(database: Database) -> None:
    for name in ("first", "second"):
        opened(database, name)
    with database.write() as tx:
        for one in (said(2), said(1), said(1, 5, kind="new_ticket", said="person", was="out_of_office")):
            corrections.record(tx, one)
    with database.read() as tx:
        found = list(corrections.cases(tx))
    assert [(case.correction.mail, case.correction.said) for case in found] == [(1, "person"), (2, "out_of_office")]
    assert (found[0].account, found[0].received_at, found[0].correction.note) == ("support", NOW, "a note")
    assert found[0].correction.at == NOW + minutes(5)


def test_what_moved_a_ticket_is_told_in_its_order(database: Database) -> None:
    number = opened(database)
    change = correcting(database, number, 1)
    with database.write() as tx:
        apply(tx, change)
    with database.read() as tx:
        assert corrections.changes(tx, number) == (
            Change("", "outstanding", NOW, 1),
            Change("outstanding", "ooto_only", NOW + timedelta(minutes=9), 1),
        )
        assert corrections.came(tx, 1, number) == NOW
        assert corrections.came(tx, 2, number) is None


def test_a_persons_mail_that_came_since_is_seen_and_a_machines_is_not(database: Database) -> None:
    number = opened(database)
    keep(database, "note", "reply", first_uid=2)
    with database.write() as tx:
        pending.claim(tx, 5, NOW, 60)
        stays = Decision(because=("kept",), status="outstanding", was="outstanding")
        note = Verdict(Kind.OUT_OF_OFFICE, ("absent",), ticket=number)
        apply(tx, opening(number, mail("note"), 2, decision=stays, version=1, verdict=note))
        assert not corrections.wrote_since(tx, 1, number, NOW)
        reply = Verdict(Kind.CLIENT_REPLY, ("a reply",), ticket=number)
        apply(tx, opening(number, mail("reply"), 3, decision=stays, version=2, verdict=reply))
        assert corrections.wrote_since(tx, 1, number, NOW)
        assert not corrections.wrote_since(tx, 3, number, NOW + minutes(1))


def test_the_bytes_of_a_case_are_those_that_came(database: Database) -> None:
    (id_,) = keep(database, "first")
    with database.read() as tx:
        assert corrections.raw(tx, id_) == b"".join(incoming.raw(tx, id_)) == b"first"
        with pytest.raises(LookupError):
            corrections.raw(tx, 99)
        assert corrections.filed(tx, 99) is None


def test_other_mails_that_a_rule_would_fit_are_found_by_sender_and_subject(database: Database) -> None:
    for name in ("first", "second", "100% off_er"):
        opened(database, name)
    with database.read() as tx:
        assert corrections.others(tx, ADA.addr.upper(), "", ("bulk",)) == [3, 2, 1]
        assert corrections.others(tx, ADA.addr, "about SECOND", ("bulk",)) == [2]
        assert corrections.others(tx, "", "100% off_er", ("bulk",)) == [3]
        assert corrections.others(tx, "", "%", ("bulk",)) == [3]
        assert corrections.others(tx, ADA.addr, "", ("new_ticket",)) == []
