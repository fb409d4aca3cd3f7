"""Two clients whose tickets are merged: each goes on in their own conversation, and no mail carries a word of the other's (T21)."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, refused, rows, ticket
from tests.walk.test_desk import Desk
from tests.walk.test_time import by_calendar, invitation
from tests.walk.test_web import WEB, browser

KIM = "kim@example.test"
BEA = "Bea Reed <bea@other.example>"
ADAS, BEAS = "adacanary", "beacanary"
TIMED = ("status", "status_since", "due_at", "timers", "client_replied")


def letters(lab: Lab, to: str) -> list[EmailMessage]:
    found = (message_from_bytes(raw, EmailMessage, policy=default) for raw in lab.sent())
    return [one for one in found if one["To"] == to]


def words(letter: EmailMessage) -> str:
    """All that a reader or a program sees of it."""
    return letter.as_string() + "".join(str(part.get_content()) for part in letter.walk() if not part.is_multipart())


def assert_hears_nothing_of(lab: Lab, client: str, own: str, others: tuple[str, ...]) -> None:
    mine = [words(letter) for letter in letters(lab, client)]
    assert [letter for letter in mine if own in letter and "Problem Solved" in letter]  # side by side with others
    assert not [other for letter in mine for other in others if other in letter]


@on_both
def test_merged_clients_hear_of_their_own_alone_and_both_tickets_come_apart_again(lab: Lab) -> None:
    lab.deliver(mail(f"{ADAS} page is white.\n", subject=f"{ADAS} page"))
    once(lab)
    lab.deliver(
        mail(f"{BEAS} form is white.\n", sender=BEA, subject=f"{BEAS} form", message_id=f"<{BEAS}@other.example>")
    )
    once(lab)
    do(lab, "set", "1001", "Pending Client Feedback", "--as", KIM)
    once(lab)
    before = [ticket(lab, number) for number in (1001, 1002)]

    said = do(lab, "merge", "1002", "#1001", "--as", KIM)
    assert said == "#1002 is merged into #1001, which is in Outstanding\n"
    assert refused(lab, "merge", "1002", "1001").startswith(f"postroom: {KIM} merged #1002 into #1001 on 20")
    assert "#1002 is merged into #1001, which would lead to itself" in refused(lab, "merge", "1001", "1002")
    assert "cannot be merged into itself" in refused(lab, "merge", "1001", "1001")
    assert refused(lab, "merge", "1001", "99") == "postroom: there is no ticket #99"
    assert "merged into #1001" in do(lab, "tickets")
    assert "#1002" not in do(lab, "tickets", "--open")
    assert "with #1002 merged into it" in do(lab, "ticket", "1001")
    assert "merged into #1001: that one's status and timer count" in do(lab, "ticket", "1002")
    once(lab)
    assert len(letters(lab, "bea@other.example")) == 1, "no client hears of a merge"

    do(lab, "set", "1001", "Pending Client Feedback", "--as", KIM)
    once(lab)
    for client, number in (("ada@client.example", 1001), ("bea@other.example", 1002)):
        assert f"[#{number}]" in letters(lab, client)[-1]["Subject"]
    asked = letters(lab, "bea@other.example")[-1].as_bytes()
    lab.deliver(answer_to(asked, f"It is {BEAS} again.\n", sender=BEA))
    once(lab)
    assert (ticket(lab, 1001)["status"], ticket(lab, 1002)["status"]) == ("Outstanding", "Outstanding")
    assert rows(lab, "mails")[0]["id"] in [said["mail"] for said in ticket(lab, 1002)["conversation"]]

    said = do(lab, "reply", "1002", "--file", "-", "--as", KIM, words="Hello Bea, the form is mended.\n")
    assert said == "#1002: the answer to bea@other.example is queued\n"
    said = do(lab, "set", "1002", "Problem Solved", "--as", KIM)
    assert said == "#1001, into which #1002 was merged, is now in Problem Solved; 2 mails to its clients are queued\n"
    once(lab)
    assert_hears_nothing_of(lab, "ada@client.example", ADAS, (BEAS, "bea@", "Bea ", "#1002"))
    assert_hears_nothing_of(lab, "bea@other.example", BEAS, (ADAS, "ada@", "#1001"))
    assert [letter for letter in letters(lab, "bea@other.example") if "Hello Bea" in words(letter)]

    kept = ticket(lab, 1002)["conversation"]
    said = do(lab, "unmerge", "1002", "--as", KIM)
    assert said == "#1002 is a ticket of its own again; #1001, which is in Problem Solved\n"
    last = f"postroom: #1002 is not merged into another ticket; the last that happened to it: {KIM} took #1002 out of #1001"
    assert refused(lab, "unmerge", "1002").startswith(last)
    after = [ticket(lab, number) for number in (1001, 1002)]
    assert after[1]["conversation"] == kept
    assert after[1]["status_since"] == before[1]["status_since"]
    assert all(said["ticket"] == 1001 for said in after[0]["conversation"])
    assert [row["because"][0] for row in after[1]["history"][1:]] == [
        f"{KIM} merged #1002 into #1001",
        f"{KIM} took #1002 out of #1001 again",
    ]


@on_both
def test_an_undone_merge_gives_the_target_its_status_and_its_timer_back(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    do(lab, "set", "1001", "Pending Client Feedback")
    lab.deliver(mail("Where is my answer?\n", sender=BEA, to="escalate@example.test", subject="Now"), to="escalate")
    once(lab)
    before = [ticket(lab, number) for number in (1001, 1002)]
    assert do(lab, "merge", "1002", "1001") == "#1002 is merged into #1001, which is in Outstanding, high priority\n"
    assert ticket(lab, 1001)["due_at"] is None
    assert (
        do(lab, "unmerge", "1002") == "#1002 is a ticket of its own again; #1001, which is in Pending Client Feedback\n"
    )
    for old in before:
        new = ticket(lab, old["number"])
        for changing in ("history", "version"):
            del new[changing], old[changing]
        assert new == old
    lab.move_clock(days=22)
    once(lab)
    assert ticket(lab, 1001)["timers"]["reminded"]
    assert ticket(lab, 1002)["status"] == "Manager Escalation"


def needing(lab: Lab) -> list[str]:
    """The tickets of which a digest says that their client answered, and they stay."""
    return re.findall(r"(#\d+)[^#]*its client answered, and it\s+stays", do(lab, "digest", "--print"))


def merged(lab: Lab) -> None:
    """Bea's #1002 leads to Ada's #1001."""
    lab.deliver(mail(f"{ADAS} page is white.\n", subject=f"{ADAS} page"))
    once(lab)
    lab.deliver(
        mail(f"{BEAS} form is white.\n", sender=BEA, subject=f"{BEAS} form", message_id=f"<{BEAS}@other.example>")
    )
    once(lab)
    do(lab, "merge", "1002", "1001", "--as", KIM)


