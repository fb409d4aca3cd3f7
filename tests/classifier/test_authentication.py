"""Authentication-Results: S48, S49, S50, in the forms of Gmail, Microsoft 365 and milters; forged and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.authentication import aligned, authenticate, parse_results
from classifier.classify import classify
from classifier.verdict import Evidence, Ours, Passed
from tests.classifier.judging import DANA, mail

GOOGLE = "mx.google.com; dkim=pass header.i=@example.org header.s=s1 header.b=abc; spf=pass (google.com: domain of dana) smtp.mailfrom=d@example.org; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.org"
MICROSOFT = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=pass (signature was verified) header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100"
BORDER = (
    "received",
    "from mx1.example.org (mx1.example.org [192.0.2.25]) by mx.google.com with ESMTPS id 1 for <support@example.com>",
)
INSIDE = ("received", "by 2002:a05:6402:1234:b0:1:2:3 with SMTP id x1csp1")
FOREIGN = ("received", "from laptop by mx1.example.org with ESMTPSA id 2")
MS_BORDER = (
    "received",
    "from mx1.example.org (192.0.2.1) by DB5EUR.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server",
)


def asked(*headers: tuple[str, str], ids: tuple[str, ...] = ("mx.google.com",), **fields: object) -> Passed:
    return authenticate(Evidence(mail("x", DANA, *headers, **fields), Ours(authserv_ids=frozenset(ids))))[0]


def results(value: str) -> tuple[str, str]:
    return ("authentication-results", value)


def test_gmail_writes_below_its_own_hop_and_is_believed() -> None:
    assert asked(INSIDE, BORDER, results(GOOGLE), FOREIGN) is Passed.YES


def test_nobody_is_believed_by_default() -> None:
    assert asked(INSIDE, BORDER, results(GOOGLE), ids=()) is Passed.UNKNOWN


def test_another_servers_word_counts_for_nothing() -> None:
    assert asked(BORDER, results(GOOGLE.replace("mx.google.com", "mx.example.org"))) is Passed.UNKNOWN


def test_our_servers_name_below_a_foreign_hop_was_forged() -> None:
    assert asked(BORDER, FOREIGN, results(GOOGLE)) is Passed.UNKNOWN


def test_a_forged_pass_below_our_servers_fail_counts_for_nothing() -> None:
    assert asked(results("mx.google.com; dmarc=fail header.from=example.org"), BORDER, results(GOOGLE)) is Passed.NO


def test_microsofts_form_names_no_server_and_is_known_by_the_hop_below() -> None:
    assert asked(results(MICROSOFT), MS_BORDER, FOREIGN, ids=("protection.outlook.com",)) is Passed.YES
    assert asked(results(MICROSOFT), FOREIGN, ids=("protection.outlook.com",)) is Passed.UNKNOWN


@pytest.mark.parametrize("own", ["example.co.uk", "mx.example.co.uk"])
@pytest.mark.parametrize(
    "host", ["mail.evil.co.uk", "evil.co.uk", "co.uk", "evil-example.co.uk", "mail.example.co.uk.evil.test"]
)
def test_a_host_beside_or_above_ours_ends_the_zone(own: str, host: str) -> None:
    hop, forged = ("received", f"from x by {host} with ESMTP"), results(f"{own}; dmarc=pass header.from=example.org")
    assert asked(hop, forged, ids=(own,)) is Passed.UNKNOWN
    assert asked(("received", f"from x by inner.{own} with ESMTP"), forged, ids=(own,)) is Passed.YES


def test_microsofts_inner_hosts_are_ours_only_where_they_are_named() -> None:
    inner = ("received", "from DB5EUR.mail.protection.outlook.com by AM0P.eurprd05.prod.outlook.com with HTTPS")
    found = (inner, results(MICROSOFT), MS_BORDER, FOREIGN)
    assert asked(*found, ids=("protection.outlook.com",)) is Passed.UNKNOWN
    assert asked(*found, ids=("protection.outlook.com", "prod.outlook.com")) is Passed.YES
    assert asked(*found, ids=("outlook.com",)) is Passed.YES


@pytest.mark.parametrize(
    ("value", "passed"),
    [
        ("dmarc=pass header.from=example.org", Passed.YES),
        ("dmarc=pass header.from=evil.example", Passed.UNKNOWN),
        ("dmarc=fail header.from=example.org", Passed.NO),
        ("dmarc=none header.from=example.org; dkim=pass header.d=example.org", Passed.YES),
        ("dkim=pass header.d=example.org", Passed.YES),
        ("dkim=pass header.d=mail.example.org", Passed.YES),
        ("dkim=pass header.i=@example.org", Passed.YES),
        ("dkim=pass header.d=evil.example", Passed.UNKNOWN),
        ("dkim=pass header.d=org", Passed.UNKNOWN),
        ("dkim=fail header.d=example.org", Passed.NO),
        ("dkim=fail header.d=lists.example.net", Passed.UNKNOWN),
        ("spf=pass smtp.mailfrom=example.org", Passed.UNKNOWN),
        ("spf=fail smtp.mailfrom=example.org", Passed.NO),
        ("spf=softfail smtp.mailfrom=example.org", Passed.UNKNOWN),
        ("spf=fail smtp.mailfrom=lists.example.net; dkim=pass header.d=example.org", Passed.YES),
        ("none", Passed.UNKNOWN),
    ],
)
def test_spf_alone_never_suffices_and_dkim_must_be_aligned(value: str, passed: Passed) -> None:
    assert asked(BORDER, results(f"mx.google.com; {value}")) is passed


@pytest.mark.parametrize("tags", ["l=10; h=from:subject", "h=subject:date"])
def test_a_signature_that_leaves_the_end_or_the_from_open_is_none(tags: str) -> None:
    signature = ("dkim-signature", f"v=1; a=rsa-sha256; d=example.org; {tags}; b=abc")
    assert asked(BORDER, results(GOOGLE), signature) is Passed.UNKNOWN


def test_two_from_headers_are_never_authentic() -> None:
    assert asked(BORDER, results(GOOGLE), ("from", "boss@example.org")) is Passed.UNKNOWN


@pytest.mark.parametrize("depth", [1, 50, 5000])
def test_comments_nest_to_any_depth(depth: int) -> None:
    value = f"mx.google.com {'(' * depth}a;b=c{')' * depth}; dmarc=pass (x (y) \\( z) header.from=example.org"
    assert parse_results(value[:8000]).authserv == "mx.google.com"


def test_a_comment_hides_what_is_in_it() -> None:
    assert asked(BORDER, results("mx.google.com; spf=none (; dmarc=pass header.from=example.org)")) is Passed.UNKNOWN


def test_alignment_knows_no_neighbour_by_its_end_alone() -> None:
    assert not aligned("evilexample.org", "example.org")


@given(st.text(max_size=400))
def test_any_value_is_read_without_an_error(value: str) -> None:
    parse_results(value)


@given(
    st.lists(
        st.sampled_from(["mx.google.com", ";", "dkim=pass", "(", ")", '"', "header.d=example.org", "=", " "]),
        max_size=40,
    )
)
def test_any_order_of_its_pieces_is_read_without_an_error(pieces: list[str]) -> None:
    asked(BORDER, results("".join(pieces)))


@pytest.mark.parametrize(
    ("headers", "ids", "words"),
    [
        ((), (), "no server is trusted to say: trusted_authserv_ids is not set"),
        ((), ("mx.example.com",), "no Authentication-Results of mx.example.com"),
        (
            (results("mx.example.com; dmarc=pass header.from=example.org"),),
            ("mx.example.com",),
            "dmarc=pass header.from=example.org",
        ),
    ],
)
def test_every_verdict_says_who_says_that_its_sender_is_authentic_or_why_nobody_does(
    headers: tuple[tuple[str, str], ...], ids: tuple[str, ...], words: str
) -> None:
    assert classify(Evidence(mail("x", DANA, *headers), Ours(authserv_ids=frozenset(ids)))).authenticity == words
