"""Address headers: the right ones, the wrong ones that are common, and the ones that mean harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound import addresses


def parsed(value: str) -> list[tuple[str, str]]:
    return [(found.name, found.addr) for found in addresses.parse([value], 500)[0]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("kim@example.com", [("", "kim@example.com")]),
        ("a " * 400 + "<kim@example.com>", [(" ".join("a" * 75), "kim@example.com")]),
        ("Kim <Kim@EXAMPLE.com>", [("Kim", "Kim@example.com")]),
        ('"Doe, John" <j@example.com>, <k@example.com>', [("Doe, John", "j@example.com"), ("", "k@example.com")]),
        ('"a\\"b" <j@example.com>', [('a"b', "j@example.com")]),
        ("j@example.com (John (the) Doe)", [("John (the) Doe", "j@example.com")]),
        ("John (CEO) Doe <j(x)@example.com>", [("John Doe", "j@example.com")]),
        (
            "Team: a@example.com, B <b@example.com>;, c@example.com",
            [("", "a@example.com"), ("B", "b@example.com"), ("", "c@example.com")],
        ),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?J=C3=BCrgen=2C_B?= <j@example.com>", [("Jürgen, B", "j@example.com")]),
        ('"=?utf-8?q?J=C3=BCrgen?=" <j@example.com>', [("Jürgen", "j@example.com")]),
        ("=?utf-8?q?Doe, John?= <j@example.com>", [("Doe, John", "j@example.com")]),
        ("=?utf-8?b?SsO8?= =?utf-8?b?cmdlbg==?= <j@example.com>", [("Jürgen", "j@example.com")]),
        ("Jürgen <jürgen@bücher.example.com>", [("Jürgen", "jürgen@bücher.example.com")]),
        (
            "'kim@example.com' via Support <support@example.org>",
            [("'kim@example.com' via Support", "support@example.org")],
        ),
        ("'kim@example.com' <kim@example.com>", [("kim@example.com", "kim@example.com")]),
        ("'kim@example.com'", [("", "kim@example.com")]),
        ('"staff@example.com" <evil@example.net>', [("staff@example.com", "evil@example.net")]),
        ("a@example.com; b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        ("Kim Example kim@example.com", [("Kim Example", "kim@example.com")]),
        ("<<kim@example.com>>", [("", "kim@example.com")]),
        ("Kim <kim@example.com", [("Kim", "kim@example.com")]),
        ('"Kim <kim@example.com>', [("Kim", "kim@example.com")]),
        ("Kim (home <kim@example.com>", [("Kim home", "kim@example.com")]),
        ("Kim <mailto:kim@example.com>", [("Kim", "kim@example.com")]),
        ("<@relay.example.net,@other.example.net:kim@example.com>", [("", "kim@example.com")]),
        ('"john doe"@example.com', [("", '"john doe"@example.com')]),
        ('"john.doe"@example.com', [("", "john.doe@example.com")]),
        ("kim..k.@example.com", [("", '"kim..k."@example.com')]),
        ("kim @ example . com", [("", "kim@example.com")]),
        ("kim@[192.0.2.1]", [("", "kim@[192.0.2.1]")]),
        ("kim@example.com.", [("", "kim@example.com")]),
        ("root@localhost", [("", "root@localhost")]),
        ("", []),
        (" , ,; ", []),
    ],
)
def test_mailboxes_are_read_as_people_mean_them(value: str, expected: list[tuple[str, str]]) -> None:
    assert parsed(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "kim",
        "MAILER-DAEMON <>",
        "Kim <kim@>",
        "<@example.com>",
        "kim@exa mple.com",
        "kim@-example.com",
        "kim@example..com",
        "kim@example.com\u200b.net",
        "k\u202eim@example.com",
        "Kim <kim@example.com> <evil@example.net>",
        "kim@example.com evil@example.net",
        f"{'k' * 65}@example.com",
        f"kim@{'e' * 64}.com",
        "kim@example.com@evil.example.net",
    ],
)
def test_what_is_no_address_is_dropped_with_a_defect(value: str) -> None:
    found, defects = addresses.parse([value], 500)
    assert found == ()
    assert len(defects) == 1


@pytest.mark.parametrize(
    ("value", "addr"),
    [
        ("alice@example.org)bob@example.com", None),
        ("alice@example.org(<bob@example.com>", "bob@example.com"),
        ("alice@example.org]<bob@example.com>", "bob@example.com"),
        ('"alice@example.org)" <bob@example.com>', "bob@example.com"),
    ],
)
def test_a_malformed_phrase_gives_the_bracketed_address_or_none(value: str, addr: str | None) -> None:
    """CVE-2023-27043: the standard library's parser reads the wrong address out of such forms."""
    assert [found for _, found in parsed(value)] == ([addr] if addr else [])


def test_addresses_over_the_cap_are_cut_with_a_defect() -> None:
    found, defects = addresses.parse([",".join(f"a{n}@example.com" for n in range(600))], 500)
    assert len(found) == 500
    assert defects == ("addresses: over 500",)


@given(st.text(alphabet=st.sampled_from("ab@.<>()\"\\,;:[]' =?\u00e9\u200b\udc80\n")))
def test_every_address_that_comes_out_is_a_valid_one(value: str) -> None:
    for found in addresses.parse([value], 500)[0]:
        assert addresses.spec(found.addr) == found.addr
        assert "\n" not in found.name
        found.name.encode()
