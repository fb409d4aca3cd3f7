"""What becomes of each kind of mail: from a Dovecot to ticket, status, history and sent answer."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import do, once, only_ticket, rows, ticket


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=default)


def test_a_new_mail_becomes_a_ticket_and_gets_one_acknowledgement_that_repeats_nothing(lab: Lab) -> None:
    lab.deliver(mail("The quokka report is broken.\n", subject="Quokka report"))
    once(lab)
    page = only_ticket(lab)
    assert (page["status"], page["ball_with"], page["requester"]) == ("Outstanding", "us", "ada@client.example")
    assert [(h["from"], h["to"]) for h in page["history"]] == [(None, "Outstanding")]
    assert page["history"][0]["because"]
    (sent,) = lab.smtp.accepted
    answer = read(sent.raw)
    assert sent.recipient == "ada@client.example"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert f"[#{page['number']}]" in answer["Subject"]
    assert "quokka" not in sent.raw.decode().lower()
    assert "Ada" not in sent.raw.decode()
    (row,) = rows(lab, "outbox")
    assert row["state"] == "sent"
    assert (lab.left(), lab.left(folder="Processed")) == (0, 1)
    once(lab)
    assert len(lab.smtp.accepted) == 1


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_a_reply_to_our_acknowledgement_joins_by_either_header_alone_without_a_tag(lab: Lab, header: str) -> None:
    lab.deliver(mail())
    once(lab)
    ours = read(lab.sent()[0])["Message-ID"]
    reply = mail("It is Firefox.\n", subject="browser", message_id="<second@client.example>")
    reply[header] = ours
    lab.deliver(reply)
    once(lab)
    page = only_ticket(lab)
    assert [entry["mail"] for entry in page["conversation"] if entry["direction"] == "in"] == ["m1", "m2"]
    assert page["status"] == "Outstanding"
    assert page["client_replied"] is True
    assert len(lab.smtp.accepted) == 1


@on_both
def test_a_clients_answer_takes_the_ball_back_and_one_after_closing_reopens(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Pending Client Feedback", "--as", "kim@example.test")
    once(lab)
    asked = read(lab.sent()[1])
    assert asked["Auto-Submitted"] is None  # a question: an out-of-office note can come back
    lab.deliver(answer_to(lab.sent()[1], "It is Firefox 144.\n"))
    once(lab)
    assert ticket(lab, 1001)["status"] == "Outstanding"
    do(lab, "set", "1001", "Problem Solved")
    once(lab)
    lab.move_clock(days=2)
    lab.deliver(answer_to(lab.sent()[-1], "No, it is broken again: the page is white.\n"))
    once(lab)
    page = ticket(lab, 1001)
    assert page["status"] == "Outstanding"
    assert [h["to"] for h in page["history"]] == [
        "Outstanding",
        "Pending Client Feedback",
        "Outstanding",
        "Problem Solved",
        "Outstanding",
    ]


@pytest.mark.parametrize("token", ["plus", "off"])
def test_the_answer_to_an_escalated_ticket_takes_the_ball_back_and_escalates_nothing(lab: Lab, token: str) -> None:
    config = lab.folder / "postroom.toml"
    config.write_text(config.read_text().replace('role = "escalate"', f'role = "escalate"\nreply_token = "{token}"'))
    lab.deliver(mail(to="escalate@example.test"), "escalate")
    once(lab)
    do(lab, "set", "1001", "Pending Client Feedback", "--as", "kim@example.test")
    once(lab)
    answer = answer_to(lab.sent()[-1], "It is Firefox 144.\n", Cc="support@example.test")
    assert ("escalate+" if token == "plus" else "<escalate@") in str(answer["To"])
    for role in ("support", "escalate"):  # both mailboxes get it: neither copy escalates
        lab.deliver(answer, role)
        once(lab)
    page = ticket(lab, 1001)
    assert [h["to"] for h in page["history"]] == ["Manager Escalation", "Pending Client Feedback", "Outstanding"]
    assert sorted((row["state"], row["kind"]) for row in rows(lab, "mails")) == [
        ("parked", "duplicate"),
        ("processed", "client_reply"),
        ("processed", "escalation"),
    ]
    if token == "off":  # who wants to escalate once more writes anew: nothing else tells the two apart
        lab.deliver(
            mail("Nobody answers.\n", to="escalate@example.test", message_id="<anew@client.example>"), "escalate"
        )
        once(lab)
        assert [row["status"] for row in rows(lab, "tickets")] == ["Manager Escalation", "Outstanding"]
        return
    again = answer_to(lab.sent()[-1], "Nobody answers.\n")
    again.replace_header("To", f"{again['To']}, escalate@example.test")
    lab.deliver(again, "escalate")
    once(lab)
    assert ticket(lab, 1001)["status"] == "Manager Escalation"


def test_thanks_alone_does_not_reopen(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Question Answered")
    once(lab)
    lab.deliver(answer_to(lab.sent()[-1], "Thank you!\n"))
    once(lab)
    page = ticket(lab, 1001)
    assert page["status"] == "Question Answered"
    assert page["conversation"][-1]["because"]


def test_a_reply_after_the_reopen_window_opens_a_new_ticket(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Problem Solved")
    once(lab)
    closing = lab.sent()[-1]
    lab.move_clock(days=31)
    lab.deliver(answer_to(closing, "It is back: the page is white again.\n"))
    once(lab)
    assert [row["status"] for row in rows(lab, "tickets")] == ["Outstanding", "Problem Solved"]


def test_support_in_cc_alone_is_not_answered_and_a_later_mail_to_support_promotes_it(lab: Lab) -> None:
    first = mail(to="Bea <bea@client.example>", Cc="support@example.test", message_id="<cc@client.example>")
    lab.deliver(first)
    once(lab)
    assert only_ticket(lab)["status"] == "CC Only"
    lab.deliver(
        mail(
            "I think it began on Monday.\n",
            sender="Bea <bea@client.example>",
            to="ada@client.example",
            subject="Re: Catalog page is white",
            message_id="<cc1@client.example>",
            Cc="support@example.test",
            In_Reply_To="<cc@client.example>",
        )
    )
    once(lab)
    assert only_ticket(lab)["status"] == "CC Only", "nobody has turned to us yet"
    assert lab.smtp.accepted == []
    lab.deliver(
        mail(
            "Support, can you look at this?\n",
            sender="Bea <bea@client.example>",
            subject="Re: Catalog page is white",
            message_id="<cc2@client.example>",
            In_Reply_To="<cc@client.example>",
        )
    )
    once(lab)
    page = only_ticket(lab)
    assert page["status"] == "Outstanding"
    assert len([entry for entry in page["conversation"] if entry["direction"] == "in"]) == 3
    assert [one.recipient for one in lab.smtp.accepted] == ["bea@client.example"]
    do(lab, "set", "1001", "Pending Client Feedback")
    once(lab)
    reply_to_all = answer_to(lab.sent()[-1], "It is the page of course 4.\n", sender="Bea <bea@client.example>")
    reply_to_all.replace_header("To", "ada@client.example")
    reply_to_all["Cc"] = "support@example.test"
    lab.deliver(reply_to_all)
    once(lab)
    assert only_ticket(lab)["status"] == "Outstanding", "a reply to a ticket is a reply, whoever is in To"


def test_no_move_of_staff_or_timers_writes_to_a_machine_or_to_the_absent(lab: Lab) -> None:
    lab.deliver(mail("disk full\n", sender="monitor@mon.example.net", Auto_Submitted="auto-generated"))
    lab.deliver(mail("I am out of the office.\n", subject="Automatic reply: x", Auto_Submitted="auto-replied"))
    once(lab)
    assert sorted(row["status"] for row in rows(lab, "tickets")) == ["OOTO Only", "Outstanding"]
    for number in ("1001", "1002"):
        do(lab, "set", number, "Outstanding" if ticket(lab, int(number))["status"] == "OOTO Only" else "Problem Solved")
        do(lab, "set", number, "Pending Client Feedback")
    once(lab)
    for days in (15, 7):  # nobody is reminded, either
        lab.move_clock(days=days)
        once(lab)
    assert {row["status"] for row in rows(lab, "tickets")} == {"Stale"}
    assert lab.smtp.accepted == []


OOO = {
    "rfc 3834": {"subject": "Automatic reply: Catalog page is white", "Auto_Submitted": "auto-replied"},
    "by subject only": {"subject": "Out of Office: Catalog page is white"},
    "german": {"subject": "Abwesenheitsnotiz: Catalog page is white"},
}


@pytest.mark.parametrize("shape", OOO)
def test_an_out_of_office_note_alone_is_ooto_only_and_never_answered(lab: Lab, shape: str) -> None:
    lab.deliver(mail("I am out of the office until Monday.\n", **OOO[shape]))
    once(lab)
    assert only_ticket(lab)["status"] == "OOTO Only"
    assert lab.smtp.accepted == []


def test_a_note_without_a_sign_is_known_by_how_fast_it_answered(lab: Lab) -> None:
    words = (
        "The shutters are down until the snow has gone. I am back on 18 January, and go through all that has come.\n"
    )
    for who in ("ada", "ben"):
        lab.deliver(mail(subject=f"From {who}", sender=f"{who}@client.example"))
    once(lab)
    at_once, later = sorted(lab.sent(), key=lambda sent: b"To: ben@" in sent)
    lab.deliver(answer_to(at_once, words, sender="ada@client.example"))
    once(lab)
    lab.move_clock(minutes=2)
    lab.deliver(answer_to(later, words, sender="ben@client.example"))
    once(lab)
    kinds = {row["sender"]: row["kind"] for row in rows(lab, "mails") if row["kind"] != "new_ticket"}
    assert kinds == {"ada@client.example": "out_of_office", "ben@client.example": "client_reply"}


@pytest.mark.parametrize("shape", OOO)
def test_an_out_of_office_note_on_a_closed_ticket_reopens_nothing(lab: Lab, shape: str) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Problem Solved")
    once(lab)
    before = len(lab.smtp.accepted)
    note = answer_to(lab.sent()[-1], "I am out of the office until Monday.\n")
    del note["Subject"]
    shaped = OOO[shape]
    note["Subject"] = shaped["subject"]
    if "Auto_Submitted" in shaped:
        note["Auto-Submitted"] = shaped["Auto_Submitted"]
    lab.deliver(note)
    once(lab)
    page = only_ticket(lab)
    assert page["status"] == "Problem Solved"
    assert page["conversation"][-1]["kind"] == "out_of_office"
    assert len(lab.smtp.accepted) == before


def test_an_absence_with_a_return_date_holds_up_the_clients_timer(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Pending Client Feedback")
    once(lab)
    due = ticket(lab, 1001)["due_at"]
    lab.deliver(
        answer_to(
            lab.sent()[-1],
            "I am out of the office until 31 January 2027.\n",
            Auto_Submitted="auto-replied",
            X_Autoreply="yes",
        )
    )
    once(lab)
    page = ticket(lab, 1001)
    assert page["status"] == "Pending Client Feedback"
    assert page["timers"]["paused_until"] is not None
    assert page["due_at"] > due


def test_mail_to_the_escalate_address_waits_in_manager_escalation(lab: Lab) -> None:
    lab.deliver(mail("Nobody answers me.\n", to="escalate@example.test"), to="escalate")
    once(lab)
    page = only_ticket(lab)
    assert (page["status"], page["priority"]) == ("Manager Escalation", "high")
    assert sorted(one.recipient for one in lab.smtp.accepted) == ["ada@client.example", "kim@example.test"]


@on_both
def test_one_mail_to_both_addresses_is_one_escalated_ticket_with_one_answer(lab: Lab) -> None:
    both = mail(to="support@example.test, escalate@example.test").as_bytes()
    lab.deliver(b"Received: from a.example by mx1.example.test; Sun, 22 Nov 2026 10:00:00 +0000\n" + both)
    lab.deliver(
        b"Received: from a.example by mx2.example.test; Sun, 22 Nov 2026 10:00:09 +0000\n" + both, to="escalate"
    )
    once(lab)
    assert only_ticket(lab)["status"] == "Manager Escalation"
    assert sorted(one.recipient for one in lab.smtp.accepted) == ["ada@client.example", "kim@example.test"]
    assert sorted(row["kind"] for row in rows(lab, "mails")) == ["duplicate", "escalation"]


def test_a_copy_that_only_the_escalate_mailbox_got_escalates_the_ticket_without_a_second_answer(lab: Lab) -> None:
    hidden = mail().as_bytes()  # escalate@ was in Bcc
    lab.deliver(hidden)
    once(lab)
    assert only_ticket(lab)["status"] == "Outstanding"
    lab.deliver(
        b"Received: from a.example by mx2.example.test; Sun, 22 Nov 2026 10:00:09 +0000\n" + hidden, to="escalate"
    )
    once(lab)
    assert only_ticket(lab)["status"] == "Manager Escalation"
    assert len(lab.smtp.accepted) == 1


def test_the_same_mail_delivered_twice_is_one_ticket_with_one_answer(lab: Lab) -> None:
    raw = mail().as_bytes()
    lab.deliver(raw)
    lab.deliver(b"Received: from b.example by mx.example.test; Sun, 22 Nov 2026 10:00:00 +0000\n" + raw)
    once(lab)
    assert len(rows(lab, "tickets")) == 1
    assert len(lab.smtp.accepted) == 1
    assert [row["state"] for row in rows(lab, "mails")] == ["parked", "processed"]


def test_a_nightly_failure_opens_a_daily_sh_logs_ticket_and_its_repeat_joins_it(lab: Lab) -> None:
    for day in ("21", "22"):
        lab.deliver(
            mail(
                f"daily.sh failed at step 4 on 2026-11-{day}\n",
                sender="nightly@cim.example.net",
                subject="daily.sh failed on cim-prod-2",
                message_id=f"<night{day}@cim.example.net>",
            )
        )
    once(lab)
    page = only_ticket(lab)
    assert page["status"] == "Daily.sh Logs"
    assert len(page["conversation"]) == 2
    assert lab.smtp.accepted == []


DISK = """
[[report]]
name = "disk"
header = "X-Watch: disk*"
subject = "disk * full on {host}"
status = "assessment"
category = "Servers"

