"""The link of a notice signs its client in, once, and leads to the request; whoever got that mail by another's answer is not let in by it."""

import re
from threading import Thread

from tests.dashboard.browser import Answer, Browser
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, rows, ticket
from tests.walk.test_desk import STAFF, Desk
from tests.walk.test_mine import body
from tests.walk.test_web import WEB, browser

ADA, CAI = "ada@client.example", "cai@client.example"
ENTRANCE = re.compile(r"https://help\.example\.test(/sign-in/l[a-z0-9]+)")
PLAIN = "https://help.example.test/my/"


def entrance(lab: Lab, to: str) -> str:
    """The path in the last mail that somebody got."""
    said = [body(one.raw) for one in lab.smtp.accepted if one.recipient == to][-1]
    (path,) = ENTRANCE.findall(said)
    return str(path)


def cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@on_both
def test_the_link_of_a_notice_signs_its_client_in_once_and_leads_to_the_request(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        number = rows(lab, "tickets")[0]["number"]
        path, there = entrance(lab, ADA), f"/my/{number}"
        for _scanner in range(2):
            asked = pages.get(path)
            assert (asked.status, "set-cookie" in asked.headers) == (200, False)
        assert f"As {ADA}, for a week." in asked.text
        foreign = pages.post(path, Sec_Fetch_Site="cross-site")
        assert (foreign.status, "set-cookie" in foreign.headers) == (403, False), (
            "nobody signs in whom another site sends"
        )
        for forged in (path[:-7] + "aaaaaaa", path.replace("/sign-in/", "/do/approve/"), f"{path}a"):
            assert pages.post(forged).status in {404, 410}

        many = at_once(pages, path)
        (came,) = [one for one in many if one.status == 303]
        assert (came.headers["location"], len(many)) == (there, 6)
        assert "Catalog page is white" in pages.get(there, Cookie=cookie(came)).text
        assert pages.get("/my", Cookie=cookie(came)).status == 200, "it remembers the person, not the ticket"
        assert pages.get("/tickets", Cookie=cookie(came)).headers["location"] == "/my"

        for used in (pages.get(path), pages.post(path)):
            assert (used.status, "set-cookie" in used.headers) == (410, False)
            assert f'href="/sign-in?back={there}"' in used.text
        again = pages.get(path, Cookie=cookie(came))
        assert (again.status, again.headers["location"]) == (303, there), "who is signed in just goes on"


def test_a_link_is_good_for_a_week_and_for_whoever_takes_part(lab: Lab) -> None:
    lab.deliver(mail(sender=f"Cai <{CAI}>", subject="Another"))
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: len(lab.sent()) == 2)
        numbers = {row["requester"]: str(row["number"]) for row in rows(lab, "tickets")}
        do(lab, "people", numbers[ADA], "add", CAI)
        do(lab, "reply", numbers[ADA], "--file", "-", words="Please try it again.")
        running.wait_until(lambda: len(lab.sent()) == 4)
        pages = browser(running)
        adas, cais = entrance(lab, ADA), entrance(lab, CAI)
        assert f"As {ADA}," in pages.get(adas).text
        assert f"As {CAI}," in pages.get(cais).text
        do(lab, "people", numbers[ADA], "remove", CAI)
        assert pages.post(cais).status == 410
    lab.move_clock(days=7, hours=1)
    with Service(lab, **WEB) as running:
        late = browser(running).post(adas)
        assert (late.status, "set-cookie" in late.headers) == (410, False)


