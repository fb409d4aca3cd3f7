"""What the server holds and the ledger lacks is named, once a day and when somebody asks; where nothing is missing, one line says so."""

from tests.walk.lab import Lab, mail, on_both, on_sqlite
from tests.walk.service import do, once, say


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
