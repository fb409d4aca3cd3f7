"""What staff send as support@ from their own mail program is their answer on its ticket, or opens one; and nobody is written to because of it."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from pathlib import Path

from tests.walk.lab import Lab, mail, on_both, on_sqlite
from tests.walk.service import Service, do, once, rows, say, ticket

US = "Support <support@example.test>"
READS = {"POSTROOM_MAILBOX__0__SENT_FOLDER": "Sent"}
ASKED = "<a@client.example>"


def keep_sent(lab: Lab, one: EmailMessage | bytes) -> None:
    """As a mail program does after it has sent it."""
    raw = one if isinstance(one, bytes) else one.as_bytes(policy=CRLF)
    lab.dovecot.deliver(f"support{lab.number}", raw, "Sent")


def sent(text: str, to: str = "Ada <ada@client.example>", **headers: str) -> EmailMessage:
    return mail(text, sender=headers.pop("sender", US), to=to, **headers)


def begun(lab: Lab) -> None:
    """A mailbox whose folder of sent mail was there before postroom was, and whose client has asked."""
    keep_sent(lab, sent("Years ago.\n", to="old@client.example"))
    lab.deliver(mail(message_id=ASKED))
    once(lab, **READS)
    assert len(rows(lab, "tickets")) == 1


def moving_workflow(lab: Lab) -> dict[str, str]:
    """A workflow in which a reply of staff's gives the ball to the client."""
    ours = (Path(__file__).parents[2] / "workflow/profiles/courseleaf.toml").read_text()
    moves = '[ball_with.us]\nstaff_reply = { to = "pending_client_feedback" }'
    (lab.folder / "own.toml").write_text(ours.replace("[ball_with.us]", moves, 1))
    return {"POSTROOM_WORKFLOW": "own.toml"}


@on_both
def test_it_is_the_answer_on_its_ticket_and_the_client_s_next_mail_finds_both(lab: Lab) -> None:
    begun(lab)
    lab.deliver(mail("Nobody there?\n", In_Reply_To=ASKED))
    once(lab, **READS)
    reply = sent("#close\nWhich page?\n", message_id="<b@example.test>", In_Reply_To=ASKED)
    keep_sent(lab, reply)
    once(lab, **READS)
    (row,) = rows(lab, "tickets")
    whole = ticket(lab, row["number"])
    last = whole["conversation"][-1]
    assert (last["kind"], last["direction"], last["author"]) == ("staff_reply", "out", "support@example.test")
    assert whole["status"] == "Outstanding", "no command is read in it"
    assert [one["address"] for one in whole["people"]] == ["ada@client.example"]
    lab.deliver(mail("Page 4.\n", In_Reply_To="<b@example.test>"))
    once(lab, **READS)
    assert len(rows(lab, "tickets")) == 1
    assert len(lab.smtp.accepted) == 1, "the acknowledgement of the first mail alone"


@on_sqlite
def test_it_moves_the_ticket_as_a_reply_by_mail_does(lab: Lab) -> None:
    moves = moving_workflow(lab)
    lab.deliver(mail(message_id=ASKED))
    once(lab, **READS, **moves)
    keep_sent(lab, sent("Before it was ever looked at.\n", In_Reply_To=ASKED))
    once(lab, **READS, **moves)
    assert rows(lab, "tickets")[0]["status"] == "Outstanding", "the folder is read from when it is first seen"
    keep_sent(lab, sent("Which page?\n", to="Bo <bo@other.example>, ada@client.example", In_Reply_To=ASKED))
    once(lab, **READS, **moves)
    (row,) = rows(lab, "tickets")
    assert (row["status"], row["ball_with"]) == ("Pending Client Feedback", "client")
    assert len(lab.smtp.accepted) == 1


@on_sqlite
def test_before_the_day_on_which_a_mailbox_begins_nothing_of_it_is_read(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('start = "all"', 'start = "2099-01-01"', 1))
    once(lab, **READS)
    keep_sent(lab, sent("Too early.\n"))
    lab.deliver(mail())
    once(lab, **READS)
    assert rows(lab, "mails") == []