def test_whoever_answers_to_all_lets_nobody_in_and_staff_and_teams_see_no_link(lab: Lab) -> None:
    lab.deliver(mail())
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF.replace('"assigned"', '"replied"') + '\n[forward]\nsales = "team@billing.example"\n')
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        number = str(rows(lab, "tickets")[0]["number"])
        first = lab.sent()[-1]
        quoted = "\n".join(f"> {line}" for line in body(first).splitlines())
        path = entrance(lab, ADA)
        lab.deliver(answer_to(first, f"To you alone.\n\nOn 1 Nov Support wrote:\n{quoted}\n"))
        running.wait_until(lambda: len(rows(lab, "mails")) == 2)
        assert pages.get(path).status == 200, "only we have read it"

        lab.deliver(answer_to(first, f"To all.\n\nOn 1 Nov Support wrote:\n{quoted}\n", Cc="bob@other.example"))
        running.wait_until(lambda: len(rows(lab, "mails", "--state", "processed")) == 3)
        running.wait_until(lambda: pages.get(path).status == 410)

        do(lab, "set", number, "sales_request")
        running.wait_until(lambda: any(one.recipient == "team@billing.example" for one in lab.smtp.accepted))
        kim = Desk(lab, running, pages, "kim@example.test")
        token = path.rpartition("/")[2]
        assert "/sign-in/…" in kim.get(f"/tickets/{number}").text
        others = [body(one.raw) for one in lab.smtp.accepted if one.recipient != ADA]
        assert not [said for said in (*others, kim.get(f"/tickets/{number}").text) if token in said]
        assert token not in str(ticket(lab, int(number))), "nor does a command or another program"
        shown = [kim.get(f"/mails/m{mail}/look").text for mail in (2, 3)]
        assert ["/sign-in/…" in text and token not in text for text in shown] == [True, True]


def test_a_link_lets_nobody_in_who_had_it_from_another_and_its_reader_by_any_address(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        number, path, first = rows(lab, "tickets")[0]["number"], entrance(lab, ADA), lab.sent()[-1]
        do(lab, "person", ADA, "add", "ada@home.example")
        lab.deliver(answer_to(first, "It is Firefox.\n", sender="Ada Quill <ada@home.example>"))
        running.wait_until(lambda: ticket(lab, number)["requester"] == "ada@home.example")
        assert pages.get(path).status == 200, "she is who she was"
        quoted = "\n".join(f"> {line}" for line in body(first).splitlines())
        forwarded = f"Ada sent me this.\n\nOn 1 Nov Support wrote:\n{quoted}\n"
        lab.deliver(answer_to(first, forwarded, sender="Bob <bob@other.example>"))
        running.wait_until(lambda: pages.get(path).status == 410)


def test_who_came_in_as_a_client_is_no_staff_when_the_configuration_names_them(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        ada = cookie(browser(running).post(entrance(lab, ADA)))
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(f'\n[[staff]]\naddress = "{ADA}"\nname = "Ada"\nroles = ["admin"]\n')
    with Service(lab, **WEB) as running:
        assert browser(running).get("/tickets", Cookie=ada).headers["location"].startswith("/sign-in")
        Desk(lab, running, browser(running), ADA).get("/tickets")


def test_a_backup_that_is_put_back_opens_no_door_that_was_shut(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: len(lab.sent()) == 1)
        path = entrance(lab, ADA)
        assert browser(running).get(path).status == 200
    do(lab, "backup", str(lab.folder / "old.db"))
    do(lab, "restore", str(lab.folder / "old.db"), "--replace")
    with Service(lab, **WEB) as running:
        assert browser(running).post(path).status == 410


def test_staff_and_teams_that_do_not_want_it_have_the_plain_address(lab: Lab) -> None:
    lab.deliver(mail(sender="Kim <kim@example.test>"))
    with Service(lab, **WEB) as running:
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        do(lab, "set", str(rows(lab, "tickets")[0]["number"]), "pending_client_feedback")
        running.wait_until(lambda: any(PLAIN in body(one.raw) for one in lab.smtp.accepted))
    lab.deliver(mail())
    with Service(lab, **WEB, POSTROOM_WEB__SIGN_IN_FROM_NOTICES="false") as running:
        running.wait_until(lambda: any(PLAIN in body(raw) for raw in lab.sent()))
        assert not any(ENTRANCE.search(body(one.raw)) for one in lab.smtp.accepted)


def at_once(pages: Browser, path: str) -> list[Answer]:
    """What so many get who press it at one moment."""
    answers: list[Answer] = []
    clicks = [Thread(target=lambda: answers.append(pages.post(path))) for _ in range(6)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    return answers
