"""A ticket is handed to another team: one mail with what the client may see, an answer that comes back by its token, and no loop."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, say, ticket
from tests.walk.test_staff_mail import Desk, text
from tests.walk.test_web import WEB, browser

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


@on_both
def test_a_department_is_asked_and_its_answer_brings_the_ticket_back(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(asked())
    receipt = desk.look()[ADA]
    do(lab, "set", "1001", "assessment", "--note", "quokka: she pays late")
    desk.look()
    lab.deliver(answer_to(bytes(receipt), "Soon, please.\n\n> We have your request, it says.\n", sender=ADA))
    desk.look()
    question = "Are ten seats <b>free</b>?\nBy Friday?"
    done = do(lab, "set", "1001", "Pending Internal Info", "--note", question, "--as", KIM)
    assert f"a mail to the client is queued; {INTERNAL} gets the conversation" in done
    told = desk.look()
    asking = told[INTERNAL]
    assert text(asking).startswith(f"Kim:\n\n{question}\n\nFor internal: request #1001\n")
    html = asking.get_body(("html",))
    assert html
    assert "Kim:<br><br>Are ten seats &lt;b&gt;free&lt;/b&gt;?<br>By Friday?</p>" in html.get_content()
    assert "ten seats" not in bytes(told[ADA]).decode()
    assert "> Can we have ten more seats?" in text(asking)
    assert "> Soon, please." in text(asking)
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
    by_mail = desk.answer(heard[KIM], "#status Pending Internal Info\n#note\nAnd twenty?\n", KIM)
    assert text(by_mail[INTERNAL]).startswith("Kim:\n\nAnd twenty?\n\nFor internal: request #1001\n")
    assert "Note: kept among us, and on top of the mail to internal" in text(by_mail[KIM])
    assert not [who for who, one in by_mail.items() if who != INTERNAL and "twenty" in bytes(one).decode()]


@on_both
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
    # No address, no mail, and that is said; a stranger with the client's reply address speaks for no team.
    nobody = "nobody gets the conversation: [forward] names no address for implementation"
    assert do(lab, "set", "1001", "Passed to Implementation").endswith(f"; {nobody}\n")
    assert set(desk.look()) == {ADA}
    assert nobody in ticket(lab, 1001)["history"][-1]["because"]
    assert "new here" in text(desk.answer(receipt, "I am of Sales.\n", "evil@elsewhere.example")[KIM])


PLAN = b"<script>alert(1)</script>" * 20_000


def planned(words: str, **more: str) -> EmailMessage:
    made = mail(words, **more)
    made.add_attachment(PLAN, maintype="text", subtype="html", filename="plan of Ada's.html")
    return made


def test_files_that_the_server_does_not_take_are_fetched_by_the_team_alone(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(planned("See the plan.\n"))
    lab.smtp.offers = ("SIZE 200000", "8BITMIME")
    receipt = desk.look()[ADA]
    do(lab, "set", "1001", "SOW")
    one = desk.look()[CONSULTING]
    assert (files(one), "Files that are not here" in text(one)) == ([], False)
    heard = desk.answer(receipt, "And the second plan?\n", ADA)
    assert "fetch" not in text(heard[CONSULTING]).lower(), "that mail has no file"
    do(lab, "set", "1001", "SOW")
    desk.look()
    second = answer_to(bytes(receipt), "Here is the second.\n", sender=ADA)
    second.add_attachment(PLAN[::-1], maintype="text", subtype="html", filename="second.html")
    lab.deliver(second)
    again = desk.look()[CONSULTING]
    (first,), (later,) = (re.findall(r"https://help\.example\.test(/files/\w+)", text(each)) for each in (one, again))
    html = one.get_body(("html",))
    assert html
    assert f'<a href="https://help.example.test{first}">plan of Ada&#39;s.html</a>' in html.get_content()
    with Service(lab, "--only", "web", **WEB) as running:
        pages = browser(running)
        got = pages.get(first)
        assert (got.status, got.text.encode()) == (200, PLAN)
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"].endswith("filename*=UTF-8''plan%20of%20Ada%27s.html")
        assert pages.get(later).text.encode() == PLAN[::-1]
        assert pages.get(first[:-9] + "aaaa" + first[-5:]).status == 404
        (line, *_) = running.wait_for("file.fetched", count=2)
        assert "ticket=1001 team=consulting" in line
        assert "plan" not in line
    file = lab.folder / "postroom.toml"
    good = file.read_text()
    lab.move_clock(days=29)
    for change, status in ((None, 200), (f'"{CONSULTING}"', 404), (None, 404)):
        file.write_text(good.replace(change, '"other@teams.example"') if change else good)
        with Service(lab, "--only", "web", **WEB) as running:
            assert browser(running).get(first).status == status
        lab.move_clock(days=1, hours=0 if status == 200 else 1)


def test_without_a_site_the_files_are_named(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace("public_url", "# public_url"))
    desk = Desk(lab)
    lab.deliver(planned("See the plan.\n"))
    lab.smtp.offers = ("SIZE 200000", "8BITMIME")
    desk.look()
    do(lab, "set", "1001", "SOW")
    one = desk.look()[CONSULTING]
    assert files(one) == []
    assert "Files that are not here: plan of Ada's.html" in text(one)


@on_both
def test_a_teams_answer_about_a_merged_ticket_moves_the_one_that_it_leads_to_and_no_client_reads_anothers_mail(
    lab: Lab,
) -> None:
    desk = Desk(lab)
    lab.deliver(asked("adacanary needs ten seats.\n"))
    desk.look()
    bea = "bea@other.example"
    lab.deliver(mail("beacanary needs a form.\n", sender=bea, subject="Form", message_id="<bea@other.example>"))
    desk.look()
    do(lab, "set", "1002", "Pending Internal Info")
    asking = desk.look()[INTERNAL]
    assert "beacanary" in text(asking)
    do(lab, "merge", "1002", "1001", "--as", KIM)
    assert do(lab, "set", "1001", "Pending Internal Info").count(INTERNAL) == 1
    told = desk.look()
    assert set(told) == {ADA, bea, INTERNAL}
    assert "adacanary" in text(told[INTERNAL])
    for to, canary in ((INTERNAL, "beacanary"), (ADA, "beacanary"), (bea, "adacanary")):
        assert canary not in bytes(told[to]).decode(), to
    # The answer to the first mail, which was about #1002, is about what that has become.
    made = answer_to(bytes(asking), "Forms are free.\n", sender=f"Eri <{ERI}>")
    made.add_attachment(b"%PDF-forms", maintype="application", subtype="pdf", filename="forms.pdf")
    lab.deliver(made)
    heard = desk.look()
    assert set(heard) == {KIM}
    assert "answered for internal on #1001" in text(heard[KIM]) or "answered for internal on #1002" in text(heard[KIM])
    shown = ticket(lab, 1001)
    assert shown["status"] == "Outstanding"
    (entry,) = [one for one in shown["conversation"] if one["direction"] == "in" and "Forms are free" in one["text"]]
    assert (entry["ticket"], entry["visible_to"]) == (1002, "staff")
    assert [file["name"] for file in entry["attachments"]] == ["forms.pdf"]
    # Each hears of the next change in their own conversation, and the team gets no more.
    do(lab, "set", "1001", "Problem Solved")
    told = desk.look()
    assert set(told) == {ADA, bea}
    for one in told.values():
        assert not [word for word in ("Forms are free", "forms.pdf", ERI, INTERNAL) if word in bytes(one).decode()]


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


def test_a_team_without_an_address_is_told_of_before_a_ticket_is_handed_to_it(lab: Lab) -> None:
    missing = "[forward] names no address for implementation"
    said = say(lab, "check").stdout
    assert f"hand-offs: consulting to {CONSULTING}, internal to {INTERNAL}, sales to {SALES}; {missing}" in said
    told = do(lab, "workflow", "lint", "courseleaf")
    assert told.count("\n") == 2
    assert f"{missing}: nobody gets the conversations of tickets in Passed to Implementation" in told
    assert "[forward]" not in do(lab, "workflow", "lint", "service-desk")