@on_both
def test_what_answers_nothing_opens_a_ticket_for_the_client_that_it_went_to(lab: Lab) -> None:
    begun(lab)
    keep_sent(lab, sent("Your order left.\n", to="bo@client.example", message_id="<d@example.test>"))
    once(lab, **READS)
    row = rows(lab, "tickets", "--search", "bo@client.example")[0]
    assert row["requester"] == "bo@client.example"
    lab.deliver(mail("Thank you, where is it?\n", sender="bo@client.example", In_Reply_To="<d@example.test>"))
    once(lab, **READS)
    assert len(rows(lab, "tickets")) == 2
    assert len(lab.smtp.accepted) == 1


@on_sqlite
def test_what_is_no_word_of_ours_to_a_client_is_parked_and_keeps_no_other_copy_from_counting(lab: Lab) -> None:
    begun(lab)
    (answer,) = lab.sent()
    ours = message_from_bytes(answer)
    renamed = answer.replace(str(ours["Message-ID"]).encode(), b"<changed@relay.example>")
    theirs = mail("It is blue now.\n", sender="Cy <cy@client.example>", subject="Blue page")
    for one in (
        answer,  # as Gmail and Exchange keep it
        renamed,
        theirs,  # dragged there by mistake
        sent("See you at ten.\n", to="kim@example.test"),
        sent("I am away.\n", Auto_Submitted="auto-replied", In_Reply_To=ASKED),
        sent("To nobody that is named.\n", to="undisclosed-recipients:;"),
    ):
        keep_sent(lab, one)
    once(lab, **READS)
    by = rows(lab, "mails")
    assert sorted(row["kind"] for row in by) == ["new_ticket"] + ["own_mail"] * 6
    assert {row["state"] for row in by if row["kind"] == "own_mail"} == {"parked"}
    assert any("From: cy@client.example, not proved to be one of us" in " ".join(row["because"]) for row in by)
    assert "1 mail came in: 1 on tickets." in do(lab, "digest", "--print")
    lab.deliver(theirs)
    once(lab, **READS)
    assert [row["requester"] for row in rows(lab, "tickets")] == ["cy@client.example", "ada@client.example"]


@on_sqlite
def test_our_copy_of_a_mail_that_comes_back_to_us_too_is_counted_once(lab: Lab) -> None:
    begun(lab)
    both = sent("We look into it.\n", Cc="support@example.test", In_Reply_To=ASKED)
    keep_sent(lab, both)
    once(lab, **READS)
    both["Received"] = "from mx.example.test; Mon, 1 Jun 2026 10:00:00 +0000"
    lab.deliver(both)
    once(lab, **READS)
    (row,) = rows(lab, "tickets")
    kinds = [one["kind"] for one in ticket(lab, row["number"])["conversation"]]
    assert kinds.count("staff_reply") == 1
    assert rows(lab, "mails")[0]["kind"] == "duplicate"


@on_sqlite
def test_it_is_read_beside_the_inbox_by_a_run_that_goes_on_and_after_a_kill_and_once(lab: Lab) -> None:
    begun(lab)
    keep_sent(lab, sent("Which page?\n", In_Reply_To=ASKED))
    assert lab.call("run", "--once", POSTROOM_FAILPOINT="tx.after_commit", **READS).returncode < 0
    lab.dovecot.reset_uidvalidity(f"support{lab.number}", "Sent")
    with Service(lab, **READS) as running:
        lab.deliver(mail("Another.\n", sender="bo@client.example", subject="Page 5"))
        running.wait_for("mail.settled", "new_ticket")
        keep_sent(lab, sent("Page 5 is mended.\n", to="bo@client.example", subject="Re: Page 5"))
        running.wait_for("mail.settled", "staff_reply")
        lab.smtp.wait_for(2)
        assert running.said("WARNING") == []
    kinds = sorted(row["kind"] for row in rows(lab, "mails"))
    assert kinds == ["duplicate", "new_ticket", "new_ticket", "staff_reply", "staff_reply"]
    assert len(lab.smtp.accepted) == 2


