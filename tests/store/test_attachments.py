"""Files of mails: known once by what they hold, taken out of the mail they lie in, and never lost with it."""

import json
from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from alembic import command
from sqlalchemy import delete, event, func, select, text

from inbound.message import Message
from inbound.parse import parse
from outbound.file import File
from store import attachments, blobs, incoming, pending, reports, tables, tickets
from store.database import Database
from store.incoming import Incoming
from store.lines import Attached
from store.migrations import configuration
from tests.store.world import NOW, ack, apply, opening, sweep

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 30
LOGO = b"\x89PNG\r\n\x1a\n" + b"\0" * 500


def with_files(name: str, *files: tuple[str, bytes]) -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = f"{name}@client.example", "support@example.com"
    made["Subject"], made["Message-ID"] = f"Files of {name}", f"<{name}@client.example>"
    made.set_content("They are attached.")
    for filename, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=filename)
    return made.as_bytes(policy=SMTP)


def arrive(database: Database, *raws: bytes, **more: object) -> list[int]:
    """The tickets that these mails open."""
    with database.write() as tx:
        first = incoming.last_uid(tx, "support", "INBOX", 1) + 1
        mails = [Incoming(uid, raw, NOW) for uid, raw in enumerate(raws, first)]
        ids = incoming.keep(tx, "support", "INBOX", 1, mails, NOW)
        numbers = tickets.numbers(tx, len(raws))
        pending.claim(tx, 50, NOW, 60)
        for number, id_, raw in zip(numbers, ids, raws, strict=True):
            apply(tx, opening(number, parse(raw), id_, **more))
    return numbers


def files_of(database: Database, number: int) -> list[Attached]:
    with database.read() as tx:
        return attachments.of_tickets(tx, [number])


def bytes_of(database: Database, file: Attached) -> bytes:
    with database.read() as tx:
        return attachments.content(tx, file.id)


def count(database: Database, table: str) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(tables.metadata.tables[table])).scalar_one()


def test_a_file_that_comes_in_ten_mails_is_known_once_and_has_no_second_copy(database: Database) -> None:
    raws = [with_files(f"ada{n}", ("logo.png", LOGO), (f"plan{n}.pdf", PDF)) for n in range(10)]
    numbers = arrive(database, *raws)
    assert count(database, "blob") == 10 + 2, "ten mails, two files"
    assert count(database, "chunk") == 10, "the mails alone take room"
    for n, number in enumerate(numbers):
        logo, plan = files_of(database, number)
        assert (logo.name, plan.name, plan.size) == ("logo.png", f"plan{n}.pdf", len(PDF))
        assert bytes_of(database, logo) == LOGO
        assert bytes_of(database, plan) == PDF
    assert sweep(database) == []


def test_files_stand_with_the_mail_that_brought_them_and_with_no_note(database: Database) -> None:
    outgoing = ack("mail:1", 1001, files=(File("answer.pdf", "application/pdf", PDF),))
    (number,) = arrive(database, with_files("ada", ("logo.png", LOGO)), outgoing=(outgoing,), note="look at it")
    with database.read() as tx:
        page = reports.ticket_page(tx, number)
    assert page
    assert [(said.kind, [file.name for file in said.attachments]) for said in page.conversation] == [
        ("new_ticket", ["logo.png"]),
        ("note", []),
        ("received", ["answer.pdf"]),
    ]


def test_what_we_send_and_what_comes_back_are_one_file(database: Database) -> None:
    outgoing = ack("mail:1", 1001, files=(File("plan.pdf", "application/pdf", PDF),))
    (first,) = arrive(database, with_files("ada"), outgoing=(outgoing,))
    (second,) = arrive(database, with_files("ben", ("plan.pdf", PDF)))
    (ours,), (theirs,) = files_of(database, first), files_of(database, second)
    assert bytes_of(database, ours) == bytes_of(database, theirs) == PDF
    assert count(database, "blob") == 2 + 1
    assert sweep(database) == []


def test_a_forwarded_mail_that_we_have_is_that_mail(database: Database) -> None:
    inner = with_files("ada", ("logo.png", LOGO))
    outer = with_files("ben", ("inner.eml", inner))
    _, second = arrive(database, inner, outer)
    (file,) = files_of(database, second)
    assert bytes_of(database, file) == inner
    assert count(database, "part") == 1, "the logo"


def test_when_a_mail_is_forgotten_its_files_stay(database: Database) -> None:
    (number,) = arrive(database, with_files("ada", ("a.bin", PDF), ("b.bin", LOGO), ("empty", b"")))
    with database.write() as tx:
        (blob,) = tx.execute(select(tables.mail.c.blob)).scalars()
        other = blobs.write(tx, [b"another mail"])[0]
        tx.execute(tables.mail.update().values(blob=other))
        blobs.remove(tx, [blob])
    assert [bytes_of(database, file) for file in files_of(database, number)] == [PDF, LOGO, b""]
    assert count(database, "part") == 0
    assert sweep(database) == []


