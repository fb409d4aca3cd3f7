"""A member of staff who writes for a client: in copy, or by #for; and nobody who only says that they are staff."""

from dataclasses import replace

import pytest

from classifier.verdict import Kind, Known, Standing, Verdict
from inbound.message import Address, Message
from tests.classifier.judging import DANA, OURS, judge, link, mail

KIM = Address("kim@example.com", "Kim")
TEAM = replace(OURS, staff=frozenset({KIM.key}), authserv_ids=frozenset({"mx.example.com"}))
PASS = ("authentication-results", "mx.example.com; dmarc=pass header.from=example.com")
HOP = ("received", "from mx.example.org by mx.example.com with ESMTP; Wed, 2 Dec 2026 09:00:00 +0000")
TOM = Address("tom.oakes@example.org", "Tom Oakes")
SUPPORT = (Address("support@example.com"),)


def by_kim(
    text: str = "Dear Tom, here is what you asked for.", proof: tuple[str, str] = PASS, **fields: object
) -> Message:
    return mail(text, KIM.addr, proof, HOP, **fields)  # type: ignore[arg-type]


def for_whom(message: Message, **known: object) -> tuple[Kind, str, bool]:
    verdict: Verdict = judge(message, **({"ours": TEAM} | known))  # type: ignore[arg-type]
    return verdict.kind, verdict.behalf.addr if verdict.behalf else "", verdict.copied


def test_in_cc_or_bcc_of_a_mail_to_a_client_it_is_staffs_word_to_them() -> None:
    assert for_whom(by_kim(to=(TOM,), cc=SUPPORT)) == (Kind.STAFF_REPLY, TOM.addr, True)
    assert for_whom(by_kim(to=(TOM,))) == (Kind.STAFF_REPLY, TOM.addr, True), "Bcc: no address of ours is named"
    assert for_whom(by_kim(to=(KIM, TOM), cc=SUPPORT)) == (Kind.STAFF_REPLY, TOM.addr, True)
    on = judge(by_kim(to=(TOM,), cc=SUPPORT), ours=TEAM, link=link(Known.THREAD, Standing.STAFF))
    assert (on.ticket, on.pending, on.answer) == (77, False, False)


FOR = {
    "#for tom.oakes@example.org": TOM.addr,
    "\n#FOR: Tom Oakes <tom.oakes@EXAMPLE.org>\nHe called.": TOM.addr,
    "# for tom.oakes@example.org": TOM.addr,
    "*#for* <tom.oakes@example.org>": TOM.addr,
    "\u200b\uff03for: tom.oakes@example.org": TOM.addr,
    "#for the client": "",
    "#for support@example.com": "",
    "#for kim@example.com": "",
    "Please open this #for tom.oakes@example.org": "",
    "#form tom.oakes@example.org": "",
}


def test_a_mail_that_begins_with_for_and_an_address_opens_a_ticket_of_theirs() -> None:
    wrong = {}
    for text, client in FOR.items():
        found = for_whom(by_kim(text, to=SUPPORT))
        if found != ((Kind.STAFF_COMMAND, client, False) if client else (Kind.NEW_TICKET, "", False)):
            wrong[text] = found
    assert wrong == {}


def test_for_alone_takes_the_sender_of_the_mail_that_is_forwarded() -> None:
    forwarded = (
        "#for\n\n---------- Forwarded message ---------\nFrom: Tom Oakes <tom.oakes@example.org>\n"
        "Date: Tue, 1 Dec 2026 at 09:00\nSubject: White page\nTo: Kim <kim@example.com>\n\nIt is white.\n"
    )
    assert for_whom(by_kim(forwarded, to=SUPPORT, subject="Fwd: White page")) == (Kind.STAFF_COMMAND, TOM.addr, False)
    other = forwarded.replace("#for", "#for tom", 1)
    assert for_whom(by_kim(other, to=SUPPORT, subject="Fwd: White page")) == (Kind.NEW_TICKET, "", False), "it is told"


