"""Addresses that are one person's by staff's word, on both databases: what each may do, where answers go, and when nobody is reached any more."""

from threading import Barrier, Thread

from sqlalchemy import select, update

from classifier.verdict import Kind, Standing, Verdict
from inbound.message import Address
from outbound.token import reply_address
from store import beforehand, identities, people, tables
from store.database import Database
from store.tables import person
from tests.store.test_bounces import arrive, bounce, ours, sent
from tests.store.world import ADA, BEN, KEYS, NOW, OURS, SUPPORT, apply, gather, keep, mail, minutes, opened, reply

KIM = "kim@example.com"
HOME, PHONE = Address("Ada@Home.example", "Ada"), Address("ada@phone.example")


def unite(database: Database, one: Address, other: Address) -> None:
    with database.write() as tx:
        identities.unite(tx, one, other, KIM, NOW)


def addresses(database: Database, who: Address) -> set[str]:
    with database.read() as tx:
        return {one.address for one in identities.known(tx, who)}


def standing(database: Database, number: int, who: Address) -> Standing:
    message = mail("m", who, subject=f"[#{number}]")
    with database.read() as tx:
        link = gather(tx, message, persons=beforehand.persons(tx, [message], OURS)).evidence.link
    assert link
    return link.standing


def rows(database: Database) -> set[tuple[str, str, bool]]:
    with database.read() as tx:
        return {(row.address, row.role, row.pending) for row in tx.execute(select(person))}


def test_persons_become_one_and_come_apart_again(database: Database) -> None:
    assert addresses(database, ADA) == set()
    unite(database, ADA, HOME)
    unite(database, BEN, PHONE)
    assert addresses(database, HOME) == {ADA.addr, HOME.addr}
    unite(database, HOME, PHONE)
    every = {ADA.addr, HOME.addr, BEN.addr, PHONE.addr}
    assert addresses(database, BEN) == every
    unite(database, ADA, BEN)
    assert addresses(database, ADA) == every, "said twice is said once"
    with database.read() as tx:
        found = identities.of(tx, [ADA.key, "eve@example.net"])
        assert found == dict.fromkeys(map(str.lower, every), frozenset(map(str.lower, every)))
        assert identities.same(found, "eve@example.net") == {"eve@example.net"}
    for gone in (HOME, BEN):
        with database.write() as tx:
            identities.part(tx, gone)
    assert addresses(database, ADA) == {ADA.addr, PHONE.addr}
    with database.write() as tx:
        identities.part(tx, PHONE)
    assert addresses(database, ADA) == set(), "who has one address alone needs no row"


def test_two_persons_who_are_named_at_the_same_moment_stay_two(database: Database) -> None:
    together = Barrier(2)

    def name(one: Address, other: Address) -> None:
        together.wait()
        unite(database, one, other)

    both = [Thread(target=name, args=pair) for pair in ((ADA, HOME), (BEN, PHONE))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert addresses(database, ADA) == {ADA.addr, HOME.addr}
    assert addresses(database, BEN) == {BEN.addr, PHONE.addr}


def test_every_address_may_what_one_of_them_may_and_no_other_does(database: Database) -> None:
    number = opened(database, others=(BEN, HOME))
    assert [standing(database, number, who) for who in (ADA, HOME, BEN)] == [
        Standing.REQUESTER,
        Standing.STRANGER,
        Standing.STRANGER,
    ]
    unite(database, PHONE, HOME)
    assert standing(database, number, PHONE) is Standing.STRANGER, "who waits, waits with all addresses"
    unite(database, ADA, PHONE)
    for who in (ADA, HOME, PHONE):
        assert standing(database, number, who) is Standing.REQUESTER
    assert standing(database, number, Address("ada@home.example.org", "Ada")) is Standing.STRANGER
    with database.write() as tx:
        identities.part(tx, HOME)
    assert standing(database, number, HOME) is Standing.STRANGER


def test_on_a_ticket_a_person_is_one_row_at_the_address_that_they_wrote_from_last(database: Database) -> None:
    number = opened(database, others=(HOME,))
    unite(database, ADA, HOME)
    message = mail("answer", HOME, subject=f"[#{number}]")
    (mail_id,) = keep(database, "answer", first_uid=9)
    with database.write() as tx:
        found = gather(tx, message, persons=beforehand.persons(tx, [message], OURS))
        same = identities.same(found.persons, HOME.key)
        apply(tx, reply(found, message, mail_id, addresses=same, others=found.others))
    assert rows(database) == {(HOME.addr, "requester", False)}
    with database.read() as tx:
        assert people.standing(tx, number)[ADA.key].role == "requester"
        assert people.tickets_of(tx, same) == [number]


def test_a_mail_that_waits_moves_no_address(database: Database) -> None:
    number = opened(database)
    unite(database, BEN, HOME)
    message = mail("in", HOME, delivered_to=(reply_address(KEYS, SUPPORT, number),))
    (mail_id,) = keep(database, "in", first_uid=9)
    with database.write() as tx:
        found = gather(tx, message, persons=beforehand.persons(tx, [message], OURS))
        verdict = Verdict(Kind.CLIENT_REPLY, ("x",), ticket=number, pending=True)
        same = identities.same(found.persons, HOME.key)
        apply(tx, reply(found, message, mail_id, verdict=verdict, addresses=same))
    assert (ADA.addr, "requester", False) in rows(database)
    assert {pending for address, _, pending in rows(database) if address == HOME.addr} == {True}


def test_nobody_is_out_of_reach_while_one_of_their_addresses_takes_our_mail(database: Database) -> None:
    number = opened(database)
    unite(database, ADA, HOME)
    sent(database, "act:1", number)
    found = arrive(database, bounce("b1", ours("act:1", number)))
    assert (found.unreachable, found.elsewhere) == (False, HOME.addr)
    with database.write() as tx:
        tx.execute(update(tables.ticket).values(requester=HOME.addr))
        people.at(tx, number, HOME, {ADA.key, HOME.key})
    sent(database, "act:2", number, HOME.addr)
    found = arrive(database, bounce("b22", ours("act:2", number, HOME.addr)), minute=1)
    assert (found.unreachable, found.elsewhere) == (True, ""), "the other one has returned our mail, too"
    later = 60 * 24 * 61
    with database.read() as tx:
        again = gather(tx, bounce("b333", ours("act:2", number, HOME.addr)), NOW + minutes(later))
    assert again.returned is None, "it has bounced already"


def test_a_hint_names_who_has_the_name_of_a_stranger_with_the_token_and_nobody_else(database: Database) -> None:
    number = opened(database, sender=Address("ada@example.org", "Ada Quill"))
    by_token = {"delivered_to": (reply_address(KEYS, SUPPORT, number),)}
    for sender, more, named in (
        (Address("aq@home.example", "ada quill"), by_token, "ada@example.org"),
        (Address("aq@home.example", "Ada Quill"), {"subject": f"[#{number}]"}, ""),
        (Address("aq@home.example", "Ada"), by_token, ""),
        (Address("aq@home.example"), by_token, ""),
        (Address("ada@example.org", "Ada Quill"), by_token, ""),
    ):
        with database.read() as tx:
            assert gather(tx, mail("m", sender, **more)).evidence.namesake == named, (sender, more)