def test_a_mail_and_its_files_are_forgotten_together(database: Database) -> None:
    arrive(database, with_files("ada", ("a.bin", PDF)))
    with database.write() as tx:
        gone = list(tx.execute(select(tables.blob.c.id)).scalars())
        other = blobs.write(tx, [b"another mail"])[0]
        tx.execute(tables.mail.update().values(blob=other))
        tx.execute(delete(tables.attachment))
        blobs.remove(tx, gone)
    assert count(database, "blob") == 1
    assert sweep(database) == []


def test_bytes_that_are_not_those_that_were_kept_are_never_given_out(database: Database) -> None:
    (number,) = arrive(database, with_files("ada", ("a.bin", PDF), ("b.bin", LOGO)))
    with database.write() as tx:
        tx.execute(tables.part.update().values(position=1))
    with pytest.raises(ValueError, match="another one now"):
        bytes_of(database, files_of(database, number)[0])


def test_files_of_mails_that_were_kept_before_files_had_hashes_are_found_by_their_place(database: Database) -> None:
    (number,) = arrive(database, with_files("ada", ("a.bin", PDF), ("b.bin", LOGO)))
    with database.write() as tx:
        tx.execute(tables.attachment.update().values(blob=None))
    assert [bytes_of(database, file) for file in files_of(database, number)] == [PDF, LOGO]


def test_a_database_of_the_first_schema_is_taken_over_with_its_lists_of_files(empty: str) -> None:
    raw, at = with_files("ada", ("plan (1).pdf", PDF)), int(NOW.timestamp() * 10**6)
    said = json.dumps(
        [f"plan (1).pdf (application/pdf, {len(PDF)} octets)", "unnamed (image/png, 3 octets)", "what is this?"]
    )
    with closing(Database(empty)) as database:
        database._kind.create()
        with database.write() as tx:
            command.upgrade(configuration(tx), "0001")
            (blob,) = blobs.write(tx, [raw])
            rows = {
                "ticket": "(number, workflow, status, open, ball_with, subject, requester, requester_name, mailbox, created_at,"
                " status_since, version, client_replied, silent, priority, category, assigned_to, tags, language, report_key)"
                f" VALUES (1001, 'w', 's', true, 'us', '', '', '', '', {at}, {at}, 1, false, '', '', '', '', '[]', '', '')",
                "mail": "(id, account, folder, uidvalidity, uid, blob, state, attempts, received_at, kept_at, moved, reason, kind,"
                " no_answer, because, message_id, sender, subject, content_key, defects)"
                f" VALUES (1, 'a', 'f', 1, 1, {blob}, 'processed', 1, {at}, {at}, true, '', '', '', '[]', '', '', '', '', '[]')",
                "entry": "(ticket, mail, kind, direction, visible_to, author, at, subject, text, attachments, because)"
                f" VALUES (1001, 1, 'new_ticket', 'in', 'client', '', {at}, '', '', '{said}', '[]')",
            }
            for table, values in rows.items():
                tx.execute(text(f"INSERT INTO {table} {values}".replace(":", "\\:")))
        database.upgrade()
        plan, picture = files_of(database, 1001)
        assert (plan.name, plan.content_type, plan.size) == ("plan (1).pdf", "application/pdf", len(PDF))
        assert (picture.name, picture.content_type, picture.size) == ("", "image/png", 3)
        assert bytes_of(database, plan) == PDF


def test_the_files_of_fifty_mails_are_noted_in_a_handful_of_statements(database: Database) -> None:
    raws = [with_files(f"ada{n}", ("logo.png", LOGO), (f"plan{n}.pdf", PDF + b"%d" % n)) for n in range(50)]
    with database.write() as tx:
        mails = [Incoming(uid, raw, NOW) for uid, raw in enumerate(raws, 1)]
        ids = incoming.keep(tx, "support", "INBOX", 1, mails, NOW)
        read: list[Message] = [parse(raw) for raw in raws]
        made: list[str] = []
        event.listen(tx, "before_cursor_execute", lambda *args: made.append(args[2]))
        brought = [attachments.Brought(id_, one.attachments) for id_, one in zip(ids, read, strict=True)]
        attachments.add(tx, brought, [])
    assert len(made) == 5
    assert count(database, "attachment") == 100
    assert count(database, "part") == 51


def test_an_attachment_that_is_not_there_is_named(database: Database) -> None:
    with database.read() as tx, pytest.raises(LookupError, match="no attachment 9"):
        attachments.content(tx, 9)
