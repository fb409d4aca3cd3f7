"""Tokens: whole, they are read back; changed by one character, they are nothing."""

import ast
import inspect
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound import link, seal, token
from outbound.token import (
    Keys,
    OwnId,
    StaffToken,
    acts_for,
    key_line,
    message_id,
    read_address,
    read_message_id,
    read_staff,
    read_team,
    reply_address,
    staff_address,
    team_address,
)

KEYS = Keys((("k2", b"2" * 32), ("k1", b"1" * 32)))
OLD = Keys((("k1", b"1" * 32),))
OTHER = Keys((("k2", b"x" * 32),))
NOW = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
SUPPORT = "support@example.com"
KIM = "kim@example.com"
REPLY = reply_address(KEYS, SUPPORT, 1042)
STAFF = staff_address(KEYS, SUPPORT, 1042, KIM, NOW + WEEK)
ID = message_id(KEYS, "mail:17", "received", "ana@example.org", 1042, "example.com")

tickets = st.integers(min_value=1, max_value=32**6 - 1)
causes = st.text(max_size=40)
swaps = st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=("Cs",))


def changed(text: str, at: int, character: str) -> str:
    return text[:at] + character + text[at + 1 :]


def token_span(text: str) -> tuple[int, int]:
    match = re.search(r"[<+](.+)@", text)
    assert match is not None
    return match.span(1)


@given(tickets)
def test_a_reply_address_gives_its_ticket_back(ticket: int) -> None:
    assert read_address(KEYS, reply_address(KEYS, SUPPORT, ticket)) == ticket


@given(tickets, st.text(max_size=30), st.integers(min_value=0, max_value=7 * 24 * 60))
def test_a_staff_address_gives_ticket_and_person_back_until_it_expires(ticket: int, staff: str, minutes: int) -> None:
    address = staff_address(KEYS, SUPPORT, ticket, staff, NOW + timedelta(minutes=minutes))
    token = read_staff(KEYS, address, NOW)
    assert token is not None
    assert token.ticket == ticket
    assert acts_for(KEYS, token, staff)
    assert read_staff(KEYS, address, NOW + timedelta(minutes=minutes, seconds=1)) is None


@given(causes, causes, causes, st.none() | tickets)
def test_a_message_id_gives_its_ticket_back_and_is_the_same_each_time(
    cause: str, notice: str, recipient: str, ticket: int | None
) -> None:
    first = message_id(KEYS, cause, notice, recipient, ticket, "mail.example.com")
    assert first == message_id(KEYS, cause, notice, recipient, ticket, "mail.example.com")
    assert re.fullmatch(r"<[a-z0-9]+@mail\.example\.com>", first)
    assert read_message_id(KEYS, first) == OwnId(ticket)


@given(st.lists(st.tuples(causes, causes, causes, st.none() | tickets), min_size=2, max_size=2, unique=True))
def test_two_mails_never_share_a_message_id(mails: list[tuple[str, str, str, int | None]]) -> None:
    one, two = ((cause, notice, recipient.lower(), ticket) for cause, notice, recipient, ticket in mails)
    ids = {message_id(KEYS, *mail, "example.com") for mail in (one, two)}
    assert len(ids) == (1 if one == two else 2)


@given(st.data(), swaps)
def test_any_single_changed_character_is_refused(data: st.DataObject, character: str) -> None:
    for whole, read in (
        (REPLY, lambda text: read_address(KEYS, text)),
        (STAFF, lambda text: read_staff(KEYS, text, NOW)),
        (ID, lambda text: read_message_id(KEYS, text)),
    ):
        assert read(whole) is not None
        start, end = token_span(whole)
        at = data.draw(st.integers(min_value=start, max_value=end - 1))
        same = character.isascii() and character.lower() == whole[at]
        assert same or read(changed(whole, at, character)) is None


@given(st.data())
def test_a_token_that_is_cut_or_grown_is_refused(data: st.DataObject) -> None:
    start, end = token_span(REPLY)
    at = data.draw(st.integers(min_value=start, max_value=end - 1))
    assert read_address(KEYS, REPLY[:at] + REPLY[at + 1 :]) is None
    assert read_address(KEYS, REPLY[:at] + REPLY[at] + REPLY[at:]) is None


def test_the_kelvin_sign_is_no_k() -> None:
    assert "k" in REPLY
    assert read_address(KEYS, REPLY.replace("k", "\u212a")) is None
    assert read_message_id(KEYS, ID.replace("k", "\u212a")) is None


def test_case_does_not_matter() -> None:
    assert read_address(KEYS, REPLY.upper()) == 1042
    assert read_message_id(KEYS, ID.upper()) == OwnId(1042)
    token = read_staff(KEYS, STAFF.upper(), NOW)
    assert token is not None
    assert acts_for(KEYS, token, KIM.upper())


def test_another_key_is_refused_and_an_older_one_still_counts() -> None:
    old = reply_address(OLD, SUPPORT, 1042)
    assert read_address(KEYS, old) == 1042
    assert old.partition("@")[0].endswith("k1")
    assert REPLY.partition("@")[0].endswith("k2")
    assert read_address(OLD, REPLY) is None
    assert read_address(OTHER, REPLY) is None
    assert read_message_id(OTHER, ID) is None
    assert read_staff(OTHER, STAFF, NOW) is None


def test_one_secret_under_two_ids_makes_two_keys() -> None:
    twins = Keys((("k1", b"1" * 32), ("k2", b"1" * 32)))
    address = reply_address(twins, SUPPORT, 7)
    assert read_address(twins, address.replace("k1@", "k2@")) is None


