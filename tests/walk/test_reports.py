"""The reports of staff, from a client's mail to a CSV file; and the sheets that a run makes of days that are over."""

import csv
from io import StringIO

from dashboard.table import MARK
from tests.walk.killing import ask
from tests.walk.lab import Lab, mail
from tests.walk.service import Service, do, rows
from tests.walk.test_desk import Desk
from tests.walk.test_web import WEB, browser

A_DAY = 86_400.0


def table(desk: Desk, name: str, query: str = "") -> list[list[str]]:
    answer = desk.get(f"/reports/{name}.csv?{query}")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}-')
    assert answer.text.startswith(MARK)
    return list(csv.reader(StringIO(answer.text.removeprefix(MARK), newline="")))


def test_what_happened_to_a_ticket_is_in_the_reports_whoever_sums_it_up(lab: Lab) -> None:
    lab.deliver(mail(subject='=HYPERLINK("https://evil.example")'))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(lab.sent()) == 1)
        kim = Desk(lab, running, pages, "kim@example.test", "/reports")
        assert kim.first.headers["location"] == "/reports"
        one = f"/tickets/{rows(lab, 'tickets')[0]['number']}"
        assert kim.post(f"{one}/reply", kim.fields(one), text="Please try Firefox.").status == 303
        assert kim.post(f"{one}/status", kim.fields(one), status="problem_solved", text="It was Firefox.").status == 303
        running.wait_until(lambda: len(rows(lab, "outbox", "--state", "sent")) == 4)
        assert table(kim, "in-and-out", "length=week")[-2] == ["All", "1", "1", "0"]
        assert [row[1] for row in table(kim, "times")[1:]] == ["1", "1"], "answered once, closed once"
        assert ["Problem Solved", "0", "1", "", ""] in table(kim, "statuses")
        assert ["client.example", "1", "1"] in table(kim, "clients")
        alone = [table(kim, "times", f"client={client}")[1][1] for client in ("Client.Example", "x%00.example")]
        assert alone == ["1", "0"]
        assert table(kim, "times", "client=client.example&length=week&first=2020-01-01")[1][1] == "0"
        page = kim.get("/reports?length=dates&first=x&last=2026-13-01")
        assert (page.status, page.text.count("<script"), "Tickets in and out" in page.text) == (200, 1, True), (
            "ours alone"
        )
        assert "&#34;x&#34; is no date such as 2026-12-03: this is" in page.text
        for room in ("/reports?length=dates&", "/admin/log?"):
            asked = kim.get(f"{room}first=0001-01-01&last=9999-12-31").text
            assert (
                "You asked for 1 January 1 to 31 December 9999, but nothing has happened after today and a year"
                in asked
            )
            assert "You asked for" not in kim.get(room.rstrip("&?")).text
        assert kim.get("/reports/none.csv").status == 404
        acts = csv.reader(StringIO(kim.get("/admin/log.csv").text, newline=""))
        done = ["answered the client", "answered the client", "moved the ticket", "signed in"]
        assert sorted(row[2] for row in acts if row[1] == "kim@example.test") == done
        assert "POSTROOM_WEB__PORT" in kim.get("/admin").text, "that is where it comes from"
        before = [table(kim, name, "length=quarter") for name in ("in-and-out", "times", "statuses")]
    lab.offset += 2 * A_DAY
    do(lab, "run", "--once", "--only", "age")
    ((kept,),) = ask(lab, "SELECT count(*) FROM day_sheet")
    assert kept >= 1
    lab.offset -= 2 * A_DAY
    with Service(lab, **WEB) as running:
        kim.pages = browser(running)
        assert [table(kim, name, "length=quarter") for name in ("in-and-out", "times", "statuses")] == before
