"""What the server holds and the ledger lacks is named, once a day and when somebody asks; where nothing is missing, one line says so."""

from email.policy import SMTP as CRLF

from tests.walk.lab import Lab, mail, on_both, on_sqlite
from tests.walk.service import do, once, rows, say
from tests.walk.test_mailbox import person


def differences(lab: Lab) -> list[str]:
    said = say(lab, "reconcile")
    assert said.exit_code == 1, said.output
    return said.stdout.splitlines()


@on_both
def test_a_mail_that_only_the_server_has_is_named_until_it_is_read(lab: Lab) -> None:
    for number in range(3):
        lab.deliver(mail(subject=f"Question {number}", message_id=f"<{number}@client.example>"))
    once(lab)
    assert do(lab, "reconcile") == "3 mails on the server, none missing in the ledger\n"
    lab.deliver(mail(subject="Not read yet", message_id="<new@client.example>"))
    assert differences(lab) == ["support: 1 of INBOX not in the ledger: postroom run reads them, or says why it cannot"]
    lab.dovecot.deliver(f"support{lab.number}", mail(subject="Put there by hand").as_bytes(), "Processed")
    *_, line = differences(lab)
    assert line.startswith("support: 1 of Processed not in the ledger, e.g. UID 4: move them to the inbox")
    once(lab)
    lab.move_clock(days=1, hours=1)
    once(lab)
    digest = do(lab, "digest", "--print")
    assert "The ledger and the mailbox support differ" in digest
    assert "e.g. UID 4" in digest


@on_sqlite
def test_where_nothing_is_missing_the_digest_says_so_in_one_line(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    assert "on the server" not in do(lab, "digest", "--print")  # in its first day the ledger is compared with nothing
    lab.move_clock(days=1, hours=1)
    once(lab)
    assert "1 mail on the server, none missing in the ledger." in do(lab, "digest", "--print")
    lab.move_clock(days=3)
    assert "on the server" not in do(lab, "digest", "--print"), "nothing was compared since"


@on_both
def test_what_a_person_moved_away_before_it_was_read_is_found_once_it_is_compared(lab: Lab) -> None:
    user = f"support{lab.number}"
    left = {"POSTROOM_MAILBOX__0__PROCESSED_FOLDER": ""}
    lab.deliver(mail(subject="First"))
    once(lab, **left)
    for folder, subject, to in (
        ("Mine", "Moved away", "support@example.test"),
        ("Mine", "About lunch", "kim@example.test"),
        ("Trash", "Thrown away", "support@example.test"),
    ):
        lab.dovecot.deliver(user, mail(subject=subject, to=to).as_bytes(policy=CRLF), folder)
    with person(lab) as client:
        client.create_folder("Old")
        client.select_folder("INBOX")
        client.move(client.search(), "Old")  # this one was read
    said = say(lab, "reconcile", **left)
    assert said.stdout.splitlines() == [
        "0 mails on the server, none missing in the ledger",
        "support: never read, in folders that are not read: 1 in Mine",
    ]
    assert "never read here: 1 in Mine. Move them to the inbox" in do(lab, "digest", "--print")
    with person(lab) as client:
        client.select_folder("Mine")
        client.move(client.search(["SUBJECT", "Moved away"]), "INBOX")
        client.select_folder("Old")
        client.move(client.search(), "INBOX")
    once(lab, **left)
    assert sorted(row["subject"] for row in rows(lab, "tickets")) == ["First", "Moved away"]
    assert say(lab, "reconcile", **left).stdout == "2 mails on the server, none missing in the ledger\n"