def test_a_token_of_one_kind_is_nothing_as_another() -> None:
    assert read_address(KEYS, STAFF) is None
    assert read_staff(KEYS, REPLY, NOW) is None
    local = ID[1:].partition("@")[0]
    assert read_address(KEYS, f"support+{local}@example.com") is None
    token = REPLY.partition("+")[2].partition("@")[0]
    assert read_message_id(KEYS, f"<{token}@example.com>") is None


def test_a_message_id_counts_only_at_its_own_domain() -> None:
    assert read_message_id(KEYS, ID.replace("@example.com", "@example.net")) is None


def test_a_staff_token_serves_its_own_person_and_ticket_alone() -> None:
    token = read_staff(KEYS, STAFF, NOW)
    assert isinstance(token, StaffToken)
    assert token.ticket == 1042
    assert acts_for(KEYS, token, KIM)
    assert not acts_for(KEYS, token, "lee@example.com")
    assert not acts_for(KEYS, token, "")
    assert not acts_for(OTHER, token, KIM)


@given(st.text(max_size=600))
def test_no_text_is_read_as_ours_or_raises(text: str) -> None:
    for attempt in (text, f"support+{text}@example.com", f"<{text}@example.com>"):
        assert read_address(KEYS, attempt) is None
        assert read_staff(KEYS, attempt, NOW) is None
        assert read_message_id(KEYS, attempt) is None


def test_a_mac_is_compared_by_what_takes_the_same_time_for_every_text() -> None:
    """By its time == would tell how many characters were right (CWE-208)."""
    secrets = {"mac", "staff", "person", "state", "signed", "digest"}
    tree = ast.parse("\n".join(inspect.getsource(module) for module in (token, seal, link)))
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare) and named(node) & secrets]
    assert [ast.unparse(node) for node in compared] == []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and named(node.func) >= {"compare_digest"}]
    assert all(named(call) & secrets for call in calls)
    assert len(calls) == 5


def named(node: ast.AST) -> set[str]:
    """All variables, attributes and functions in it."""
    inside = list(ast.walk(node))
    return {one.id for one in inside if isinstance(one, ast.Name)} | {
        one.attr for one in inside if isinstance(one, ast.Attribute)
    }


def test_the_format_stays_as_it_is() -> None:
    """Tokens live for years in clients' mailboxes: whoever changes these lines breaks every one of them."""
    assert REPLY == "support+raaabasukfcv7cinb24qqrnk2@example.com"
    assert STAFF == "support+saaabasa4r6k273u7ceq5nj5drb2ke5ucros3myk2@example.com"
    assert ID == "<maaabasbvinj34hs7uvogbjspprcfigpcavrk7uk2@example.com>"


def test_the_local_part_stays_within_64_octets() -> None:
    assert len(STAFF.partition("@")[0]) <= 64
    assert len(reply_address(KEYS, f"{'a' * 38}@example.com", 1).partition("@")[0]) == 64
    with pytest.raises(ValueError, match='at most 38 characters, or reply_token = "off"'):
        reply_address(KEYS, f"{'a' * 39}@example.com", 1)


@pytest.mark.parametrize("ticket", [0, -1, 32**6])
def test_a_number_that_does_not_fit_is_refused_and_not_cut(ticket: int) -> None:
    with pytest.raises(ValueError, match="no number for a token"):
        reply_address(KEYS, SUPPORT, ticket)


def test_keys_show_no_secret() -> None:
    assert repr(KEYS) == str(KEYS) == "Keys(k2 ***, k1 ***)"


def test_a_key_file_is_read_first_key_current() -> None:
    text = "# made today\n\n" + key_line("k2", b"2" * 32) + key_line("k1", b"1" * 32).upper().replace("K1", "k1")
    assert Keys.read(text) == KEYS
    assert Keys.read(text).current == "k2"


@given(st.binary(min_size=20, max_size=80))
def test_every_secret_survives_its_key_line(secret: bytes) -> None:
    assert Keys.read(key_line("k1", secret) + "# end").pairs == (("k1", secret),)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("", "there is no key: add a line"),
        ("# nothing\n", "there is no key: add a line"),
        ("k1\n", "line 1: write an id, a space and a secret"),
        ("k1 aaaa bbbb\n", "line 1: write an id, a space and a secret"),
        ("\nKey-1 " + "a" * 64, "line 2: the id is not 1 to 4"),
        ("k1 " + "1" * 64, "line 1: the secret is not base32"),
        ("k1 " + "ä" * 64, "line 1: the secret is not base32"),
        ("k1 " + "a" * 16, "line 1: the secret has 10 bytes"),
        ("k1 " + "a" * 64 + "\nk1 " + "b" * 64, "two keys have one id"),
    ],
)
def test_a_wrong_key_file_is_refused_with_its_mend_and_without_its_secret(text: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend) as caught:
        Keys.read(text)
    assert "a" * 16 not in str(caught.value)


def test_a_teams_address_says_ticket_and_team_and_nobody_can_make_one() -> None:
    addr = team_address(KEYS, SUPPORT, 1042, "sales")
    assert read_team(KEYS, addr.upper(), ["consulting", "sales"]) == (1042, "sales")
    assert read_team(KEYS, addr, ["consulting"]) is None
    assert read_team(OTHER, addr, ["sales"]) is None
    assert (read_address(KEYS, addr), read_staff(KEYS, addr, NOW)) == (None, None)
    for at in range(len("support+"), addr.index("@")):
        assert read_team(KEYS, changed(addr, at, "a" if addr[at] != "a" else "b"), ["sales"]) is None, at
    assert read_team(KEYS, REPLY, ["sales"]) is None
    assert read_team(KEYS, STAFF, ["sales"]) is None
