"""A ticket is handed to another team: one mail with what the client may see, an answer that comes back by its token, and no loop."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walk.lab import Lab, answer_to, mail
from tests.walk.service import do, say, ticket
from tests.walk.test_staff_mail import Desk, text

SALES, INTERNAL, CONSULTING = (f"{team}@teams.example" for team in ("sales", "internal", "consulting"))
ADA, ERI, KIM = "ada@client.example", "eri@teams.example", "kim@example.test"


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    made = make_lab(f'\n[forward]\nsales = "{SALES}"\ninternal = "{INTERNAL}"\nconsulting = "{CONSULTING}"\n')
    file = made.folder / "postroom.toml"
    file.write_text(file.read_text().replace('name = "Kim"\n', 'name = "Kim"\nnotify = ["replied"]\n'))
    return made


def files(one: EmailMessage) -> list[str]:
    return [str(part.get_filename()) for part in one.iter_attachments()]


def asked(words: str = "Can we have ten more seats?\n") -> EmailMessage:
    made = mail(words, subject="Seats")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offer.pdf")
    return made


def test_a_department_is_asked_and_its_answer_brings_the_ticket_back(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(asked())
    receipt = desk.look()[ADA]
    do(lab, "set", "1001", "assessment", "--note", "quokka: she pays late")
    desk.look()
    done = do(lab, "set", "1001", "Pending Internal Info", "--as", KIM)
    assert f"a mail to the client is queued; {INTERNAL} gets the conversation" in done
    told = desk.look()
    asking = told[INTERNAL]
    assert "For internal: request #1001" in text(asking)
    assert "> Can we have ten more seats?" in text(asking)
    assert "quokka" not in bytes(asking).decode()
    assert "We have your request" not in text(asking)
    assert (files(asking), asking["Auto-Submitted"], "+t" in asking["Reply-To"]) == (
        ["offer.pdf"],
        "auto-generated",
        True,
    )
    # Its robots change nothing, and nobody answers them.
    away = {"Auto-Submitted": "auto-replied"}
    for words in ("I am out of office until 7 December.\n", "We have received your request.\n"):
        reply = answer_to(bytes(asking), words, sender=INTERNAL)
        for name, value in away.items():
            reply[name] = value
        lab.deliver(reply)
        assert desk.look() == {}
    assert ticket(lab, 1001)["status"] == "Pending Internal Info"
    # A person there, from another address, answers for the department.
    heard = desk.answer(asking, "Ten seats are free.\n", f"Eri <{ERI}>")
    assert set(heard) == {KIM}
    assert f'Eri <{ERI}> answered for internal on #1001, now in "Outstanding"' in text(heard[KIM])
    shown = ticket(lab, 1001)
    assert shown["status"] == "Outstanding"
    said = [one for one in shown["conversation"] if one["direction"] == "in"]
    (entry,) = [one for one in said if "Ten seats are free" in one["text"]]
    assert entry["kind"] == "staff_reply"
    assert ERI not in [person["address"] for person in shown["people"]]
    # The client's thread knows nothing of it.
    do(lab, "set", "1001", "assessment")
    later = bytes(desk.look()[ADA]).decode()
    assert str(asking["Message-ID"]) not in later
    assert str(receipt["Message-ID"]) in later
    # What the client writes to the department's address is the client's.
    lab.deliver(answer_to(bytes(asking), "I answer all of you: ten will do.\n", sender=ADA))
    assert "wrote on #1001" in text(desk.look()[KIM])


def test_a_ticket_that_was_handed_over_takes_the_clients_reply_along(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(asked())
    receipt = desk.look()[ADA]
    do(lab, "set", "1001", "Sales Request", "--say", "Sales will write to you.", "--as", KIM)
    told = desk.look()
    assert set(told) == {ADA, SALES}
    assert "Sales will write to you." in text(told[SALES])
    # Its answer is kept, and told; the ticket stays with it.
    kept = desk.answer(told[SALES], "We take it.\n#status Problem Solved\n", SALES)
    assert set(kept) == {KIM}
    assert ticket(lab, 1001)["status"] == "Sales Request"
    heard = desk.answer(receipt, "And can we have twenty?\n", f"Ada Quill <{ADA}>")
    assert set(heard) == {SALES, KIM}  # her acknowledgement is withheld: one an hour
    assert "> And can we have twenty?" in text(heard[SALES])
    assert "ten more seats" not in text(heard[SALES])
    assert ticket(lab, 1001)["status"] == "Outstanding"
    # No address, no mail; a stranger with the client's reply address speaks for no team.
    do(lab, "set", "1001", "Passed to Implementation")
    assert set(desk.look()) == {ADA}
    assert "new here" in text(desk.answer(receipt, "I am of Sales.\n", "evil@elsewhere.example")[KIM])


def test_files_that_the_server_does_not_take_stay_behind_and_are_named(lab: Lab) -> None:
    desk = Desk(lab)
    made = mail("See the plan.\n")
    made.add_attachment(b"x" * 400_000, maintype="application", subtype="octet-stream", filename="plan.bin")
    lab.deliver(made)
    lab.smtp.offers = ("SIZE 200000", "8BITMIME")
    desk.look()
    do(lab, "set", "1001", "SOW")
    one = desk.look()[CONSULTING]
    assert files(one) == []
    assert "Files that are not here: plan.bin" in text(one)


def test_a_team_that_no_status_forwards_to_and_a_mailbox_of_ours_are_refused(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    good = file.read_text()
    for line, told in (
        ('salse = "a@b.example"', "forward.salse"),
        ('sales = "help@example.test"', "that is a mailbox of ours"),
        ('sales = "nobody"', "forward.sales"),
    ):
        file.write_text(good.replace(f'sales = "{SALES}"', line))
        refused = say(lab, "tickets")
        assert refused.exit_code == 2
        assert told in refused.stderr
