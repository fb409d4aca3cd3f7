"""Staff work by mail: they hear of what they chose, answer it, and are answered; nobody else can act in their name."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.walk.lab import Lab, answer_to, mail
from tests.walk.post import octets
from tests.walk.service import do, once, ticket

KIM, LOU, ADA = "kim@example.test", "lou@example.test", "ada@client.example"
EVERYTHING = '["new", "replied", "escalated", "assigned"]'
TEAM = f"""
[[staff]]
address = "{LOU}"
name = "Lou Ray"
notify = {EVERYTHING}
"""


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    made = make_lab(TEAM)
    file = made.folder / "postroom.toml"
    file.write_text(file.read_text().replace('name = "Kim"\n', f'name = "Kim"\nnotify = {EVERYTHING}\n'))
    return made


class Desk:
    """What has been sent since the last look, to whom; and answers to it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.seen = 0

    def look(self) -> dict[str, EmailMessage]:
        """Runs once; the new mails by whom they are for. Nobody gets two."""
        once(self.lab)
        new = self.lab.smtp.accepted[self.seen :]
        self.seen += len(new)
        assert len({one.recipient for one in new}) == len(new), [one.recipient for one in new]
        return {one.recipient: message_from_bytes(one.raw, EmailMessage, policy=default) for one in new}

    def answer(self, notice: EmailMessage, words: str, sender: str, **headers: str) -> dict[str, EmailMessage]:
        self.lab.deliver(answer_to(bytes(notice), words, sender=sender, **headers))
        return self.look()


def text(one: EmailMessage) -> str:
    body = one.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_day_of_work_by_mail(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail("The page of course 4 is white.\n", cc=f"sam@client.example, {LOU}"))
    news = desk.look()
    assert set(news) == {ADA, KIM, LOU}
    first = news[KIM]
    copied = (
        "Copied in: sam@client.example, who hear nothing of it until they are let in: #people add sam@client.example\n"
    )
    assert copied in text(first)
    assert 'opened #1001, now in "Outstanding"' in text(first)
    assert "> The page of course 4 is white." in text(first)
    assert "your words go to Ada" in text(first)
    assert (first["Auto-Submitted"], first["In-Reply-To"]) == ("auto-generated", first["References"])
    assert first["Reply-To"] != news[LOU]["Reply-To"]

    out = desk.answer(
        first, "#status Pending Client Feedbak until 2030-01-02\n#assign me\n\nWhich browser is it?\n", KIM
    )
    assert set(out) == {ADA, KIM}
    assert "Which browser is it?" in text(out[ADA])
    assert "white" not in text(out[ADA])
    assert out[ADA]["Auto-Submitted"] is None
    done = text(out[KIM])
    for line in (
        "Done on #1001:",
        'Understood: "Pending Client Feedbak" was read as "Pending Client Feedback"',
        "Status: Pending Client Feedback until Wednesday 2 January 2030",
        f"Assigned to: {KIM}",
        f"Mail: to {ADA}",
        "To take it back: reply #undo",
        "To take it back: reply #assign nobody",
    ):
        assert line in done, done

    back = desk.answer(out[ADA], "Firefox.\n", ADA)
    assert set(back) == {KIM}, "the one who has the ticket, and not Lou"
    assert 'wrote on #1001, now in "Outstanding"' in text(back[KIM])

    kept = desk.answer(out[KIM], "She is on a train.\n", KIM)
    assert set(kept) == {KIM}
    assert "Note: kept among us" in text(kept[KIM])

    refused = desk.answer(back[KIM], "#status Solved\n\nIt works again.\n", KIM)
    assert set(refused) == {KIM}, "nothing of it is done"
    assert 'Nothing was done on #1001: there is no status "Solved"' in text(refused[KIM])

    closed = desk.answer(back[KIM], "#close problem solved\n#note it was the cache\n", KIM)
    assert set(closed) == {ADA, KIM}
    assert "cache" not in str(closed[ADA])
    again = desk.answer(closed[KIM], "#UNDO\n", KIM)
    assert set(again) == {KIM}
    given = desk.answer(again[KIM], "#asign lou ray", KIM)
    assert set(given) == {KIM, LOU}
    assert "assigned #1001 to you" in text(given[LOU])
    helped = desk.answer(given[LOU], "#help\n", LOU)
    assert "#assign PERSON" in text(helped[LOU])
    assert "From here you may set" in text(helped[LOU])
    late = text(desk.answer(news[LOU], "#status Assessment\n", LOU)[LOU])
    for line in (
        r'Before you: Kim set it to "Pending Client Feedback" at \d\d:\d\d, and assigned it to kim@example\.test, and wrote to the client\n',
        r'Before you: ada@client\.example wrote at \d\d:\d\d, and moved it to "Outstanding"\n',
    ):
        assert re.search(line, late), late
    assert "Before you" not in text(helped[LOU]), "nothing has happened since that notice"

    whole = ticket(lab, 1001)
    assert whole["status"] == "Assessment"
    assert [(moved["by"], moved["to"]) for moved in whole["history"]][1:] == [
        (KIM, "Pending Client Feedback"),
        ("mail:3", "Outstanding"),
        (KIM, "Problem Solved"),
        (KIM, "Outstanding"),
        (LOU, "Assessment"),
    ]
    staffs = [one for one in whole["conversation"] if one["author"] in {KIM, LOU} and one["direction"] == "in"]
    assert {one["visible_to"] for one in staffs} == {"staff"}
    assert {(one["address"], one["role"]) for one in whole["people"]} == {
        (ADA, "requester"),
        ("sam@client.example", "cc"),
    }


