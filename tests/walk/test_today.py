"""Staff see at a glance what came since midnight, what waits and why, and whether each mailbox is read."""

import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

from tests.walk.lab import Lab, mail
from tests.walk.service import Service, rows
from tests.walk.test_desk import STAFF, Desk
from tests.walk.test_web import WEB, browser


def words(html: str) -> str:
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def test_today_says_what_came_what_waits_and_how_the_mailboxes_are(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF + "\n[limits]\nper_address_10_minutes = 1\n")
    if (now := datetime.now(ZoneInfo("America/Chicago"))).hour == 23:
        lab.move_clock(minutes=61 - now.minute)  # no midnight on the way
    lab.smtp.fail("rcpt", "451 4.7.1 later", times=1)
    for number in range(2):
        lab.deliver(mail(subject=f"Mail {number}", message_id=f"<{number}@client.example>", text=f"Words {number}."))
    with Service(lab, **WEB) as running:
        pages = browser(running)
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        running.wait_until(lambda: [row["state"] for row in rows(lab, "outbox")].count("retry") == 1)
        kim = Desk(lab, running, pages, "kim@example.test")
        shown = words(kim.get("/today").text)
        assert "2 mails came = 2 on tickets + 0 parked + 0 quarantined + 0 pending" in shown
        assert "2 tickets opened, 0 closed and not opened again." in shown
        assert "Limits that tripped 1 not sent: 1 acknowledgement to this address within 10 minutes" in shown
        assert "No mail waits to be processed 1 retry , the oldest that goes on by itself since" in shown
        assert shown.count(" read ") >= 2
        assert "away" not in shown
        lab.dovecot.stop()
        running.wait_until(lambda: "away since" in words(kim.get("/today").text))
        lab.dovecot.start()
        running.wait_until(lambda: "away since" not in words(kim.get("/today").text))