@on_sqlite
def test_a_folder_that_is_not_there_holds_up_no_other_and_is_told(lab: Lab) -> None:
    reads = {"POSTROOM_MAILBOX__0__SENT_FOLDER": "Gone"}
    lab.deliver(mail())
    once(lab, **reads)
    assert len(lab.smtp.accepted) == 1
    assert "Gone" in do(
        lab,
        "digest",
        "--print",
    )
    said = say(lab, "check", **reads)
    assert said.exit_code == 1
    assert "FAILED  mailbox support, sent mail: 127.0.0.1: opening the folder Gone refused" in said.stdout
    keep_sent(lab, sent("There it is.\n"))
    once(lab, **READS)
    assert "sent mail" not in do(lab, "digest", "--print")
    assert "ok      mailbox support, sent mail: 1 mail in Sent" in say(lab, "check", **READS).stdout


COPIES = {**READS, "POSTROOM_MAILBOX__0__SENT_COPY": "true"}


@on_both
def test_what_goes_out_to_clients_is_put_there_once_whatever_cuts_it_off(lab: Lab) -> None:
    keep_sent(lab, sent("Years ago.\n", to="old@client.example"))
    lab.deliver(mail(message_id=ASKED))
    once(lab, **COPIES)
    assert (len(lab.smtp.accepted), lab.left(folder="Sent")) == (1, 1)
    assert lab.call("run", "--once", POSTROOM_FAILPOINT="copy.after_append", **COPIES).returncode == -9
    once(lab, **COPIES)
    (copy,) = lab.dovecot.mails(f"support{lab.number}", "Sent")[1:]
    assert copy.splitlines() == lab.smtp.accepted[0].raw.splitlines()
    keep_sent(lab, sent("Which page?\n", In_Reply_To=ASKED))
    lab.deliver(mail("Page 4.\n", In_Reply_To=ASKED))
    once(lab, **COPIES)
    once(lab, **COPIES)
    assert [row["kind"] for row in rows(lab, "mails")].count("own_mail") == 1
    assert (len(lab.smtp.accepted), lab.left(folder="Sent")) == (1, 3)
    assert say(lab, "person", "ada@client.example", "erase", "--yes", **COPIES).exit_code == 0
    assert lab.left(folder="Sent") == 1, "nobody else's mail, and none of hers"


@on_sqlite
def test_a_folder_that_takes_no_copy_holds_up_nothing_and_is_said_once(lab: Lab) -> None:
    gone = {**COPIES, "POSTROOM_MAILBOX__0__SENT_FOLDER": "Gone"}
    lab.deliver(mail())
    once(lab, **gone)
    said = [say(lab, "run", "--once", **gone).stderr for _ in range(2)]
    assert all("mail.not_copied" in one and "given_up=False" in one for one in said)
    lab.move_clock(days=2)
    assert "given_up=True" in say(lab, "run", "--once", **gone).stderr
    assert "mail.not_copied" not in say(lab, "run", "--once", **gone).stderr
    assert [one.recipient for one in lab.smtp.accepted if "kim" not in one.recipient] == ["ada@client.example"]


@on_sqlite
def test_on_a_merged_ticket_it_is_said_to_its_own_client_and_seen_by_no_other(lab: Lab) -> None:
    begun(lab)
    lab.deliver(mail("Mine is white, too.\n", sender="bo@client.example", message_id="<q@client.example>"))
    once(lab, **READS)
    do(lab, "merge", "1001", "1002")
    keep_sent(lab, sent("Ada, which page?\n", to="cy@other.example, ada@client.example", In_Reply_To=ASKED))
    keep_sent(lab, sent("For a vendor.\n", to="cy@other.example", In_Reply_To="<q@client.example>"))
    once(lab, **READS)
    said = {one["text"].strip(): one for one in ticket(lab, 1001)["conversation"]}
    assert said["Ada, which page?"]["visible_to"] == "client"
    said = {one["text"].strip(): one for one in ticket(lab, 1002)["conversation"]}
    assert said["For a vendor."]["visible_to"] == "staff", "it did not go to the client"
    assert {text: one["ticket"] for text, one in said.items() if "?" in text} == {"Ada, which page?": 1001}
    assert len(lab.smtp.accepted) == 2
