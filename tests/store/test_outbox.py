"""What is queued is queued once, and automatic mail within its limits."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from outbound.outbox import Queued, State
from store import outbox, outgoing, reports, tables, tickets
from store.database import Database, Transaction
from store.limits import Counts, Limits, organisation, withheld
from store.outbox import Placed
from tests.store.world import ADA, EASY, NOW, ack, keep, mail, minutes, opened, opening, plans, sweep
from workflow.machine import Nature

AUTOMATIC, PERSONAL, STAFF = Nature.AUTOMATIC, Nature.PERSONAL, Nature.STAFF


def send(database: Database, queued: Queued, limits: Limits, minute: float = 0) -> Placed:
    with database.write() as tx:
        return outbox.queue(tx, queued, limits, NOW + minutes(minute))


def state_of(database: Database, placed: Placed) -> str:
    with database.read() as tx:
        return next(line.state for line in reports.outgoing(tx) if line.id == placed.id)


def only(**limit: int) -> Limits:
    return replace(EASY, **limit)


def test_the_same_cause_notice_and_recipient_have_one_row(database: Database) -> None:
    first = send(database, ack("mail:1", None), EASY)
    again = send(database, ack("mail:1", None, ADA.addr.upper(), raw=b"other"), EASY)
    assert first.new
    assert again == Placed(first.id)
    assert send(database, ack("mail:1", None, "ben@example.net"), EASY).new
    assert send(database, ack("mail:1", None, notice="other"), EASY).new
    assert send(database, ack("mail:2", None), EASY).new
    with database.read() as tx:
        assert len(reports.outgoing(tx)) == 4


# limit, most, window in minutes, and what makes the n-th mail count in it
WINDOWS = [
    ("per_address_10_minutes", 2, 10, lambda n: ack(f"mail:{n}", None)),
    ("per_address_hour", 2, 60, lambda n: ack(f"mail:{n}", None)),
    ("per_address_day", 3, 24 * 60, lambda n: ack(f"mail:{n}", None)),
    ("same_mail_day", 1, 24 * 60, lambda n: ack(f"mail:{n}", None, echo="the same", echo_text=f"other {n}")),
    ("same_mail_day", 2, 24 * 60, lambda n: ack(f"mail:{n}", None, echo=f"other {n}", echo_text="the same")),
    ("per_domain_hour", 3, 60, lambda n: ack(f"mail:{n}", None, f"u{n}@host{n}.example.org")),
    ("per_domain_day", 3, 24 * 60, lambda n: ack(f"mail:{n}", None, f"u{n}@example.org")),
    ("automatic_per_address_day", 2, 24 * 60, lambda n: ack(f"mail:{n}", None, nature=AUTOMATIC)),
]


@pytest.mark.parametrize(("name", "most", "window", "nth"), WINDOWS, ids=[f"{w[0]}-{w[1]}" for w in WINDOWS])
def test_a_limit_holds_at_its_number_and_to_its_minute(
    database: Database, name: str, most: int, window: int, nth: Callable[[int], Queued]
) -> None:
    limits = replace(only(**{name: most}), global_times_median=0)
    for n in range(most):
        assert send(database, nth(n), limits).new, f"mail {n + 1} of {most}"
    assert send(database, nth(most), limits).withheld
    assert send(database, nth(most + 1), limits, window - 0.001).withheld
    assert send(database, nth(most + 2), limits, window).new
    with database.read() as tx:
        assert len(reports.outgoing(tx)) == most + 1


def test_the_defaults_are_those_of_the_bar() -> None:
    assert Limits() == Limits(1, 1, 3, 5, 1, 30, 200, 5, 10, 4, 300, 5, 20, 30, 20, 60, frozenset())


def test_a_ticket_gets_each_acknowledgement_once_a_day(database: Database) -> None:
    number = opened(database)
    limits = only(per_ticket=1)
    assert send(database, ack("mail:1", number), limits).new
    assert (
        send(database, ack("mail:2", number, "ben@example.net"), limits, 60 * 24 - 0.001).withheld
        == "this ticket got the same acknowledgement within 24 hours"
    )
    assert send(database, replace(ack("mail:3", number), notice="reopened"), limits, 60).new
    assert send(database, ack("mail:4", number), limits, 60 * 24).new


def test_a_thread_of_automatic_mails_is_broken(database: Database) -> None:
    number = opened(database)
    limits = only(automatic_per_ticket_30_minutes=4)
    for n in range(4):
        assert send(database, ack(f"mail:{n}", number, f"u{n}@example.org", AUTOMATIC), limits).new
    assert "30 minutes" in send(database, ack("mail:4", number, nature=AUTOMATIC), limits, 29.999).withheld
    assert send(database, ack("mail:4", number, nature=PERSONAL), limits, 29.9).new
    assert send(database, ack("mail:5", number, nature=AUTOMATIC), limits, 30).new


def test_a_calendar_hears_that_an_appointment_is_off_however_many_mails_went_before(database: Database) -> None:
    number = opened(database)
    limits = only(automatic_per_ticket_30_minutes=1)
    assert send(database, ack("mail:0", number, nature=AUTOMATIC), limits).new
    off = ack("act:1001:5", number, nature=AUTOMATIC)
    assert send(database, off, limits, 5).withheld
    assert send(database, replace(off, invites=True), limits, 5).new
    assert send(database, ack("act:1001:6", number, nature=AUTOMATIC), limits, 6).withheld


@pytest.mark.parametrize("nature", [PERSONAL, STAFF])
def test_what_people_write_and_what_staff_get_is_never_limited(database: Database, nature: Nature) -> None:
    none = Limits(**dict.fromkeys(Limits.__dataclass_fields__.keys() - {"exempt"}, 0))
    for n in range(20):
        assert send(database, ack(f"act:{n}", None, nature=nature), none).new


@pytest.mark.parametrize("state", [State.HELD, State.FAILED_RENDER])
def test_what_never_left_counts_for_nothing(database: Database, state: State) -> None:
    limits = only(per_address_10_minutes=1)
    kept = send(database, ack("mail:1", None, state=state, reason="the template failed"), limits)
    assert kept.new, "the change is kept, and the mail is visible"
    assert send(database, ack("mail:2", None), limits).new
    assert send(database, ack("mail:3", None, state=state), limits).new
    assert send(database, ack("mail:4", None), limits).withheld
    assert sweep(database) == []


def test_mails_without_an_echo_are_not_the_same(database: Database) -> None:
    limits = only(same_mail_day=1)
    assert send(database, ack("mail:1", None), limits).new
    assert send(database, ack("mail:2", None), limits).new


def test_a_public_mail_domain_is_nobodys_organisation(database: Database) -> None:
    limits = only(per_domain_hour=1)
    assert all(send(database, ack(f"mail:{n}", None, f"u{n}@gmail.com"), limits).new for n in range(5))


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("a@example.org", "example.org"),
        ("a@Mail.Host.Example.ORG", "example.org"),
        ("a@example.co.uk", "example.co.uk"),
        ("a@deep.example.co.uk", "example.co.uk"),
        ("a@gmail.com", ""),
        ("a@yahoo.co.uk", ""),
        ("a@localhost", "localhost"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_hosts_of_one_owner_are_one_organisation(address: str, owner: str) -> None:
    assert organisation(address) == owner


def test_known_clients_and_configured_senders_are_outside_the_limit_for_everybody(database: Database) -> None:
    opened(database, now=NOW - timedelta(days=1))
    opened(database, "new", sender=replace(ADA, addr="new@example.net"), now=NOW - timedelta(hours=23))
    limits = replace(
        only(global_hour=1), global_times_median=0, exempt=frozenset({"@partner.example", "form@example.com"})
    )
    assert send(database, ack("mail:1", None, "first@example.net"), limits).new
    assert state_of(database, send(database, ack("mail:2", None, "new@example.net"), limits)) == "held"
    for n, address in enumerate((ADA.addr, "Who@Partner.example", "FORM@example.com")):
        assert send(database, ack(f"known:{n}", None, address), limits).new
    assert state_of(database, send(database, ack("mail:3", None, "x@sub.partner.example"), limits)) == "held"


def test_known_clients_do_not_use_up_the_limit_for_everybody(database: Database) -> None:
    opened(database, now=NOW - timedelta(days=2))
    limits = replace(only(global_hour=1), global_times_median=0)
    assert send(database, ack("mail:1", None, ADA.addr), limits).new
    assert send(database, ack("mail:2", None, "stranger@example.net"), limits).new


def test_the_limit_for_everybody_grows_with_the_usual_hour(database: Database) -> None:
    limits = replace(only(global_hour=2), global_times_median=2)
    for hour, count in enumerate((*[3] * 23, 50)):
        for n in range(count):
            send(database, ack(f"old:{hour}:{n}", None, f"u{hour}.{n}@example.org"), EASY, -60 * (hour + 2))
    placed = [send(database, ack(f"mail:{n}", None, f"v{n}@example.org"), limits) for n in range(8)]
    assert [state_of(database, one) for one in placed] == ["queued"] * 6 + ["held"] * 2


@pytest.mark.parametrize(("hours", "most"), [(23, 2), (24, 6), (25, 6)])
def test_an_hour_is_usual_after_twenty_four_of_them_and_a_flood_never_by_itself(
    database: Database, hours: int, most: int
) -> None:
    limits = replace(only(global_hour=2), global_times_median=2)
    for n in range(3 * hours):
        send(database, ack(f"old:{n}", None, f"u{n}@example.org"), EASY, -60 * (n // 3 + 2))
    placed = [send(database, ack(f"mail:{n}", None, f"v{n}@example.org"), limits) for n in range(8)]
    assert [state_of(database, one) for one in placed].count("queued") == most


def test_the_limit_for_everybody_holds_at_its_number_and_to_its_minute(database: Database) -> None:
    limits = replace(only(global_hour=3), global_times_median=0)

    def nth(n: int, minute: float = 0) -> str:
        return state_of(database, send(database, ack(f"mail:{n}", None, f"u{n}@d{n}.example"), limits, minute))

    assert [nth(n) for n in range(5)] == ["queued"] * 3 + ["held"] * 2
    assert nth(5, 59.999) == "held"
    assert nth(6, 60) == "queued"


def test_what_is_held_counts_in_no_limit_and_expires_after_four_hours(database: Database) -> None:
    limits = replace(only(global_hour=0), global_times_median=0)
    held = send(database, ack("mail:1", None), limits)
    with database.read() as tx:
        (line,) = reports.outgoing(tx)
    assert (line.state, line.reason) == ("held", "0 acknowledgements to everybody within an hour")
    assert send(database, ack("mail:2", None), only(per_address_hour=1), 1).new
    for minute, state in ((239.999, "held"), (240, "dead")):
        with database.write() as tx:
            assert outgoing.claim(tx, 9, NOW + minutes(minute), 60) == [] or minute < 240
            outgoing.expire(tx, NOW + minutes(minute))
        assert state_of(database, held) == state
    assert sweep(database) == []


def test_what_staff_let_go_is_sent_and_expires_no_more(database: Database) -> None:
    held = send(database, ack("mail:1", None), replace(only(global_hour=0), global_times_median=0))
    with database.write() as tx:
        assert held.id
        assert outgoing.retry(tx, held.id, NOW + minutes(239))
        assert outgoing.expire(tx, NOW + minutes(241)) == 0
        assert [one.id for one in outgoing.claim(tx, 9, NOW + minutes(241), 60)] == [held.id]


@pytest.mark.parametrize(("name", "most"), [("per_domain_hour", 2), ("per_domain_day", 2)])
def test_a_known_clients_organisation_gets_five_times_as_much(database: Database, name: str, most: int) -> None:
    opened(database, now=NOW - timedelta(days=1))
    limits = replace(only(**{name: most}), per_domain_times_known=5, exempt=frozenset({"@partner.example"}))
    for domain, known in (("example.org", ADA.addr), ("partner.example", "kim@partner.example")):
        for n in range(most):
            assert send(database, ack(f"{domain}:{n}", None, f"u{n}@{domain}"), limits).new
        if domain == "example.org":  # a stranger from there is not known for that
            assert "organisation" in send(database, ack("stranger", None, f"u9@{domain}"), limits).withheld
        for n in range(most, 5 * most):
            assert send(database, ack(f"{domain}:{n}", None, known), limits).new, n
        assert "organisation" in send(database, ack(f"{domain}:last", None, known), limits).withheld


def test_an_address_is_silent_from_its_bounce_until_its_day(database: Database) -> None:
    sent = send(database, ack("mail:0", None), EASY)
    with database.write() as tx:
        until = NOW + timedelta(days=60)
        tx.execute(tables.silence.insert().values(address=ADA.addr, until=until, outgoing=sent.id))
    for minute, new in ((0, False), (60 * 24 * 60 - 0.001, False), (60 * 24 * 60, True)):
        for nature in (Nature.ACKNOWLEDGEMENT, AUTOMATIC):
            placed = send(database, ack(f"{nature}:{minute}", None, ADA.addr.upper(), nature), EASY, minute)
            assert placed.new is new
            if not new:
                assert placed.withheld == "o1 to this address came back for good: silent until 2027-01-19"
    assert send(database, ack("act:1", None, nature=PERSONAL), EASY).new
    assert send(database, ack("mail:9", None, "ben@example.org"), EASY).new


def test_a_limit_changes_nothing_of_what_is_accepted(database: Database) -> None:
    none = Limits(**dict.fromkeys(Limits.__dataclass_fields__.keys() - {"exempt"}, 0))
    (mail_id,) = keep(database, "flood")
    with database.write() as tx:
        number = tickets.numbers(tx, 1)[0]
        tickets.apply(tx, opening(number, mail("flood"), mail_id, outgoing=(ack("mail:1", number),)), none)
    with database.read() as tx:
        page = reports.ticket_page(tx, number)
        assert page
        note = page.conversation[-1]
        assert (note.kind, note.direction, note.visible_to) == ("withheld", "note", "staff")
        assert (
            note.text
            == '"received" to ada@example.org was not sent: this ticket got the same acknowledgement within 24 hours'
        )
        assert reports.mails(tx)[0].state == "processed"
        assert reports.outgoing(tx) == []


counts = st.builds(Counts, **dict.fromkeys(Counts.__dataclass_fields__, st.integers(0, 12)))


@given(counts=counts, nature=st.sampled_from(Nature))
def test_more_mails_never_loosen_a_limit(counts: Counts, nature: Nature) -> None:
    limits = replace(Limits(), global_hour=10, per_domain_hour=6, per_domain_day=8)
    if withheld(nature, counts, limits):
        for name in Counts.__dataclass_fields__:
            assert withheld(nature, replace(counts, **{name: getattr(counts, name) + 1}), limits)


def test_the_limits_of_many_mails_are_asked_in_as_few_queries_as_those_of_one(database: Database) -> None:
    asked = []
    for many in (1, 50):
        with database.write() as tx:
            made: list[str] = []
            event.listen(tx, "before_cursor_execute", lambda *args, made=made: made.append(args[2]))
            mails = [ack(f"mail:{many}:{n}", None, f"u{many}.{n}@d{many}x{n}.example") for n in range(many)]
            assert {placed.withheld for placed in outbox.queue_all(tx, mails, Limits(), NOW)} == {""}
        asked.append(len(made))
    assert asked == [7, 7]


@given(
    mails=st.lists(
        st.tuples(
            st.sampled_from([Nature.ACKNOWLEDGEMENT, AUTOMATIC, PERSONAL]),
            st.sampled_from(["ada@example.org", "ben@example.org", "cleo@example.net", "dora@gmail.com"]),
            st.sampled_from(["", "one", "two"]),
            st.integers(0, 6),  # causes come twice
        ),
        max_size=14,
    )
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_at_once_are_placed_as_one_after_the_other(
    database: Database, mails: list[tuple[Nature, str, str, int]]
) -> None:
    limits = replace(Limits(), per_address_10_minutes=2, per_domain_hour=3, global_hour=4)
    queued = [ack(f"mail:{cause}", None, who, nature, echo=echo) for nature, who, echo, cause in mails]
    ends = []
    for together in (True, False):
        with database.write() as tx:
            nested = tx.begin_nested()
            if together:
                placed = outbox.queue_all(tx, queued, limits, NOW)
            else:
                placed = [outbox.queue(tx, one, limits, NOW) for one in queued]
            first = min((one.id for one in placed if one.id), default=0)
            rows = tx.execute(select(tables.outbox).order_by(tables.outbox.c.id)).mappings().all()
            ends.append(
                (
                    [(one.new, one.withheld, one.id and one.id - first) for one in placed],
                    [{name: row[name] for name in row if name != "id"} for row in rows],
                )
            )
            nested.rollback()
    assert ends[0] == ends[1]


def test_every_count_is_read_from_an_index(database: Database) -> None:
    """Or the thousandth mail would be slower than the first."""
    number = opened(database)

    def work(tx: Transaction) -> None:
        outbox.queue(tx, ack("mail:1", None, nature=PERSONAL), Limits(), NOW)
        outbox.queue(tx, ack("mail:2", number), Limits(), NOW)

    read = plans(database, work, "SELECT")
    assert read
    assert [plan for plan in read if re.search("(SCAN|Seq Scan on) (outbox|person|ticket)", plan)] == []


def test_a_row_keeps_its_bytes_for_ever(database: Database) -> None:
    raw = bytes(range(256)) * 40
    placed = send(database, ack("mail:1", None, raw=raw), EASY)
    with database.write() as tx:
        tx.execute(update(tables.outbox).values(state="sent", next_at=None))
        assert tx.execute(tables.outbox.select().where(tables.outbox.c.id == placed.id)).one().raw == raw