[[report]]
name = "backup"
subject = "backup failed"
repeats = "new"
"""


def test_a_report_by_its_rule_has_status_category_and_a_ticket_for_each_host(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(DISK)
    for number, subject in enumerate(
        [
            "Disk 91% full on db1",
            "DISK 97% full on DB1",
            "Disk 88% full on web2",
            "Backup failed",
            "Backup failed",
            "Re: Disk 91% full on db1",
        ]
    ):
        report = mail(f"Number {number}.\n", sender=f"watch{number}@net.example", subject=subject)
        if subject.lower().startswith("disk"):
            report["X-Watch"] = "disk-space"
        lab.deliver(report)
    once(lab)
    pages = [rows(lab, "ticket", str(row["number"]))[0] for row in rows(lab, "tickets")]
    shown = [(page["subject"], page["status"], page["category"]) for page in pages]
    assert sorted(shown) == [
        ("Backup failed", "Daily.sh Logs", ""),
        ("Backup failed", "Daily.sh Logs", ""),
        ("Disk 88% full on web2", "Assessment", "Servers"),
        ("Disk 91% full on db1", "Assessment", "Servers"),
        ("Re: Disk 91% full on db1", "Outstanding", ""),
    ]
    assert [row["kind"] for row in rows(lab, "mails")].count("system_report") == 5
    assert len(lab.smtp.accepted) == 1, "the person alone is answered"


def test_a_bounce_without_auto_submitted_is_not_answered(lab: Lab) -> None:
    bounce = mail(
        "This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n<bea@client.example>: 550 5.1.1 User unknown\n",
        sender="MAILER-DAEMON@mx.example.net (Mail Delivery System)",
        subject="Undelivered Mail Returned to Sender",
    )
    del bounce["Return-Path"]
    bounce["Return-Path"] = "<>"
    lab.deliver(bounce)
    once(lab)
    assert rows(lab, "tickets") == []
    assert rows(lab, "mails")[0]["kind"] == "bounce"
    assert rows(lab, "mails")[0]["state"] == "parked"
    assert lab.smtp.accepted == []


@on_both
def test_a_bounce_that_returns_our_id_makes_that_mail_bounced_and_a_forged_one_changes_nothing(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    ours = read(lab.sent()[0])["Message-ID"]
    report = (
        "From: MAILER-DAEMON@mx.client.example\nTo: support@example.test\nReturn-Path: <>\nSubject: Undelivered\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.example\n\n"
        "Final-Recipient: rfc822; ada@client.example\nAction: failed\nStatus: 5.1.1\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {ours}\nFrom: support@example.test\n--b--\n"
    )
    lab.deliver(report.replace(ours, "<forged@example.test>").encode())
    once(lab)
    assert rows(lab, "outbox")[0]["state"] == "sent"
    lab.deliver(report.encode())
    once(lab)
    row = rows(lab, "outbox")[-1]
    assert (row["state"], row["last_answer"][:5]) == ("bounced", "5.1.1")
    assert only_ticket(lab)["conversation"][-1]["kind"] == "bounce"
    assert [one.recipient for one in lab.smtp.accepted] == ["ada@client.example", "kim@example.test"]


def test_a_person_whose_server_suppresses_answers_gets_a_ticket_and_no_answer(lab: Lab) -> None:
    lab.deliver(mail(X_Auto_Response_Suppress="All"))
    once(lab)
    assert only_ticket(lab)["status"] == "Outstanding"
    assert lab.smtp.accepted == []


def test_a_robot_without_any_mark_that_answers_everything_stops_at_once(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    for _ in range(5):
        lab.deliver(answer_to(lab.sent()[-1], f"Your mail is important to us. {len(lab.sent())}\n"))
        once(lab)
    assert len(lab.smtp.accepted) <= 2
    assert len(rows(lab, "tickets")) == 1


def test_a_tag_from_somebody_else_opens_a_ticket_of_their_own_that_says_nothing_of_the_other(lab: Lab) -> None:
    lab.deliver(mail("the secret word is quokka\n"))
    once(lab)
    lab.deliver(mail("What is the word?\n", sender="mallory@evil.example", subject="Re: word [#1001]"))
    once(lab)
    assert [row["requester"] for row in rows(lab, "tickets")] == ["mallory@evil.example", "ada@client.example"]
    (answer,) = [one.raw for one in lab.smtp.accepted if one.recipient == "mallory@evil.example"]
    assert b"1001" not in answer
    assert b"quokka" not in answer
    assert "1001" in str(ticket(lab, 1002)["history"])


def test_a_stranger_with_our_token_is_seen_by_staff_and_hears_nothing(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    lab.deliver(answer_to(lab.sent()[0], "I am new here.\n", sender="eve@other.example"))
    once(lab)
    page = only_ticket(lab)
    assert [(p["address"], p["pending"]) for p in page["people"]] == [
        ("ada@client.example", False),
        ("eve@other.example", True),
    ]
    assert page["conversation"][-1]["visible_to"] == "staff"
    assert [one.recipient for one in lab.smtp.accepted] == ["ada@client.example"]


def test_a_forged_staff_address_with_a_command_changes_nothing(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    lab.deliver(mail("#status Problem Solved\n", sender="Kim <kim@example.test>", subject="Re: x [#1001]"))
    once(lab)
    assert ticket(lab, 1001)["status"] == "Outstanding"
    assert len(ticket(lab, 1001)["history"]) == 1


ODD = {
    "8-bit garbage in headers": b"From: Ad\xe9\xff <ada@client.example>\nTo: support@example.test\nSubject: \xff\xfe\x80 page\n\nHelp\n",
    "an unknown charset": b"From: ada@client.example\nTo: support@example.test\nSubject: page\nMIME-Version: 1.0\n"
    b'Content-Type: text/plain; charset="x-unheard-of"\n\nHelp \xe9\n',
    "no From": b"To: support@example.test\nSubject: page\n\nHelp\n",
    "no header at all": b"Help\n",
    "nothing": b"\n",
}


@pytest.mark.parametrize("oddity", ODD)
def test_an_odd_mail_is_a_ticket_and_the_next_one_goes_on(lab: Lab, oddity: str) -> None:
    lab.deliver(ODD[oddity])
    lab.deliver(mail())
    once(lab)
    assert {row["state"] for row in rows(lab, "mails")} == {"processed"}
    assert len(rows(lab, "tickets")) == 2


def test_a_mail_of_25_megabytes_is_kept_whole(lab: Lab) -> None:
    big = mail()
    big.add_attachment(b"\0" * 18_000_000, maintype="application", subtype="octet-stream", filename="dump.bin")
    lab.deliver(big)
    once(lab)
    assert only_ticket(lab)["status"] == "Outstanding"
    [file] = only_ticket(lab)["conversation"][0]["attachments"]
    assert (file["name"], file["content_type"], file["size"]) == ("dump.bin", "application/octet-stream", 18_000_000)
    assert len(do(lab, "mails", "--raw", "m1")) > 24_000_000
    assert len(lab.smtp.accepted) == 1
