"""Which of the six kinds a person's mail is, and who has a staff member's power."""

from dataclasses import replace
from itertools import product

import pytest

from classifier.verdict import Kind, Known, Ours, Passed, Standing, Word
from inbound.message import Address
from tests.classifier.judging import DANA, OURS, judge, link, mail

TO_OTHERS = (Address("tom.oakes@example.org"),)
SUPPORT = (Address("support@example.com"),)
REPLY_ADDRESS = "escalate+77abc@example.com"
ANSWERED = replace(link(), address=REPLY_ADDRESS)
TRUSTED = replace(OURS, authserv_ids=frozenset({"mx.example.com"}))
PASS = ("authentication-results", "mx.example.com; dmarc=pass header.from=example.com")
HOP = ("received", "from mx.example.org by mx.example.com with ESMTP; Wed, 2 Dec 2026 09:00:00 +0000")


def test_support_in_cc_of_a_mail_to_others_is_cc_only_and_is_not_answered() -> None:
    verdict = judge(mail(to=TO_OTHERS, cc=SUPPORT))
    assert (verdict.kind, verdict.answer) == (Kind.CC_ONLY, False)


def test_delivered_to_always_names_us_and_makes_no_cc_a_to() -> None:
    assert (
        judge(mail("x", DANA, ("delivered-to", "support@example.com"), to=TO_OTHERS, cc=SUPPORT)).kind is Kind.CC_ONLY
    )


@pytest.mark.parametrize("address", ["help@example.com", "SUPPORT@EXAMPLE.COM", "support+t77abc@example.com"])
def test_an_alias_capitals_and_a_reply_token_are_our_address(address: str) -> None:
    assert judge(mail(to=(Address(address),), cc=SUPPORT)).kind is Kind.NEW_TICKET


def test_a_mail_that_was_resent_to_us_is_addressed_to_us() -> None:
    resent = mail("Please see.", DANA, ("resent-to", "Support <support@example.com>"), to=TO_OTHERS, cc=SUPPORT)
    assert judge(resent).kind is Kind.NEW_TICKET


@pytest.mark.parametrize("known", list(Known))
def test_a_reply_to_a_ticket_is_never_cc_only_whoever_is_in_to(known: Known) -> None:
    in_cc = judge(mail(to=TO_OTHERS, cc=SUPPORT), link=link(known))
    assert (in_cc.kind, in_cc.ticket) == (Kind.CLIENT_REPLY, 77)


def test_a_conversation_that_only_copies_us_goes_on_so_until_it_turns_to_us() -> None:
    again = judge(mail(to=TO_OTHERS, cc=SUPPORT), link=link(Known.THREAD), copied=True)
    assert (again.kind, again.ticket) == (Kind.CC_ONLY, 77)
    assert judge(mail(), link=link(Known.THREAD), copied=True).kind is Kind.CLIENT_REPLY


OWN_HOP = ("received", "from mx.example.org by mail.example.com with LMTP")
NAMED = ("x-original-to", "escalate@example.com")


def test_only_what_our_own_server_wrote_says_where_a_mail_was_delivered() -> None:
    """It stands above the topmost Received; what stands below has the sender, or a server on the way, written."""
    assert judge(mail("x", DANA, NAMED, OWN_HOP, to=TO_OTHERS)).kind is Kind.ESCALATION
    assert judge(mail("x", DANA, OWN_HOP, NAMED, to=TO_OTHERS)).kind is Kind.NEW_TICKET


def test_a_blind_copy_opens_a_ticket_without_an_answer() -> None:
    verdict = judge(mail(to=TO_OTHERS))
    assert (verdict.kind, verdict.no_answer) == (Kind.NEW_TICKET, "none of our addresses is in To or Cc")


def test_without_known_addresses_nothing_is_cc_only_or_an_escalation_by_address() -> None:
    verdict = judge(mail(to=TO_OTHERS, cc=(Address("escalate@example.com"),)), ours=Ours(), mailbox="")
    assert (verdict.kind, verdict.answer) == (Kind.NEW_TICKET, True)


def test_without_known_addresses_a_reply_is_known_by_its_thread() -> None:
    assert judge(mail(in_reply_to=("<x@example.org>",)), ours=Ours(), mailbox="").kind is Kind.CLIENT_REPLY


def test_with_known_addresses_a_reply_that_points_to_nothing_of_ours_is_new() -> None:
    assert judge(mail(in_reply_to=("<x@example.org>",), subject="Re: the fair")).kind is Kind.NEW_TICKET


@pytest.mark.parametrize("field", ["to", "cc"])
def test_the_escalate_address_anywhere_is_an_escalation_and_never_cc_only(field: str) -> None:
    fields = {"to": TO_OTHERS, "cc": SUPPORT, field: (Address("escalate@example.com"),)}
    assert judge(mail(**fields)).kind is Kind.ESCALATION


