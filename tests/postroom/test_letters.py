"""Where a preview's mails come from: an mbox, a Maildir, .eml files, folders; hostile, broken, large, or closed to us."""

import mailbox
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postroom.letters import mbox
from postroom.letters.collect import collect
from postroom.letters.letter import Letter, Trouble, came, moment
from postroom.letters.mailbox import named
from tests.growth import doubles
from tests.postroom.installed import GOOD, configured

NOW = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)
FROM_ = b"From ada@client.example Wed Dec  2 09:00:00 2026\n"


def raw(subject: str, at: str = "Wed, 02 Dec 2026 09:00:00 +0000", body: str = "Hello\n") -> bytes:
    return f"From: ada@client.example\nDate: {at}\nSubject: {subject}\n\n{body}".encode()


def found(*sources: Path, last: int = 200) -> tuple[list[bytes], list[Trouble]]:
    letters, troubles = collect([str(one) for one in sources], last, None, Path(), NOW)
    return [one.read() for one in letters], troubles


def subjects(*sources: Path, last: int = 200) -> list[str]:
    mails, troubles = found(*sources, last=last)
    assert troubles == []
    return [line for one in mails for line in one.decode().splitlines() if line.startswith("Subject: ")]


def test_an_mbox_gives_its_mails_in_order_and_only_the_last_of_them(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    box.write_bytes(b"".join(FROM_ + raw(f"{n}") + b"\n" for n in range(5)))
    assert subjects(box, last=3) == ["Subject: 2", "Subject: 3", "Subject: 4"]


def test_a_mail_without_a_date_is_of_the_day_on_its_from_line(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    undated = b"From: ada@client.example\nSubject: x\n\nHello\n\n"
    box.write_bytes(FROM_ + undated + FROM_.replace(b"2026", b"2025 +0100") + undated + FROM_ + undated)
    letters, _ = collect([str(box)], 9, None, Path(), NOW)
    assert [one.received_at.year for one in letters] == [2025, 2026, 2026]
    assert letters[1].received_at == NOW - timedelta(hours=3)


def test_an_mbox_of_the_standard_library_and_one_with_crlf_are_read(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "std")
    for n in range(3):
        box.add(raw(f"{n}", body="From now on it works.\n\nFrom here, too.\n"))
    box.close()
    mails, _ = found(tmp_path / "std")
    assert len(mails) == 3
    assert mails[0].count(b"\nFrom ") == 2, "the marks of the mbox are no part of a mail"
    crlf = tmp_path / "crlf"
    crlf.write_bytes((tmp_path / "std").read_bytes().replace(b"\n", b"\r\n"))
    assert len(found(crlf)[0]) == 3


@pytest.mark.parametrize(
    "line",
    [
        "From now on, everything is white.",
        "From ada@client.example Wed Dec  2 09:00:00 2026",  # no field stands below it
        "From 10:30 on, in 2026",
        "From ",
        ">From old times 10:00 2026",
        "From " + "x" * 100_000,
    ],
)
def test_a_line_of_a_letter_that_begins_with_from_begins_no_mail(tmp_path: Path, line: str) -> None:
    box = tmp_path / "inbox"
    box.write_bytes(FROM_ + raw("one", body=f"Hello\n\n{line}\nand so on\n") + b"\n" + FROM_ + raw("two"))
    assert subjects(box) == ["Subject: one", "Subject: two"]


def test_a_quoted_mail_without_an_empty_line_before_it_begins_none(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    box.write_bytes(FROM_ + raw("one", body="He wrote:\n" + FROM_.decode() + "Subject: forged\n\nHi\n"))
    assert len(found(box)[0]) == 1


def test_the_empty_line_before_the_next_mail_is_no_part_of_a_mail(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    box.write_bytes(FROM_ + raw("one") + b"\n" + FROM_ + raw("two"))
    assert found(box)[0] == [raw("one"), raw("two")]


def test_a_hostile_mbox_is_read_in_time_that_grows_with_its_size(tmp_path: Path) -> None:
    half, whole = tmp_path / "half", tmp_path / "whole"
    for box, size in ((half, 20_000), (whole, 40_000)):
        box.write_bytes(FROM_ + b"\nFrom 11:11:11:11:11:11 2026 2026 2026\n\n" * size)
        assert len(mbox.letters(box, 10, NOW)) == 1
    assert doubles(lambda box: mbox.letters(box, 10, NOW), half, whole)


def test_a_maildir_gives_new_and_read_mail_and_nothing_of_tmp(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1700000000.M1.host:2,S").write_bytes(raw(name))
    assert sorted(subjects(tmp_path)) == ["Subject: cur", "Subject: new"]


def test_a_broken_maildir_gives_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "cur").write_text("no folder")
    (tmp_path / "new" / "1").write_bytes(raw("here"))
    (tmp_path / "new" / "2").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "new" / "3")
    (tmp_path / "new" / "4").touch()
    mails, troubles = found(tmp_path)
    assert len(mails) == 1
    assert [(Path(one.where).name, one.why) for one in troubles] == [
        ("2", "it is no regular file"),
        ("3", "it is no regular file"),
        ("4", "it is empty"),
    ]


def test_folders_of_eml_files_are_read_with_all_below_them_oldest_first(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "b.eml").write_bytes(raw("second", "Wed, 02 Dec 2026 10:00:00 +0100"))
    (tmp_path / "deep" / "er" / "a.EML").write_bytes(raw("first", "Tue, 01 Dec 2026 09:00:00 +0000"))
    (tmp_path / "notes.txt").write_text("no mail")
    assert subjects(tmp_path) == ["Subject: first", "Subject: second"]


def test_sources_of_several_kinds_are_one_row_in_time(tmp_path: Path) -> None:
    box, one = tmp_path / "inbox", tmp_path / "x.eml"
    box.write_bytes(FROM_ + raw("late", "Wed, 02 Dec 2026 11:00:00 +0000"))
    one.write_bytes(raw("early", "Tue, 01 Dec 2026 11:00:00 +0000"))
    assert subjects(box, one, one) == ["Subject: early", "Subject: late"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "there is no such file or folder, and no configuration"),
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.mkdir(), "no mail lies in it"),
        (os.mkfifo, "it is no regular file"),
        (lambda path: path.symlink_to(path), "it is no regular file"),
    ],
)
def test_what_is_no_mail_is_one_clear_line(tmp_path: Path, make: object, why: str) -> None:
    make(tmp_path / "x")  # type: ignore[operator]
    mails, (trouble,) = found(tmp_path / "x")
    assert mails == []
    assert trouble.why.startswith(why), trouble


