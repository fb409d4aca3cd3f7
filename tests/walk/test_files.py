"""Files of mails, both ways: what a client attached comes out as a file again, what staff attach reaches the client."""

import os
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.policy import default
from pathlib import Path

from postroom.sendable import LARGEST
from tests.inbound.hostile_names import NAMES
from tests.walk.lab import Lab, mail
from tests.walk.service import do, once, refused, rows, say, ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def attached(*files: tuple[str, bytes]) -> EmailMessage:
    made = mail()
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


def saved(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_attachments_are_listed_and_saved_as_they_came_and_saving_twice_changes_nothing(lab: Lab) -> None:
    lab.deliver(attached(("Plan.pdf", b"%PDF-1.7"), ("notes.txt", b"one\r\ntwo")))
    once(lab)
    listed = ticket(lab, 1001)["conversation"][0]["attachments"]
    assert [(one["id"], one["name"], one["size"]) for one in listed] == [("a1", "Plan.pdf", 8), ("a2", "notes.txt", 8)]
    assert "[attached: a1 Plan.pdf (application/octet-stream, 8 octets)]" in do(lab, "ticket", "1001")
    folder = lab.folder / "out"
    do(lab, "ticket", "1001", "--save", str(folder))
    assert saved(folder) == {"a1-Plan.pdf": b"%PDF-1.7", "a2-notes.txt": b"one\r\ntwo"}
    (folder / "a1-Plan.pdf").write_bytes(b"mine")
    assert do(lab, "ticket", "1001", "--save", str(folder)).count("is there already") == 2
    assert (folder / "a1-Plan.pdf").read_bytes() == b"mine"


def test_a_ticket_without_files_and_a_folder_that_cannot_be_are_one_line(lab: Lab) -> None:
    lab.deliver(mail())
    lab.deliver(attached(("a", b"x")))
    once(lab)
    with_files = next(n for n in (1001, 1002) if ticket(lab, n)["conversation"][0]["attachments"])
    without = 2003 - with_files
    assert refused(lab, "ticket", str(without), "--save", "x") == f"postroom: #{without} has no attachments"
    (lab.folder / "file").touch()
    wrong = say(lab, "ticket", str(with_files), "--save", str(lab.folder / "file"))
    assert (wrong.exit_code, "is a file" in wrong.stderr) == (2, True)
    above = refused(lab, "ticket", str(with_files), "--save", str(lab.folder / "no" / "such"))
    assert "cannot be written" in above


def test_sec_filename_corpus_no_name_leaves_the_folder_or_writes_over_a_file(lab: Lab) -> None:
    folder = lab.folder / "deep" / "out"
    folder.mkdir(parents=True)
    link = folder / "a1-passwd"  # set by somebody who knew the next name
    link.symlink_to(lab.folder / "postroom.toml")
    before = (lab.folder / "postroom.toml").read_bytes()
    lines = [b"From: evil@client.example", b"To: support@example.test", b"Message-ID: <evil@client.example>"]
    lines += [b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="b"', b""]
    for number, name in enumerate(NAMES):
        raw = name.replace("\\", "\\\\").replace('"', '\\"').encode()
        raw = raw.replace(b"\r", b"").replace(b"\n", b"").replace(b"\x00", b"")
        lines += [b"--b", b'Content-Disposition: attachment; filename="' + raw + b'"', b"", b"%d" % number]
    lab.deliver(b"\r\n".join([*lines, b"--b--", b""]))
    once(lab)
    names = [one["name"] for one in ticket(lab, 1001)["conversation"][0]["attachments"]]
    assert len(names) == len(NAMES)
    assert all(name.isprintable() and not set(name) & set('/\\:<>"|?*') and name[:1] != "." for name in names)
    outside = set(lab.folder.rglob("*"))
    do(lab, "ticket", "1001", "--save", str(folder))
    kept = [path for path in folder.iterdir() if not path.is_symlink()]
    assert len(kept) == len(NAMES) - 1
    assert {path.read_bytes() for path in kept} == {b"%d" % number for number in range(1, len(NAMES))}
    assert (lab.folder / "postroom.toml").read_bytes() == before
    assert set(lab.folder.rglob("*")) == outside | set(kept)


def files_in(raw: bytes) -> dict[str | None, bytes]:
    """The files of a mail that went out, pictures within its words included."""
    read = message_from_bytes(raw, EmailMessage, policy=default)
    parts = [part for part in read.walk() if part.get_content_disposition()]
    return {part.get_filename(): part.get_payload(decode=True) for part in parts}


def test_a_reply_takes_files_along_and_the_ticket_lists_them(lab: Lab) -> None:
    lab.deliver(attached(("question.txt", b"why?")))
    once(lab)
    plan, screen = lab.folder / "Plan für Mai.pdf", lab.folder / "screen.png"
    plan.write_bytes(b"%PDF-1.7\r\n.\r\n" * 9)
    screen.write_bytes(PNG)
    more = ("--attach", str(plan), "--attach", str(screen))
    do(lab, "reply", "1001", "--file", "-", *more, words="See both.")
    once(lab)
    assert files_in(lab.sent()[-1]) == {"Plan für Mai.pdf": plan.read_bytes(), "screen.png": PNG}
    said = ticket(lab, 1001)["conversation"][-1]
    assert [(one["id"], one["name"], one["content_type"], one["size"]) for one in said["attachments"]] == [
        ("a2", "Plan für Mai.pdf", "application/pdf", 117),
        ("a3", "screen.png", "image/png", len(PNG)),
    ]
    assert said["text"].startswith("See both.")
    do(lab, "ticket", "1001", "--save", str(lab.folder / "out"))
    assert saved(lab.folder / "out") == {
        "a1-question.txt": b"why?",
        "a2-Plan für Mai.pdf": plan.read_bytes(),
        "a3-screen.png": PNG,
    }


def test_a_file_that_cannot_go_along_is_one_line_and_nothing_is_sent(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    os.mkfifo(lab.folder / "pipe")
    (lab.folder / "some").write_bytes(b"x")
    (lab.folder / "huge").touch()
    os.truncate(lab.folder / "huge", LARGEST + 1)
    said = {
        name: refused(lab, "reply", "1001", "--file", "-", "--attach", str(lab.folder / name), words="Here.")
        for name in ("gone", "pipe", "huge")
    }
    assert said["gone"].endswith("gone cannot be read: there is no such file")
    assert said["pipe"].endswith("pipe is no file")
    assert said["huge"].endswith(f"huge the mail has more than {LARGEST} octets: send a link")
    many = [word for _ in range(51) for word in ("--attach", str(lab.folder / "some"))]
    assert "at most 50" in refused(lab, "reply", "1001", "--file", "-", *many, words="Here.")
    assert [row["notice"] for row in rows(lab, "outbox")] == ["received"]


def test_what_the_server_would_not_take_is_refused_at_once_or_held(lab: Lab) -> None:
    lab.smtp.offers = ("SIZE 20000", "8BITMIME")
    lab.deliver(mail())
    once(lab)  # it is heard now
    (lab.folder / "dump").write_bytes(b"x" * 20_000)
    words = ("reply", "1001", "--file", "-", "--attach", str(lab.folder / "dump"))
    line = refused(lab, *words, words="Here.")
    assert line.endswith("127.0.0.1 takes 20000: attach less, or send a link")
    lab.smtp.offers = ("SIZE 50000", "8BITMIME")
    lab.deliver(mail(sender="Ben <ben@other.example>"))
    once(lab)
    do(lab, *words, words="Here.")
    lab.smtp.offers = ("SIZE 10000", "8BITMIME")
    once(lab)
    (held,) = (row for row in rows(lab, "outbox") if row["state"] == "held")
    assert held["last_answer"].endswith("and the server takes 10000")
    lab.smtp.offers = ("SIZE 50000", "8BITMIME")
    do(lab, "retry", held["id"])
    once(lab)
    assert files_in(lab.sent()[-1]) == {"dump": b"x" * 20_000}


def test_s08_a_client_whose_address_is_not_ascii_is_answered_where_the_server_can_and_held_where_it_cannot(
    lab: Lab,
) -> None:
    lab.smtp.offers = ("SIZE", "8BITMIME")
    raw = mail(sender="ada@client.example").as_bytes(policy=CRLF).replace(b"ada@client", "ädä@client".encode())
    lab.deliver(raw)
    once(lab)
    alert, held = rows(lab, "outbox")
    assert (held["state"], held["recipient"]) == ("held", "ädä@client.example")
    assert (alert["notice"], alert["recipient"], alert["state"]) == ("alert", "kim@example.test", "sent")
    assert "SMTPUTF8" in held["last_answer"]
    lab.smtp.offers = ("SIZE", "8BITMIME", "SMTPUTF8")
    do(lab, "retry", held["id"])
    once(lab)
    mail_ = lab.smtp.accepted[-1]
    assert (mail_.recipient, "SMTPUTF8" in mail_.options) == ("ädä@client.example", True)
    assert "\r\nTo: ädä@client.example\r\n".encode() in mail_.raw