def test_a_mail_of_the_escalate_mailbox_is_an_escalation_on_its_ticket() -> None:
    verdict = judge(mail(), mailbox="escalate", link=link())
    assert (verdict.kind, verdict.ticket) == (Kind.ESCALATION, 77)


def test_an_answer_to_the_escalate_mailboxs_reply_address_is_a_reply_and_may_approve() -> None:
    answer = mail("Approved", DANA, ("delivered-to", "escalate@example.com"), to=(Address(REPLY_ADDRESS),))
    verdict = judge(answer, mailbox="escalate", link=ANSWERED)
    assert (verdict.kind, verdict.ticket, verdict.approves) == (Kind.CLIENT_REPLY, 77, True)


@pytest.mark.parametrize("address", ["escalate@example.com", "Boss@Example.com"])
@pytest.mark.parametrize("field", ["to", "cc", "resent"])
def test_the_escalate_address_or_an_alias_beside_the_reply_address_is_an_escalation(field: str, address: str) -> None:
    both = {"to": (Address(REPLY_ADDRESS), Address(address))}
    beside = {"to": both, "cc": {"to": (Address(REPLY_ADDRESS),), "cc": (Address(address),)}}
    resent = mail("Approved", DANA, ("resent-to", address), to=(Address(REPLY_ADDRESS),))
    answer = mail("Approved", **beside[field]) if field in beside else resent
    ours = replace(OURS, escalate=OURS.escalate | {"boss@example.com"})
    verdict = judge(answer, ours=ours, mailbox="escalate", link=ANSWERED)
    assert (verdict.kind, verdict.ticket) == (Kind.ESCALATION, 77)


@pytest.mark.parametrize("beside", [None, "boss@example.com"])
def test_where_there_are_no_tokens_the_mailboxs_address_alone_makes_an_answer_and_another_an_escalation(
    beside: str | None,
) -> None:
    ours = replace(OURS, escalate=OURS.escalate | {"boss@example.com"})
    named = (Address("Escalate@example.com"), *((Address(beside),) if beside else ()))
    answered = replace(link(Known.THREAD), address="escalate@example.com")
    verdict = judge(mail("Approved", to=named), ours=ours, mailbox="escalate", link=answered)
    assert (verdict.kind, verdict.ticket) == (Kind.ESCALATION if beside else Kind.CLIENT_REPLY, 77)
    stranger = replace(answered, standing=Standing.STRANGER)
    assert judge(mail(to=named), ours=ours, mailbox="escalate", link=stranger).kind is Kind.ESCALATION


def test_only_the_token_by_which_it_joins_makes_an_answer_of_it() -> None:
    to_both = {"to": (Address("support+77abc@example.com"), Address("escalate+guess@example.com"))}
    for known in (None, replace(link(), address="support+77abc@example.com"), link(Known.TAG, Standing.STRANGER)):
        assert judge(mail(**to_both), mailbox="escalate", link=known).kind is Kind.ESCALATION


def test_a_machine_does_not_escalate() -> None:
    robot = mail("I am out of the office.", DANA, ("auto-submitted", "auto-replied"), subject="Automatic reply: x")
    assert judge(robot, mailbox="escalate").kind is Kind.OUT_OF_OFFICE


def test_a_staff_member_without_a_token_is_anybody() -> None:
    verdict = judge(mail("#close", "kim@example.com"))
    assert (verdict.kind, verdict.no_answer) == (Kind.NEW_TICKET, "kim@example.com is staff")


@pytest.mark.parametrize("known", [known for known in Known if known is not Known.NUMBER])
def test_a_staff_members_from_on_a_ticket_without_a_token_waits_for_staff(known: Known) -> None:
    verdict = judge(mail("#close", "kim@example.com"), link=link(known, Standing.STAFF))
    assert (verdict.kind, verdict.ticket, verdict.pending, verdict.answer) == (Kind.CLIENT_REPLY, 77, True, False)


@pytest.mark.parametrize(("token", "passed", "own", "single"), list(product((True, False), repeat=4)))
def test_sec_agent_spoof_only_all_of_token_pass_from_and_one_from_act(
    token: bool, passed: bool, own: bool, single: bool
) -> None:
    sender = "kim@example.com" if own else "kim@example.org"
    headers = [HOP] + [PASS] * passed + [("from", "boss@example.com")] * (not single)
    verdict = judge(
        mail("#close", sender, *headers), ours=TRUSTED, staff_token=token, link=link(Known.TOKEN, Standing.STAFF)
    )
    assert (verdict.kind is Kind.STAFF_COMMAND) is (token and passed and own and single)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#close\nDone.", Kind.STAFF_COMMAND),
        ("\n\n  #note call them", Kind.STAFF_COMMAND),
        ("Done.\n#close", Kind.STAFF_REPLY),
        ("# a heading", Kind.STAFF_REPLY),
        ("#1042 is the same", Kind.STAFF_REPLY),
    ],
)
def test_a_command_is_the_first_line_of_a_staff_members_mail(text: str, kind: Kind) -> None:
    assert judge(mail(text, "kim@example.com"), staff_token=True, link=link(Known.TOKEN, Standing.STAFF)).kind is kind