def test_a_file_that_we_may_not_read_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "x.eml"
    file.write_bytes(raw("x"))
    file.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        assert found(file)[1] == [Trouble(str(file), "cannot be read: Permission denied")]
    finally:
        if root:
            os.seteuid(0)


def test_a_large_mail_lies_on_the_disk_until_its_turn(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    with box.open("wb") as file:
        file.write(FROM_ + raw("large") + b"x" * 77 + b"\n")
        file.truncate(60_000_000)
        file.seek(0, os.SEEK_END)
        file.write(b"\n\n" + FROM_ + raw("small"))
    letters, _ = collect([str(box)], 9, None, Path(), NOW)
    assert [one.size > 50_000_000 for one in letters] == [True, False]
    huge = tmp_path / "huge.eml"
    with huge.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    assert "more than" in found(huge)[1][0].why


@pytest.mark.parametrize(
    ("head", "at"),
    [
        (raw("x"), NOW - timedelta(hours=3)),
        (b"Received: by mx; Wed, 2 Dec 2026 08:00:00 +0000\n" + raw("x"), NOW - timedelta(hours=4)),
        (b"Received: by mx\n\tfor <x@y>;\n Wed, 2 Dec 2026 08:00:00 +0000\n" + raw("x"), NOW - timedelta(hours=4)),
        (raw("x", "Wed, 02 Dec 2099 09:00:00 +0000"), NOW),
        (raw("x", "yesterday"), NOW - timedelta(days=9)),
        (raw("x", "Thu, 01 Jan 1970 00:00:00 +0000"), NOW - timedelta(days=9)),
        (b"Received: by mx; Thu, 1 Jan 1970 00:00:00 +0000\n" + raw("x"), NOW - timedelta(hours=3)),
        (b"\xff\x00" * 100, NOW - timedelta(days=9)),
        (b"", NOW - timedelta(days=9)),
    ],
)
def test_a_mail_came_when_its_last_server_says_else_when_it_was_written(head: bytes, at: datetime) -> None:
    assert came(head, NOW - timedelta(days=9), NOW) == at


@pytest.mark.parametrize(
    "text", ["", "x", "99 99 9999", "Wed, 02 Dec 2026 09:00:00 +9999", "1 Jan 0000 00:00:00 +0000"]
)
def test_no_time_is_no_time(text: str) -> None:
    assert moment(text) is None or isinstance(moment(text), datetime)


def test_a_letter_is_read_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"xx>From y\n>>From z")
    assert Letter("a", NOW, tmp_path / "a", 2, 16).read() == b">From y\n>>From z"
    (tmp_path / "b").write_bytes(b"xxFrom x\n>From y\n>>From z")
    assert Letter("b", NOW, tmp_path / "b", 2, 23, in_mbox=True).read() == b"From y\n>From z"


