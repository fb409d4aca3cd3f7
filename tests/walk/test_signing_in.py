"""Signing in by a link that came to a real mailbox, in a real browser. No command runs in this process: the browser has its loop."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from playwright.sync_api import expect

from tests.servers.chromium import Chromium
from tests.servers.dovecot import Dovecot, free_port
from tests.walk.lab import CRLF, Lab, mail
from tests.walk.service import Service, rows
from tests.walk.test_web import WEB


def test_staff_and_clients_sign_in_by_a_link_from_their_own_mailbox(
    both: tuple[Lab, Dovecot], chromium: Chromium
) -> None:
    lab, dovecot = both
    dovecot.deliver("support", mail(sender="Ada Quill <ada@example.test>").as_bytes(policy=CRLF))

    def link_to(who: str) -> list[str]:
        made = [message_from_bytes(raw, EmailMessage, policy=default) for raw in dovecot.mails(who)]
        bodies = [one.get_body(["plain"]) for one in made]
        texts = [str(body.get_content()) for body in bodies if body]
        return [
            one for text in texts for one in re.findall(r"http://127\.0\.0\.1:\d+(/sign-in/[\w-]{43})\b(?!-)", text)
        ]

    port = free_port()
    home = f"http://127.0.0.1:{port}"
    web = WEB | {"POSTROOM_WEB__PORT": str(port), "POSTROOM_PUBLIC_URL": home}
    with Service(lab, **web) as running:
        running.wait_for("web.serving")
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        for who, title in (("kim", "Waits for us 1"), ("ada", "My requests 1")):
            with chromium.window(home) as window:
                window.at("/sign-in").page.get_by_role("textbox").fill(f"{who}@example.test")
                with window.page.expect_navigation():
                    window.press("Send me the link")
                running.wait_until(lambda who=who: bool(link_to(who)))
                window.at(link_to(who)[0]).press("Sign in")
                expect(window.page.get_by_role("heading", level=1)).to_have_text(title)
                window.at(link_to(who)[0])
                expect(window.page.get_by_role("heading", level=1)).to_have_text("This link is not good any more")
                window.wrong.clear()  # that this one says by 410
