"""Two teams in one postroom: support@ by CourseLeaf's workflow, desk@ and escalate@ by the service desk's."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from signal import SIGKILL
from typing import Any

import pytest

from tests.walk.lab import Lab, answer_to, mail
from tests.walk.service import do, once, refused, rows, ticket

DESK = """
[[mailbox]]
name = "desk"
role = "support"
address = "desk@example.test"
from = "Service Desk <desk@example.test>"
workflow = "service-desk"
imap = {{ host = "127.0.0.1", port = {imap}, tls = "none", user = "desk{number}", password_file = "imap.password" }}
start = "all"
"""
ADA, BEA, CYD = (f"{name}@client.example" for name in ("ada", "bea", "cyd"))


@pytest.fixture
def desk(make_lab: Callable[..., Lab]) -> Lab:
    lab = make_lab()
    file = lab.folder / "postroom.toml"
    text = file.read_text().replace('role = "escalate"', 'role = "escalate"\nworkflow = "service-desk"')
    file.write_text(text + DESK.format(imap=lab.dovecot.port, number=lab.number))
    return lab


def to_desk(lab: Lab, sender: str, text: str = "The page stays white after saving.\n", **headers: str) -> None:
    lab.deliver(mail(text, sender=sender, **({"to": "desk@example.test"} | headers)), "desk")


def numbers(lab: Lab) -> dict[str, int]:
    return {row["requester"]: row["number"] for row in rows(lab, "tickets")}


def last(lab: Lab, person: str) -> bytes:
    return [one.raw for one in lab.smtp.accepted if one.recipient == person][-1]


def said(lab: Lab, person: str) -> tuple[str, str]:
    """From, and the words of the last mail to somebody on one line."""
    made = message_from_bytes(last(lab, person), EmailMessage, policy=default)
    body = made.get_body(("plain",))
    assert body is not None
    return str(made["From"]), " ".join(body.get_content().split())


def facts(shown: dict[str, Any], *keys: str) -> list[Any]:
    return [shown[key] for key in keys]


def test_each_mailbox_follows_its_own_workflow(desk: Lab) -> None:
    desk.deliver(mail(sender=ADA))
    to_desk(desk, BEA)
    once(desk)
    known = numbers(desk)
    assert {row["requester"]: row["status"] for row in rows(desk, "tickets")} == {
        ADA: "Outstanding",
        BEA: "Waiting for Support",
    }
    assert "arrived at our service desk" in said(desk, BEA)[1]
    assert said(desk, BEA)[0] == "Service Desk <desk@example.test>"
    assert "We have your request" in said(desk, ADA)[1]
    assert "there is no status" in refused(desk, "set", str(known[ADA]), "Waiting for Customer")
    assert "there is no status" in refused(desk, "set", str(known[BEA]), "Stale")
    # To engineers and back, by staff; then the customer is asked, and says yes.
    for status in ("Scoping with Team", "In Progress", "Blocked/On Hold"):
        do(desk, "set", str(known[BEA]), status, "--as", "kim@example.test")
    once(desk)
    do(desk, "set", str(known[BEA]), "Waiting for Customer Approval")
    once(desk)
    assert 'reply with the one word "approved"' in said(desk, BEA)[1]
    answer = answer_to(last(desk, BEA), "Approved, thank you!\n\nBea Quill\n", sender=BEA)
    desk.move_clock(hours=1)  # a second acknowledgement within ten minutes would be held back
    desk.deliver(answer, "desk")
    once(desk)
    done = ticket(desk, known[BEA])
    assert facts(done, "status", "open") == ["Done", False]
    assert done["history"][-1]["because"] == ['approval moves "Waiting for Customer Approval" to "Done"']
    assert "You have approved the work" in said(desk, BEA)[1]
    # A request is declined, and the client is told why in staff's own words, in the one mail.
    to_desk(desk, CYD)
    once(desk)
    sent = len(desk.smtp.accepted)
    kept = numbers(desk)[CYD]
    told = do(desk, "set", str(kept), "declined", "--say", "New laptops come from IT.", "--as", "kim@example.test")
    assert told == f"#{kept} is now in Declined; a mail to the client is queued\n"
    once(desk)
    assert len(desk.smtp.accepted) == sent + 1
    assert said(desk, CYD)[1].startswith("New laptops come from IT. Kim Support -- Request #")
    assert rows(desk, "tickets", "--status", "Declined")[0]["status"] == "Declined"
    assert "In Progress" in str(refused(desk, "set", str(known[BEA]), "in progress"))


def test_silence_is_reminded_once_then_canceled_and_approval_by_silence_is_done(desk: Lab) -> None:
    for person in (ADA, BEA, CYD):
        to_desk(desk, person)
    once(desk)
    known = numbers(desk)
    for person in (ADA, BEA):
        do(desk, "set", str(known[person]), "Waiting for Customer")
    do(desk, "set", str(known[CYD]), "Waiting for Customer Approval", "--say", "It is mended: please try it.")
    once(desk)
    assert "we will remind you" in said(desk, ADA)[1]
    assert said(desk, CYD)[1].startswith("It is mended: please try it. If we have heard nothing by")
    sent = len(desk.smtp.accepted)

    desk.move_clock(days=5, minutes=1)
    once(desk)
    assert ticket(desk, known[CYD])["status"] == "Waiting for Customer Approval"
    assert "we have not heard yet whether it is what you need" in said(desk, CYD)[1]
    desk.move_clock(days=2, minutes=1)
    once(desk)
    assert ticket(desk, known[CYD])["status"] == "Done"
    assert "We take it that all is well" in said(desk, CYD)[1]
    assert len(desk.smtp.accepted) == sent + 2

    desk.move_clock(days=7)
    assert desk.call("run", "--once", POSTROOM_FAILPOINT="tx.mid").returncode == -SIGKILL
    assert len(desk.smtp.accepted) == sent + 2  # cut off between the change and its mail: neither is there
    once(desk)
    assert len(desk.smtp.accepted) == sent + 4
    reminded = ticket(desk, known[ADA])
    assert facts(reminded, "status", "open") == ["Waiting for Customer", True]
    assert reminded["timers"]["reminded"] is True
    assert "the client has been reminded" in do(desk, "ticket", str(known[ADA]))
    assert [entry["kind"] for entry in reminded["conversation"]][-1] == "customer-reminder"
    assert "If we hear nothing by" in said(desk, ADA)[1]
    once(desk)
    assert len(desk.smtp.accepted) == sent + 4  # once
    # Bea answers the reminder; Ada does not.
    desk.deliver(answer_to(last(desk, BEA), "It is Firefox.\n", sender=BEA), "desk")
    desk.move_clock(days=7)
    once(desk)
    assert ticket(desk, known[BEA])["status"] == "Waiting for Support"
    canceled = ticket(desk, known[ADA])
    assert facts(canceled, "status", "open", "due_at") == ["Canceled", False, None]
    assert "So we have canceled the request" in said(desk, ADA)[1]
    # A late answer still finds it.
    desk.deliver(answer_to(last(desk, ADA), "I was ill. It is Firefox, too.\n", sender=ADA), "desk")
    once(desk)
    assert ticket(desk, known[ADA])["status"] == "Waiting for Support"


def test_copies_absences_and_escalations_get_their_care_without_a_status_of_their_own(desk: Lab) -> None:
    to_desk(desk, ADA, to="colleague@client.example", Cc="desk@example.test")
    to_desk(
        desk,
        BEA,
        "I am out of the office until Monday.\n",
        subject="Automatic reply: hello",
        Auto_Submitted="auto-replied",
    )
    desk.deliver(mail(sender=CYD, to="escalate@example.test"), "escalate")
    once(desk)
    tickets = {row["requester"]: row for row in rows(desk, "tickets")}
    assert facts(tickets[ADA], "status", "open", "tags") == ["Canceled", False, ["cc-only"]]
    assert facts(tickets[BEA], "status", "open", "tags") == ["Canceled", False, ["out-of-office"]]
    assert facts(tickets[CYD], "status", "open", "tags") == ["Waiting for Support", True, ["escalated"]]
    assert sorted(one.recipient for one in desk.smtp.accepted) == [CYD, "kim@example.test"], "and a manager hears of it"
    assert "it has a high priority" in said(desk, CYD)[1]
    assert "cc_only in desk opens" in str(ticket(desk, tickets[ADA]["number"])["history"])
    # What came through the escalate mailbox is approved by an answer to it, like any other.
    number = tickets[CYD]["number"]
    do(desk, "set", str(number), "Waiting for Customer Approval")
    once(desk)
    desk.deliver(answer_to(last(desk, CYD), "Approved\n", sender=CYD), "escalate")
    once(desk)
    assert facts(ticket(desk, number), "status", "open") == ["Done", False]


def test_a_late_escalation_of_another_teams_ticket_opens_one_in_that_teams_workflow(desk: Lab) -> None:
    desk.deliver(mail(sender=ADA))
    once(desk)
    do(desk, "set", "1001", "Problem Solved")
    once(desk)
    desk.move_clock(days=40)
    late = answer_to(last(desk, ADA), "It is white again, and nobody answers.\n", sender=ADA)
    late.replace_header("To", f"{late['To']}, escalate@example.test")
    desk.deliver(late, "escalate")
    once(desk)
    assert {row["state"] for row in rows(desk, "mails")} == {"processed"}
    assert {row["number"]: (row["status"], row["workflow"]) for row in rows(desk, "tickets")} == {
        1001: ("Problem Solved", "courseleaf"),
        1002: ("Manager Escalation", "courseleaf"),
    }


KINDS = {
    "new_ticket": ("The page stays white.\n", {}),
    "cc_only": (
        "Dear colleague, the page stays white.\n",
        {"to": "colleague@client.example", "Cc": "{box}@example.test"},
    ),
    "out_of_office": ("I am away until Monday.\n", {"subject": "Automatic reply: x", "Auto_Submitted": "auto-replied"}),
    "notification": ("Disk 91% full.\n", {"subject": "db1", "Auto_Submitted": "auto-generated"}),
    "auto_reply": ("We have received your mail, case 81.\n", {"subject": "Re: x", "Auto_Submitted": "auto-replied"}),
}


def test_what_a_mail_is_does_not_depend_on_the_workflow_of_its_mailbox(desk: Lab) -> None:
    for box in ("support", "desk"):
        for kind, (words, headers) in KINDS.items():
            made = {"to": "{box}@example.test"} | headers
            sender = f"{kind.replace('_', '-')}@{box}.example"
            letter = mail(words, sender=sender, **{name: value.format(box=box) for name, value in made.items()})
            desk.deliver(letter, box)
    once(desk)
    judged = {row["sender"]: (row["kind"], row["because"]) for row in rows(desk, "mails")}
    for kind in KINDS:
        support, ours = (judged[f"{kind.replace('_', '-')}@{box}.example"] for box in ("support", "desk"))
        assert support[0] == ours[0] == kind, (support, ours)
    statuses = {row["requester"]: row["status"] for row in rows(desk, "tickets")}
    assert statuses == {
        "new-ticket@support.example": "Outstanding",
        "cc-only@support.example": "CC Only",
        "out-of-office@support.example": "OOTO Only",
        "notification@support.example": "Outstanding",
        "new-ticket@desk.example": "Waiting for Support",
        "cc-only@desk.example": "Canceled",
        "out-of-office@desk.example": "Canceled",
        "notification@desk.example": "Waiting for Support",
    }
    assert sorted(one.recipient for one in desk.smtp.accepted) == [
        "new-ticket@desk.example",
        "new-ticket@support.example",
    ]