@on_both
def test_a_reply_that_came_while_merged_goes_with_its_own_ticket_and_moves_the_others_back(lab: Lab) -> None:
    merged(lab)
    do(lab, "unmerge", "1002")
    do(lab, "set", "1001", "Pending Client Feedback")
    do(lab, "set", "1002", "Problem Solved")
    once(lab)
    asked = {to: letters(lab, to)[-1].as_bytes() for to in ("ada@client.example", "bea@other.example")}
    before = ticket(lab, 1001)
    do(lab, "merge", "1002", "1001")
    lab.deliver(answer_to(asked["bea@other.example"], "Thank you!\n", sender=BEA))
    once(lab)
    do(lab, "unmerge", "1002")
    assert [ticket(lab, one)["status"] for one in (1001, 1002)] == ["Pending Client Feedback", "Problem Solved"]

    do(lab, "merge", "1002", "1001")
    for more in ("", " And the list, too."):
        lab.deliver(answer_to(asked["bea@other.example"], f"Still broken.{more}\n", sender=BEA))
        once(lab)
    assert ticket(lab, 1001)["status"] == "Outstanding"
    told = len(lab.sent())
    said = do(lab, "unmerge", "1002")
    once(lab)
    ada, bea = ticket(lab, 1001), ticket(lab, 1002)
    assert [ada[name] for name in TIMED] == [before[name] for name in TIMED]
    assert said == "#1002 is a ticket of its own again; #1001, which is in Pending Client Feedback\n"
    assert (bea["status"], bea["history"][-1]["because"]) == (
        "Outstanding",
        ['its client wrote while it was merged into #1001: client_reply moves "Problem Solved" to "Outstanding"'],
    )
    assert len(lab.sent()) == told, "nobody hears of it a second time"

    # Where both have written, both wait for us.
    do(lab, "set", "1002", "Client Deferred")
    do(lab, "merge", "1002", "1001")
    lab.deliver(answer_to(asked["bea@other.example"], "It is broken once more.\n", sender=BEA))
    once(lab)
    lab.deliver(answer_to(asked["ada@client.example"], "Mine, too.\n", sender="Ada Lind <ada@client.example>"))
    once(lab)
    do(lab, "unmerge", "1002")
    assert [ticket(lab, one)["status"] for one in (1001, 1002)] == ["Outstanding", "Outstanding"]


