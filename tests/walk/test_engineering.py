"""Tickets wait for issues of the engineers, and follow them: each workflow walked from the link to the client's answer."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from signal import SIGKILL
from typing import Any

import pytest

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import do, once, refused, ticket

ADA, BEA = "ada@client.example", "bea@client.example"


@pytest.fixture
def desk(make_lab: Callable[..., Lab]) -> Lab:
    lab = make_lab()
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('workflow = "courseleaf"', 'workflow = "service-desk"'))
    return lab


def told(lab: Lab, person: str) -> list[str]:
    """The words of each mail to somebody, on one line."""
    found = [
        message_from_bytes(one.raw, EmailMessage, policy=default)
        for one in lab.smtp.accepted
        if one.recipient == person
    ]
    bodies = [one.get_body(("plain",)) for one in found]
    return [" ".join(str(body.get_content()).split()) for body in bodies if body]


def moves(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["to"], one["by"], one["because"][0]) for one in row["history"][1:]]


@on_both
def test_a_request_of_the_service_desk_goes_to_engineers_and_back_to_its_client(desk: Lab) -> None:
    desk.deliver(mail(sender=f"Ada Quill <{ADA}>"))
    once(desk)
    page = "https://jira.example.test/browse/ENG-12"
    said = do(desk, "link", "1001", page, "--as", "kim@example.test")
    assert said == "#1001 is linked to ENG-12; it is now in Scoping with Team; a mail to the client is queued\n"
    assert "already" in refused(desk, "link", "1001", "eng-12")
    assert do(desk, "linked", "ENG-12", "Started") == "#1001 is now in In Progress; a mail to the client is queued\n"
    assert do(desk, "linked", "ENG-12", "started") == "ENG-12 is started already: nothing changes\n"
    once(desk)
    assert do(desk, "linked", page, "done", "--as", "kim@example.test").startswith(
        "#1001 is now in Waiting for Customer A"
    )
    once(desk)
    shown = ["Waiting for Support", "Scoping with Team", "In Progress", "Waiting for Customer Approval"]
    mails = told(desk, ADA)
    assert len(mails) == len(shown), "one a change"
    assert [sum(f"Request #1001: {status}" in words for words in mails) for status in shown] == [1] * 4
    row = ticket(desk, 1001)
    assert moves(row) == [
        ("Scoping with Team", "kim@example.test", 'kim@example.test linked it to ENG-12, which is "cloned": "Waiting for Support" moves to "Scoping with Team"'),
        ("In Progress", "command line", 'linked issue ENG-12 is "started": "Scoping with Team" moves to "In Progress"'),
        ("Waiting for Customer Approval", "kim@example.test", 'linked issue ENG-12 is "done": "In Progress" moves to "Waiting for Customer Approval"'),
    ]  # fmt: skip
    assert [(one["key"], one["state"], one["url"]) for one in row["issues"]] == [("ENG-12", "done", page)]
    assert f"linked to ENG-12 ({page}), which is done" in do(desk, "ticket", "1001")
    last = [one.raw for one in desk.smtp.accepted if one.recipient == ADA][-1]
    desk.move_clock(hours=1)
    desk.deliver(answer_to(last, "Approved, thank you!\n", sender=f"Ada Quill <{ADA}>"))
    once(desk)
    assert ticket(desk, 1001)["status"] == "Done"
    late = do(desk, "linked", "ENG-12", "started")
    assert late == '#1001: linked issue ENG-12 is "started", but "Done" is closed: it stays\n'
    assert ticket(desk, 1001)["conversation"][-1]["text"] == late.removeprefix("#1001: ").strip()


@on_both
def test_a_ticket_of_courseleaf_goes_to_development_and_back_and_what_leads_nowhere_is_told(lab: Lab) -> None:
    for sender in (ADA, BEA):
        lab.deliver(mail(sender=sender, subject=f"White for {sender}"))
    once(lab)
    assert "it is now in With Development; a mail" in do(lab, "link", "1001", "acme/app#7")
    do(lab, "link", "1002", "https://git.example.test/Acme/app/issues/7")
    assert {ticket(lab, number)["status"] for number in (1001, 1002)} == {"With Development"}
    killed = lab.call("linked", "acme/app#7", "deferred", POSTROOM_FAILPOINT="tx.mid")
    assert killed.returncode == -SIGKILL
    rows = [ticket(lab, number) for number in (1001, 1002)]
    assert {(row["status"], row["issues"][0]["state"]) for row in rows} == {("With Development", "cloned")}
    assert do(lab, "linked", "acme/app#7", "deferred").count("is now in With Development - Deferred") == 2
    do(lab, "set", "1002", "Pending Client Feedback")
    once(lab)
    sent = len(lab.smtp.accepted)
    first, second = do(lab, "linked", "acme/app#7", "done").splitlines()
    assert first == "#1001 is now in Outstanding"
    assert (
        second
        == '#1002: linked issue acme/app#7 is "done", but "Outstanding" cannot follow "Pending Client Feedback": it stays'
    )
    unknown = do(lab, "linked", "acme/app#7", "In Review")
    assert unknown.count('is "in_review", a state that [linked] does not name') == 2
    once(lab)
    assert len(lab.smtp.accepted) == sent, "Outstanding tells the client nothing"
    digest = do(lab, "digest", "--print")
    assert "Subject: 2 need you" in digest or "2 need you" in digest
    assert digest.count('linked issue acme/app#7 is "in_review", a state that [linked]') == 2
    entries = [one["text"] for one in ticket(lab, 1002)["conversation"] if one["kind"] == "note"]
    assert entries == [second.removeprefix("#1002: "), unknown.splitlines()[1].removeprefix("#1002: ")]


def test_the_link_of_a_merged_ticket_moves_the_one_that_it_leads_to_and_both_clients_hear(desk: Lab) -> None:
    for sender in (ADA, BEA):
        desk.deliver(mail(sender=sender, subject=f"White for {sender}"))
    once(desk)
    do(desk, "merge", "1002", "1001")
    said = do(desk, "link", "1002", "ENG-1")
    assert said == "#1002 is linked to ENG-1; #1001 is now in Scoping with Team; 2 mails to its clients are queued\n"
    do(desk, "link", "1001", "ENG-1")
    assert do(desk, "linked", "ENG-1", "started") == "#1001 is now in In Progress; 2 mails to its clients are queued\n"
    once(desk)
    assert [len(told(desk, person)) for person in (ADA, BEA)] == [3, 3]
    assert all("1002" not in words for words in told(desk, ADA)), "each in their own conversation (T21)"
    row = ticket(desk, 1001)
    assert [(one["key"], one["ticket"]) for one in row["issues"]] == [("ENG-1", 1001), ("ENG-1", 1002)]
    assert 'while ENG-1 is "started": "In Progress" stays' in do(desk, "link", "1002", "ENG-7")
    do(desk, "linked", "ENG-7", "started")
    assert 'is "done", while ENG-7 is "started": "In Progress" stays' in do(desk, "linked", "ENG-1", "done")
    assert "#1001 is now in Waiting for Customer Approval" in do(desk, "linked", "ENG-7", "done")
    assert do(desk, "link", "1002", "ENG-1", "--remove") == "#1002 is linked to ENG-1 no more\n"
    assert "is not linked" in refused(desk, "link", "1002", "ENG-1", "--remove")
    assert "no ticket is linked to ENG-2" in refused(desk, "linked", "ENG-2", "done")
    for wrong in (("link", "1001", "two words"), ("linked", "ENG-1", "!"), ("link", "9", "ENG-1")):
        assert refused(desk, *wrong)
