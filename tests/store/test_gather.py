"""Which ticket a mail belongs to, how that is known, and who its sender is there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, update

from classifier.verdict import Kind, Known, Link, Ours, ReportRule, Standing, Verdict
from inbound.message import Address, Message, Report
from outbound.token import message_id, reply_address, staff_address
from store import incoming, tickets
from store.beforehand import floods
from store.database import Database, Transaction
from store.limits import Limits
from store.tables import outbox, thread, ticket
from tests.store.world import ADA, BEN, KEYS, NOW, OURS, SUPPORT, ack, apply, gather, keep, mail, opened, opening, reply

KIM = Address("kim@example.com", "Kim")
EVE = Address("eve@example.net", "Eve")


def link(database: Database, message: Message, **more: object) -> Link | None:
    with database.read() as tx:
        return gather(tx, message, **more).evidence.link


def known(database: Database, message: Message, **more: object) -> tuple[int, Known, Standing] | None:
    found = link(database, message, **more)
    return found and (found.ticket, found.known, found.standing)


def to(*addresses: str) -> tuple[Address, ...]:
    return tuple(Address(one) for one in addresses)


def test_a_mail_that_points_nowhere_belongs_to_no_ticket(database: Database) -> None:
    opened(database)
    with database.read() as tx:
        found = gather(tx, mail("other"))
    assert (found.ticket, found.evidence.link) == (None, None)


@pytest.mark.parametrize("field", ["to", "cc"])
def test_our_reply_address_names_the_ticket(database: Database, field: str) -> None:
    number = opened(database)
    address = reply_address(KEYS, SUPPORT, number)
    assert known(database, mail("reply", **{field: to(address)})) == (number, Known.TOKEN, Standing.REQUESTER)
    assert known(database, mail("reply", delivered_to=(address.upper(),))) == (number, Known.TOKEN, Standing.REQUESTER)
    forged = address.replace("+r", "+ra")
    assert link(database, mail("reply", to=to(forged))) is None


@pytest.mark.parametrize("field", ["in_reply_to", "references"])
def test_a_message_id_of_ours_names_the_ticket(database: Database, field: str) -> None:
    number = opened(database)
    ours = message_id(KEYS, "mail:1", "received", ADA.addr, number, "example.com")
    assert known(database, mail("reply", **{field: (ours,)})) == (number, Known.TOKEN, Standing.REQUESTER)
    assert link(database, mail("reply", **{field: (ours.replace("example.com", "example.net"),)})) is None


def test_ours_is_what_carries_an_id_of_ours_and_where_a_server_changed_that_comes_from_us(database: Database) -> None:
    ours = message_id(KEYS, "mail:1", "received", ADA.addr, None, "example.com")
    loop, us = (("x-postroom-loop", ours),), Address(SUPPORT)
    for message, own in (
        (mail("back", message_id=ours), True),
        (mail("changed", us, headers=loop), True),
        (mail("copied by a client's server", ADA, headers=loop), False),
        (mail("forged", us, headers=(("x-postroom-loop", ours.replace("example.com", "example.net")),)), False),
        (mail("from us by its From alone", us), False),
    ):
        with database.read() as tx:
            assert gather(tx, message).evidence.own is own, message.message_id


def test_a_bounce_names_the_ticket_by_the_mail_that_it_returns(database: Database) -> None:
    number = opened(database)
    ours = message_id(KEYS, "mail:1", "received", ADA.addr, number, "example.com")
    returned = mail(
        "bounce", Address("mailer-daemon@example.org"), report=Report("delivery-status", original_message_id=ours)
    )
    assert known(database, returned) == (number, Known.TOKEN, Standing.STRANGER)


def test_the_newest_reference_counts(database: Database) -> None:
    old, new = opened(database, "old"), opened(database, "new")
    assert known(database, mail("reply", references=("<old@example.org>", "<new@example.org>")))[0] == new
    assert known(database, mail("reply", references=("<new@example.org>", "<old@example.org>")))[0] == old
    assert (
        known(database, mail("reply", in_reply_to=("<old@example.org>",), references=("<new@example.org>",)))[0] == old
    )


def test_what_we_sent_is_part_of_the_conversation_too(database: Database) -> None:
    number = opened(database, outgoing=())
    with database.write() as tx:
        found = gather(tx, mail("again", in_reply_to=("<first@example.org>",)))
        apply(
            tx,
            reply(
                found, mail("again"), keep_id(tx), outgoing=(ack("mail:2", number, message_id="<sent@example.com>"),)
            ),
        )
    assert known(database, mail("reply", in_reply_to=("<sent@example.com>",))) == (
        number,
        Known.THREAD,
        Standing.REQUESTER,
    )


def keep_id(tx: Transaction) -> int:
    return incoming.keep(tx, "support", "INBOX", 1, [incoming.Incoming(77, b"again", NOW)], NOW)[0]


def test_a_token_goes_before_the_thread_and_the_thread_before_the_tag(database: Database) -> None:
    one, two, three = (opened(database, name) for name in ("one", "two", "three"))
    message = mail("reply", subject=f"Re: [#{three}] it", in_reply_to=("<two@example.org>",))
    assert known(database, message)[:2] == (two, Known.THREAD)
    message = replace(message, to=to(reply_address(KEYS, SUPPORT, one)))
    assert known(database, message)[:2] == (one, Known.TOKEN)
    assert known(database, mail("reply", subject=f"Re: [#{three}]"))[:2] == (three, Known.TAG)


@pytest.mark.parametrize(
    "tag", ["[#1]", "[#999999999999]", "[#99999999999999999999999]", "[#-1]", "[#١٠٠١]", "[#]", "#1001"]
)
def test_a_tag_that_names_no_ticket_is_no_link(database: Database, tag: str) -> None:
    assert opened(database) == 1001
    assert link(database, mail("reply", subject=tag)) is None


def test_who_the_sender_is_to_the_ticket(database: Database) -> None:
    number = opened(database, others=(EVE,))
    tag = f"[#{number}]"
    assert known(database, mail("r", Address("Ada@Example.ORG"), subject=tag))[2] == Standing.REQUESTER
    assert known(database, mail("r", BEN, subject=tag))[2] == Standing.STRANGER
    assert known(database, mail("r", EVE, subject=tag))[2] == Standing.STRANGER, "a Cc grants nothing (T02)"
    assert known(database, mail("r", KIM, subject=tag))[2] == Standing.STAFF
    assert known(database, mail("r", from_=(), subject=tag))[2] == Standing.STRANGER


@pytest.mark.parametrize(("pending", "standing"), [(True, Standing.STRANGER), (False, Standing.PARTICIPANT)])
def test_one_who_is_new_here_takes_part_only_when_not_pending(
    database: Database, pending: bool, standing: Standing
) -> None:
    number = opened(database)
    message = mail("join", BEN, subject=f"[#{number}]")
    (mail_id,) = keep(database, "join", first_uid=9)
    with database.write() as tx:
        verdict = Verdict(Kind.CLIENT_REPLY, ("joins",), ticket=number, pending=pending)
        apply(tx, reply(gather(tx, message), message, mail_id, verdict=verdict))
    assert known(database, mail("r", BEN, subject=f"[#{number}]"))[2] == standing


def test_a_form_that_writes_in_its_own_name_stands_for_who_filled_it_in(database: Database) -> None:
    number = opened(database)
    form = Address("form@example.com")
    filled = mail("r", form, reply_to=(ADA,), subject=f"[#{number}]")
    assert known(database, filled)[2] == Standing.STRANGER
    assert known(database, filled, ours=replace(OURS, forms=frozenset({form.key})))[2] == Standing.REQUESTER


def test_a_merged_ticket_leads_to_the_one_that_it_was_merged_into(database: Database) -> None:
    one, two, three = opened(database, "one"), opened(database, "two", BEN), opened(database, "three", BEN)
    with database.write() as tx:
        tx.execute(update(ticket).where(ticket.c.number == one).values(merged_into=two))
        tx.execute(update(ticket).where(ticket.c.number == two).values(merged_into=three))
    assert known(database, mail("r", in_reply_to=("<one@example.org>",))) == (three, Known.THREAD, Standing.REQUESTER)


def test_a_circle_of_merges_ends(database: Database) -> None:
    one, two = opened(database, "one"), opened(database, "two")
    with database.write() as tx:
        tx.execute(update(ticket).where(ticket.c.number == one).values(merged_into=two))
        tx.execute(update(ticket).where(ticket.c.number == two).values(merged_into=one))
    assert link(database, mail("r", in_reply_to=("<one@example.org>",))) is None


def test_another_delivery_of_a_mail_is_known_with_its_ticket(database: Database) -> None:
    number = opened(database)
    with database.read() as tx:
        found = gather(tx, replace(mail("first"), sha256="0" * 64), role="escalate")
    assert (found.evidence.duplicate_of, found.ticket.number, found.evidence.mailbox) == (1, number, "escalate")


def test_of_both_deliveries_of_an_answer_the_reply_address_is_known(database: Database) -> None:
    number = opened(database)
    address = reply_address(KEYS, "escalate@example.com", number)
    answers = mail("answer", to=to(address), cc=to(SUPPORT))
    first = link(database, answers, role="escalate")
    assert first
    assert (first.ticket, first.known, first.address) == (number, Known.TOKEN, address)
    (mail_id,) = keep(database, "answer", first_uid=2)
    with database.write() as tx:
        apply(tx, reply(gather(tx, answers), answers, mail_id))
    again = link(database, answers, role="escalate")
    assert again
    assert (again.ticket, again.known, again.address) == (number, Known.THREAD, address)


def test_where_a_mailbox_has_no_tokens_every_answer_on_its_tickets_came_to_its_address(database: Database) -> None:
    number = opened(database)
    off = replace(OURS, untagged=(("support", SUPPORT),))
    own = message_id(KEYS, "mail:1", "received", ADA.addr, number, "example.com")
    for answer in (mail("a", in_reply_to=(own,)), mail("b", in_reply_to=("<first@example.org>",)), mail("first")):
        assert [link(database, answer, ours=ours).address for ours in (OURS, off)] == ["", SUPPORT]
    tagged = reply_address(KEYS, SUPPORT, number)
    assert link(database, mail("c", to=to(tagged)), ours=off).address == tagged


def test_the_same_message_id_with_other_content_is_no_duplicate(database: Database) -> None:
    opened(database)
    with database.read() as tx:
        assert gather(tx, mail("forged", message_id="<first@example.org>")).evidence.duplicate_of is None


def test_of_two_tickets_with_one_message_id_the_sender_joins_his_own(database: Database) -> None:
    """T30: somebody who sends first with another's Message-ID does not get that one's conversation."""
    forged = opened(database, "forged", EVE)
    real = opened(database, "real")
    with database.write() as tx:
        tx.execute(insert(thread), {"message_id": "<real@example.org>", "ticket": forged})
    message = mail("r", in_reply_to=("<real@example.org>",))
    assert known(database, message) == (real, Known.THREAD, Standing.REQUESTER)
    assert known(database, replace(message, from_=(EVE,))) == (forged, Known.THREAD, Standing.REQUESTER)


def test_our_own_mail_is_known_by_its_id_alone(database: Database) -> None:
    ours = message_id(KEYS, "mail:1", "received", ADA.addr, 1001, "example.com")
    with database.read() as tx:
        assert gather(tx, mail("loop", message_id=ours)).evidence.own
        assert not gather(tx, mail("loop", Address(SUPPORT))).evidence.own


def test_a_staff_token_counts_for_the_one_it_was_made_for(database: Database) -> None:
    number = opened(database)
    address = staff_address(KEYS, SUPPORT, number, KIM.addr, NOW + timedelta(days=7))
    with database.read() as tx:
        assert gather(tx, mail("act", KIM, to=to(address))).evidence.staff_token
        assert not gather(tx, mail("act", EVE, to=to(address))).evidence.staff_token
        assert not gather(tx, mail("act", KIM, to=to(SUPPORT))).evidence.staff_token
        late = gather(tx, mail("act", KIM, to=to(address)), now=NOW + timedelta(days=8))
        assert not late.evidence.staff_token
        assert gather(tx, mail("act", KIM, to=to(address))).evidence.link.ticket == number


@pytest.mark.parametrize(("hours", "stale"), [(47.99, False), (48, False), (48.01, True), (-3, False)])
def test_a_mail_that_came_more_than_48_hours_ago_is_stale(database: Database, hours: float, stale: bool) -> None:
    with database.read() as tx:
        found = gather(tx, mail("late"), received_at=NOW - timedelta(hours=hours))
    assert found.evidence.stale is stale


NIGHTLY = replace(OURS, reports=(ReportRule("nightly", sender="@cron.example.com", subject="daily.sh failed"),))
CRON = Address("root@cron.example.com")


def report(day: int, host: str = "web01", sender: Address = CRON, **more: object) -> Message:
    return mail(
        f"report {host} {day}", sender, subject=f"Daily.sh  FAILED on {host} 2026-11-{day:02} 03:{day:02}:11", **more
    )


HOSTS = ReportRule("nightly", sender="@cron.example.com", subject="failed on {host}")


def test_two_hosts_of_a_report_have_two_tickets_whatever_else_the_subject_says(database: Database) -> None:
    ours = replace(OURS, reports=(HOSTS,))
    with database.read() as tx:
        first = gather(tx, report(1), ours=ours)
    assert first.report_key == "nightly: host web01"
    number = opened(database, "report web01 1", CRON, report_key=first.report_key)
    with database.read() as tx:
        again = replace(report(2), subject="Try 3 FAILED on Web01 with 17 errors")
        other = replace(again, from_=(Address("other@cron.example.com"),))
        assert [gather(tx, one, ours=ours).ticket.number for one in (again, other)] == [number, number]
        assert gather(tx, report(2, "web02"), ours=ours).ticket is None
        alone = replace(OURS, reports=(replace(HOSTS, joins=False),))
        assert (gather(tx, again, ours=alone).ticket, gather(tx, again, ours=alone).report_key) == (None, "")


def test_a_report_that_repeats_finds_its_open_ticket(database: Database) -> None:
    with database.read() as tx:
        first = gather(tx, report(1), ours=NIGHTLY)
    assert (first.ticket, first.report_key) == (None, "nightly: daily.sh failed on web01")
    number = opened(database, "report web01 1", CRON, report_key=first.report_key)
    with database.read() as tx:
        assert gather(tx, report(2), ours=NIGHTLY).ticket.number == number
        assert gather(tx, report(2, "web02"), ours=NIGHTLY).ticket is None, "another host is another failure"
        assert gather(tx, report(2, sender=EVE), ours=NIGHTLY).ticket is None
        assert gather(tx, report(2), ours=OURS).report_key == ""
    with database.write() as tx:
        tx.execute(update(ticket).values(open=False))
        assert gather(tx, report(3), ours=NIGHTLY).ticket is None, "a closed ticket is done with"


def test_a_rule_that_names_nothing_takes_no_mail(database: Database) -> None:
    with database.read() as tx:
        assert gather(tx, mail("m"), ours=replace(OURS, reports=(ReportRule("empty"),))).report_key == ""


def test_the_others_are_neither_ours_nor_one_of_us_nor_the_author(database: Database) -> None:
    ours = replace(OURS, staff=frozenset({"kim@example.com"}))
    named = (
        Address(SUPPORT),
        Address("Kim@example.com"),
        Address("Support+rabc@Example.com"),
        ADA,
        EVE,
        Address("EVE@example.net"),
        Address(""),
    )
    with database.read() as tx:
        found = gather(tx, mail("m", to=named, cc=(BEN, *to(*(f"u{n}@example.net" for n in range(500))))), ours=ours)
    assert {one.key for one in found.others[:2]} == {EVE.key, BEN.key}
    assert len(found.others) == 50


@pytest.mark.parametrize(
    "more",
    [
        {"references": tuple(f"<{n}@example.org>" for n in range(5000))},
        {"in_reply_to": ("<" + "a" * 70_000 + "@example.org>",)},
        {"in_reply_to": ("<nul\x00@example.org>", "<lone\udc80@example.org>", "")},
        {"subject": "[#1001]" * 10_000},
        {"from_": (Address("x" * 70_000 + "@example.org"),)},
        {"content_key": ""},
    ],
)
def test_whatever_a_mail_holds_it_is_gathered(database: Database, more: dict) -> None:
    opened(database)
    with database.read() as tx:
        assert gather(tx, mail("odd", **more)).evidence.message.message_id


def test_a_huge_message_id_is_found_again(database: Database) -> None:
    huge = "<" + "a" * 5000 + "@example.org>"
    number = opened_with(database, huge)
    assert known(database, mail("r", in_reply_to=(huge,)))[0] == number
    assert link(database, mail("r", in_reply_to=(huge.replace("a@", "b@"),))) is None


def opened_with(database: Database, message_id_: str) -> int:
    (mail_id,) = keep(database, "huge")
    with database.write() as tx:
        number = tickets.numbers(tx, 1)[0]
        apply(tx, opening(number, mail("huge", message_id=message_id_), mail_id))
    return number


@pytest.mark.parametrize(("kind", "most"), [("new", 1), ("thread", 3), ("token", 2)])
def test_gathering_makes_few_queries(database: Database, kind: str, most: int) -> None:
    number = opened(database)
    message = {
        "new": mail("m"),
        "thread": mail("m", in_reply_to=("<first@example.org>",), references=tuple(f"<{n}@x.test>" for n in range(40))),
        "token": mail("m", to=to(reply_address(KEYS, SUPPORT, number)), in_reply_to=("<first@example.org>",)),
    }[kind]
    with database.read() as tx:
        made: list[str] = []
        event.listen(tx, "before_cursor_execute", lambda *args: made.append(args[2]))
        gather(tx, message)
    assert len(made) == most


def test_a_sender_floods_from_the_twentieth_ticket_of_an_hour_on_and_to_its_minute(database: Database) -> None:
    for n in range(19):
        opened(database, f"flood{n}")
    limits, more = Limits(), mail("more")
    form = replace(OURS, forms=frozenset({ADA.addr}))

    def opened_lately(minute: float = 0, ours: Ours = OURS, limits: Limits = limits) -> int:
        with database.read() as tx:
            found = floods(tx, [more, mail("other", BEN)], ours, limits, NOW + timedelta(minutes=minute))
            return gather(tx, more, flooding=found).evidence.flood

    assert opened_lately() == 0
    opened(database, "twentieth")
    assert opened_lately() == 20
    opened(database, "one more")
    assert opened_lately(59.999) == 21
    assert opened_lately(60) == 0
    assert opened_lately(ours=form) == 0, "a form writes for many"
    assert opened_lately(limits=replace(limits, exempt=frozenset({"@example.org"}))) == 0, "so does a relay"


def test_who_floods_is_counted_for_a_whole_batch_at_once(database: Database) -> None:
    with database.read() as tx:
        made: list[str] = []
        event.listen(tx, "before_cursor_execute", lambda *args: made.append(args[2]))
        messages = [mail(f"m{n}", Address(f"a{n}@example.org")) for n in range(50)]
        assert floods(tx, messages, OURS, Limits(), NOW) == {}
    assert len(made) == 1


def test_how_fast_a_mail_answers_ours_is_known_by_our_own_clock(database: Database) -> None:
    number = opened(database, outgoing=(ack("mail:1", 1001),))
    ours = message_id(KEYS, "mail:1", "received", ADA.addr, number, "example.com")
    other = ours.replace("example.com", "example.net")
    answer, here = mail("reply", in_reply_to=(ours,)), NOW + timedelta(seconds=4)

    def seconds(message: Message, **more: object) -> float | None:
        with database.read() as tx:
            return gather(tx, message, **{"kept_at": here, **more}).evidence.seconds

    with database.write() as tx:
        tx.execute(update(outbox).values(message_id=ours))
    assert seconds(answer) is None, "it has not been sent"
    with database.write() as tx:
        tx.execute(update(outbox).values(sent_at=NOW))
    assert seconds(answer) == 4
    assert seconds(answer, kept_at=NOW - timedelta(seconds=1)) is None, "a clock was set back"
    assert seconds(answer, kept_at=None) is None, "it was kept long ago"
    assert seconds(answer, archived=True) is None
    assert seconds(mail("reply", in_reply_to=(other, ours))) is None, "it answers somebody else"
    assert seconds(mail("reply", references=(ours,))) is None
