"""Who writes too much: machines that answer each other, floods of one sender, spam that wants to be passed on."""

from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.policy import default

from sqlalchemy import select

from postroom.app import open_app
from postroom.clock import now
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import read
from postroom.telling import tell
from store import incoming
from store.incoming import Incoming
from store.tables import outbox, ticket
from tests.walk.lab import Lab, mail, on_sqlite
from tests.walk.service import do, once, rows
from tests.walk.service import ticket as page_of

MARKS = {"from", "to", "subject", "date", "message-id", "content-type", "content-transfer-encoding", "mime-version"}


def stripped(raw: bytes) -> bytes:
    """Without every header by which a machine could be known, or a conversation."""
    seen = message_from_bytes(raw, EmailMessage, policy=default)
    for name in {*seen.keys()}:
        if name.lower() not in MARKS:
            del seen[name]
    return seen.as_bytes(policy=CRLF)


def facing(make_lab: Callable[..., Lab]) -> tuple[Lab, Lab]:
    """Two installations that know each other's address, and nothing else of each other."""
    ours = make_lab()
    ours.folder.rename(ours.folder.with_name("ours"))
    theirs = make_lab()
    ours.folder = ours.folder.with_name("ours")
    settings = theirs.folder / "postroom.toml"
    settings.write_text(settings.read_text().replace("example.test", "other.test"))
    return ours, theirs


def talk(ours: Lab, theirs: Lab, rounds: int, minutes: float) -> int:
    """Each hands the other what it got, as often as there is anything; how many mails went out in all."""
    handed = 0
    ours.deliver(mail("Please look at our catalog.\n", sender="support@other.test", subject="Our catalog"))
    for _ in range(rounds):
        for lab in (ours, theirs):
            once(lab)
            lab.move_clock(minutes=minutes)
        new, handed = ours.smtp.accepted[handed:], len(ours.smtp.accepted)
        if not new:
            break
        for one in new:
            (theirs if one.recipient.endswith("other.test") else ours).deliver(stripped(one.raw))
    return len(ours.smtp.accepted)


@on_sqlite
def test_loop_two_bots_that_face_each_other_stop_by_themselves(make_lab: Callable[..., Lab]) -> None:
    ours, theirs = facing(make_lab)
    assert 1 <= talk(ours, theirs, rounds=8, minutes=0) <= 5


@on_sqlite
def test_loop_two_bots_that_take_their_time_stop_as_well(make_lab: Callable[..., Lab]) -> None:
    ours, theirs = facing(make_lab)
    assert 1 <= talk(ours, theirs, rounds=8, minutes=11) <= 5


def test_sec_relay_spam_brings_no_more_acknowledgements_than_the_limit_and_none_of_its_words(lab: Lab) -> None:
    """10,000 victims are 1,000 here: what is counted is counted in the database, whatever its number."""
    spam = [
        mail(
            f"CANARY buy at http://evil.example/{n}\n",
            sender=f"CANARY of {n} <victim{n}@d{n}.example>",
            subject=f"CANARY {n} is waiting",
            message_id=f"<{n}@relay.example>",  # to be answered in its thread, an id is named
        ).as_bytes(policy=CRLF)
        for n in range(1000)
    ]
    app = open_app(str(lab.folder / "postroom.toml"))
    with closing(Parsers(read, 2)) as parsers:
        with app.database.write() as tx:
            mails = [Incoming(uid, raw, now()) for uid, raw in enumerate(spam, 1)]
            incoming.keep(tx, "support", "INBOX", 1, mails, now())
        processor = Processor(app, parsers)
        while processor.process():
            pass
        told = [tell(app), tell(app)]
    with app.database.read() as tx:
        outgoing = tx.execute(select(outbox)).all()
        opened = len(tx.execute(select(ticket.c.number)).all())
    app.database.close()
    acknowledged = [row for row in outgoing if row.state == "queued" and row.nature == "acknowledgement"]
    alerts = [row for row in outgoing if row.nature == "staff"]
    assert opened == 1000, "a limit changes nothing of what is accepted"
    assert len(acknowledged) == 300
    assert len([row for row in outgoing if row.state == "held"]) == 700
    assert not any(b"CANARY" in row.raw or b"evil.example" in row.raw for row in outgoing)
    assert (told, len(alerts)) == ([500, 0], 1)


