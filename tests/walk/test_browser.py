"""The pages as people have them: a real browser, a link from a real mailbox, and nothing that a page must never do."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from time import monotonic

from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.servers.chromium import Chromium, Window
from tests.walk.lab import Lab, mail
from tests.walk.service import Service, rows

TEAM = """
[[staff]]
address = "lee@example.test"
name = "Lee"
roles = ["admin"]
"""
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/[\w./-]+)")


class House:
    """A run with pages, and windows on them."""

    def __init__(self, lab: Lab, running: Service, chromium: Chromium, home: str) -> None:
        self.lab, self.running, self.home = lab, running, home
        self._chromium = chromium
        self._windows = ExitStack()

    def window(self) -> Window:
        return self._windows.enter_context(self._chromium.window(self.home))

    def signed_in(self, address: str) -> Window:
        """By the link that came by mail."""
        window = self.window()
        known = len(self.links(address))
        window.at("/sign-in").page.get_by_role("textbox").fill(address)
        with window.page.expect_navigation():  # the mail may be there before the page that says so
            window.page.keyboard.press("Enter")
        self.running.wait_until(lambda: len(self.links(address)) > known)
        window.at(self.links(address)[-1]).page.get_by_role("button").click()
        window.page.wait_for_url(re.compile("/(tickets|my)"))
        return window

    @contextmanager
    def without_script(self, window: Window) -> Iterator[Page]:
        """A page of whoever has that window, in a browser that runs none."""
        kept = window.page.context
        assert kept.browser
        with kept.browser.new_context(storage_state=kept.storage_state(), java_script_enabled=False) as context:
            yield context.new_page()

    def links(self, address: str) -> list[str]:
        found = []
        for one in self.lab.smtp.accepted:
            if one.recipient == address:
                plain = message_from_bytes(one.raw, EmailMessage, policy=default).get_body(["plain"])
                found += LINK.findall(plain.get_content()) if plain else []
        return [link for link in found if re.fullmatch(r"/sign-in/[\w-]{43}", link)]  # not that of a notice

    def close(self) -> None:
        self._windows.close()


@contextmanager
def house(lab: Lab, chromium: Chromium, **more: str) -> Iterator[House]:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(TEAM)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    web = {"POSTROOM_WEB__ENABLED": "true", "POSTROOM_WEB__PORT": str(port), "POSTROOM_PUBLIC_URL": home}
    with Service(lab, **web | more) as running:
        running.wait_for("web.serving")
        made = House(lab, running, chromium, home)
        try:
            yield made
        finally:
            made.close()


def test_staff_answer_and_move_a_ticket_by_the_keyboard_alone(lab: Lab, chromium: Chromium) -> None:
    lab.deliver(mail())
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        kim = at.signed_in("kim@example.test")
        page, keys = kim.page, kim.page.keyboard
        keys.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()
        keys.press("Enter")
        # The columns, the filters, the search, the name of the list, and the box that chooses the ticket come first.
        for _ in range(11):
            keys.press("Tab")
        expect(page.get_by_role("link", name="Catalog page is white")).to_be_focused()
        keys.press("Enter")
        answer = page.get_by_label("Answer to ada@client.example")
        answer.focus()
        keys.type("Please try Firefox.")
        keys.press("Tab")
        keys.press("Enter")
        expect(page.get_by_role("article").last).to_contain_text("Please try Firefox.")
        at.running.wait_until(lambda: any(b"Please try Firefox." in raw for raw in lab.sent()))
        page.get_by_label("Move to").focus()
        keys.type("Problem S")
        page.get_by_role("button", name="Move", exact=True).focus()
        keys.press("Enter")
        expect(page.locator("p.state .chip")).to_have_text("Problem Solved")


def as_it_looks_in(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='The mail to ada@client.example, as it will look']")


def test_what_would_leave_is_seen_as_it_will_look_and_back_sends_nothing_again(lab: Lab, chromium: Chromium) -> None:
    lab.deliver(mail())
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        kim = at.signed_in("kim@example.test")
        kim.page.get_by_role("link", name="Catalog page is white").click()
        page, words = kim.page, kim.page.get_by_label("Answer to ada@client.example")
        words.fill("Please try Firefox.")
        here = page.url
        long, note = page.evaluate("history.length"), page.get_by_label("Note among staff")
        note.fill("Half a note")
        kim.press("See it first")
        leaving = page.get_by_role("region", name="What would leave")
        expect(leaving).to_contain_text("Please try Firefox.")
        expect(leaving.get_by_role("heading")).to_be_focused()
        as_it_looks = as_it_looks_in(page)
        expect(as_it_looks.get_by_text("Please try Firefox.")).to_be_visible()
        expect(as_it_looks.get_by_text("Outstanding")).to_have_css("border-radius", "12px")  # its own styles are there
        expect(leaving.get_by_role("button")).to_have_count(0)
        assert kim.faults() == []
        words.fill("Please try Firefox!")
        kim.press("See it first")
        expect(as_it_looks.get_by_text("Please try Firefox!")).to_be_visible()
        expect(note).to_have_value("Half a note")
        page.get_by_label("Move to").select_option("Problem Solved")
        kim.press("Begin with its usual words")
        expect(page.get_by_label("Words to the client")).to_be_focused()
        expect(page.get_by_label("Words to the client")).not_to_have_value("")
        expect(words).to_have_value("Please try Firefox!")
        kim.press("See the mail first")
        expect(leaving).to_contain_text("solved")
        assert page.evaluate("history.length") == long
        words.fill("")
        kim.press("See it first")
        expect(page.get_by_role("alert")).to_have_text("Nothing is written yet.")
        kim.wrong.clear()  # a browser complains of an answer that says no
        with at.without_script(kim) as plain:
            plain.goto(here)
            plain.get_by_label("Answer to ada@client.example").fill("Please try Firefox!")
            plain.get_by_role("button", name="See it first").click()
            plain.get_by_role("button", name="Show it as it will look").click()
            expect(as_it_looks_in(plain).get_by_text("Please try Firefox!")).to_be_visible()


def test_what_is_meant_for_a_status_stays_with_it_and_whoever_types_on_loses_nothing(
    lab: Lab, chromium: Chromium
) -> None:
    lab.deliver(mail())
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        kim = at.signed_in("kim@example.test")
        kim.page.get_by_role("link", name="Catalog page is white").click()
        page, says = kim.page, kim.page.get_by_label("Words to the client")
        page.get_by_label("Move to").select_option("Problem Solved")
        page.get_by_label("Until").fill("3 December")
        says.fill("It is done.")
        page.get_by_label("Answer to ada@client.example").fill("They use Firefox.")
        kim.press("Keep as a note among staff")
        expect(page.get_by_label("Notes among staff").or_(page.locator("#notes"))).to_contain_text("They use Firefox.")
        expect(says).to_have_value("It is done.")
        expect(page.get_by_label("Move to")).to_have_value("problem_solved")
        expect(page.get_by_label("Until")).to_have_value("3 December")
        page.get_by_label("Until").fill("")  # that status takes none

        asked: list[Route] = []

        def keep(route: Route) -> None:
            asked.append(route)

        page.route("**/words", keep)
        with page.expect_request("**/words"):
            kim.press("Begin with its usual words")
        says.press_sequentially(" And more.")
        asked[0].continue_()
        expect(says).to_have_value(re.compile(r"[\s\S]{30}It is done\. And more\.$"))


def test_what_is_sent_is_counted_down_until_it_has_left(lab: Lab, chromium: Chromium) -> None:
    lab.deliver(mail())
    with house(lab, chromium, POSTROOM_WEB__UNDO_SECONDS="5") as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        kim, lee = at.signed_in("kim@example.test"), at.signed_in("lee@example.test")
        for window in (kim, lee):
            window.page.get_by_role("link", name="Catalog page is white").click()
        page, words = kim.page, kim.page.get_by_label("Answer to ada@client.example")
        words.fill("Please try Firefox.")
        kim.press("Send")
        expect(page.get_by_role("status").filter(has_text="Your words leave in")).to_be_visible()
        expect(lee.page.get_by_role("status").filter(has_text="Kim’s words leave in")).to_be_visible()
        assert kim.faults() == []
        kim.press("Take it back")
        expect(page.get_by_role("status").filter(has_text="Taken back: nothing of it has left")).to_be_visible()
        expect(words).to_have_value("Please try Firefox.")
        kim.press("Send")
        expect(page.get_by_role("button", name="Take it back")).to_be_visible()
        expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
        at.running.wait_until(lambda: [b"Please try Firefox." in raw for raw in lab.sent()].count(True) == 1)


def test_no_page_keeps_anybody_out(lab: Lab, chromium: Chromium) -> None:
    for subject in ("One", "Two"):
        lab.deliver(mail(subject=subject))
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        number = rows(lab, "tickets")[0]["number"]
        lee, ada, nobody = at.signed_in("lee@example.test"), at.signed_in("ada@client.example"), at.window()
        staff = (
            "/tickets", "/tickets?as=columns", "/tickets?view=closed", f"/tickets/{number}", "/mails", "/mails/m1", "/outbox", "/outbox/o1", "/today", "/reports",
            "/statuses", "/admin", "/admin/workflows", "/admin/notices", "/admin/log",
        )  # fmt: skip
        looks = ((lee, staff), (ada, ("/my", f"/my/{number}")), (nobody, ("/sign-in", "/statuses")))
        shown = [(window, path) for window, paths in looks for path in paths]
        widths = 320, 800, 1280
        assert [one for window, path in shown for one in window.at(path).faults() + window.spills(*widths)] == []


def test_what_one_does_is_seen_by_the_other_at_once_and_nothing_typed_is_lost(lab: Lab, chromium: Chromium) -> None:
    lab.deliver(mail())
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        number = rows(lab, "tickets")[0]["number"]
        kim, lee, board = (at.signed_in(f"{who}@example.test") for who in ("kim", "lee", "lee"))
        kim.at(f"/tickets/{number}")
        lee.at(f"/tickets/{number}")
        expect(kim.page.get_by_text("Lee has this ticket open, too.")).to_be_visible()
        expect(lee.page.get_by_text("Kim has this ticket open, too.")).to_be_visible()
        words = lee.page.get_by_label("Answer to ada@client.example")
        words.fill("Please wait")
        kims = kim.page.get_by_label("Answer to ada@client.example")
        kims.fill("Half a")
        kim.page.get_by_role("combobox", name="Assigned to").select_option("Lee")
        kim.press("Assign")
        expect(kims).to_have_value("Half a")
        kims.fill("")
        expect(board.page.get_by_role("cell", name="Lee")).to_be_visible()
        kim.page.get_by_label("Move to").select_option("Support Rep Working")
        kim.press("Move")
        for window in (kim, lee):
            expect(window.page.locator("p.state .chip")).to_have_text("Support Rep Working")
        expect(board.page.get_by_role("cell", name="Support Rep Working")).to_be_visible()
        expect(lee.page.locator("#news")).to_have_text("This page has changed.")
        expect(words).to_have_value("Please wait")
        lee.press("Send")
        expect(lee.page.get_by_role("alert")).to_contain_text("Kim set it to")
        expect(words).to_have_value("Please wait")
        lee.press("Send")
        expect(kim.page.get_by_role("article").last).to_contain_text("Please wait")
        kim.page.get_by_label("Move to").select_option("Problem Solved")  # its forms had followed, as nothing was typed
        kim.press("Move")
        expect(kim.page.locator("p.state .chip")).to_have_text("Problem Solved")
        expect(board.page.get_by_text("Enjoy the quiet")).to_be_visible()
        lee.at("/tickets")
        expect(kim.page.locator("#here")).to_be_empty()
        begun = monotonic()
        assert at.running.stop() == 0
        assert monotonic() - begun < 4, "open streams keep no run from its end"
        for window in (kim, lee, board):
            window.page.close()
            window.wrong.clear()  # a server that is away


def test_single_keys_lead_through_the_desk_and_can_be_switched_off(lab: Lab, chromium: Chromium) -> None:
    for subject in ("One", "Two"):
        lab.deliver(mail(subject=subject))
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        older, newer = sorted(row["number"] for row in rows(lab, "tickets"))
        kim = at.signed_in("kim@example.test")
        page, keys = kim.page, kim.page.keyboard
        page.get_by_role("heading", level=1).wait_for()
        keys.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        keys.type("jk?")
        expect(page.get_by_role("searchbox")).to_have_value("jk?")
        for key in ("Escape", "j", "j", "Enter"):
            keys.press(key)
        page.wait_for_url(f"**/tickets/{newer}")
        keys.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        assert kim.faults() == []
        keys.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
        keys.press("m")
        expect(page.get_by_label("Merge into")).to_be_focused()
        keys.type(str(older))
        keys.press("Enter")
        expect(page.locator("p.state")).to_contain_text(f"merged into #{older}")
        kim.press("Make it a ticket of its own again")
        expect(page.locator("p.state")).not_to_contain_text("merged into")
        keys.press("r")
        keys.type("Hello")
        expect(page.get_by_label("Answer to ada@client.example")).to_have_value("Hello")
        kim.press("Keys")
        page.get_by_label("Single keys act").uncheck()
        kim.press("Close")
        keys.press("u")
        keys.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
        expect(page).to_have_url(re.compile(f"/tickets/{newer}$"))


def test_the_board_stands_in_columns_and_is_worked_by_keys_and_follows(lab: Lab, chromium: Chromium) -> None:
    for subject in ("One", "Two"):
        lab.deliver(mail(subject=subject))
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        one, two = sorted(row["number"] for row in rows(lab, "tickets"))
        kim, lee = at.signed_in("kim@example.test"), at.signed_in("lee@example.test")
        page, keys = kim.page, kim.page.keyboard
        page.get_by_role("heading", level=1).wait_for()
        keys.press("v")
        page.wait_for_url(re.compile("as=columns"))
        columns = page.get_by_role("region", name="All open, by status").get_by_role("heading", level=2)
        expect(columns.first).to_contain_text("Outstanding 2")
        assert columns.locator(".chip").all_text_contents()[:3] == ["Outstanding", "Assessment", "Daily.sh Logs"]
        assert kim.faults() == []
        lee.at(f"/tickets/{two}").page.get_by_label("Move to").select_option("Support Rep Working")
        lee.press("Move")
        working = page.get_by_role("region", name=re.compile("^Support Rep Working"))
        expect(working.get_by_role("link", name=f"#{two}")).to_be_visible()
        for key in ("j", "l", "x"):
            keys.press(key)
        expect(page.get_by_label(f"Choose #{two}")).to_be_checked()
        keys.press("h")
        expect(page.get_by_role("link", name=f"#{one}")).to_be_focused()
        page.get_by_label("Give the chosen to").select_option("Kim")
        kim.press("Assign")
        expect(page.get_by_role("heading", level=1)).to_have_text("1 of 1 done")
        page.set_viewport_size({"width": 390, "height": 844})
        kim.at("/tickets?as=columns&whose=mine")
        expect(working.get_by_role("link", name=f"#{two}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert kim.faults() == []
        page.get_by_label("A name for this list").fill("My columns")
        keys.press("Enter")
        expect(page.get_by_role("link", name="My columns")).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("link", name="List", exact=True)).to_be_visible()


def test_several_are_moved_and_given_at_once_and_each_says_what_came_of_it(lab: Lab, chromium: Chromium) -> None:
    for subject in ("One", "Two", "Three"):
        lab.deliver(mail(subject=subject))
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 3)
        one, two, three = sorted(row["number"] for row in rows(lab, "tickets"))
        kim, lee = at.signed_in("kim@example.test"), at.signed_in("lee@example.test")
        kim.press("Assign")
        expect(kim.page.get_by_role("heading", level=1)).to_have_text("No ticket was chosen")
        kim.at("/tickets")
        for key in ("j", "x", "j", "x"):
            kim.page.keyboard.press(key)
        lee.at(f"/tickets/{two}").page.get_by_label("Move to").select_option("Support Rep Working")
        lee.press("Move")
        expect(lee.page.locator("p.state .chip")).to_have_text("Support Rep Working")
        kim.page.get_by_label("Give the chosen to").select_option("Lee")
        kim.press("Assign")
        expect(kim.page.get_by_role("heading", level=1)).to_have_text("1 of 2 done")
        expect(kim.page.get_by_role("listitem").filter(has_text=f"#{two}")).to_contain_text("not done Lee set it to")
        assert kim.faults() == []
        found = {row["number"]: row["assigned_to"] for row in rows(lab, "tickets")}
        assert found == {one: "lee@example.test", two: "", three: ""}
        kim.at("/tickets")
        for number in (one, three):
            kim.page.get_by_label(f"Choose #{number}").check()
        kim.page.get_by_label("Move the chosen to").select_option("Problem Solved")
        kim.press("Move")
        expect(kim.page.get_by_role("heading", level=1)).to_have_text("2 of 2 done")
        assert {row["number"] for row in rows(lab, "tickets", "--open")} == {two}


def test_a_mail_that_failed_goes_again_and_its_client_approves_what_was_done(lab: Lab, chromium: Chromium) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('workflow = "courseleaf"', 'workflow = "service-desk"'))
    lab.deliver(mail())
    assert lab.call("run", "--once", POSTROOM_FAILPOINT="classify.crash:raise").returncode == 0
    with house(lab, chromium) as at:
        kim = at.signed_in("kim@example.test").at("/mails?state=quarantined")
        kim.press("Process again")
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        number = rows(lab, "tickets")[0]["number"]
        kim.at(f"/tickets/{number}")
        for status in ("In Progress", "Waiting for Customer Approval"):
            kim.page.get_by_label("Move to").select_option(status)
            kim.press("Move")
            expect(kim.page.locator("p.state .chip")).to_have_text(status)
        ada = at.signed_in("ada@client.example").at(f"/my/{number}")
        ada.press("Yes, I approve")
        expect(ada.page.locator("p.state .chip")).to_have_text("Done")
        expect(kim.page.locator("p.state .chip")).to_have_text("Done")
        helpful = ada.at("/statuses").page.get_by_role("button", name="Yes : Done")
        helpful.focus()
        ada.page.keyboard.press("Enter")
        expect(helpful).to_have_attribute("aria-pressed", "true")
