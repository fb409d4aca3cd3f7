"""What the server took for spam is counted, and left alone, until a person drags it to the inbox."""

from imapclient import IMAPClient

from tests.walk.lab import PASSWORD, Lab, mail, on_both, on_sqlite
from tests.walk.service import do, once, rows, say


def not_junk(lab: Lab) -> None:
    """As a person does in a mail program."""
    with IMAPClient(lab.dovecot.host, port=lab.dovecot.port, ssl=False, timeout=20) as client:
        client.login(f"support{lab.number}", PASSWORD)
        client.select_folder("Junk")
        client.move(client.search(), "INBOX")


@on_both
def test_it_is_counted_and_what_a_person_drags_to_the_inbox_is_a_ticket(lab: Lab) -> None:
    lab.dovecot.deliver(f"support{lab.number}", mail(sender="bo@client.example").as_bytes(), "Junk")
    lab.deliver(mail())
    once(lab)
    assert [row["requester"] for row in rows(lab, "tickets")] == ["ada@client.example"]
    assert (lab.left(folder="Junk"), lab.left()) == (1, 0)
    said = do(lab, "reconcile").splitlines()
    assert said[-1] == "support: 1 mail has come to the junk folder since yesterday"
    assert rows(lab, "reconcile")[0]["junk"] == 1
    assert "1 mail has come to the junk folder of support" in do(lab, "digest", "--print")
    assert "0 mails in INBOX, 1 in junk since yesterday; offers" in say(lab, "check").stdout
    not_junk(lab)
    once(lab)
    assert rows(lab, "tickets")[0]["requester"] == "bo@client.example"
    assert len(lab.smtp.accepted) == 2
    do(lab, "reconcile")
    assert "junk" not in do(lab, "digest", "--print")


@on_sqlite
def test_a_named_folder_that_is_not_there_fails_the_check_alone(lab: Lab) -> None:
    named = {"POSTROOM_MAILBOX__0__JUNK_FOLDER": "Nowhere"}
    lab.deliver(mail())
    once(lab, **named)
    assert say(lab, "reconcile", **named).stdout == "1 mail on the server, none missing in the ledger\n"
    said = say(lab, "check", **named)
    assert "FAILED  mailbox support: 127.0.0.1: opening the folder Nowhere refused" in said.stdout
