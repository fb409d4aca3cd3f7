"""What a client's words seem to ask, and whom a forwarded mail is from, stand on the ticket for staff, and change nothing."""

from tests.walk.lab import Lab, mail
from tests.walk.service import do, once, only_ticket

FORWARD = (
    "Please deploy the patch tonight.\n\n---------- Forwarded message ---------\nFrom: Lee Ortiz <lee.ortiz@example.net>\n"
    "Date: Mon, 2 Nov 2026\nSubject: Patch\n\nWe have tested it.\n"
)


def test_hints_and_a_forward_are_shown_on_the_ticket(lab: Lab) -> None:
    lab.deliver(mail(FORWARD, subject="Fwd: Patch", sender="gwen@client.example", message_id="<fw@client.example>"))
    once(lab)
    row = only_ticket(lab)
    assert row["requester"] == "gwen@client.example"
    assert [person["address"] for person in row["people"]] == ["gwen@client.example"]
    (said,) = [one for one in row["conversation"] if one["direction"] == "in"]
    offers = [
        'hint: deploy: "Please deploy the patch tonight."',
        'forwarded from: Lee Ortiz <lee.ortiz@example.net>, Mon, 2 Nov 2026, "Patch"',
    ]
    assert set(offers) <= set(said["because"])
    page = do(lab, "ticket", str(row["number"]))
    assert all(f"      {offer}\n" in page for offer in offers)
    assert not [raw for raw in lab.sent() if b"example.net" in raw]


def test_what_a_note_says_is_shown_on_the_ticket_that_it_leaves_where_it_is(lab: Lab) -> None:
    lab.deliver(mail("The page is white.", sender="gwen@client.example", message_id="<1@client.example>"))
    once(lab)
    note = "I am out of the office until 9 December 2026. For urgent matters contact Kim (kim@client.example)."
    answer = {"In_Reply_To": "<1@client.example>", "Auto_Submitted": "auto-replied"}
    lab.deliver(mail(note, sender="gwen@client.example", message_id="<2@client.example>", **answer))
    once(lab)
    page = do(lab, "ticket", str(only_ticket(lab)["number"]))
    assert "out_of_office m2\n" in page
    assert "      back on 2026-12-09, meanwhile kim@client.example\n" in page
    assert "authenticated: " not in page