def test_nobody_acts_in_anothers_name_or_after_seven_days(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail())
    news = desk.look()
    order = "#close Problem Solved\n\nBye.\n"
    assert set(desk.answer(news[KIM], order, LOU)) == {LOU}, "Kim's address in Lou's hand"
    assert set(desk.answer(news[KIM], order, "eve@evil.example")) == {KIM, LOU}, "a stranger who got hold of it"
    unread = octets(answer_to(bytes(news[KIM]), order, sender="x@x.example")).replace(
        b"x@x.example", b"=?utf-8?q?ada?="
    )
    lab.deliver(unread.replace(b"Message-ID: <", b"Message-ID: <unread-"))
    assert text(desk.look()[LOU]).startswith("somebody wrote on #1001"), "of no readable From, and not Ada"
    assert ticket(lab, 1001)["status"] == "Outstanding"
    assert (
        desk.answer(news[KIM], "#close Problem Solved\nI am away until Monday.\n", KIM, Auto_Submitted="auto-replied")
        == {}
    )
    lab.move_clock(days=8)
    told = desk.answer(news[KIM], order, KIM)
    assert set(told) == {KIM}
    assert "Nothing was done on #1001: a mail in your name" in text(told[KIM])
    assert ticket(lab, 1001)["status"] == "Outstanding"
    assert set(desk.answer(told[KIM], order, KIM)) == {ADA, KIM}
    assert ticket(lab, 1001)["status"] == "Problem Solved"


def test_a_mail_to_the_client_that_a_limit_holds_back_is_told(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail())
    notice = desk.look()[KIM]
    for status in ("Assessment", "Support Rep Working", "With Development"):
        assert ADA in desk.answer(notice, f"#status {status}\n", KIM)
    (done,) = desk.answer(notice, "#close Problem Solved\n", KIM).values()
    assert f"Mail: to {ADA} is not sent: 4 automatic mails on this ticket within 30 minutes" in text(done)


def test_an_escalation_is_told_and_an_assignment_from_the_command_line_too(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail(to="escalate@example.test"), "escalate")
    news = desk.look()
    assert "escalated #1001" in text(news[LOU])
    do(lab, "assign", "1001", LOU, "--as", KIM)
    assert set(desk.look()) == {LOU}
    do(lab, "assign", "1001", KIM, "--as", KIM)
    assert desk.look() == {}, "one's own doing is no news"


PROOF = (
    "Authentication-Results: mx.example.test; dmarc=pass header.from=example.test\r\nReceived: by mx.example.test\r\n"
)


