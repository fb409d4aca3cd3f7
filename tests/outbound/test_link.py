"""Signed links: bound to what they do, to one person, to how their ticket stands; nothing else is read as one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from inbound.message import Address
from outbound.keys import Keys
from outbound.link import entrance, entrances, is_for, link, nobody_elses, read_link, stands
from workflow.decision import Ticket

KEYS = Keys((("k1", b"1" * 32),))
ROTATED = Keys((("k2", b"2" * 32), ("k1", b"1" * 32)))
OTHER = Keys((("k1", b"3" * 32),))
SITE = "https://help.example.com/"
ADA = "ada@client.example"
NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
TICKET = Ticket(1042, "service-desk", "approval", "White page", Address(ADA), "support", NOW, NOW)
ADDRESS = link(KEYS, SITE, "approve", ADA, NOW, TICKET)
TOKEN = ADDRESS.rpartition("/")[2]


def test_a_link_says_what_it_does_and_holds_no_address() -> None:
    assert ADDRESS.startswith("https://help.example.com/do/approve/laaabas")
    assert ADDRESS == "https://help.example.com/do/approve/" + TOKEN
    assert "ada" not in TOKEN
    found = read_link(KEYS, "approve", TOKEN)
    assert found
    assert (found.what, found.ticket, found.expires) == ("approve", 1042, NOW)
    assert read_link(KEYS, "approve", TOKEN.upper()) == found


def test_it_is_for_one_person_and_for_the_ticket_as_it_stood() -> None:
    found = read_link(ROTATED, "approve", TOKEN)
    assert found, "an older key still counts"
    assert is_for(ROTATED, found, ADA.upper())
    assert not is_for(ROTATED, found, "eve@client.example")
    assert stands(ROTATED, found, replace(TICKET, version=7, assigned_to="kim@example.com"))
    for moved in (
        replace(TICKET, status="done"),
        replace(TICKET, status_since=NOW + timedelta(microseconds=1)),
        None,
    ):
        assert not stands(ROTATED, found, moved)


def test_another_word_another_key_or_one_other_character_makes_it_nobodys() -> None:
    assert read_link(KEYS, "not_yet", TOKEN) is None
    assert read_link(OTHER, "approve", TOKEN) is None
    for place in range(len(TOKEN)):
        other = "b" if TOKEN[place] != "b" else "c"
        assert read_link(KEYS, "approve", TOKEN[:place] + other + TOKEN[place + 1 :]) is None


def test_one_about_no_ticket_stands_always() -> None:
    found = read_link(KEYS, "digest-off", link(KEYS, SITE, "digest-off", ADA, NOW).rpartition("/")[2])
    assert found
    assert found.ticket is None
    assert stands(KEYS, found, None)


@given(st.text(max_size=600))
def test_no_text_is_read_as_ours_or_raises(text: str) -> None:
    assert read_link(KEYS, "approve", text) is None
    assert read_link(KEYS, text, TOKEN) is None or text == "approve"


def test_what_a_text_quotes_lets_nobody_in_and_does_nothing() -> None:
    leads = entrance(KEYS, SITE, ADA, NOW, TICKET)
    token = leads.rpartition("/")[2]
    rewritten = (  # as mail filters turn links, and programs wrap them
        f"https://filter.example/?url={quote(leads, safe='')}&data=1",
        f"https://filter.example/?url={quote(quote(leads, safe=''), safe='')}",
        f"https://filter.example/v2/url?u=https-3A__help.example.com_sign-2Din_{token}&d=1",
        leads.replace("/", "&#x2F;"),
        leads.upper(),
    )
    for one in (leads, *rewritten):
        assert entrances(KEYS, f"> {one}\n{ADDRESS}\n").keys() == {token}, one
        assert token not in nobody_elses(one).lower(), one
    assert entrances(KEYS, f"> {leads[:60]}\n> {leads[60:]}\n").keys() == {token}
    assert not entrances(OTHER, leads), "a token of another installation, or of nobody's making"
    assert not entrances(KEYS, f"{leads[:-9]}\n{SITE}sign-in/{'x' * 43}\nx{leads}"[: -len(leads)])
    shown = nobody_elses(f"{leads} and {ADDRESS}; {SITE}my/1042")
    assert shown == f"{SITE}sign-in/… and {SITE}do/approve/…; {SITE}my/1042"


def test_a_text_full_of_what_may_be_links_is_read_in_no_time() -> None:
    start = process_time()
    for hostile in ("/sign-in/l" * 100_000, f"{'l' + 'a' * 50} " * 20_000, "l" * 1_000_000):
        nobody_elses(hostile)
        assert not entrances(KEYS, hostile)
    assert process_time() - start < 3
