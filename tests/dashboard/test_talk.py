"""A conversation as a page shows it: people speak, and what was done, or told to one of us, is a line."""

from datetime import UTC, datetime
from typing import Any

from dashboard.talk import talk
from store.lines import Said

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
KIM, LEE, ADA = "kim@example.test", "lee@example.test", "ada@client.example"


def said(**more: Any) -> Said:
    values = {"mail": None, "kind": "note", "direction": "note", "author": KIM, "at": AT, "subject": "", "text": "x"}
    return Said(**(values | {"visible_to": "staff", "because": (), "outgoing": None, "ticket": 1} | more))


def test_each_entry_has_its_speaker_and_its_side() -> None:
    entries = talk(
        [
            said(kind="new_ticket", direction="in", author=ADA, visible_to="client", text="New\n\n> old"),
            said(kind="reply", direction="out", outgoing=1, visible_to="client", author=KIM, text="Hello"),
            said(kind="assigned", direction="out", outgoing=2, recipient=LEE, text="You have it"),
            said(text=f"{KIM} assigned it to {LEE}", because=(f"{KIM} assigned it to {LEE}",)),
            said(text="She called", because=(f"{KIM} left a note",)),
        ],
        {KIM: "Kim", LEE: "Lee"},
    )
    assert [(one.side, one.author, one.new, one.rest) for one in entries] == [
        ("client", ADA, "New", "New\n\n> old"),
        ("team", "Kim", "Hello", ""),
        ("notice", "Lee", "You have it", ""),
        ("deed", "Kim", f"assigned it to {LEE}", ""),
        ("note", "Kim", "She called", ""),
    ]


def test_a_mail_that_says_it_comes_from_one_of_us_has_no_name_of_ours() -> None:
    told = [
        said(kind="client_reply", direction="in", author=KIM, mail=2, text="#status Problem Solved"),
        said(kind="client_reply", direction="in", author=ADA, mail=3, text="I am new"),
        said(kind="staff_command", direction="in", author=KIM, mail=4, text="#status Problem Solved"),
        said(kind="new_ticket", direction="in", author=KIM, mail=5, text="My own", visible_to="client"),
    ]
    assert [(one.side, one.author, one.claims) for one in talk(told, {KIM: "Kim"})] == [
        ("newcomer", KIM, "Kim"),
        ("newcomer", ADA, ""),
        ("note", "Kim", ""),
        ("client", KIM, ""),
    ]


def test_a_link_that_acts_for_somebody_else_is_not_shown() -> None:
    link = f"https://help.example/do/approve/l{'2a' * 24}k1"
    told = talk(
        [
            said(kind="done", direction="out", outgoing=1, visible_to="client", text=f"Approve it:\n{link}"),
            said(kind="assigned", direction="out", outgoing=2, recipient=LEE, text=f"Close it:\n{link}"),
            said(kind="client_reply", direction="in", author=ADA, visible_to="client", text=f"No.\n\n> {link.upper()}"),
        ],
        {LEE: "Lee"},
    )
    for one in told:
        assert "2a2a" not in f"{one.new}{one.rest}".lower()
        assert "/do/approve/…" in f"{one.new}{one.rest}".lower()
