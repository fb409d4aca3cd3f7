"""Spam: parked by a filter that is believed or by staff's word, never lost, and a client's never for long."""

from collections.abc import Callable

import pytest

from tests.walk.lab import CRLF, Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, refused, rows, ticket
from tests.walk.test_desk import Desk
from tests.walk.test_web import WEB, browser

EVE, ADA, KIM = "eve@shop.example", "ada@client.example", "kim@example.test"
MARKS = 'spam_headers = ["X-Spam-Flag: YES", "X-Forefront-Antispam-Report: SFV:SPM"]\n'


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    made = make_lab()
    file = made.folder / "postroom.toml"
    file.write_text(MARKS + file.read_text())
    return made


def kinds(lab: Lab) -> list[tuple[str, str]]:
    """Of all mails, the oldest first."""
    return [(row["kind"], row["state"]) for row in reversed(rows(lab, "mails"))]


@on_both
def test_a_filter_that_is_believed_parks_a_mail_and_staff_make_a_ticket_of_it_and_are_remembered(lab: Lab) -> None:
    flag = {"X_Forefront_Antispam_Report": "CIP:192.0.2.1;SFV:SPM;SCL:5"}
    lab.deliver(mail("Please mend page 4.\n", **flag))
    lab.deliver(mail("A good mail.\n", sender="bo@client.example", X_Spam_Flag="NO"))
    once(lab)
    assert kinds(lab) == [("spam", "parked"), ("new_ticket", "processed")]
    assert "marked as spam: X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:SPM" in rows(lab, "mails")[1]["because"][0]
    assert {one.recipient for one in lab.smtp.accepted} == {"bo@client.example"}
    assert "Parked: spam 1." in do(lab, "digest", "--print", "--to", KIM)
    said = do(lab, "correct", "m1", "person", "--remember", "--answer", "--as", KIM)
    assert "Its sender is remembered" in said
    once(lab)
    assert ticket(lab, 1002)["requester"] == ADA
    assert lab.smtp.accepted[-1].recipient == ADA
    assert [(row["sender"], row["said"], row["by"]) for row in rows(lab, "sender")] == [(ADA, "allow", KIM)]
    lab.deliver(mail("And page 5.\n", subject="Page 5", **flag))
    once(lab)
    assert kinds(lab)[-1] == ("new_ticket", "processed")


@on_both
def test_a_sender_that_is_blocked_is_parked_and_who_takes_part_is_not(lab: Lab) -> None:
    do(lab, "sender", "@SHOP.example", "block", "--as", KIM)
    do(lab, "sender", "boss@shop.example", "allow")
    lab.deliver(mail("Buy.\n", sender=f"Eve <{EVE}>"))
    lab.deliver(mail("It is me.\n", sender="boss@shop.example"))
    lab.deliver(mail("Help.\n"))
    once(lab)
    assert kinds(lab) == [("spam", "parked"), ("new_ticket", "processed"), ("new_ticket", "processed")]
    assert f"blocked sender: {KIM} said so of @shop.example" in rows(lab, "mails")[2]["because"][0]
    do(lab, "sender", ADA, "block")
    received = next(one for one in lab.smtp.accepted if one.recipient == ADA)
    lab.deliver(answer_to(received.raw, "More of it.\n", X_Spam_Flag="YES"))
    lab.deliver(mail("Something new.\n", subject="New"))
    once(lab)
    assert kinds(lab)[3:] == [("client_reply", "processed"), ("spam", "parked")]
    do(lab, "sender", "@shop.example", "forget")
    lab.deliver(mail("Buy more.\n", sender=f"Eve <{EVE}>", subject="More"))
    once(lab)
    assert kinds(lab)[-1] == ("new_ticket", "processed")


def test_nobody_of_ours_is_blocked_and_nonsense_is_refused(lab: Lab) -> None:
    assert "is one of yours" in refused(lab, "sender", KIM, "block")
    assert "is one of yours" in refused(lab, "sender", "support@example.test", "block")
    assert "neither an address nor @domain" in refused(lab, "sender", "eve", "block")
    assert "nothing was said of eve@shop.example" in refused(lab, "sender", EVE, "forget")
    do(lab, "sender", "@example.test", "block")
    lab.deliver(mail("I am ill today.\n", sender=f"Kim <{KIM}>"))
    once(lab)
    assert kinds(lab) == [("new_ticket", "processed")], "staff are never blocked, their domain or not"
    assert "only spam and a person's mail can be remembered" in refused(
        lab, "correct", "m1", "out_of_office", "--remember"
    )


