"""A mail of 50 MB: read in pieces, kept whole, a ticket from its beginning, and little memory on the whole way."""

import os
import subprocess
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from pathlib import Path

from tests.walk.lab import Lab, mail, on_sqlite
from tests.walk.memory import MIB, Watch
from tests.walk.service import Service, do, rows, ticket

OCTETS = 36_000_000  # before base64 makes 50 MB of them


def large(octets: int = OCTETS) -> EmailMessage:
    made = mail("Here is the scan of the whole catalog.\n", subject="The scan")
    made.add_attachment(os.urandom(octets), maintype="application", subtype="pdf", filename="catalog.pdf")
    return made


def test_a_mail_of_50_mb_becomes_a_ticket_in_little_memory_and_can_be_had_whole(lab: Lab) -> None:
    raw = large().as_bytes(policy=CRLF)
    assert len(raw) > 48_000_000
    lab.start = subprocess.Popen  # nothing is shared: its memory is its own
    with Service(lab) as service:
        lab.deliver(mail())
        service.wait_for("mail.settled")
        with Watch(service.process.pid) as memory:
            lab.deliver(raw)
            service.wait_for("mail.settled", count=2)
            service.wait_until(lambda: lab.left() == 0)
        assert memory.grown < 60 * MIB, f"the process grew by {memory.grown / MIB:.0f} MiB"
        assert memory.most < 300 * MIB, f"all processes had {memory.most / MIB:.0f} MiB"
    (row,) = [one for one in rows(lab, "mails") if one["subject"] == "The scan"]
    assert (row["state"], row["kind"]) == ("processed", "new_ticket")
    (said,) = ticket(lab, row["ticket"])["conversation"][:1]
    assert said["text"].strip() == "Here is the scan of the whole catalog."
    process = lab.popen("mails", "--raw", row["id"])
    assert process.stdout
    assert process.stdout.buffer.read() == raw
    process.communicate()
    assert lab.dovecot.mails(f"support{lab.number}", "Processed")[1] == raw


@on_sqlite
def test_where_there_is_no_room_for_it_the_others_go_on_staff_hear_why_and_it_is_read_later(
    lab: Lab, small: Path
) -> None:
    lab.deliver(large(7_000_000))
    with Service(lab, TMPDIR=str(small)) as service:
        service.wait_for("mail.unreadable", f"no room for a large mail in {small}")
        lab.deliver(mail())
        service.wait_for("mail.settled")
        assert lab.left() == 1
        assert [row["subject"] for row in rows(lab, "mails")] == ["Catalog page is white"]
        assert "1 not read yet" in do(lab, "check")
        assert service.said("fault") == service.said("mailbox.down") == []
    subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
    with Service(lab, TMPDIR=str(small)) as service:
        service.wait_until(lambda: lab.left() == 0)
