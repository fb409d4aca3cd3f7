"""A clock that goes back, on, and back by decades: each mail has one effect, each answer goes once, nobody has two digests of a day."""

from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.walk.killing import ask
from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import once, rows
from tests.walk.test_digest import STAFF, set_clock

MOVES = ({"hours": 0.0}, {"hours": 5.0}, {"hours": -3.0}, {"days": 3.0}, {"days": -10_000.0}, {"days": 10_000.0})


@on_both
def test_whatever_the_clock_does_each_mail_is_answered_once_and_no_day_has_two_digests(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    set_clock(lab, 2026, 12, 3, 7, 30)
    for number, moved in enumerate(MOVES):
        lab.move_clock(**moved)
        lab.deliver(mail(f"I am number {number}.\n", sender=f"ada@client{number}.example", subject=f"Number {number}"))
        once(lab)
    once(lab)
    clients = [f"ada@client{number}.example" for number in range(len(MOVES))]
    assert sorted(row["requester"] for row in rows(lab, "tickets")) == clients
    taken = Counter(one.recipient for one in lab.smtp.accepted)
    assert {client: taken[client] for client in clients} == dict.fromkeys(clients, 1)
    digests = [message_from_bytes(one.raw, EmailMessage, policy=default) for one in lab.smtp.accepted]
    days = Counter((one["To"], one["Subject"].partition("—")[2]) for one in digests if one["List-Id"])
    assert set(days.values()) == {1}
    assert {day for _, day in days} >= {" Thursday 3 December", " Sunday 6 December"}
    assert ask(lab, "SELECT count(*) FROM outbox WHERE state <> 'sent'") == [(0,)]


@on_both
def test_a_mail_that_waits_for_its_next_try_does_not_wait_until_a_clock_that_was_set_back_is_there_again(
    lab: Lab,
) -> None:
    lab.smtp.fail("rcpt", "451 4.3.0 later", 1)
    set_clock(lab, 2026, 12, 3, 12, 30)
    lab.deliver(mail())
    once(lab)
    assert [row["state"] for row in rows(lab, "outbox")] == ["retry"]
    lab.move_clock(days=-3)
    once(lab)
    assert [one.recipient for one in lab.smtp.accepted] == ["ada@client.example"]
