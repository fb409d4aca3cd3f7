"""`postroom preview` against a real Dovecot: what lies there is the same before and after, to the last flag."""

import json
from typing import Any

from imapclient import IMAPClient

from tests.servers.dovecot import Dovecot
from tests.walk.lab import PASSWORD, Lab, mail, on_sqlite
from tests.walk.service import once


def state(dovecot: Dovecot, user: str) -> list[Any]:
    """The folders of a user, with every UID, its flags and its date; nothing is marked by looking."""
    client = IMAPClient("127.0.0.1", dovecot.port, ssl=False)
    client.login(user, PASSWORD)
    try:
        seen: list[Any] = []
        for flags, _, name in sorted(client.list_folders()):
            about = client.select_folder(name, readonly=True)
            mails = client.fetch(client.search("ALL"), ["FLAGS", "INTERNALDATE", "RFC822.SIZE"])
            seen.append((flags, name, about[b"UIDVALIDITY"], about[b"UIDNEXT"], dict(mails)))
        return seen
    finally:
        client.logout()


def test_it_sends_marks_moves_and_keeps_nothing(lab: Lab) -> None:
    lab.deliver(mail("The page is white.", message_id="<1@client.example>"))
    lab.deliver(mail("Still.", message_id="<2@client.example>", In_Reply_To="<1@client.example>"))
    lab.deliver(mail("x" * 9_000_000, message_id="<3@client.example>", subject="A large one"))
    user = f"support{lab.number}"
    before = state(lab.dovecot, user)
    files = sorted(path.name for path in lab.folder.iterdir())
    rows = [json.loads(line) for line in lab.do("preview", "support", "--json", "--html", "page.html").splitlines()]
    assert [row["kind"] for row in rows] == ["new_ticket", "client_reply", "new_ticket"]
    assert rows[0]["ticket"] == rows[1]["ticket"] != rows[2]["ticket"]
    assert rows[0]["mails"][0]["notice"]
    assert rows[0]["source"] == "support, UID 1"
    assert state(lab.dovecot, user) == before
    assert sorted(path.name for path in lab.folder.iterdir()) == sorted([*files, "page.html"])
    assert not (lab.folder / "postroom.db").exists()
    assert lab.sent() == []


@on_sqlite
def test_a_database_that_is_there_is_not_touched_and_a_server_that_says_no_is_one_line(lab: Lab) -> None:
    lab.deliver(mail("Hello."))
    once(lab)
    empty = lab.call("preview", "support")
    assert empty.returncode == 1
    assert "support, INBOX: no mail lies in it; what was filed: postroom preview support:Processed\n" in empty.stderr
    database = lab.folder / "postroom.db"
    before = (database.read_bytes(), database.stat().st_mtime_ns)
    assert len(lab.do("preview", "support:Processed", "--json").splitlines()) == 1
    lab.deliver(mail("Again.", message_id="<9@client.example>"))
    assert len(lab.do("preview", "help@example.test", "--json").splitlines()) == 1
    assert (database.read_bytes(), database.stat().st_mtime_ns) == before
    (lab.folder / "imap.password").write_text("wrong")
    done = lab.call("preview", "support")
    assert done.returncode == 1
    assert "AUTHENTICATIONFAILED" in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("postroom: ")]) == 1
