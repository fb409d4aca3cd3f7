"""Signed addresses of files: bound to one file, one ticket, one person and a time; nothing else is read as one."""

from datetime import UTC, datetime

from outbound.handle import Place, handle, made_for, read_handle
from outbound.keys import Keys
from outbound.link import read_link
from outbound.token import read_address

KEYS = Keys((("k1", b"1" * 32),))
ROTATED = Keys((("k2", b"2" * 32), ("k1", b"1" * 32)))
OTHER = Keys((("k1", b"3" * 32),))
NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
TEAM = "consulting@teams.example"
FILE = Place(17, 0)
ADDRESS = handle(KEYS, "https://help.example.com/", FILE, 1042, TEAM, NOW)
TOKEN = ADDRESS.rpartition("/")[2]


def test_it_says_which_file_of_which_ticket_and_holds_no_address() -> None:
    assert f"https://help.example.com/files/{TOKEN}" == ADDRESS
    assert "consulting" not in ADDRESS
    found = read_handle(ROTATED, TOKEN.upper())
    assert found
    assert (found.file, found.ticket, found.expires) == (FILE, 1042, NOW)
    assert made_for(ROTATED, found, TEAM.upper())
    assert not made_for(ROTATED, found, "sales@teams.example")
    sent = handle(KEYS, "https://help.example.com", Place(17, 3, outgoing=True), 1042, TEAM, NOW).rpartition("/")[2]
    found = read_handle(KEYS, sent)
    assert found
    assert found.file == Place(17, 3, outgoing=True)


def test_another_key_or_one_other_character_makes_it_nobodys() -> None:
    assert read_handle(OTHER, TOKEN) is None
    for place in range(len(TOKEN)):
        other = "b" if TOKEN[place] != "b" else "c"
        assert read_handle(KEYS, TOKEN[:place] + other + TOKEN[place + 1 :]) is None, place
    for text in (
        "",
        "i",
        TOKEN + "a",
        TOKEN[:-1],
        "i" * 600,
        "ı" + TOKEN[1:],
        "../" + TOKEN,
        TOKEN.replace("i", "o", 1),
    ):
        assert read_handle(KEYS, text) is None, text


def test_a_token_of_another_kind_is_none() -> None:
    assert read_link(KEYS, "files", TOKEN) is None
    assert read_address(KEYS, f"support+{TOKEN}@example.com") is None