def test_a_sender_is_known_in_any_spelling_and_a_domain_is_itself_alone(lab: Lab) -> None:
    do(lab, "sender", f"Eve <{EVE.upper()}>", "block")
    do(lab, "sender", "@müller.example", "block")
    said = [row["sender"] for row in rows(lab, "sender")]
    assert said == ["@xn--mller-kva.example", EVE]
    senders = (
        '"Eve" <"eve"@Shop.Example.>',
        "mo@müller.example",
        "mo@xn--mller-kva.example",
        "mo@a.xn--mller-kva.example",
    )
    for number, sender in enumerate(senders):
        raw = mail(f"Buy {number}.\n", subject=f"Offer {number}").as_bytes(policy=CRLF)
        lab.deliver(raw.replace(b"From: Ada Quill <ada@client.example>", f"From: {sender}".encode()))
    once(lab)
    assert [kind for kind, _ in kinds(lab)] == ["spam", "spam", "spam", "new_ticket"]
    do(lab, "sender", "@MÜLLER.example", "forget")
    assert [row["sender"] for row in rows(lab, "sender")] == [EVE]
    do(lab, "person", EVE, "erase", "--yes")
    assert rows(lab, "sender") == []
    assert "its bytes have been forgotten" in refused(lab, "correct", "m1", "person", "--remember")


def test_behind_a_form_its_person_is_remembered_and_never_the_form_nor_one_of_us_nor_nobody(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text('forms = ["form@www.example.test"]\n' + file.read_text())
    form = "Form <form@www.example.test>"
    lab.deliver(mail("Buy.\n", sender=form, Reply_To=EVE))
    lab.deliver(mail("I am ill.\n", sender=f"Kim <{KIM}>"))
    nobody = mail("Who?\n", subject="Who?")
    del nobody["From"]
    lab.deliver(nobody)
    once(lab)
    numbers = {row["sender"]: row["id"] for row in rows(lab, "mails")}
    do(lab, "correct", numbers[EVE], "spam", "--as", KIM)
    assert "Its sender is remembered" in do(lab, "correct", numbers[EVE], "spam", "--remember")
    assert f"{KIM} is one of yours" in refused(lab, "correct", numbers[KIM], "spam", "--remember")
    assert "names no sender" in refused(lab, "correct", numbers[""], "spam", "--remember")
    assert "is one of yours" in refused(lab, "sender", "form@www.example.test", "block")
    assert [row["sender"] for row in rows(lab, "sender")] == [EVE]
    lab.deliver(mail("Help.\n", sender=form, subject="Page 4", Reply_To=ADA))
    lab.deliver(mail("Buy more.\n", sender=form, subject="More", Reply_To=EVE))
    once(lab)
    assert kinds(lab)[-2:] == [("new_ticket", "processed"), ("spam", "parked")]


def test_one_click_on_the_page_of_a_mail_makes_a_ticket_of_it(lab: Lab) -> None:
    lab.deliver(mail("Please mend page 4.\n", X_Spam_Flag="YES"))
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: kinds(lab) == [("spam", "parked")])
        kim = Desk(lab, running, browser(running), KIM, "/mails/m1")
        page = kim.get("/mails/m1")
        assert "This is wrong" in page.text
        form = kim.fields("/mails")
        assert form == kim.fields("/mails/m1"), "the button stands in the list, too"
        assert kim.post("/mails/m1", form, said="nonsense").status == 409
        assert kim.post("/mails/m1", form).status == 303
        assert kim.post("/mails/m1", form).status == 303, "twice is once"
        assert kinds(lab) == [("new_ticket", "processed")]
        answer = kim.post("/mails/m1", form, said="person", remember="")
        assert (answer.status, "taken for new_ticket already" in answer.text) == (409, True), (
            "it says why nothing changes"
        )
        assert "#1001" in kim.get("/mails/m1").text
        assert rows(lab, "sender")[0]["sender"] == ADA
        assert kim.post("/mails/m99", form, said="person").status == 409
        listed = kim.get("/mails/senders").text
        assert ADA in listed
        assert "is never spam" in listed
        again = kim.fields("/mails/senders")
        assert kim.post("/mails/senders", again, sender="bo@client.example").status == 303
        assert rows(lab, "sender")[0]["sender"] == ADA, "nothing was said of Bo"
        assert kim.post("/mails/senders", again, sender=ADA).status == 303
        assert kim.post("/mails/senders", again, sender=ADA).status == 303, "twice is once"
        assert rows(lab, "sender") == []
        assert "Nothing was said of anybody" in kim.get("/mails/senders").text