@on_both
def test_an_appointment_of_merged_tickets_is_in_each_calendar_and_no_one_client_takes_it_from_the_others(
    lab: Lab,
) -> None:
    merged(lab)
    day = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}T14:00"
    do(lab, "set", "1001", "Appointment Scheduled", "--until", day)
    once(lab)
    clients = ("ada@client.example", "bea@other.example")
    theirs = [invitation(letters(lab, client)[-1].as_bytes()) for client in clients]
    assert [said.attendee.addr for _, said in theirs if said.attendee] == list(clients)
    assert len({said.uid for _, said in theirs}) == 2
    assert [canary for (text, _), canary in zip(theirs, (BEAS, ADAS), strict=True) if canary in text] == []

    by_calendar(lab, theirs[1][0], "REPLY", "bea@other.example", PARTSTAT="DECLINED")
    by_calendar(lab, theirs[1][0], "REPLY", "ada@client.example", PARTSTAT="DECLINED")  # it is not hers
    shown = ticket(lab, 1001)
    assert (shown["status"], shown["appointment"], shown["client_replied"]) == (
        "Appointment Scheduled",
        "invited",
        True,
    )
    told = [line for said in shown["conversation"] for line in said["because"] if "others have it, too" in line]
    assert len(told) == 1
    assert told[0].startswith("bea@other.example says declined")
    assert needing(lab) == ["#1001"], do(lab, "digest", "--print")

    do(lab, "set", "1001", "Support Rep Working")
    assert needing(lab) == []
    once(lab)
    ends = [invitation(letters(lab, client)[-1].as_bytes())[1] for client in clients]
    assert [(said.method, said.uid) for said in ends] == [("CANCEL", said.uid) for _, said in theirs]


def found_solution(lab: Lab) -> str:
    """The path of that choice in Bea's last mail."""
    plain = letters(lab, "bea@other.example")[-1].get_body(("plain",))
    assert plain
    return str(re.findall(r"https://help\.example\.test(/do/found_solution/\w+)", plain.get_content())[0])


def test_one_click_of_one_client_says_it_and_closes_nothing_that_another_waits_for(lab: Lab) -> None:
    merged(lab)
    do(lab, "set", "1001", "Pending Client Feedback")
    once(lab)
    path = found_solution(lab)
    with Service(lab, "--only", "web", **WEB) as running:
        asked = browser(running).get(path)
        assert "#1002" in asked.text
        assert not [word for word in (ADAS, "#1001", "Client Found Solution") if word in asked.text]
        assert browser(running).post(path).status == 200
        assert "You have answered already" in browser(running).get(path).text
    shown = ticket(lab, 1001)
    assert (shown["status"], shown["client_replied"]) == ("Pending Client Feedback", True)
    (note,) = [
        said for said in shown["conversation"] if said["direction"] == "note" and "found_solution" in said["text"]
    ]
    assert (note["ticket"], note["visible_to"]) == (1002, "staff")
    assert "stays, since tickets of others are merged with it" in note["text"]
    # Alone again, the same question is hers to answer.
    do(lab, "unmerge", "1002")
    do(lab, "set", "1002", "Pending Client Feedback")
    once(lab)
    path = found_solution(lab)
    with Service(lab, "--only", "web", **WEB) as running:
        assert browser(running).post(path).status == 200
    assert ticket(lab, 1002)["status"] == "Client Found Solution"
    assert ticket(lab, 1001)["status"] == "Pending Client Feedback"


def test_the_page_of_a_ticket_shows_what_it_may_be_about_and_merges_by_a_button(lab: Lab) -> None:
    lab.deliver(mail("Export of NURS 310 ends in error 500.\n", subject="Export of NURS 310 fails"))
    lab.deliver(mail("Export of NURS 310 still ends in error 500.\n", subject="NURS 310 export fails again"))
    lab.deliver(mail("Something else.\n", sender="eve@other.example", subject="Colours of the catalogue"))
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: len(rows(lab, "tickets")) == 3)
        kim = Desk(lab, running, browser(running), "kim@example.test", "/tickets/1002")
        page = kim.get("/tickets/1002").text
        assert "Merge into #1001" in page
        assert "ikely about the same: ada@client.example takes part in it" in page
        assert "Merge into #1003" not in page
        assert kim.post("/tickets/1002/merge", kim.fields("/tickets/1002"), to="1001").status == 303
        assert "Merge into #" not in kim.get("/tickets/1002").text
    assert ticket(lab, 1002)["merged_into"] == 1001


def test_whoever_says_on_a_page_that_it_helped_hears_nothing_of_others(lab: Lab) -> None:
    for name in ("ada", "bea"):
        lab.deliver(mail(f"Of {name}.\n", sender=f"{name}@client.example", subject=f"Of {name}"))
    once(lab)
    by = {row["requester"].partition("@")[0]: row["number"] for row in rows(lab, "tickets")}
    do(lab, "merge", str(by["bea"]), str(by["ada"]))
    do(lab, "set", str(by["ada"]), "problem_solved")
    with Service(lab, **WEB) as running:
        one = f"/my/{by['bea']}"
        bea = Desk(lab, running, browser(running), "bea@client.example", one)
        assert bea.post(f"{one}/helpful", bea.fields(one)).status == 303


def test_what_staff_write_to_a_client_of_a_merged_ticket_is_never_taken_for_what_they_wrote_before(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    lab.deliver(mail("The form is white.\n", sender="Bea <bea@other.example>", subject="Form"))
    once(lab)
    said = [f"Words number {number}." for number in range(6)]
    for number, words in enumerate(said):
        if number == 3:
            do(lab, "merge", "1002", "1001")
        do(lab, "reply", "1002", "--file", "-", words=words)
    once(lab)
    sent = b"".join(lab.sent())
    assert [words for words in said if words.encode() not in sent] == []