def test_a_file_that_is_another_by_now_gives_no_half_mail_and_none_of_another_s(tmp_path: Path) -> None:
    box, one = tmp_path / "inbox", tmp_path / "x.eml"
    box.write_bytes(b"".join(FROM_ + raw(f"{n}") + b"\n" for n in range(3)))
    one.write_bytes(raw("one"))
    letters, _ = collect([str(box), str(one)], 9, None, Path(), NOW)
    box.write_bytes(b"".join(FROM_ + raw(f"longer {n}") + b"\n" for n in range(1, 9)))
    one.write_bytes(raw("one")[:-3])
    outcomes = []
    for letter in letters:
        try:
            outcomes.append(letter.read())
        except OSError as error:
            outcomes.append(str(error.strerror).encode())
    assert outcomes == [b"it has changed since it was looked at"] * 4


def test_an_mbox_that_grows_meanwhile_is_read_and_the_mail_that_was_not_whole_is_not(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    for end, whole in ((b"\n", 2), (b"", 2), (b"half a li", 1)):
        box.write_bytes(FROM_ + raw("one") + b"\n" + FROM_ + raw("two") + end)
        letters, _ = collect([str(box)], 9, None, Path(), NOW)
        with box.open("ab") as file:
            file.write((b"ne\n\n" if whole == 1 else b"\n") + FROM_ + raw("three"))
        assert letters[0].read() == raw("one")
        if whole == 2:
            assert letters[1].read() == raw("two")
        else:
            with pytest.raises(OSError, match="it has changed"):
                letters[1].read()


def test_a_mailbox_is_known_by_its_role_where_no_other_has_it(tmp_path: Path) -> None:
    one = configured(tmp_path)
    box = one.mailboxes[0]
    for word in ("support", "Support@Example.com", "SUPPORT"):
        assert named(one, word) == (box, "INBOX")
    assert named(one, "support:Processed") == (box, "Processed")
    assert named(one, "escalate") is named(one, "supporters") is None
    second = GOOD[GOOD.index("[[mailbox]]") : GOOD.index("[smtp]")].replace("support@", "help@")
    two = configured(tmp_path, GOOD.replace("[smtp]", f"{second}\n[smtp]"))
    assert named(two, "support") is None
    assert named(two, "help@example.com") == (two.mailboxes[1], "INBOX")