def test_a_flood_of_one_sender_is_a_ticket_each_and_answered_by_nothing(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab("\n[limits]\ntickets_per_sender_hour = 3\nper_address_10_minutes = 99\nper_address_hour = 99\n")
    for n in range(5):
        lab.deliver(mail(f"Number {n}.\n", subject=f"Number {n}", message_id=f"<{n}@client.example>"))
    lab.deliver(mail(sender="ben@other.example"))
    once(lab)
    flood = [row["number"] for row in reversed(rows(lab, "tickets")) if row["requester"] == "ada@client.example"]
    assert len(flood) == 5
    answered = {row["ticket"] for row in rows(lab, "outbox")}
    assert len([number for number in flood if number in answered]) == 3
    silent = [number for number in flood if number not in answered]
    assert "its sender has opened 3 tickets within an hour" in str(page_of(lab, silent[0])["history"])
    do(lab, "set", str(silent[0]), "Problem Solved")
    once(lab)
    assert silent[0] not in {row["ticket"] for row in rows(lab, "outbox")}
    lab.move_clock(hours=1, minutes=1)
    lab.deliver(mail("An hour later.\n", subject="Later", message_id="<later@client.example>"))
    once(lab)
    assert rows(lab, "tickets")[0]["number"] in {row["ticket"] for row in rows(lab, "outbox")}


def hops(number: int, sender: str) -> bytes:
    head = b"Received: from a.example by b.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n" * number
    return head + mail(sender=sender, message_id=f"<{sender}>").as_bytes(policy=CRLF)


def test_what_goes_round_between_machines_is_set_aside_staff_hear_once_and_may_have_it_processed(lab: Lab) -> None:
    lab.deliver(mail(sender="first@client.example"))
    once(lab)
    ours = message_from_bytes(lab.sent()[0], EmailMessage, policy=default)
    lab.deliver(hops(50, "fifty@client.example"))
    lab.deliver(hops(51, "one@client.example"))
    lab.deliver(hops(60, "two@client.example"))
    lab.deliver(mail(sender="own@client.example", X_Postroom_Loop=str(ours["X-Postroom-Loop"])))
    lab.deliver(mail(sender="foreign@client.example", X_Postroom_Loop="<m1@elsewhere.example>"))
    once(lab)
    mails = {row["sender"] or row["id"]: row for row in rows(lab, "mails")}
    aside = [row for row in mails.values() if row["state"] == "quarantined"]
    assert len(aside) == 3
    reasons = str([row["because"] for row in aside])
    assert "51 servers" in reasons
    assert "60 servers" in reasons
    assert "our own loop mark" in reasons
    assert mails["fifty@client.example"]["state"] == mails["foreign@client.example"]["state"] == "processed"
    assert [one.recipient for one in lab.smtp.accepted].count("kim@example.test") == 1
    first = next(row for row in aside if "51 servers" in str(row["because"]))
    do(lab, "retry", first["id"])
    once(lab)
    assert next(row for row in rows(lab, "mails") if row["id"] == first["id"])["state"] == "processed"
    assert "one@client.example" not in [one.recipient for one in lab.smtp.accepted]


def test_of_a_loop_staff_hear_once_within_an_hour_whatever_the_clock_strikes(lab: Lab) -> None:
    to_the_hour = 3600 - now().timestamp() % 3600
    for number, passed in enumerate((to_the_hour - 5, 600, 2900, 200)):
        lab.move_clock(seconds=passed)
        lab.deliver(hops(60, f"ada{number}@client.example"))
        once(lab)
    assert [row["state"] for row in rows(lab, "mails")] == ["quarantined"] * 4
    told = [one.recipient for one in lab.smtp.accepted]
    assert told == ["kim@example.test"] * 2, "of the first, and of the one that came more than an hour later"
