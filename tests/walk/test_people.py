"""Who takes part, and with which addresses: what each hears, where answers go, and what nobody can forge."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import do, once, refused, rows, ticket
from tests.walk.test_bounces import report
from tests.walk.test_staff_mail import Desk, text

KIM, KIMS_PHONE = "kim@example.test", "kim@phone.example"
ADA, HOME, SAM, LIZ = "ada@client.example", "ada@home.example", "sam@client.example", "liz@client.example"
EVERYTHING = '["new", "replied", "escalated", "assigned"]'


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    made = make_lab()
    file = made.folder / "postroom.toml"
    more = f'name = "Kim"\naliases = ["{KIMS_PHONE}"]\nnotify = {EVERYTHING}\n'
    file.write_text(file.read_text().replace('name = "Kim"\n', more))
    return made


def offered(raw: EmailMessage) -> set[str]:
    """What the links of a mail do."""
    return set(re.findall(r"/do/([\w-]+)/", text(raw)))


@on_both
def test_a_client_who_writes_from_home_is_the_same_client_once_staff_say_so(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail())
    receipt = desk.look()[ADA]
    do(lab, "set", "1001", "Pending Client Feedback")
    asked = desk.look()[ADA]
    # A name is no proof: staff see a hint, and nothing follows.
    told = desk.answer(asked, "It is Firefox.\n", f"Ada Quill <{HOME}>")
    assert set(told) == {KIM}
    assert f"hint: {ADA} has the same name; if they are one person, let postroom person know" in text(told[KIM])
    assert ticket(lab, 1001)["status"] == "Pending Client Feedback"
    assert f"hint: {ADA} has the same name" in do(lab, "ticket", "1001")

    assert do(lab, "person", ADA, "add", HOME, "--as", KIM) == f"{ADA} and {HOME} are one person\n"
    assert refused(lab, "person", HOME, "add", ADA) == f"postroom: {ADA} is known as an address of {HOME}'s already"
    lab.move_clock(hours=2)
    told = desk.answer(asked, "It is Firefox, as I said.\n", f"Ada Quill <{HOME}>")
    assert set(told) == {KIM, HOME}, "the acknowledgement goes to where she wrote from"
    shown = ticket(lab, 1001)
    assert (shown["status"], shown["requester"]) == ("Outstanding", HOME)
    assert [(one["address"], one["role"], one["pending"]) for one in shown["people"]] == [(HOME, "requester", False)]
    do(lab, "reply", "1001", "--file", "-", words="Please try again.\n")
    assert set(desk.look()) == {HOME}

    # Her first address has kept all its rights, and takes the answers back.
    lab.move_clock(hours=2)
    desk.answer(receipt, "I am in the office again.\n", f"Ada Quill <{ADA}>")
    do(lab, "set", "1001", "Pending Client Feedback")
    assert set(desk.look()) == {ADA}
    # An absence there holds the timer, whichever address has it.
    away = answer_to(
        lab.sent()[-1], f"I am out of office until {datetime.now(UTC) + timedelta(days=9):%d %B %Y}.\n", sender=HOME
    )
    away["Auto-Submitted"] = "auto-replied"
    lab.deliver(away)
    desk.look()
    assert ticket(lab, 1001)["paused_until"]

    assert do(lab, "person", HOME, "show").splitlines()[-1] == "takes part in #1001"
    (row,) = rows(lab, "person", ADA, "show")
    assert [(one["address"], one["by"]) for one in row["addresses"]] == [(ADA, KIM), (HOME, KIM)]
    do(lab, "person", ADA, "remove", HOME)
    told = desk.answer(receipt, "It is me.\n", HOME)
    assert set(told) == {KIM}
    assert "new here" in text(told[KIM])


def test_answers_go_elsewhere_when_an_address_is_gone_and_nowhere_when_all_are(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "person", ADA, "add", HOME)
    do(lab, "reply", "1001", "--file", "-", words="Which browser is it?\n")
    once(lab)
    lab.deliver(report(lab.sent()[-1]))
    once(lab)
    shown = ticket(lab, 1001)
    assert (shown["status"], shown["requester"]) == ("Outstanding", HOME)
    assert f"{ADA} returns our mail for good: answers go to {HOME} from now on" in str(shown["conversation"])
    do(lab, "reply", "1001", "--file", "-", words="Which browser is it, please?\n")
    once(lab)
    (last,) = [one for one in lab.smtp.accepted if b"please?" in one.raw]
    assert last.recipient == HOME
    lab.deliver(report(last.raw, to=HOME))
    once(lab)
    assert ticket(lab, 1001)["status"] == "Client Unreachable"


@on_both
def test_colleagues_get_a_mail_of_their_own_of_what_staff_write_and_who_waits_gets_nothing(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail(cc=f"Sam <{SAM}>, {LIZ}", subject="Page"))
    desk.look()
    lab.deliver(mail(sender="bea@other.example", subject="Form", message_id="<bea@other.example>"))
    desk.look()
    do(lab, "people", "1001", "add", SAM, "--as", KIM)
    do(lab, "merge", "1002", "1001")
    assert desk.look() == {}, "nobody is written to"
    said = do(lab, "reply", "1001", "--file", "-", "--as", KIM, words="Hello Ada and Sam.\n")
    assert said == f"#1001: the answer to {ADA} is queued\n#1001: the answer to {SAM} is queued\n"
    told = desk.look()
    assert set(told) == {ADA, SAM}
    for one in told.values():
        whole = bytes(one).decode()
        assert [name for name in (ADA, SAM, LIZ, "bea@") if name in whole] == [one["To"]]
        assert (one["Cc"], one["Subject"]) == (None, "Re: Page [#1001]")
    assert told[ADA]["References"] == told[SAM]["References"]
    assert told[ADA]["Message-ID"] != told[SAM]["Message-ID"]
    # What a colleague answers is on the ticket, and answered to nobody else.
    lab.move_clock(hours=2)
    assert set(desk.answer(told[SAM], "It works for me.\n", f"Sam <{SAM}>")) == {KIM}
    # A change of status is the requesters' alone, and so is what it lets them decide.
    do(lab, "set", "1001", "Pending Client Feedback")
    assert set(desk.look()) == {ADA, "bea@other.example"}
    file = lab.folder / "postroom.toml"
    file.write_text('tell_colleagues = "all"\n' + file.read_text())
    do(lab, "set", "1001", "Problem Solved")
    told = desk.look()
    assert set(told) == {ADA, SAM, "bea@other.example"}
    assert "helpful" in offered(told[ADA])
    assert offered(told[SAM]) == {"off-status"}, "a colleague decides nothing, and may hear no more"
    # One person hears it once, whoever they are on it.
    do(lab, "person", SAM, "add", "bea@other.example")
    do(lab, "set", "1001", "Pending Client Feedback")
    assert set(desk.look()) == {ADA, SAM}


def test_staff_let_people_in_by_mail_and_answer_from_their_other_address(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail(cc=SAM))
    notice = desk.look()[KIM]
    told = desk.answer(notice, f"#people add {SAM}\n#people add Liz <{LIZ}>\n\nHello both.\n", f"Kim <{KIMS_PHONE}>")
    assert set(told) == {ADA, KIM}
    for line in (f"Takes part: {SAM}", f"Takes part: {LIZ}", f"reply #people remove {SAM}"):
        assert line in text(told[KIM])
    shown = ticket(lab, 1001)
    assert {one["address"]: one["role"] for one in shown["people"]} == {
        ADA: "requester",
        SAM: "participant",
        LIZ: "participant",
    }
    assert f"{KIM} let {SAM} in" in str(shown["conversation"])
    told = desk.answer(told[KIM], f"#people remove {SAM}\n", KIM)
    assert "Takes no part any more: sam@client.example" in text(told[KIM])
    for words, said in (
        (f"#people remove {SAM}", f"{SAM} takes no part in #1001"),
        (f"#people add {ADA}", f"{ADA} is the requester of #1001"),
        ("#people add help@example.test", "help@example.test is a mailbox of ours"),
        (f"#people add {KIM}", f"{KIM} is one of us"),
        ("#people add", "say whom: #people add ADDRESS, #people quiet ADDRESS, or #people remove ADDRESS"),
        (f"#people {LIZ}", "say whom"),
        (f"#people add {LIZ}, {SAM}", "say whom"),
        (f"#people add {SAM}\n#status Nowhere", "there is no status"),
    ):
        told = desk.answer(told[KIM], f"{words}\n", KIM)
        assert f"Nothing was done on #1001: {said}" in text(told[KIM]), words
    assert len(ticket(lab, 1001)["people"]) == 2
    # A token is for its own person, from whichever of their addresses; a stranger's From is none of them.
    assert set(desk.answer(told[KIM], f"#people add {SAM}\n", "kim@phone.example.org")) == {KIM}
    assert len([one for one in ticket(lab, 1001)["people"] if one["role"] == "participant" and not one["pending"]]) == 1


def test_a_vendor_writes_on_a_ticket_and_hears_nothing_of_its_client(lab: Lab) -> None:
    vendor, desk = "lee@vendor.example", Desk(lab)
    lab.deliver(mail())
    desk.look()
    said = do(lab, "people", "1001", "add", vendor, "--quiet", "--as", KIM)
    assert said == f"#1001: {vendor} takes part, and hears nothing of it\n"
    assert f"{vendor} takes part in #1001 already" in refused(lab, "people", "1001", "add", vendor, "--quiet")
    do(lab, "set", "1001", "Pending Client Feedback", "--say", "Which browser?")
    notice = desk.look()
    assert set(notice) == {ADA}
    told = desk.answer(notice[ADA], "The part is on its way.\n", vendor)
    assert set(told) == {KIM, vendor}, "a mail of their own is answered"
    assert "white" not in text(told[vendor])
    shown = ticket(lab, 1001)
    assert (shown["status"], shown["people"][-1]["role"]) == ("Outstanding", "quiet")
    done = desk.answer(told[KIM], f"#people add {vendor}\n", KIM)
    assert f"To take it back: reply #people quiet {vendor}" in text(done[KIM])
    assert set(desk.answer(done[KIM], "#reply Dear both\n", KIM)) == {KIM, ADA, vendor}
    done = desk.answer(done[KIM], f"#people quiet {vendor}\n", KIM)
    assert f"Takes part, and hears nothing of it: {vendor}" in text(done[KIM])
    assert set(desk.answer(done[KIM], "#reply Dear Ada\n", KIM)) == {KIM, ADA}


def test_nobody_is_made_one_with_us(lab: Lab) -> None:
    for words, said in (
        ((ADA, "add", ADA), f"{ADA} is known as an address of {ADA}'s already"),
        ((ADA, "remove", HOME), f"{HOME} is not known as an address of {ADA}'s"),
        ((ADA, "add", KIMS_PHONE), f"{KIMS_PHONE} is one of us: their addresses stand in [[staff]], as aliases"),
        (("support@example.test", "add", ADA), "support@example.test is a mailbox of ours"),
        ((ADA, "add", "nobody"), 'the second ADDRESS is "nobody": write one address'),
    ):
        assert refused(lab, "person", *words).startswith(f"postroom: {said}"), words
    assert do(lab, "person", ADA, "show") == f"{ADA}\ntakes part in no ticket\n"
