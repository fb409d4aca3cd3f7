"""Files of mails, both ways: what a client attached comes out as a file again, what staff attach reaches the client."""

from email.message import EmailMessage
from pathlib import Path

from tests.inbound.hostile_names import NAMES
from tests.walk.lab import Lab, mail
from tests.walk.service import do, refused, ticket


def attached(*files: tuple[str, bytes]) -> EmailMessage:
    made = mail()
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


def saved(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_attachments_are_listed_and_saved_as_they_came_and_saving_twice_changes_nothing(lab: Lab) -> None:
    lab.deliver(attached(("Plan.pdf", b"%PDF-1.7"), ("notes.txt", b"one\r\ntwo")))
    lab.once()
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
    lab.once()
    with_files = next(n for n in (1001, 1002) if ticket(lab, n)["conversation"][0]["attachments"])
    without = 2003 - with_files
    assert refused(lab, "ticket", str(without), "--save", "x") == f"postroom: #{without} has no attachments"
    (lab.folder / "file").touch()
    assert "cannot be written" in refused(lab, "ticket", str(with_files), "--save", str(lab.folder / "file"))


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
    lab.once()
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
