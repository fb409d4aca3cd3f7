"""Mails that do not reach their clients: what becomes of them, of the ticket, and what staff hear of it, once."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import do, once, rows, ticket


def report(sent: bytes, to: str = "ada@client.example", action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report about a mail of ours, as another host writes it (RFC 3464)."""
    ours = message_from_bytes(sent, EmailMessage, policy=default)
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.client.example\nTo: support@example.test\nSubject: Undelivered\n"
        f"Message-ID: <{abs(hash((sent, action, status)))}@mx.client.example>\nAuto-Submitted: auto-replied\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.example\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {ours['Message-ID']}\n--b--\n"
    ).encode()


def plain(sent: bytes, said: str) -> bytes:
    """The same without a report, as qmail writes it: in words, with a copy of the mail below."""
    copy = sent.decode("utf-8", "replace").replace("\r\n", "\n")[:2000]
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.client.example\nTo: support@example.test\nSubject: failure notice\n"
        f"Message-ID: <{abs(hash((sent, said)))}@mx.client.example>\nDate: Thu, 03 Dec 2026 10:00:00 +0000\n\n"
        "Hi. This is the qmail-send program at mx.client.example.\nI'm afraid I wasn't able to deliver your message to "
        f"the following addresses.\n\n<ada@client.example>:\n{said}\n\n--- Below this line is a copy of the message.\n\n{copy}"
    ).encode()


def alerts(lab: Lab) -> list[EmailMessage]:
    mails = [message_from_bytes(one.raw, EmailMessage, policy=default) for one in lab.smtp.accepted]
    return [one for one in mails if one["To"] == "kim@example.test"]


def text(mail_: EmailMessage) -> str:
    body = mail_.get_body(("plain",))
    assert body
    return str(body.get_content())


@on_both
def test_a_client_whom_no_mail_reaches_is_unreachable_silent_for_sixty_days_and_staff_hear_of_it_once(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "reply", "1001", "--file", "-", words="Which browser is it?")
    once(lab)
    question = lab.sent()[-1]
    lab.deliver(report(question, action="delayed", status="4.4.1"))
    once(lab)
    assert ticket(lab, 1001)["status"] == "Outstanding"
    assert alerts(lab) == []
    lab.deliver(report(question))
    once(lab)
    row = ticket(lab, 1001)
    assert row["status"] == "Client Unreachable"
    assert [moved["to"] for moved in row["history"][-2:]] == ["Client Unreachable"] * 2
    assert any("o2 to ada@client.example came back: 5.1.1" in str(moved["because"]) for moved in row["history"])
    (alert,) = alerts(lab)
    assert alert["Subject"] == "[postroom] A mail came back"
    assert "o2: to ada@client.example (#1001): 5.1.1" in text(alert)
    once(lab)
    assert len(alerts(lab)) == 1
    before = len(lab.smtp.accepted)
    lab.deliver(mail(subject="Once more", text="Are you there?\n"))
    once(lab)
    assert len(lab.smtp.accepted) == before, "nothing goes there by itself"
    number = rows(lab, "tickets")[0]["number"]
    withheld = ticket(lab, number)["conversation"][-1]
    assert "o2 to this address came back for good: silent until" in withheld["text"]
    do(lab, "reply", str(number), "--file", "-", words="Yes, we are.")
    once(lab)
    assert len(lab.smtp.accepted) == before + 1, "what a person writes goes out"
    lab.move_clock(days=61)
    lab.deliver(mail(subject="Later", text="Two months later.\n"))
    once(lab)
    assert lab.smtp.accepted[-1].recipient == "ada@client.example"


@on_both
def test_a_bounce_in_plain_words_does_the_same_where_it_returns_our_mail_and_says_for_good(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "reply", "1001", "--file", "-", words="Which browser is it?")
    once(lab)
    question = lab.sent()[-1]
    lab.deliver(plain(question, "CNAME lookup failed temporarily. (#4.4.3)"))
    lab.deliver(
        plain(question.replace(b"Message-ID:", b"X-Was:").replace(b"X-Postroom-Loop:", b"X-Not:"), "550 5.1.1 gone")
    )
    once(lab)
    assert ticket(lab, 1001)["status"] == "Outstanding"
    assert [row["state"] for row in rows(lab, "outbox", "--state", "bounced")] == []
    lab.deliver(plain(question, "Sorry, no mailbox here by that name. (#5.1.1)"))
    once(lab)
    assert ticket(lab, 1001)["status"] == "Client Unreachable"
    assert [row["recipient"] for row in rows(lab, "outbox", "--state", "bounced")] == ["ada@client.example"]
    (alert,) = alerts(lab)
    assert "no mailbox here by that name. (#5.1.1)" in text(alert)


@on_both
def test_of_many_mails_that_are_dead_staff_hear_once_an_hour_and_never_of_an_alert(lab: Lab) -> None:
    for n in range(3):
        lab.deliver(mail(sender=f"refused@client{n}.example", text=f"I am number {n}.\n", subject=f"Number {n}"))
    lab.smtp.fail("rcpt", "550 5.1.1 no such user", 4)  # and the alert about them, too
    once(lab)
    assert sorted(row["state"] for row in rows(lab, "outbox")) == ["dead"] * 4
    lab.smtp.heal()
    once(lab)
    lab.move_clock(hours=1, minutes=1)
    lab.deliver(mail(sender="refused@late.example", text="I am late.\n", subject="Late"))
    once(lab)
    (alert,) = alerts(lab)
    assert alert["Subject"] == "[postroom] A mail could not be delivered"
    assert "refused@late.example" in text(alert)
    assert len([row for row in rows(lab, "outbox") if row["notice"] == "alert"]) == 2


@on_both
def test_over_the_limit_for_everybody_acknowledgements_wait_staff_hear_once_and_four_hours_later_they_are_given_up(
    make_lab: Callable[..., Lab],
) -> None:
    lab = make_lab("\n[limits]\nglobal_hour = 2\nglobal_times_median = 0\n")
    for n in range(6):
        lab.deliver(mail(sender=f"c{n}@client{n}.example", text=f"I am number {n}.\n", subject=f"Number {n}"))
    once(lab)
    once(lab)
    assert len(rows(lab, "tickets")) == 6
    held = rows(lab, "outbox", "--state", "held")
    assert len(held) == 4
    assert {row["last_answer"] for row in held} == {"2 acknowledgements to everybody within an hour"}
    (alert,) = alerts(lab)
    assert alert["Subject"] == "[postroom] 4 mails are held back"
    do(lab, "retry", held[0]["id"])
    lab.move_clock(hours=4, minutes=1)
    once(lab)
    assert [row["state"] for row in rows(lab, "outbox", "--state", "held")] == []
    assert len(rows(lab, "outbox", "--state", "dead")) == 3
    assert [one.recipient for one in lab.smtp.accepted].count(held[0]["recipient"]) == 1
    assert len(alerts(lab)) == 1
