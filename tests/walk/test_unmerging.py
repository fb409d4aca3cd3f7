"""Merges taken back: a chain of three in any order, and with what began while tickets were merged: hand-offs, appointments, links."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import permutations
from typing import Any

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, ticket
from tests.walk.test_merging import letters
from tests.walk.test_time import by_calendar, invitation
from tests.walk.test_web import WEB, browser

ADA, BEA, CY = "ada@client.example", "bea@other.example", "cy@third.example"
CLIENTS = {1001: ADA, 1002: BEA, 1003: CY}
INTERNAL = "internal@teams.example"


def opened(lab: Lab, *clients: str) -> None:
    """A ticket of each, in their order."""
    for client in clients:
        name = client.partition("@")[0]
        lab.deliver(mail(f"The page of {name} is white.\n", sender=f"{name} <{client}>", subject=f"Page of {name}"))
        once(lab)


def last(lab: Lab, to: str) -> EmailMessage:
    return letters(lab, to)[-1]


def stands(lab: Lab, *numbers: int) -> list[dict[str, Any]]:
    """All of them, but for what counts or tells of their changes."""
    rows = [ticket(lab, number) for number in numbers]
    return [{name: value for name, value in row.items() if name not in {"history", "version"}} for row in rows]


@on_both
def test_a_chain_of_three_comes_apart_in_any_order(lab: Lab) -> None:
    opened(lab, ADA, BEA, CY)
    do(lab, "set", "1001", "Support Rep Working")
    do(lab, "set", "1002", "Pending Client Feedback")
    do(lab, "set", "1003", "Problem Solved")
    once(lab)
    before, sent = stands(lab, 1001, 1002, 1003), len(lab.sent())
    for order in permutations(("1001", "1002")):
        assert do(lab, "merge", "1001", "1002").endswith("which is in Outstanding\n")
        assert do(lab, "merge", "1002", "1003").endswith("which is in Outstanding\n")
        for number in order:
            do(lab, "unmerge", number)
        assert stands(lab, 1001, 1002, 1003) == before, order
        assert do(lab, "merge", "1002", "1003").endswith("which is in Problem Solved\n")
        assert do(lab, "merge", "1001", "1002").endswith("#1003, which is in Outstanding\n")
        for number in order:
            do(lab, "unmerge", number)
        assert stands(lab, 1001, 1002, 1003) == before, ("the end first", order)
    once(lab)
    assert len(lab.sent()) == sent, "nobody outside hears of it"


@on_both
def test_a_reply_goes_with_its_own_ticket_in_whichever_order_a_chain_comes_apart(lab: Lab) -> None:
    opened(lab, ADA, BEA, CY)
    do(lab, "set", "1001", "Pending Client Feedback")
    do(lab, "set", "1002", "Support Rep Working")
    do(lab, "set", "1003", "Pending Client Feedback")
    once(lab)
    asked = last(lab, ADA).as_bytes()
    for place, order in enumerate(permutations(("1001", "1002"))):
        do(lab, "merge", "1001", "1002")
        do(lab, "merge", "1002", "1003")
        do(lab, "set", "1003", "Pending Client Feedback")
        once(lab)
        lab.deliver(answer_to(asked, f"Still white, {place}.\n", sender=ADA))
        once(lab)
        assert ticket(lab, 1003)["status"] == "Outstanding"
        for number in order:
            do(lab, "unmerge", number)
        shown = [(row["status"], row["client_replied"]) for row in stands(lab, 1001, 1002, 1003)]
        waits = [("Outstanding", False), ("Support Rep Working", False), ("Pending Client Feedback", False)]
        assert shown == waits, order
        do(lab, "set", "1001", "Pending Client Feedback")


def test_who_was_invited_while_merged_is_called_off_by_the_next_change_of_their_own_ticket(lab: Lab) -> None:
    opened(lab, ADA, BEA, CY)
    do(lab, "merge", "1003", "1002")
    do(lab, "merge", "1002", "1001")
    day = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}T14:00"
    do(lab, "set", "1001", "Appointment Scheduled", "--until", day)
    once(lab)
    theirs = {client: invitation(last(lab, client).as_bytes()) for client in CLIENTS.values()}
    do(lab, "unmerge", "1003")
    do(lab, "unmerge", "1002")
    for number in (1002, 1003):
        shown = ticket(lab, number)
        assert (shown["status"], shown["appointment"]) == ("Outstanding", "invited")
        assert re.search(
            r"its client has the appointment of \S+ 14:00 \w+ in their calendar", str(shown["conversation"])
        )
    by_calendar(lab, theirs[CY][0], "REPLY", CY, PARTSTAT="DECLINED")
    assert [ticket(lab, number)["appointment"] for number in CLIENTS] == ["invited", "invited", "declined"]
    for number in CLIENTS:
        do(lab, "set", str(number), "Support Rep Working")
    once(lab)
    for client in (ADA, BEA):
        ends = invitation(last(lab, client).as_bytes())[1]
        assert (ends.method, ends.uid) == ("CANCEL", theirs[client][1].uid)
    assert "METHOD:CANCEL" not in last(lab, CY).as_string(), "what she declined needs no end"


def test_a_team_that_was_asked_while_merged_answers_on_the_ticket_that_it_was_asked_about(
    make_lab: Callable[..., Lab],
) -> None:
    lab = make_lab(f'\n[forward]\ninternal = "{INTERNAL}"\n')
    opened(lab, ADA, BEA)
    do(lab, "merge", "1002", "1001")
    do(lab, "set", "1002", "Pending Internal Info", "--note", "Are seats free?")
    once(lab)
    asking = last(lab, INTERNAL)
    assert "ada" not in asking.as_string(), "the other client's words are none of it"
    do(lab, "unmerge", "1002")
    lab.deliver(answer_to(asking.as_bytes(), "Ten are free.\n", sender=INTERNAL))
    once(lab)
    said = [one["text"].strip() for one in ticket(lab, 1002)["conversation"] if one["kind"] == "staff_reply"]
    assert said == ["Ten are free."]
    assert [ticket(lab, number)["status"] for number in (1001, 1002)] == ["Pending Internal Info", "Outstanding"]


def clicked(lab: Lab, letter: EmailMessage, choice: str) -> str:
    """The title of the page, once the link for that choice in a mail has been used."""
    plain = letter.get_body(("plain",))
    assert plain
    (path,) = re.findall(rf"https://help\.example\.test(/do/{choice}/\w+)", plain.get_content())
    with Service(lab, "--only", "web", **WEB) as running:
        return str(re.findall(r"<h1>(.*?)</h1>", browser(running).post(path).text)[0])


def test_a_link_that_came_while_merged_does_nothing_to_the_ticket_that_is_its_own_again(lab: Lab) -> None:
    opened(lab, ADA, BEA)
    do(lab, "merge", "1002", "1001")
    do(lab, "set", "1001", "Pending Client Feedback")
    once(lab)
    do(lab, "unmerge", "1002")
    before = stands(lab, 1001, 1002)
    assert clicked(lab, last(lab, BEA), "found_solution") == "Your request has moved on"
    assert stands(lab, 1001, 1002) == before
    assert clicked(lab, last(lab, ADA), "found_solution") == "Thank you"
    assert ticket(lab, 1001)["status"] == "Client Found Solution"


@on_both
def test_in_the_service_desk_an_approval_waits_again_with_its_timer_and_its_links(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('workflow = "courseleaf"', 'workflow = "service-desk"'))
    opened(lab, ADA, BEA)
    do(lab, "set", "1001", "Waiting for Customer Approval")
    once(lab)
    asked, before = last(lab, ADA), stands(lab, 1001, 1002)
    assert do(lab, "merge", "1002", "1001").endswith("which is in Waiting for Support\n")
    assert ticket(lab, 1001)["due_at"] is None
    do(lab, "unmerge", "1002")
    assert stands(lab, 1001, 1002) == before
    lab.move_clock(days=6)
    once(lab)
    assert ticket(lab, 1001)["timers"]["reminded"]
    assert clicked(lab, asked, "approve") == "Thank you"
    assert [ticket(lab, number)["status"] for number in (1001, 1002)] == ["Done", "Waiting for Support"]
