"""What a bounce does: to the mail that it is about, to its address, and to a ticket whose client cannot be reached at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from classifier.verdict import Kind, Verdict
from inbound.message import Address, Message, Report
from outbound.keys import Keys
from outbound.outbox import State
from outbound.token import message_id
from store import digests, outbox, outgoing, reports, tables, untold
from store.database import Database
from store.effect import Effect
from store.gather import Gathered
from store.limits import Limits
from tests.store.world import ADA, BEN, KEYS, NOW, ack, apply, gather, keep, mail, minutes, opened, reply, sweep
from workflow.decision import Decision
from workflow.machine import Nature

DAEMON = Address("mailer-daemon@mx.example.org")
KIM = "kim@example.com"


def ours(cause: str, number: int | None, to: str = ADA.addr, keys: Keys = KEYS) -> str:
    return message_id(keys, cause, "received", to, number, "example.com")


def sent(database: Database, cause: str, number: int, to: str = ADA.addr, state: str = "sent") -> int:
    """A mail of ours on the ticket, in that state."""
    with database.write() as tx:
        mail_ = ack(cause, number, to, Nature.PERSONAL, message_id=ours(cause, number, to))
        placed = outbox.queue(tx, mail_, Limits(), NOW)
        tx.execute(update(tables.outbox).where(tables.outbox.c.id == placed.id).values(state=state, next_at=None))
        tx.execute(
            tables.entry.insert().values(
                **dict.fromkeys(("kind", "direction", "visible_to", "author", "subject", "text"), "out"),
                ticket=number,
                outgoing=placed.id,
                at=NOW,
                because=(),
            )
        )
    assert placed.id
    return placed.id


def to_staff(database: Database, cause: str, nature: Nature = Nature.DIGEST, minute: float = 0) -> int:
    """A digest or an alert that was sent: it belongs to no ticket."""
    with database.write() as tx:
        notice = digests.NOTICE if nature is Nature.DIGEST else "alert"
        mail_ = replace(ack(cause, None, KIM, nature, message_id=ours(cause, None, KIM)), notice=notice)
        placed = outbox.queue(tx, mail_, Limits(), NOW + minutes(minute))
        tx.execute(update(tables.outbox).where(tables.outbox.c.id == placed.id).values(state="sent", next_at=None))
    assert placed.id
    return placed.id


def bounce(name: str, returned: str, action: str = "failed", status: str = "5.1.1") -> Message:
    said = Report("delivery-status", (ADA.addr,), (action,), (status,), ("no such user",), returned)
    return mail(name, DAEMON, report=said)


def arrive(database: Database, message: Message, minute: float = 0) -> Gathered:
    """Kept, gathered, and written down as a bounce that moves nothing."""
    at = NOW + minutes(minute)
    (mail_id,) = keep(database, message.message_id, now=at, first_uid=1000 + int(minute) + len(message.message_id))
    with database.write() as tx:
        found = gather(tx, message, at)
        assert found.ticket
        stays = Decision(("a bounce",), found.ticket.status, found.ticket.status)
        verdict = Verdict(Kind.BOUNCE, ("a report",), ticket=found.ticket.number, bounce=found.evidence.returned)
        apply(
            tx, reply(found, message, mail_id, at, decision=stays, verdict=verdict, returned=found.returned), Limits()
        )
    return found


def park(database: Database, message: Message) -> Gathered:
    """The same, where it leads to no ticket."""
    (mail_id,) = keep(database, message.message_id, first_uid=2000)
    with database.write() as tx:
        found = gather(tx, message)
        assert found.ticket is None
        parked = Decision(("a bounce",), parked="a bounce")
        verdict = Verdict(Kind.BOUNCE, ("a report",))
        apply(
            tx, Effect(NOW, f"mail:{mail_id}", parked, None, None, mail_id, message, verdict, found.returned), Limits()
        )
    return found


def states(database: Database) -> dict[int, str]:
    with database.read() as tx:
        return {line.id: line.state for line in reports.outgoing(tx)}


def silent(database: Database) -> dict[str, object]:
    with database.read() as tx:
        return {row.address: row.until for row in tx.execute(select(tables.silence))}


@pytest.mark.parametrize("state", ["sent", "sending", "unknown"])
def test_18_a_bounce_is_the_better_witness_of_what_became_of_a_mail(database: Database, state: str) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number, state=state)
    with database.write() as tx:
        tx.execute(update(tables.outbox).values(fence=1))
    arrive(database, bounce("b", ours("act:1", number)))
    assert states(database) == {id_: "bounced"}
    with database.write() as tx:  # what its sender says later is old news
        assert not outgoing.record(tx, id_, 1, outgoing.Sent("250 ok"), NOW)
    assert states(database) == {id_: "bounced"}
    assert silent(database) == {ADA.addr: NOW + timedelta(days=60)}
    with database.read() as tx:
        page = reports.ticket_page(tx, number)
    assert page
    said = page.history[-1]
    assert (said.from_, said.to) == ("outstanding", "outstanding")
    assert said.because == (f"o{id_} to {ADA.addr} came back: 5.1.1 no such user",)
    assert sweep(database) == []


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.7"), ("failed", "4.2.2"), ("relayed", "2.1.9"), ("delivered", "2.1.5")]
)
def test_s21_what_is_not_for_good_changes_nothing(database: Database, action: str, status: str) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number)
    found = arrive(database, bounce("b", ours("act:1", number), action, status))
    assert found.returned is None
    assert states(database) == {id_: "sent"}
    assert silent(database) == {}


def test_a_bounce_of_a_mail_that_goes_once_more_after_a_doubt_ends_its_tries(database: Database) -> None:
    """The first copy had arrived, and came back: its second try was put off, and is not made any more."""
    number = opened(database)
    id_ = sent(database, "act:1", number, state="retry")
    with database.write() as tx:
        tx.execute(update(tables.outbox).values(doubts=1, next_at=NOW))
    arrive(database, bounce("b", ours("act:1", number)))
    assert states(database) == {id_: "bounced"}
    with database.write() as tx:
        assert outgoing.claim(tx, 10, NOW + timedelta(days=1), 60) == []
    assert sweep(database) == []


@pytest.mark.parametrize("state", ["queued", "retry", "dead", "held", "bounced", "failed_render"])
def test_a_report_of_what_never_left_changes_nothing(database: Database, state: str) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number, state=state)
    arrive(database, bounce("b", ours("act:1", number)))
    assert states(database) == {id_: state}
    assert silent(database) == {}


def test_sec_forged_dsn_nobody_is_silenced_by_who_has_not_read_our_mail(database: Database) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number)
    foreign = Keys((("k1", b"another secret, which is not ours"),))
    real = ours("act:1", number)
    forged = [
        ours("act:1", number, keys=foreign),
        ours("act:2", number),  # ours by form, and never sent
        ours("act:1", number, "eve@example.net"),
        real.replace("@example.com", "@example.net"),
        real[:-14] + ("a" if real[-14] != "a" else "b") + real[-13:],
        f"<{ADA.addr}>",
        f"<o{id_}@example.com>",
        "<1001@example.com>",
        "",
    ]
    with database.read() as tx:
        for returned in forged:
            # The thread and the tag lead to the ticket all the same: that is no right to judge a mail of ours.
            message = replace(bounce("b", returned), subject=f"Undelivered [#{number}]", references=(real,))
            found = gather(tx, message)
            assert (found.returned, found.unreachable) == (None, False), returned
    assert gather_one(database, bounce("b", real)).returned is not None


def gather_one(database: Database, message: Message, minute: float = 0) -> Gathered:
    with database.read() as tx:
        return gather(tx, message, NOW + minutes(minute))


@pytest.mark.parametrize("nature", [Nature.DIGEST, Nature.STAFF])
def test_a_mail_to_staff_that_comes_back_is_bounced_and_told_of_by_no_alert(database: Database, nature: Nature) -> None:
    before, id_ = to_staff(database, "digest:1", nature, minute=-60), to_staff(database, "digest:2", nature)
    park(database, bounce("b", ours("digest:2", None, KIM)))
    assert states(database) == {before: "sent", id_: "bounced"}
    with database.read() as tx:
        assert untold.untold(tx, State.BOUNCED) == []
        if nature is Nature.DIGEST:  # what it told of is told again
            assert digests.last(tx, KIM) == NOW - minutes(60)
    assert sweep(database) == []


def test_a_digest_that_comes_back_stands_in_no_ticket_s_history(database: Database) -> None:
    number, id_ = opened(database), to_staff(database, "digest:1")
    sent(database, "act:1", number)
    tagged = replace(bounce("b", ours("digest:1", None, KIM)), references=(ours("act:1", number),))
    assert arrive(database, tagged).ticket
    assert states(database)[id_] == "bounced"
    with database.read() as tx:
        page = reports.ticket_page(tx, number)
    assert page
    assert not [moved for moved in page.history if "came back" in str(moved.because)]


def test_sec_forged_dsn_no_digest_is_bounced_by_who_has_not_read_it(database: Database) -> None:
    to_staff(database, "digest:1")
    real = ours("digest:1", None, KIM)
    forged = [
        ours("digest:1", None, KIM, keys=Keys((("k1", b"another secret, which is not ours"),))),
        ours("digest:2", None, KIM),  # ours by form, and never sent
        ours("digest:1", None, "lee@example.com"),
        ours("digest:1", 1001, KIM),
        real.replace("@example.com", "@example.net"),
        real[:-14] + ("a" if real[-14] != "a" else "b") + real[-13:],
    ]
    for returned in forged:
        assert gather_one(database, bounce("b", returned)).returned is None, returned
    assert gather_one(database, bounce("b", real, "delayed", "4.4.1")).returned is None
    assert gather_one(database, bounce("b", real)).returned is not None


def test_a_bounce_of_a_ticket_that_was_merged_is_still_about_its_mail(database: Database) -> None:
    old, new = opened(database, "old"), opened(database, "new")
    id_ = sent(database, "act:1", old)
    with database.write() as tx:
        tx.execute(update(tables.ticket).where(tables.ticket.c.number == old).values(merged_into=new))
    found = arrive(database, bounce("b", ours("act:1", old)))
    assert found.ticket
    assert found.ticket.number == new
    assert states(database)[id_] == "bounced"


def test_a_client_is_unreachable_when_the_last_address_has_bounced_and_not_before(database: Database) -> None:
    number = opened(database)
    with database.write() as tx:
        row = {"ticket": number, "name": "", "pending": False, "role": "participant"}
        tx.execute(tables.person.insert().values(**row, key=BEN.addr, address=BEN.addr))
        tx.execute(tables.person.insert().values(**{**row, "role": "cc"}, key="cc@x.test", address="cc@x.test"))
        tx.execute(tables.person.insert().values(**{**row, "pending": True}, key="new@x.test", address="new@x.test"))
    sent(database, "act:1", number)
    sent(database, "act:2", number, BEN.addr)
    sent(database, "act:3", number)
    assert not gather_one(database, bounce("b1", ours("act:1", number))).unreachable
    arrive(database, bounce("b1", ours("act:1", number)))
    assert not gather_one(database, bounce("b3", ours("act:3", number))).unreachable, "the same address once more"
    last = bounce("b2", ours("act:2", number, BEN.addr))
    assert gather_one(database, last).unreachable
    assert not gather_one(database, last, 60 * 24 * 60).unreachable, "the first one may work again"


def test_a_bounce_of_somebody_else_s_copy_says_nothing_of_the_client(database: Database) -> None:
    number = opened(database)
    sent(database, "act:1", number, "kim@example.com")
    found = gather_one(database, bounce("b", ours("act:1", number, "kim@example.com")))
    assert found.returned
    assert not found.unreachable


def test_a_second_bounce_makes_the_silence_longer(database: Database) -> None:
    number = opened(database)
    sent(database, "act:1", number)
    sent(database, "act:2", number)
    arrive(database, bounce("one", ours("act:1", number)))
    arrive(database, bounce("second", ours("act:2", number)), 60 * 24)
    assert silent(database) == {ADA.addr: NOW + timedelta(days=61)}


def test_silence_can_be_switched_off(database: Database) -> None:
    number = opened(database)
    sent(database, "act:1", number)
    found = gather_one(database, bounce("b", ours("act:1", number)))
    (mail_id,) = keep(database, "b", first_uid=77)
    stays = Decision(("a bounce",), "outstanding", "outstanding")
    verdict = Verdict(Kind.BOUNCE, ("a report",), ticket=number)
    with database.write() as tx:
        effect = reply(found, bounce("b", "x"), mail_id, decision=stays, verdict=verdict, returned=found.returned)
        apply(tx, effect, Limits(silent_days_after_bounce=0))
    assert silent(database) == {}
    assert "bounced" in states(database).values()


def test_staff_hear_of_each_mail_once_however_many_processes_tell(database: Database) -> None:
    number = opened(database)
    first, second = sent(database, "act:1", number), sent(database, "act:2", number, BEN.addr)
    arrive(database, bounce("one", ours("act:1", number)))
    arrive(database, bounce("second", ours("act:2", number, BEN.addr)), 1)
    with database.read() as tx:
        found = untold.untold(tx, State.BOUNCED)
        assert [(one.id, one.recipient) for one in found] == [(first, ADA.addr), (second, BEN.addr)]
        assert untold.untold(tx, State.DEAD) == []
    with database.write() as tx:
        assert [untold.tell(tx, [first, second]), untold.tell(tx, [first, second])] == [2, 0]
        assert untold.untold(tx, State.BOUNCED) == []


def test_an_alert_is_remembered_by_its_cause_and_to_its_minute(database: Database) -> None:
    with database.write() as tx:
        outbox.queue(tx, ack("outbox:dead:now", None, "Kim@example.com", Nature.STAFF), Limits(), NOW)
        kim = ["kim@example.com"]
        assert untold.alerted(tx, kim, "outbox:dead:", NOW - minutes(0.001))
        assert not untold.alerted(tx, kim, "outbox:dead:", NOW)
        assert not untold.alerted(tx, kim, "outbox:held:", NOW - minutes(1))
        assert not untold.alerted(tx, kim, "outbox_dead:", NOW - minutes(1)), (
            "a name may hold what LIKE would take for more"
        )
        assert not untold.alerted(tx, [], "outbox:dead:", NOW - minutes(1))


# --- bounces in plain words, without a report


def plain(name: str, returned: str, said: str = "550 5.1.1 no such user", **fields: object) -> Message:
    """As qmail writes them: an explanation, and a copy of the mail that came back."""
    text = (
        "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the "
        f"following addresses.\n\n<{ADA.addr}>:\n{said}\n\n--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <support@example.com>\nMessage-ID: {returned}\nSubject: Your question\n"
    )
    return replace(mail(name, DAEMON), text=text, subject="failure notice", return_path="", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said", ["550 5.1.1 no such user", "Sorry, no mailbox here by that name. (#5.1.1)", "User unknown"]
)
def test_s22_a_plain_bounce_that_returns_an_id_of_ours_does_what_a_report_does(database: Database, said: str) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number)
    message = plain("b", ours("act:1", number), said)
    found = gather_one(database, message)
    assert found.unreachable, "it was the client's only address"
    assert found.evidence.link
    assert (found.evidence.link.ticket, found.evidence.link.known) == (number, "token")
    arrive(database, message)
    assert states(database) == {id_: "bounced"}
    assert silent(database) == {ADA.addr: NOW + timedelta(days=60)}
    with database.read() as tx:
        page = reports.ticket_page(tx, number)
    assert page
    assert page.history[-1].because == (f"o{id_} to {ADA.addr} came back: {said}",)
    assert sweep(database) == []


def test_s22_a_plain_bounce_counts_by_the_mail_that_is_attached_and_by_our_mark(database: Database) -> None:
    number = opened(database)
    sent(database, "act:1", number)
    real = ours("act:1", number)
    relayed = plain("b", "<changed@relay.example.net>")
    assert gather_one(database, relayed).returned is None
    marked = replace(relayed, text=f"{relayed.text}X-Postroom-Loop: {real}\n")
    assert gather_one(database, marked).returned is not None
    assert gather_one(database, replace(relayed, returned_id=real)).returned is not None


@pytest.mark.parametrize(
    "said", ["451 4.7.1 try again later", "Sorry, the mailbox is full.", "552 4.2.2 over quota", "It did not work out."]
)
def test_s21_a_plain_bounce_that_is_not_for_good_changes_nothing(database: Database, said: str) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number)
    found = arrive(database, plain("b", ours("act:1", number), said))
    assert (found.returned, found.unreachable) == (None, False)
    assert found.evidence.returned, "it is known which mail it is about"
    assert (states(database), silent(database)) == ({id_: "sent"}, {})


def test_sec_forged_plain_bounce_nobody_is_silenced_by_who_has_not_read_our_mail(database: Database) -> None:
    number = opened(database)
    id_ = sent(database, "act:1", number)
    real = ours("act:1", number)
    forged = [
        ours("act:1", number, keys=Keys((("k1", b"another secret, which is not ours"),))),
        ours("act:2", number),
        ours("act:1", number, "eve@example.net"),
        real.replace("@example.com", "@example.net"),
        real[:-14] + ("a" if real[-14] != "a" else "b") + real[-13:],
        f"<o{id_}@example.com>",
        "<1001@example.com>",
        "",
    ]
    for returned in forged:
        # Neither the thread nor the tag nor an id in a header gives the right to judge a mail of ours.
        message = replace(
            plain("b", returned), subject=f"failure notice [#{number}]", references=(real,), in_reply_to=(real,)
        )
        found = gather_one(database, message)
        assert (found.returned, found.unreachable) == (None, False), returned


def test_sec_a_person_who_returns_our_mail_silences_nobody(database: Database) -> None:
    number = opened(database)
    sent(database, "act:1", number)
    real = ours("act:1", number)
    bounced = plain("b", real)
    people = [
        replace(bounced, from_=(ADA,), return_path=ADA.addr),
        replace(bounced, from_=(ADA,), return_path=ADA.addr, subject="Fwd: failure notice"),
        replace(
            mail("b", ADA), text=f"Is this yours?\n\nMessage-ID: {real}\n550 5.1.1 no such user", return_path=ADA.addr
        ),
        replace(mail("b", ADA), text="550 5.1.1 no such user", returned_id=real, return_path=ADA.addr),
    ]
    assert [one.subject for one in people if gather_one(database, one).evidence.returned] == []
