"""A client's own pages: in by a mailed link, they read, answer, close and open again; nobody sees what is not theirs, and nothing typed is lost."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

from tests.walk.lab import Lab, mail
from tests.walk.service import Service, do, once, only_ticket, rows, say, ticket
from tests.walk.test_desk import STAFF, Desk
from tests.walk.test_web import WEB, browser

ADA, BOB = "ada@client.example", "bob@other.example"


def body(raw: bytes) -> str:
    part = message_from_bytes(raw, EmailMessage, policy=default).get_body(["plain"])
    assert part
    return str(part.get_content())


def test_a_client_signs_in_by_mail_reads_answers_closes_and_opens_again(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF.replace("assigned", "replied"))
    lab.deliver(mail(subject="Page <b>4</b> is white", text="It is <i>white</i>.\n\nOn 1 Nov Bo wrote:\n> Old words\n"))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        number = rows(lab, "tickets")[0]["number"]
        one = f"/my/{number}"
        assert "https://help.example.test/sign-in/l" in body(lab.sent()[0]), "the acknowledgement leads there"
        ada = Desk(lab, running, pages, ADA, one)
        assert ada.first.headers["location"] == one
        assert "Page &lt;b&gt;4&lt;/b&gt; is white" in ada.get("/my").text
        page = ada.get(one).text
        assert "It is &lt;i&gt;white&lt;/i&gt;." in page
        assert "<i>" not in page

        do(lab, "set", str(number), "pending_client_feedback", "--note", "Only among us")
        do(lab, "reply", str(number), "--file", "-", words="Please try <Firefox>.")
        running.wait_until(lambda: any(b"Please try" in raw for raw in lab.sent()))
        stale = ada.post(f"{one}/write", {"form": ada.fields(one)["form"], "seen": "0"}, text="I typed <this>")
        assert (stale.status, "I typed &lt;this&gt;</textarea>" in stale.text) == (409, True)
        page = unescape(ada.get(one).text)
        assert "Please try <Firefox>." in page
        assert "its status becomes “Stale”" in page
        for among_us in ("Only among us", "/do/", "kim@example.test"):
            assert among_us not in page

        assert ada.post(f"{one}/write", ada.fields(one), text="It stays <white>.").status == 303
        row = ticket(lab, number)
        assert (row["status"], row["history"][-1]["by"]) == ("Outstanding", ADA)
        assert [said["text"] for said in row["conversation"] if said["direction"] == "in"][-1] == "It stays <white>."
        running.wait_until(lambda: "lee@example.test" in {mail.recipient for mail in lab.smtp.accepted})
        (told,) = [mail.raw for mail in lab.smtp.accepted if mail.recipient == "lee@example.test"]
        assert "> It stays <white>." in body(told)

        twice = ada.fields(one)
        assert ada.post(f"{one}/found_solution", twice).status == 303
        assert ada.post(f"{one}/found_solution", twice).status == 409, "a button that is pressed twice does it once"
        assert ticket(lab, number)["status"] == "Client Found Solution"
        assert ada.post(f"{one}/write", ada.fields(one), text="").status == 409
        assert ada.post(f"{one}/write", ada.fields(one), text="It is back.").status == 303
        assert ticket(lab, number)["status"] == "Outstanding"
        before = only_ticket(lab)
        assert ada.post(f"{one}/approve", ada.fields(one)).status == 409, "the workflow offers no such thing there"
        for path in (f"/tickets/{number}", "/tickets", "/mails", "/outbox"):
            assert ada.get(path).headers["location"] == "/my"
        assert pages.post(f"{one}/write", {"text": "forged"}, Cookie=ada.cookie).status == 403
        assert only_ticket(lab) == before
        ended = ada.fields(one)
        assert ada.post("/sign-out", ended).status == 303
        lost = ada.post(f"{one}/write", ended, text="I typed this")
        assert (lost.status, "I typed this</textarea>" in lost.text) == (403, True)


def test_each_client_of_merged_requests_sees_their_own_and_closes_nothing_for_the_other(lab: Lab) -> None:
    lab.deliver(mail(subject="Ada's page", text="Words of Ada", sender=f"Ada <{ADA}>"))
    lab.deliver(mail(subject="Bob's page", text="Words of Bob", sender=f"Bob <{BOB}>"))
    once(lab)
    two, one = (row["number"] for row in rows(lab, "tickets"))
    by = {row["requester"]: row["number"] for row in rows(lab, "tickets")}
    do(lab, "merge", str(by[BOB]), str(by[ADA]))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        ada, bob = (Desk(lab, running, pages, who, f"/my/{by[who]}") for who in (ADA, BOB))
        assert {ada.get(f"/my/{by[BOB]}").status, bob.get(f"/my/{by[ADA]}").status} == {404}
        foreign = bob.post(f"/my/{by[ADA]}/write", bob.fields(f"/my/{by[BOB]}"), text="Let me in")
        assert (foreign.status, "Let me in</textarea>" in foreign.text) == (404, True)
        assert bob.post(f"/my/{by[BOB]}/write", bob.fields(f"/my/{by[BOB]}"), text="More of Bob").status == 303
        begun = bob.fields(f"/my/{by[BOB]}") | {"text": "It was the"}
        done = bob.post(f"/my/{by[BOB]}/found_solution", begun)
        assert (done.status, ">It was the</textarea>" in done.text) == (200, True), (
            "done, and what was half written is kept"
        )
        assert "Others have asked for the same" in done.text
        for who, sees, not_theirs in ((ada, by[ADA], "Bob"), (bob, by[BOB], "Ada")):
            for path in (f"/my/{sees}", "/my", "/my?view=all&search=words"):
                page = who.get(path)
                assert (page.status, not_theirs in page.text) == (200, False), path
        assert "More of Bob" in bob.get(f"/my/{by[BOB]}").text
    target = ticket(lab, by[ADA])
    assert (target["status"], target["client_replied"]) == ("Outstanding", True)
    assert {one, two} == {by[ADA], by[BOB]}


def test_a_client_approves_and_whoever_writes_without_end_is_asked_to_wait(lab: Lab) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('workflow = "courseleaf"', 'workflow = "service-desk"'))
    lab.deliver(mail(sender=f"Ada <{ADA}>"))
    once(lab)
    number = rows(lab, "tickets")[0]["number"]
    one = f"/my/{number}"
    do(lab, "set", str(number), "waiting_for_customer_approval")
    do(lab, "subscription", ADA, "off", "status")  # the link is asked for, and comes all the same
    with Service(lab, **WEB) as running:
        ada = Desk(lab, running, browser(running), ADA, one)
        fields = ada.fields(one)
        do(lab, "assign", str(number), "kim@example.test")
        assert ada.post(f"{one}/approve", fields).status == 303, "what staff do among themselves makes no page stale"
        assert (ticket(lab, number)["status"], ticket(lab, number)["tags"]) == ("Done", ["approved"])
        codes = [ada.post(f"{one}/write", ada.fields(one), text=f"Line {n}").status for n in range(20)]
        assert codes == [303] * 20
        wait = ada.post(f"{one}/write", ada.fields(one), text="And <more>")
        assert (wait.status, "And &lt;more&gt;</textarea>" in wait.text) == (409, True)


def test_a_file_is_saved_and_never_shown_and_only_by_those_whose_it_is(lab: Lab) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Ada <{ADA}>", "support@example.test", "A file"
    message["Message-ID"] = "<file@client.example>"
    message.set_content("Here it is.")
    message.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename="page.html")
    lab.deliver(message.as_bytes())
    lab.deliver(mail(subject="Bob's page", sender=f"Bob <{BOB}>"))
    once(lab)
    by = {row["requester"]: row["number"] for row in rows(lab, "tickets")}
    with Service(lab, **WEB) as running:
        pages = browser(running)
        ada, bob = (Desk(lab, running, pages, who, "/my") for who in (ADA, BOB))
        path = ada.get(f"/my/{by[ADA]}").text.partition('<p class="file"><a href="')[2].partition('"')[0]
        got = ada.get(path)
        assert (got.status, got.text) == (200, "<script>alert(1)</script>")
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"].startswith('attachment; filename="page.html"')
        assert bob.get(path).status == bob.get(path.replace(str(by[ADA]), str(by[BOB]))).status == 404
        assert pages.get(path).status == 303


def test_who_is_of_an_organisation_sees_what_the_others_have_asked_where_that_is_allowed(lab: Lab) -> None:
    senders = {
        "Ada asks": ADA,
        "Bo asks": "bo@it.client.example",
        "Cy asks": "cy@other.example",
        "Di asks": "di@gmail.com",
    }
    for place, (subject, sender) in enumerate(senders.items()):
        lab.deliver(mail(sender=sender, subject=subject, message_id=f"<{place}@x.example>", text=f"Secret {place}."))
    with Service(lab, POSTROOM_WEB__ORGANISATIONS='["client.example"]', **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 4)
        numbers = {row["requester"]: row["number"] for row in rows(lab, "tickets")}
        ada, cy, di = (Desk(lab, running, pages, one) for one in (ADA, "cy@other.example", "di@gmail.com"))
        seen = ada.get("/my?view=organisation").text
        assert [name for name in senders if f"<bdi>{name}</bdi>" in seen] == ["Ada asks", "Bo asks"]
        assert f'href="/my/{numbers[ADA]}"' in seen
        assert f'href="/my/{numbers["bo@it.client.example"]}"' not in seen
        assert "Secret" not in seen
        assert ada.get(f"/my/{numbers['bo@it.client.example']}").status == 404, "the list is all they see of it"
        assert "Bo asks" not in ada.get("/my?view=all").text
        assert "Bo asks" not in ada.get("/my?view=organisation&search=Secret").text, "nor do words of it lead there"
        assert "Bo asks" in ada.get("/my?view=organisation&search=bo").text
        for other in (cy, di):
            assert "Of my organisation" not in other.get("/my").text
            found = other.get("/my?view=organisation").text
            assert [name for name in senders if f"<bdi>{name}</bdi>" in found] in (["Cy asks"], ["Di asks"])
    assert "organisations[0]" in say(lab, "check", POSTROOM_WEB__ORGANISATIONS='["gmail.com"]').output
