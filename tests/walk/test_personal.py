"""Who asks what is known of them gets all of it; who wants to be forgotten is found nowhere any more, and everybody else is whole."""

import json
from email.message import EmailMessage
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.walk.lab import Lab, answer_to, mail, on_both, on_sqlite
from tests.walk.service import do, once, refused, rows, say, ticket

CANARY = "xylophone"  # in every word of hers that is kept anywhere
ADA = f"Ada {CANARY} <ada@{CANARY}.example>"
HOME = f"ada@home-{CANARY}.example"
BEN = "Ben Frost <ben@other.example>"


def with_file(made: EmailMessage) -> EmailMessage:
    made.add_attachment(f"{CANARY} in a file".encode(), "text", "plain", filename=f"{CANARY}.txt")
    return made


def traces(lab: Lab) -> list[str]:
    """Where the word still is: in the bytes of the files, or in any column of a server's tables."""
    if lab.database.startswith("sqlite"):
        files = [path for path in lab.folder.iterdir() if path.name.startswith("postroom.db")]
        return [path.name for path in files if CANARY.encode() in path.read_bytes().lower()]
    found = []
    url = make_url(lab.database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as server:
        names = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            text = "\n".join(str(row) for row in server.execute(f'SELECT * FROM "{name}"').fetchall())  # type: ignore[arg-type]
            if CANARY in text.lower():
                found.append(name)
    return found


def of_ada_and_ben(lab: Lab) -> int:
    """Mails both ways, a file, a note, a merge, two addresses, an opt-out; and Ben's ticket, on which she writes. Its number."""
    lab.deliver(
        with_file(mail(sender=ADA, subject=f"My {CANARY}", message_id=f"<1@{CANARY}.example>", text=f"A {CANARY}.\n"))
    )
    lab.deliver(
        mail(sender=ADA, subject=f"Another {CANARY}", message_id=f"<2@{CANARY}.example>", text=f"Second {CANARY}.\n")
    )
    lab.deliver(mail(sender=BEN, subject="Exports", message_id="<1@other.example>"))
    once(lab)
    numbers = {row["requester"]: row["number"] for row in rows(lab, "tickets")}
    ben = numbers["ben@other.example"]
    hers = sorted({1001, 1002, 1003} - {ben})
    do(lab, "person", ADA, "add", HOME)
    do(lab, "people", str(ben), "add", HOME)
    bens = next(one.raw for one in lab.smtp.accepted if one.recipient == "ben@other.example")
    lab.deliver(answer_to(bens, f"I have that {CANARY}, too.\n", sender=HOME))
    do(
        lab,
        "set",
        str(hers[0]),
        "Pending Client Feedback",
        "--say",
        f"Which {CANARY}?",
        "--note",
        f"She has a {CANARY}.",
    )
    do(lab, "merge", *map(str, hers))
    do(lab, "subscription", HOME, "off", "status")
    once(lab)
    return ben


@on_sqlite
def test_p2_a_backup_that_is_put_back_does_not_bring_them_back(lab: Lab, tmp_path: Path) -> None:
    lab.deliver(mail(sender=ADA, subject=f"My {CANARY}", message_id=f"<1@{CANARY}.example>", text=f"A {CANARY}.\n"))
    lab.deliver(mail(sender=BEN, subject="Exports", message_id="<1@other.example>"))
    once(lab)
    before, after = (str(tmp_path / name) for name in ("before", "after"))
    do(lab, "backup", before)
    do(lab, "person", ADA, "erase", "--yes")
    assert CANARY not in (lab.folder / "postroom.erased").read_text()
    do(lab, "restore", before, "--replace")
    for kept in lab.folder.glob("*.replaced*"):
        kept.unlink()
    once(lab)
    assert traces(lab) == []
    assert {row["requester"] for row in rows(lab, "tickets")} == {"ben@other.example", "erased@erased.invalid"}
    lab.move_clock(minutes=1)
    lab.deliver(mail(sender=ADA, subject="I am back", message_id=f"<2@{CANARY}.example>"))
    once(lab)
    do(lab, "backup", after)
    do(lab, "restore", after, "--replace")
    assert "I am back" in {row["subject"] for row in rows(lab, "tickets")}, "that backup knows of her erasing"


@on_both
def test_p1_p2_all_is_exported_and_then_found_nowhere(lab: Lab, tmp_path: Path) -> None:
    ben = of_ada_and_ben(lab)
    before = ticket(lab, ben)
    assert traces(lab)
    place = tmp_path / "hers"
    do(lab, "person", HOME, "export", str(place))
    facts = [json.loads(line) for line in (place / "person.jsonl").read_text().splitlines()]
    assert {fact["table"] for fact in facts} >= {
        "ticket", "person", "identity", "history", "mail", "outbox", "entry", "attachment", "thread", "word", "merging", "unsubscribed",
    }  # fmt: skip
    raws = [path.read_bytes() for path in place.glob("m*.eml")]
    assert len(raws) == 3
    assert all(CANARY.encode() in raw for raw in raws)
    assert list(place.glob("o*.eml"))

    assert "would go" in refused(lab, "person", ADA, "erase")
    assert traces(lab)
    said = do(lab, "person", ADA, "erase", "--yes")
    assert "3 on the mail servers" in said
    assert traces(lab) == []
    left = lab.dovecot.mails(f"support{lab.number}", "Processed")
    assert [raw for raw in left if CANARY.encode() in raw] == []
    assert "nothing is known" in refused(lab, "person", ADA, "erase", "--yes")

    assert len(rows(lab, "mails")) == 4  # each is still counted
    after = ticket(lab, ben)
    assert (after["subject"], after["requester"], after["status"]) == (
        before["subject"], before["requester"], before["status"],
    )  # fmt: skip
    assert say(lab, "reconcile").exit_code == 0
    sent = len(lab.sent())
    lab.move_clock(days=60)
    once(lab)
    assert not any(CANARY in one.recipient or "erased" in one.recipient for one in lab.smtp.accepted[sent:])


@on_both
def test_p3_a_ticket_that_was_closed_two_years_ago_is_found_nowhere_and_a_reply_to_it_opens_another(lab: Lab) -> None:
    config = lab.folder / "postroom.toml"
    config.write_text(f"{config.read_text()}\n[retention]\nclosed_ticket_days = 300\n")
    lab.deliver(
        with_file(mail(sender=ADA, subject=f"My {CANARY}", message_id=f"<1@{CANARY}.example>", text=f"A {CANARY}.\n"))
    )
    lab.deliver(mail(sender=BEN, subject="Exports", message_id="<1@other.example>"))
    once(lab)
    (old,) = (row for row in rows(lab, "tickets") if CANARY in row["subject"])
    do(lab, "set", str(old["number"]), "Problem Solved", "--say", f"Your {CANARY} plays.", "--note", f"A {CANARY}!")
    once(lab)
    answer = next(one.raw for one in reversed(lab.smtp.accepted) if one.recipient == f"ada@{CANARY}.example")
    lab.move_clock(days=302)
    once(lab)
    assert traces(lab), "our own clock alone makes nothing old"
    lab.deliver(mail("Well?\n", sender=BEN, subject="Well", message_id="<2@other.example>"))
    once(lab)
    assert traces(lab) == []
    left = {row["number"]: row for row in rows(lab, "tickets")}
    assert {row["subject"] for row in left.values()} == {"(erased)", "Exports", "Well"}
    words = lab.folder / "words.txt"
    words.write_text("Hello?\n")
    nobody = f"the client of #{old['number']} was erased, or forgotten: a reply would reach nobody"
    assert nobody in refused(lab, "reply", str(old["number"]), "--file", str(words))
    assert nobody in refused(lab, "set", str(old["number"]), "Outstanding", "--say", "Hello?")
    kept = left[old["number"]]
    assert (kept["status"], kept["created_at"]) == ("Problem Solved", old["created_at"])
    sent = len(lab.smtp.accepted)
    lab.deliver(answer_to(answer, "It is silent again.\n", sender=ADA))
    once(lab)
    assert [one.recipient for one in lab.smtp.accepted[sent:]] == [f"ada@{CANARY}.example"]
    new = ticket(lab, max(row["number"] for row in rows(lab, "tickets")))
    assert (new["requester"], new["status"]) == (f"ada@{CANARY}.example", "Outstanding")
    assert any(f"possibly about #{old['number']}" in one for one in new["history"][0]["because"])


def test_p4_the_log_has_ids_and_no_word_of_a_mail_nor_an_address(lab: Lab) -> None:
    lab.smtp.fail("rcpt", f"550 5.1.1 <ada@{CANARY}.example>: user {CANARY}@{CANARY}.example unknown", times=1)
    lab.deliver(mail(sender=ADA, subject=CANARY, message_id=f"<1@{CANARY}.example>", text=f"A {CANARY}.\n"))
    said = say(lab, "run", "--once")
    assert said.exit_code == 0
    assert "mail.settled id=m1 kind=new_ticket ticket=1001" in said.stderr
    assert "mail.out id=o1 outcome=dead" in said.stderr
    assert "5.1.1" in said.stderr
    assert CANARY not in said.stderr
