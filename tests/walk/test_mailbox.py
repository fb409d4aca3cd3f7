"""The mailbox as others use it, too: numbered anew, read by a person, left in place, begun with a day or a moment."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from imapclient import IMAPClient

from tests.servers.imap_script import ImapScript, Peer
from tests.walk.lab import CRLF, PASSWORD, Lab, mail, on_both
from tests.walk.service import Service, once, rows, say

LEFT = {"POSTROOM_MAILBOX__0__PROCESSED_FOLDER": ""}


def deliver(lab: Lab, first: int, count: int = 1, days_old: float = 0, to: str = "support") -> None:
    """Mails from ada0@, ada1@ …, which the server has had for so many days."""
    for number in range(first, first + count):
        raw = mail(sender=f"ada{number}@client.example", to=f"{to}@example.test").as_bytes()
        age(lab.dovecot.deliver(f"{to}{lab.number}", raw), days_old)


def age(path: Path, days: float) -> None:
    if days:
        at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(path, (at, at))


def requesters(lab: Lab) -> list[str]:
    return sorted(row["requester"].partition("@")[0] for row in rows(lab, "tickets"))


def answered(lab: Lab) -> list[str]:
    return sorted(one.recipient.partition("@")[0] for one in lab.smtp.accepted)


def person(lab: Lab) -> IMAPClient:
    client = IMAPClient(lab.dovecot.host, port=lab.dovecot.port, ssl=False, timeout=20)
    client.login(f"support{lab.number}", PASSWORD)
    return client


@on_both
def test_when_all_mails_are_numbered_anew_none_has_an_effect_again(lab: Lab) -> None:
    deliver(lab, 0, 4)
    # Kept, and none of them processed.
    assert lab.call("run", "--once", POSTROOM_FAILPOINT="raw.after_commit", **LEFT).returncode == -9
    lab.dovecot.reset_uidvalidity(f"support{lab.number}")
    once(lab, **LEFT)
    assert (requesters(lab), answered(lab)) == ([f"ada{n}" for n in range(4)],) * 2
    # Half of them processed, and half not even kept.
    deliver(lab, 4, 4)
    lab.dovecot.reset_uidvalidity(f"support{lab.number}")
    once(lab, **LEFT)
    assert (requesters(lab), answered(lab)) == ([f"ada{n}" for n in range(8)],) * 2
    # All of them processed.
    lab.dovecot.reset_uidvalidity(f"support{lab.number}")
    once(lab, **LEFT)
    assert (requesters(lab), answered(lab)) == ([f"ada{n}" for n in range(8)],) * 2
    states = [row["state"] for row in rows(lab, "mails")]
    assert (states.count("processed"), states.count("parked"), len(states)) == (8, 4 + 4 + 8, 24)
    # Now they are to be filed after all: old numbers and new.
    once(lab)
    assert (lab.left(), lab.left(folder="Processed")) == (0, 8)
    assert len(lab.smtp.accepted) == 8


def test_a_person_who_reads_moves_and_deletes_meanwhile_disturbs_nothing_and_is_not_disturbed(lab: Lab) -> None:
    with Service(lab, **LEFT) as service, person(lab) as client:
        client.create_folder("Mine")
        client.select_folder("INBOX")
        deliver(lab, 0, 4)
        lab.smtp.wait_for(4)
        client.noop()
        first, second, third, fourth = client.search()
        assert all(b"\\Seen" not in data[b"FLAGS"] for data in client.fetch(client.search(), ["FLAGS"]).values())
        client.add_flags(first, b"\\Seen")
        client.move(second, "Mine")
        client.delete_messages(third)
        client.expunge()
        deliver(lab, 4)
        lab.smtp.wait_for(5)
        client.select_folder("Mine")
        client.move(client.search(), "INBOX")  # it has another UID there: the same bytes, no new effect
        deliver(lab, 5)
        lab.smtp.wait_for(6)
        service.wait_for("mail.in", "m7")
        client.select_folder("INBOX")
        flags = {uid: data[b"FLAGS"] for uid, data in client.fetch(client.search(), ["FLAGS"]).items()}
        assert b"\\Seen" in flags[first]
        assert b"\\Seen" not in flags[fourth]
        assert not any(b"\\Deleted" in given for given in flags.values())
        assert len(flags) == 5
        assert service.said("WARNING") == []
    once(lab, **LEFT)
    assert (requesters(lab), answered(lab)) == ([f"ada{n}" for n in range(6)],) * 2
    assert sorted(row["state"] for row in rows(lab, "mails")) == ["parked"] + ["processed"] * 6


def test_a_mail_that_a_person_deletes_before_it_is_filed_is_kept(lab: Lab) -> None:
    deliver(lab, 0, 3)
    assert lab.call("run", "--once", POSTROOM_FAILPOINT="raw.after_commit").returncode == -9
    with person(lab) as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search()[1])
        client.expunge()
    once(lab)
    assert requesters(lab) == ["ada0", "ada1", "ada2"]
    assert (lab.left(), lab.left(folder="Processed")) == (0, 2)


def fetched(lab: Lab, role: str, connections: int) -> list[int]:
    """How many mails each connection of a role has fetched that is over, as Dovecot counts them."""
    counts: list[str] = []
    for _ in range(200):
        counts = re.findall(rf"imap\({role}{lab.number}\).* body_count=(\d+)", lab.dovecot.log.read_text())
        if len(counts) >= connections or Event().wait(0.05):
            break
    return [int(count) for count in counts]


def test_older_mail_is_left_alone_as_start_says_and_neither_a_restart_nor_new_numbers_move_it(lab: Lab) -> None:
    first_day = (datetime.now(UTC) - timedelta(days=10)).date().isoformat()
    config = lab.folder / "postroom.toml"
    for start in ("now", first_day):
        config.write_text(config.read_text().replace('start = "all"', f'start = "{start}"', 1))
    both = {**LEFT, "POSTROOM_MAILBOX__1__PROCESSED_FOLDER": ""}
    for role, first in (("support", 0), ("escalate", 10)):
        deliver(lab, first, days_old=400, to=role)
        deliver(lab, first + 1, days_old=12, to=role)
        deliver(lab, first + 2, days_old=9, to=role)
    once(lab, **both)
    assert requesters(lab) == ["ada12"]
    deliver(lab, 3)
    deliver(lab, 13, to="escalate")
    once(lab, **both)
    assert requesters(lab) == ["ada12", "ada13", "ada3"]
    # What is too old is not even fetched to find that out.
    assert fetched(lab, "support", 2) == [0, 1]
    assert fetched(lab, "escalate", 2) == [1, 1]
    lab.move_clock(days=30)
    for role in ("support", "escalate"):
        lab.dovecot.reset_uidvalidity(f"{role}{lab.number}")
    once(lab, **both)
    assert requesters(lab) == ["ada12", "ada13", "ada3"]
    assert len(rows(lab, "mails")) == 3 + 3  # those that came again under new numbers
    assert (lab.left(), lab.left("escalate")) == (4, 4)


def test_a_moment_divides_the_mails_of_its_day_and_without_a_zone_it_is_the_teams(lab: Lab) -> None:
    begun = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
    config = lab.folder / "postroom.toml"
    for start in (begun, begun.astimezone(ZoneInfo("America/Chicago")).replace(tzinfo=None)):
        config.write_text(config.read_text().replace('start = "all"', f'start = "{start.isoformat()}"', 1))
    for role, first in (("support", 0), ("escalate", 10)):
        deliver(lab, first, days_old=3 / 24, to=role)
        deliver(lab, first + 1, to=role)
    once(lab)
    assert requesters(lab) == ["ada1", "ada11"]


def test_a_folder_that_ends_the_connection_keeps_no_mail_of_the_inbox_waiting(lab: Lab) -> None:
    raw = mail(sender="ada0@client.example").as_bytes(policy=CRLF)

    def deadly(peer: Peer) -> None:
        peer.greet()
        peer.found = b"1"
        while b"Bad" not in peer.read():
            if peer.command.startswith(b"UID FETCH"):
                body = b"BODY[] {%d}\r\n%s" % (len(raw), raw)
                wanted = b"RFC822.SIZE %d" % len(raw) if b"RFC822.SIZE" in peer.command else body
                peer.tell(b'1 FETCH (UID 1 INTERNALDATE "27-Nov-2026 10:00:00 +0000" ' + wanted + b")")
            peer.answer()

    with ImapScript(deadly) as script:
        there = {"POSTROOM_MAILBOX__0__IMAP__PORT": str(script.port), "POSTROOM_MAILBOX__0__FOLDERS": '["Bad"]'}
        assert say(lab, "run", "--once", **there).exit_code == 1
    assert requesters(lab) == ["ada0"]


@on_both
def test_other_folders_are_read_like_the_inbox_and_what_lies_in_two_of_them_is_one_ticket(lab: Lab) -> None:
    reads = {
        "POSTROOM_MAILBOX__0__FOLDERS": '["Aliases/Billing", "Gone"]',
        "POSTROOM_MAILBOX__0__PROCESSED_FOLDER": "Done/Support",
    }
    user = f"support{lab.number}"
    invoice = mail("It is too high.\n", sender="bo@client.example", subject="Invoice").as_bytes()
    lab.dovecot.deliver(user, invoice, "Aliases/Billing")
    lab.dovecot.deliver(user, invoice + b"\r\n")  # Gmail shows a mail with two labels in both
    deliver(lab, 0)
    once(lab, **reads)
    assert requesters(lab) == ["ada0", "bo"]
    assert answered(lab) == ["ada0", "bo"]
    assert (lab.left(), lab.left(folder="Aliases/Billing"), lab.left(folder="Done/Support")) == (0, 0, 3)
    said = say(lab, "check", **reads)
    assert "ok      mailbox support, Aliases/Billing: 0 mails in Aliases.Billing" in said.stdout
    assert "FAILED  mailbox support, Gone: 127.0.0.1: opening the folder Gone refused" in said.stdout
    with Service(lab, **reads) as service:
        lab.dovecot.deliver(user, mail("Again.\n", sender="cy@client.example").as_bytes(), "Aliases/Billing")
        service.wait_for("mail.settled", "new_ticket")
        deliver(lab, 1)
        lab.smtp.wait_for(4)
        assert len(service.said("WARNING", "mailbox.down", "Gone")) == 1
    lab.dovecot.deliver(user, mail("Late.\n", sender="di@client.example").as_bytes(), "Aliases/Billing")
    assert "1 of Aliases/Billing not in the ledger" in say(lab, "reconcile", **reads).stdout