@pytest.mark.parametrize(
    "proof",
    [
        ("x-nothing", "x"),
        ("authentication-results", "mx.example.com; dmarc=fail header.from=example.com"),
        ("authentication-results", "mx.evil.example; dmarc=pass header.from=example.com"),
    ],
)
def test_a_from_that_nobody_proves_writes_for_nobody(proof: tuple[str, str]) -> None:
    assert for_whom(by_kim("#for tom.oakes@example.org", proof, to=SUPPORT)) == (Kind.NEW_TICKET, "", False)
    assert for_whom(by_kim("x", proof, to=(TOM,), cc=SUPPORT)) == (Kind.CC_ONLY, "", False)


def test_what_lies_in_our_archive_was_sent_from_here_unless_a_server_called_it_forged() -> None:
    nothing, fail = ("x-nothing", "x"), (PASS[0], PASS[1].replace("pass", "fail"))
    assert for_whom(by_kim("x", nothing, to=(TOM,)), sent=True) == (Kind.STAFF_REPLY, TOM.addr, True)
    assert for_whom(by_kim("x", fail, to=(TOM,)), sent=True)[1:] == ("", False)


NOTHING, FAIL = ("x-nothing", "x"), (PASS[0], PASS[1].replace("pass", "fail"))


@pytest.mark.parametrize(
    ("header", "fields", "sent", "kind"),
    [
        (NOTHING, {"to": (TOM,)}, True, Kind.STAFF_REPLY),
        (("list-unsubscribe", "<https://example.com>"), {"to": (TOM,)}, True, Kind.STAFF_REPLY),
        (NOTHING, {"to": SUPPORT, "cc": (TOM,)}, True, Kind.OWN_MAIL),
        (NOTHING, {"to": (Address("no-reply@shop.example"),)}, True, Kind.OWN_MAIL),
        (NOTHING, {"to": ()}, True, Kind.OWN_MAIL),
        (FAIL, {"to": (TOM,)}, True, Kind.OWN_MAIL),
        (("auto-submitted", "auto-replied"), {"to": (TOM,)}, True, Kind.OWN_MAIL),
        (NOTHING, {"to": (TOM,)}, False, Kind.OWN_MAIL),
    ],
)
def test_what_lies_in_our_folder_of_sent_mail_is_our_answer_to_a_client_or_nobodys(
    header: tuple[str, str], fields: dict[str, object], sent: bool, kind: Kind
) -> None:
    assert for_whom(by_kim("#close", header, **fields), sent=sent, outgoing=True)[0] is kind


def test_of_several_clients_the_one_counts_whose_ticket_it_answers() -> None:
    both = by_kim("Done.", NOTHING, to=(Address("ann@example.net"), KIM), cc=(TOM,))
    assert for_whom(both, sent=True, outgoing=True)[1] == "ann@example.net"
    assert for_whom(both, sent=True, outgoing=True, client=TOM.key)[1] == TOM.addr


def test_what_is_no_word_of_staff_to_a_client_stays_what_it_is() -> None:
    assert for_whom(mail("x", DANA, PASS, HOP, to=(TOM,), cc=SUPPORT))[0] is Kind.CC_ONLY
    assert for_whom(by_kim(to=SUPPORT, cc=(TOM,)))[0] is Kind.NEW_TICKET
    assert for_whom(by_kim(to=(KIM,), cc=SUPPORT))[0] is Kind.CC_ONLY
    assert for_whom(by_kim(to=(TOM,), cc=(Address("escalate@example.com"),)))[0] is Kind.ESCALATION
    robot = mail(
        "I am away until Monday.", KIM.addr, PASS, HOP, ("auto-submitted", "auto-replied"), to=(TOM,), cc=SUPPORT
    )
    assert judge(robot, ours=TEAM).behalf is None
