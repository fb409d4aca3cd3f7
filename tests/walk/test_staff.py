"""What staff do first: a ticket that they open for a client, and a ticket that they give to one of them."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from tests.walk.killing import PATIENCE
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import do, once, refused, rows, say, ticket

KIM = "kim@example.test"
NEW = ("new", "--for", "Ada Quill <ada@Client.example>", "--subject", "Your move", "--file", "-")
WORDS = "Hello Ada,\n\nwe move your catalog on Monday.\n"


def sent(lab: Lab) -> EmailMessage:
    once(lab)
    return message_from_bytes(lab.sent()[-1], EmailMessage, policy=default)


@on_both
def test_a_ticket_that_staff_open_reaches_the_client_as_a_letter_and_the_reply_joins(lab: Lab) -> None:
    said = do(lab, *NEW, "--as", KIM, words=WORDS)
    assert said == "#1001 is open in Outstanding; the mail to ada@client.example is queued\n"
    letter = sent(lab)
    body = letter.get_body(("plain",))
    assert body is not None
    assert str(body.get_content()).replace("\r\n", "\n").startswith(WORDS + "\nKim\n")
    assert (letter["To"], letter["Subject"]) == ("ada@client.example", "Your move [#1001]")
    for header in ("Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To", "References"):
        assert letter[header] is None
    lab.deliver(answer_to(lab.sent()[-1], "Monday is fine.\n"))
    once(lab)
    whole = ticket(lab, 1001)
    assert [said["direction"] for said in whole["conversation"]] == ["out", "in"]
    assert ", client replied" in do(lab, "tickets")
    assert (whole["client_replied"], whole["requester"], whole["mailbox"]) == (True, "ada@client.example", "support")
    assert [(moved["by"], moved["from"], moved["to"]) for moved in whole["history"]] == [(KIM, None, "Outstanding")]
    assert len(rows(lab, "tickets")) == 1
    assert [person["role"] for person in whole["people"]] == ["requester"]
    assert len(lab.smtp.accepted) == 1
    again = do(lab, "reply", "1001", "--file", "-", words="See you then.\n")
    assert "ada@client.example" in again
    assert sent(lab)["Subject"] == "Re: Your move [#1001]"


def test_staff_are_told_where_a_limit_keeps_the_client_from_hearing_of_a_move(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab("[limits]\nautomatic_per_ticket_30_minutes = 1\n")
    lab.deliver(mail())
    once(lab)
    said = do(lab, "set", "1001", "Problem Solved", "--as", KIM)
    why = "the client is not told: 1 automatic mails on this ticket within 30 minutes"
    assert said == f"#1001 is now in Problem Solved; {why}\n"
    assert [row["notice"] for row in rows(lab, "outbox")] == ["received"]
    lab.move_clock(minutes=31)
    assert do(lab, "set", "1001", "Question Answered") == (
        "#1001 is now in Question Answered; a mail to the client is queued\n"
    )


REFUSED = {
    "no address": ({"--for": "ada"}, '--for is "ada": write one address'),
    "two addresses": ({"--for": "ada@client.example, bea@other.example"}, "write one address"),
    "a name that is none": ({"--for": "Quill, Ada <ada@client.example>"}, "write one address"),
    "another line": ({"--for": "ada@client.example\r\nBcc: eve@evil.example"}, "write one address"),
    "ourselves": ({"--for": "HELP@example.test"}, "HELP@example.test is a mailbox of ours"),
    "no subject": ({"--subject": " \r\n\t"}, "--subject is empty"),
    "a subject without end": ({"--subject": "x" * 10_000}, "--subject has 10000 characters: at most 150"),
    "no file": ({"--file": "missing.txt"}, "missing.txt cannot be read: No such file"),
    "a folder": ({"--file": "."}, ". cannot be read: Is a directory"),
    "a stranger": ({"--as": "eve@evil.example"}, "eve@evil.example is not on the staff"),
    "another mailbox": ({"--mailbox": "lost"}, 'there is no mailbox "lost"; there are: support, escalate'),
}


def test_what_cannot_be_opened_is_one_line_and_no_ticket(lab: Lab) -> None:
    right = {"--for": "ada@client.example", "--subject": "Your move", "--file": "-"}
    for what, (wrong, reason) in REFUSED.items():
        words = [word for pair in (right | wrong).items() for word in pair]
        assert reason in refused(lab, "new", *words, words=WORDS), what
    assert rows(lab, "tickets") == rows(lab, "outbox") == []


NO_WORDS = {
    b"": "is empty",
    b"\xef\xbb\xbf \r\n": "is empty",
    b"\x89PNG\r\n\x1a\n": "not a text in UTF-8",
    b"caf\xe9": "not a text in UTF-8",
    b"a\0b": "not a text in UTF-8",
    b"x" * 10_000_000: "has more than 1048576 octets",
    b"x" + b"\xc3\xa9" * 5_000_000: "has more than 1048576 octets",
}


def test_words_that_are_none_are_one_line_and_no_mail(lab: Lab) -> None:
    do(lab, *NEW, words=WORDS)
    for words, reason in NO_WORDS.items():
        for command in (NEW, ("reply", "1001", "--file", "-")):
            assert reason in refused(lab, *command, words=words)
    assert len(rows(lab, "outbox")) == 1


def test_a_subject_of_several_lines_is_one_and_the_mail_begins_no_header(lab: Lab) -> None:
    evil = ("new", "--for", "ada@client.example", "--subject", "Your move\r\nBcc: eve@evil.example", "--file", "-")
    do(lab, *evil, "--mailbox", "escalate@example.test", words=WORDS)
    letter = sent(lab)
    assert (letter["Subject"], letter["Bcc"]) == ("Your move Bcc: eve@evil.example [#1001]", None)
    assert letter["From"] == "Support <escalate@example.test>"
    assert [one.recipient for one in lab.smtp.accepted] == ["ada@client.example"]


def notes(lab: Lab) -> list[tuple[str, str]]:
    whole: dict[str, Any] = ticket(lab, 1001)
    return [(said["author"], said["text"]) for said in whole["conversation"] if said["direction"] == "note"]


FORWARDED = "Can you help Ada?\n\n---------- Forwarded message ---------\nFrom: Ada <ada@client.example>\nSubject: Credits\n\nThey are wrong."


@on_both
def test_whose_mail_was_forwarded_becomes_the_requester_by_one_command(lab: Lab) -> None:
    lab.deliver(mail(FORWARDED, subject="Fwd: Credits", sender="gwen@client.example"))
    once(lab)
    assert "forwarded from: Ada <ada@client.example>" in do(lab, "ticket", "1001")
    said = do(lab, "requester", "1001", "Ada <ada@client.example>", "--as", KIM)
    assert said == "the requester of #1001 is ada@client.example: answers go there from now on\n"
    people = {one["address"]: one["role"] for one in ticket(lab, 1001)["people"]}
    assert people == {"ada@client.example": "requester", "gwen@client.example": "participant"}
    assert notes(lab) == [(KIM, f"{KIM} made ada@client.example the requester, before that gwen@client.example")]
    do(lab, "reply", "1001", "--file", "-", words=WORDS)
    heard = {row["recipient"] for row in rows(lab, "outbox") if row["notice"] == "reply"}
    assert heard == {"ada@client.example", "gwen@client.example"}, "who forwarded it takes part, and hears the answer"
    # Back again, and what cannot be one.
    do(lab, "requester", "1001", "gwen@client.example")
    people = {one["address"]: one["role"] for one in ticket(lab, 1001)["people"]}
    assert people == {"gwen@client.example": "requester", "ada@client.example": "participant"}
    assert "is gwen@client.example already" in refused(lab, "requester", "1001", "Gwen@client.example")
    assert "is our own" in refused(lab, "requester", "1001", "support+x@example.test")
    for wrong in ("ada", "a@client.example, b@client.example", "To: ada@client.example"):
        assert "ADDRESS is" in refused(lab, "requester", "1001", wrong)


@on_both
def test_a_ticket_is_given_taken_and_found_by_whose_it_is(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    assert do(lab, "assign", "1001", "KIM@example.test", "--as", KIM) == "#1001 is assigned to kim@example.test\n"
    assert refused(lab, "assign", "1001", KIM) == "postroom: #1001 is assigned to kim@example.test already"
    do(lab, "set", "1001", "Assessment")
    do(lab, "reply", "1001", "--file", "-", words=WORDS)
    assert [row["number"] for row in rows(lab, "tickets", "--assigned", "Kim@Example.test", "--open")] == [1001]
    assert rows(lab, "tickets", "--assigned", "nobody") == []
    shown = do(lab, "ticket", "1001")
    assert "assigned to kim@example.test" in shown
    assert f"  {KIM}  note, staff only\n" in shown
    do(lab, "assign", "1001", "--nobody")
    assert [row["assigned_to"] for row in rows(lab, "tickets", "--assigned", "nobody")] == [""]
    assert notes(lab) == [
        (KIM, f"{KIM} assigned it to {KIM}"),
        ("command line", f"command line assigned it to nobody, before that to {KIM}"),
    ]
    assert refused(lab, "assign", "1001", "") == "postroom: #1001 is assigned to nobody already"
    for who in ("eve@evil.example", "kim", "kim@example.test\r\n"):
        assert re.search(
            r"is not on the staff: the configuration names kim@example\.test$", refused(lab, "assign", "1001", who)
        )
    assert refused(lab, "assign", "9999", KIM) == "postroom: there is no ticket #9999"
    for words in ((), (KIM, "--nobody")):
        said = say(lab, "assign", "1001", *words)
        assert (said.exit_code, said.stdout) == (2, "")
    assert len(lab.smtp.accepted) == 1  # the acknowledgement: no client hears of it


@on_both
def test_those_who_act_on_one_ticket_at_once_undo_nothing_of_one_another(lab: Lab) -> None:
    do(lab, *NEW, words=WORDS)
    (lab.folder / "words").write_text("One moment.\n")
    deeds = (
        ("assign", "1001", KIM),
        ("set", "1001", "Assessment"),
        ("reply", "1001", "--file", "words"),
        ("new", "--for", "bea@other.example", "--subject", "Your move", "--file", "words"),
        ("new", "--for", "cem@other.example", "--subject", "Your move", "--file", "words"),
    )
    started = [lab.popen(*deed) for deed in deeds]
    for process in started:
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert out
    whole = ticket(lab, 1001)
    assert (whole["status"], whole["assigned_to"], whole["version"]) == ("Assessment", KIM, 4)
    assert sorted(said["kind"] for said in whole["conversation"]) == ["assessment", "note", "reply", "reply"]
    assert sorted(row["number"] for row in rows(lab, "tickets")) == [1001, 1002, 1003]


def test_the_ledger_and_the_outbox_show_one_ticket_or_one_kind(lab: Lab) -> None:
    lab.deliver(mail())
    lab.deliver(mail("Until Monday.\n", subject="Out of Office: x", Auto_Submitted="auto-replied"))
    once(lab)
    first, absence = (rows(lab, "mails", "--kind", kind) for kind in ("new_ticket", "Out_Of_Office"))
    assert [len(first), len(absence)] == [1, 1]
    number = first[0]["ticket"]
    assert rows(lab, "mails", "--ticket", str(number), "--state", "processed") == first
    assert rows(lab, "mails", "--ticket", str(number), "--kind", "bounce") == []
    assert [row["notice"] for row in rows(lab, "outbox", "--ticket", str(number))] == ["received"]
    assert rows(lab, "outbox", "--ticket", str(absence[0]["ticket"])) == []


def test_a_shell_is_offered_open_tickets_and_the_statuses_that_one_may_have_next(lab: Lab) -> None:
    def offered(*words: str) -> list[str]:
        line = " ".join(["postroom", "--config", str(lab.folder / "postroom.toml"), *words])
        asked = {"COMP_WORDS": line, "COMP_CWORD": str(2 + len(words)), "_POSTROOM_COMPLETE": "zsh_complete"}
        return say(lab, **asked).stdout.splitlines()

    lab.deliver(mail(subject="Page\x07 is [bold]white"))
    lab.deliver(mail(sender="bea@other.example"))
    once(lab)
    first = next(row["number"] for row in rows(lab, "tickets") if row["requester"].startswith("ada"))
    do(lab, "set", str(2003 - first), "Problem Solved")
    assert offered("ticket", "") == ["plain", str(first), "Page is [bold]white"]
    assert "pending_client_feedback" in offered("set", str(first), "pend")
    assert "stale" not in offered("set", str(first), "")  # a timer's alone
    assert "stale" in offered("tickets", "--status", "")
