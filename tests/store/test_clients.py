"""What is a client's to see: their tickets, what they wrote and what was written to them; on both databases, by indexes."""

from datetime import timedelta

from inbound.message import Address
from store import clients, helpful, identities
from store.clients import Asked
from store.database import Database
from store.people import change
from tests.store.world import ADA, BEN, NOW, ack, opened, plans
from workflow.act import Part
from workflow.machine import Nature

EVE = Address("Eve@Example.net", "Eve")
KIM = "kim@example.com"


def test_each_sees_what_they_wrote_and_what_was_written_to_them_and_who_waits_nothing(database: Database) -> None:
    ours = (ack("mail:1", None), ack("act:1", None, BEN.addr), ack("act:2", None, KIM, Nature.STAFF))
    one = opened(database, "one", ADA, outgoing=ours, note="among us", others=(BEN, EVE))
    other = opened(database, "other", EVE)
    with database.write() as tx:
        change(tx, one, Part.ADD, BEN)

    def sees(who: Address, number: int) -> list[str] | None:
        with database.read() as tx:
            found = clients.their_ticket(tx, clients.keys(tx, who.addr), number)
        return (
            None if found is None else [f"{said.direction} {said.kind} {said.recipient}" for said in found.conversation]
        )

    assert sees(ADA, one) == ["in new_ticket ", f"out received {ADA.addr}"]
    assert sees(BEN, one) == [f"out received {BEN.addr}"]
    assert sees(EVE, one) is None, "who waits to be let in"
    assert sees(ADA, other) is None
    assert sees(EVE, 10**9) is None
    with database.write() as tx:
        change(tx, one, Part.QUIET, EVE)
    assert sees(EVE, one) is None, "a vendor hears nothing of its client"
    with database.write() as tx:
        identities.unite(tx, BEN, Address("ben@home.example"), KIM, NOW)
    assert sees(Address("ben@home.example"), one) == sees(BEN, one), "one person's addresses are one"


def test_their_list_is_the_newest_first_by_view_and_words_and_reads_no_ticket_of_others(database: Database) -> None:
    first, second = (opened(database, name, ADA, NOW + timedelta(hours=n)) for n, name in enumerate(("blue", "red")))
    opened(database, "blue as well", BEN)

    def found(**asked: object) -> list[int]:
        with database.read() as tx:
            return [one.number for one in clients.tickets_of(tx, [ADA.key], Asked(**asked), 10)]

    assert found() == found(open=True) == [second, first]
    assert found(open=False) == found(search="Ben") == found(search="100%") == []
    assert found(search="words of BLUE") == found(search=f"#{first}") == [first]
    with database.read() as tx:
        assert (clients.is_known(tx, "Ada@Example.org"), clients.is_known(tx, "x@example.org")) == (True, False)
        assert clients.language(tx, [ADA.key]) == ""

    def looks(tx: object) -> None:
        clients.tickets_of(tx, [ADA.key], Asked(open=True), 10)
        clients.their_ticket(tx, [ADA.key], first)
        clients.language(tx, [ADA.key])

    assert [line for line in plans(database, looks, "SELECT") if line.startswith(("SCAN", "Seq Scan"))] == []


def test_an_answer_to_the_guide_counts_once_for_each_client(database: Database) -> None:
    stale = ("courseleaf", "stale")
    with database.write() as tx:
        for who, yes in ((ADA, True), (BEN, True), (BEN, False)):
            helpful.answer(tx, stale, who.key, NOW, yes=yes)
    with database.read() as tx:
        assert helpful.sums(tx) == {stale: (1, 1)}
        assert helpful.answers(tx, BEN.key) == {stale: False}