def test_staff_write_for_a_client_in_copy_or_by_for(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(TEAM.replace("[[staff]]", 'trusted_authserv_ids = ["mx.example.test"]\n[[staff]]', 1))
    file = lab.folder / "postroom.toml"
    head, team = file.read_text().split('trusted_authserv_ids = ["mx.example.test"]\n')
    file.write_text('trusted_authserv_ids = ["mx.example.test"]\n' + head + team)
    desk = Desk(lab)

    def write(words: str, to: str, **headers: str) -> dict[str, EmailMessage]:
        lab.deliver(PROOF.encode() + octets(mail(words, sender=f"Kim <{KIM}>", to=to, **headers)))
        return desk.look()

    copied = write("Dear Ada, does it work now?\n", ADA, Cc="support@example.test", message_id="<first@example.test>")
    assert set(copied) == {KIM, LOU}, "Ada has the mail already; Lou hears of every new ticket"
    assert "#1001 is open for ada@client.example" in text(copied[KIM])
    lab.deliver(mail("It does not.\n", to=KIM, Cc="support@example.test", In_Reply_To="<first@example.test>"))
    assert set(desk.look()) == {LOU}
    whole = ticket(lab, 1001)
    assert (whole["requester"], whole["status"], whole["client_replied"]) == (ADA, "Outstanding", True)
    assert [
        (said["direction"], said["kind"])
        for said in whole["conversation"]
        if said["mail"] and said["visible_to"] == "client"
    ][:2] == [("out", "staff_reply"), ("in", "client_reply")]

    opened = write("#for Bea <bea@other.example>\nShe called: the catalog is empty.\n", "support@example.test")
    assert set(opened) == {KIM, LOU}
    assert "#1002 is open for Bea <bea@other.example>" in text(opened[KIM])
    lab.deliver(PROOF.encode() + octets(answer_to(bytes(opened[KIM]), "Dear Bea, we look into it.\n", sender=KIM)))
    assert set(desk.look()) == {KIM, "bea@other.example"}
    unproved = desk.answer(opened[KIM], "Dear Bea, it is done.\n", KIM)
    assert set(unproved) == {KIM}
    assert "Nothing was done on #1002" in text(unproved[KIM])
    assert KIM not in [one["address"] for one in ticket(lab, 1002)["people"]]
    forged = mail("#for eve@evil.example\nOpen.\n", sender=f"Kim <{KIM}>")
    lab.deliver(forged)
    told = desk.look()
    assert "#1003 is open in your own name: no trusted server says that the mail is yours" in text(told[KIM])
    told = write("# for bea\nShe called.\n", "support@example.test", message_id="<bold@example.test>")
    assert '"bea" is no address' in text(told[KIM])
    assert ticket(lab, 1003)["requester"] == KIM
    lab.deliver(mail("#format of page 4 is wrong.\n", sender="Cy <cy@other.example>"))
    assert set(desk.look()) == {"cy@other.example", LOU}, "a client's mail that begins so is a mail like any other"


def test_what_does_not_go_along_to_the_client_is_named(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail())
    reply = answer_to(bytes(desk.look()[KIM]), "Dear Ada, see the plan.\n", sender=KIM)
    reply.add_attachment(b"a plan", maintype="application", subtype="pdf", filename="plan.pdf")
    reply.add_attachment(
        b"\x89PNG",
        maintype="image",
        subtype="png",
        filename="logo.png",
        disposition="inline",
        cid="<logo@example.test>",
    )
    lab.deliver(reply)
    out = desk.look()
    assert [part.get_filename() for part in out[ADA].iter_attachments()] == ["plan.pdf"]
    assert "Left out: logo.png" in text(out[KIM])


def test_a_ticket_is_linked_and_unlinked_by_mail(lab: Lab) -> None:
    desk = Desk(lab)
    lab.deliver(mail())
    first = desk.look()[KIM]
    linked = desk.answer(first, "#link https://git.example.com/acme/app/issues/12\n\nBest,\nKim\n", KIM)
    assert set(linked) == {KIM, ADA}
    assert 'Done: #1001 is linked to acme/app#12; now in "With Development"' in text(linked[KIM])
    assert f"Mail: to {ADA}" in text(linked[KIM])
    assert "To take it back: reply #unlink acme/app#12" in text(linked[KIM])
    assert [one["key"] for one in ticket(lab, 1001)["issues"]] == ["acme/app#12"]
    refusals = {
        "#link acme/app#12": "#1001 is linked to acme/app#12 already",
        "#link": '"" is no issue: write its key',
        "#link ENG 12": '"ENG 12" is no issue',
        "#link ENG-12\n#assign me": "a link stands alone",
        "#link ENG-12\nDear Ada": "a link stands alone",
        "#unlink ENG-12": "#1001 is not linked to ENG-12",
    }
    for words, why in refusals.items():
        (answer,) = desk.answer(linked[KIM], f"{words}\n", KIM).values()
        assert f"Nothing was done on #1001: {why}" in text(answer)
    (done,) = desk.answer(linked[KIM], "#unlink\n", KIM).values()
    assert "Done: #1001 is linked to acme/app#12 no more" in text(done)
    assert ticket(lab, 1001)["issues"] == []
    (none,) = desk.answer(done, "#unlink\n", KIM).values()
    assert "Nothing was done on #1001: #1001 is linked to no issue" in text(none)
    assert "#link KEY" in text(desk.answer(done, "#help\n", KIM)[KIM])


def test_for_says_why_it_names_no_client(lab: Lab) -> None:
    desk = Desk(lab)
    cases = {
        "#for bea@\nShe called.": '"bea@" is no address: write #for ada@client.example on top',
        f"#for {LOU}\nShe called.": f"{LOU} is ",
        "#for\nShe called.": "#for names nobody, and no client's mail is forwarded below it",
    }
    for place, (words, why) in enumerate(cases.items()):
        lab.deliver(mail(words, sender=f"Kim <{KIM}>", subject=f"Call {place}"))
        assert f"is open in your own name: {why}" in text(desk.look()[KIM])


def test_so_many_commands_an_hour_are_done_and_the_next_is_refused(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(TEAM + "\n[limits]\nstaff_commands_hour = 2\n")
    desk = Desk(lab)
    lab.deliver(mail("The page is white.\n"))
    notice = desk.look()[LOU]
    assert "Done" in text(desk.answer(notice, "#status Support Rep Working\n", LOU)[LOU])
    assert "Done" in text(desk.answer(notice, "#assign kim\n", LOU)[LOU])
    said = text(desk.answer(notice, "#close Problem Solved\n", LOU)[LOU])
    assert "2 mails of yours went to tickets within an hour" in said
    assert ticket(lab, 1001)["status"] == "Support Rep Working"
    assert ADA in desk.answer(notice, "It is white again.\n", LOU), "words to a client are no command"
    lab.move_clock(hours=1, minutes=1)
    desk.answer(notice, "#close Problem Solved\nAll done.\n", LOU)
    assert ticket(lab, 1001)["status"] == "Problem Solved"


@pytest.mark.parametrize("command", ["#merge 1002", "#unmerge", "#link ENG-13", "#unlink ENG-12"])
def test_a_command_that_stands_alone_is_counted_and_refused_like_the_others(
    make_lab: Callable[..., Lab], command: str
) -> None:
    lab = make_lab(TEAM + "\n[limits]\nstaff_commands_hour = 2\n")
    desk = Desk(lab)
    lab.deliver(mail("The page is white.\n"))
    notice = desk.look()[LOU]
    lab.deliver(mail("The page is white, and blue.\n", sender="Eve <eve@other.example>"))
    desk.look()
    assert "Done" in text(desk.answer(notice, "#assign kim\n", LOU)[LOU])
    assert "Done" in text(desk.answer(notice, "#link ENG-12\n", LOU)[LOU])
    said = text(desk.answer(notice, f"{command}\n", LOU)[LOU])
    assert "Nothing was done on #1001: 2 mails of yours went to tickets within an hour" in said
    assert ticket(lab, 1001)["merged_into"] is None