def test_a_form_that_the_configuration_names_is_the_person_in_reply_to() -> None:
    form = mail("Hello", "forms@example.com", ("auto-submitted", "auto-generated"), reply_to=(Address(DANA),))
    verdict = judge(form)
    assert (verdict.kind, verdict.sender, verdict.answer) == (Kind.NEW_TICKET, Address(DANA), True)


def test_a_list_that_puts_our_address_in_from_is_the_person_in_x_original_from() -> None:
    via = mail("Hello", "support@example.com", ("x-original-from", f"Dana <{DANA}>"))
    verdict = judge(via)
    assert verdict.sender == Address(DANA)


def test_our_own_address_in_from_alone_is_a_person_and_is_not_answered() -> None:
    verdict = judge(mail("Hello", "support@example.com"))
    assert (verdict.kind, verdict.answer) == (Kind.NEW_TICKET, False)


def test_own_id_and_second_delivery_go_before_everything() -> None:
    robot = mail("x", DANA, ("auto-submitted", "auto-replied"))
    assert judge(robot, own=True).kind is Kind.OWN_MAIL
    assert judge(robot, duplicate_of=5).kind is Kind.DUPLICATE


def test_a_report_rule_that_names_nothing_fits_nothing() -> None:
    empty = replace(OURS, reports=(type(OURS.reports[0])("everything"),))
    assert judge(mail(), ours=empty).kind is Kind.NEW_TICKET


def test_spam_is_what_our_own_server_marked_above_the_first_hop() -> None:
    ours, flag = ("authentication-results", "mx.example.com; spf=fail"), ("x-spam-flag", "YES")
    assert judge(mail("x", DANA, ours, flag, HOP), ours=TRUSTED).kind is Kind.SPAM
    below = judge(mail("x", DANA, ours, HOP, flag), ours=TRUSTED)
    assert (below.kind, below.answer) == (Kind.NEW_TICKET, False)
    good, status = ("x-spam-flag", "NO"), ("x-spam-status", "Yes, score=9")
    assert judge(mail("x", DANA, ours, good, HOP, flag), ours=TRUSTED).kind is Kind.NEW_TICKET, "another filter's"
    hidden = judge(mail("x", DANA, ours, status, HOP, flag), ours=TRUSTED)
    assert hidden.kind is Kind.SPAM, "a mark of the sender's own hides none of ours"


def test_a_mark_at_the_end_is_found_however_many_the_sender_wrote() -> None:
    marked = replace(OURS, spam_marks=("X-Spam-Flag: YES",))
    many = [("x-spam-flag", "NO")] * 30
    assert judge(mail("x", DANA, *many, ("x-spam-flag", "YES")), ours=marked).kind is Kind.SPAM
    assert judge(mail("x", DANA, *many), ours=marked).kind is Kind.NEW_TICKET


def test_who_is_known_or_vouched_for_is_no_spammer_but_a_forged_from_is_neither() -> None:
    ours = replace(TRUSTED, spam_marks=("X-Spam-Flag: YES",))
    flag = ("x-spam-flag", "YES")
    fail = ("authentication-results", "mx.example.com; dmarc=fail header.from=example.org")
    allowed = {"word": Word(blocked=False, said="Kim said so of dana@example.org")}
    for known, spam in (
        (allowed, Kind.NEW_TICKET),
        ({"link": link(Known.TAG, Standing.REQUESTER)}, Kind.CLIENT_REPLY),
        ({"link": link(Known.TOKEN)}, Kind.CLIENT_REPLY),
    ):
        true, forged = (judge(mail("x", DANA, *more, HOP, flag), ours=ours, **known) for more in ((), (fail,)))
        assert true.kind is spam, known
        assert (forged.kind is Kind.SPAM) is (known.get("link") != link(Known.TOKEN)), known
    several = replace(mail("x", DANA, HOP, flag), from_=(Address(DANA), Address("eve@shop.example")))
    assert judge(several, ours=ours, **allowed).kind is Kind.SPAM
    staff = mail("x", "kim@example.com", ("authentication-results", fail[1].replace("org", "com")), HOP, flag)
    assert judge(staff, ours=ours).kind is Kind.SPAM


def test_a_failed_authentication_gets_no_answer() -> None:
    fail = ("authentication-results", "mx.example.com; dmarc=fail header.from=example.org")
    verdict = judge(mail("x", DANA, HOP, fail), ours=TRUSTED)
    assert (verdict.authenticated, verdict.no_answer) == (Passed.NO, "its sender is not authentic")
