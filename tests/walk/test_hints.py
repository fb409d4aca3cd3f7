"""What a client's words seem to ask, and whom a forwarded mail is from, stand on the ticket for staff, and change nothing."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib.resources import files

from tests.walk.lab import Lab, answer_to, mail
from tests.walk.service import Service, do, once, only_ticket, ticket
from tests.walk.test_links import at_once, title
from tests.walk.test_web import WEB, browser

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


TRUSTED = """
[[staff]]
address = "lee@example.test"
name = "Lee"
notify = ["replied"]
"""


def test_words_that_the_team_trusts_close_the_ticket_and_one_click_says_that_they_meant_something_else(
    make_lab: Callable[..., Lab],
) -> None:
    lab = make_lab(TRUSTED)
    config, profile = lab.folder / "postroom.toml", files("workflow").joinpath("profiles/service-desk.toml")
    (lab.folder / "our.toml").write_text(f'{profile.read_text("utf-8")}\n[hints]\ntrust = ["go_ahead", "approval"]\n')
    config.write_text(config.read_text().replace('workflow = "courseleaf"', 'workflow = "our.toml"'))
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        do(lab, "set", "1001", "Waiting for Customer Approval")
        running.wait_until(lambda: len(lab.sent()) == 2)
        asked = lab.sent()[-1]
        lab.deliver(answer_to(asked, "Hi Kim,\n\nplease go ahead.\n\nBest regards,\nAda\n"))
        running.wait_until(lambda: ticket(lab, 1001)["status"] == "Done")
        row = ticket(lab, 1001)
        assert row["tags"] == ["approved"]
        assert '"please go ahead." is taken for "approve"' in row["history"][-1]["because"][0]
        running.wait_until(lambda: any("/do/not_meant/" in text_of(raw) for raw in lab.sent()))
        told = next(text_of(raw) for raw in lab.sent() if "/do/not_meant/" in text_of(raw))
        path = told.partition("That is not what I meant: https://help.example.test")[2].split()[0]
        assert title(pages.get(path)) == "Did we take your words wrong?"
        assert ticket(lab, 1001)["status"] == "Done"
        assert sorted(at_once(pages, path, 3)) == ["Thank you", *["You have answered already"] * 2]
        row = ticket(lab, 1001)
        assert row["status"] == "Waiting for Support"
        assert 'ada@client.example chose "not_meant"' in row["history"][-1]["because"][0]

        do(lab, "set", "1001", "Waiting for Customer Approval")
        running.wait_until(lambda: text_of(lab.sent()[-1]).count("/do/approve/") == 1)
        lab.deliver(answer_to(lab.sent()[-1], "Please go ahead. Could you also look at page 5?\n"))
        running.wait_until(lambda: ticket(lab, 1001)["status"] == "Waiting for Support")


def text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, EmailMessage, policy=default).get_body(["plain"])
    return str(body.get_content()) if body else ""
