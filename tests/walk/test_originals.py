"""Staff see a mail as its writer saw it, in a box that asks no other host for anything, and save what it brought."""

import struct
import zlib
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import expect

from tests.servers.chromium import Chromium
from tests.walk.lab import Lab, mail
from tests.walk.service import rows
from tests.walk.test_browser import house

HTML = """<html><head><style>p { color: red }</style></head><body>
<p>The page is <b>white</b>, as here:</p><img src="cid:screen@client.example" alt="the screen">
<img src="https://track.example/open.gif" alt=""><script>document.title = "taken over"</script>
<form action="https://evil.example/"><input name="password"></form>
<p><a href="https://status.example/now">the status page</a></p></body></html>"""


def _png(wide: int, high: int) -> bytes:
    """A grey picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = (b"\0" + b"\x80" * wide) * high
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _rich() -> EmailMessage:
    made = mail(text="The page is white, see the picture.\n")
    made.add_alternative(HTML, subtype="html")
    made.get_payload()[1].add_related(_png(120, 40), "image", "png", cid="<screen@client.example>")  # type: ignore[union-attr, index]
    made.add_attachment(b"a;b\r\n1;2\r\n", "text", "csv", filename="müller <b>.csv")
    return made


def test_a_mail_is_seen_as_it_came_and_what_it_brought_is_saved(lab: Lab, chromium: Chromium, tmp_path: Path) -> None:
    lab.deliver(_rich())
    with house(lab, chromium) as at:
        at.running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        kim = at.signed_in("kim@example.test")
        page = kim.page
        page.get_by_role("link", name="Catalog page is white").click()
        page.get_by_text("As it came").click()
        frame = page.frame_locator(".look iframe")
        expect(frame.locator("b")).to_have_text("white")
        expect(frame.get_by_text("1 picture is not shown")).to_be_visible()
        picture = frame.get_by_alt_text("the screen")
        expect(picture).to_be_visible()
        assert picture.evaluate("seen => [seen.naturalWidth, seen.naturalHeight]") == [120, 40]
        assert frame.locator("form, input, script, style ~ style").count() == 0
        assert picture.evaluate("seen => getComputedStyle(seen.previousElementSibling).color") == "rgb(26, 26, 26)"
        link = frame.get_by_text("the status page")
        leads = (
            "seen => [getComputedStyle(seen).pointerEvents, seen.tabIndex, getComputedStyle(seen, '::after').content]"
        )
        assert link.evaluate(leads) == ["none", -1, '" https://status.example/now"'], "shown, and followed by nobody"
        with page.expect_download() as saved:
            page.get_by_role("link", name="müller").click()
        saved.value.save_as(tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == b"a;b\r\n1;2\r\n"
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save it").first.click()
        assert saved.value.suggested_filename == "m1.eml"
        saved.value.save_as(tmp_path / "mail")
        assert lab.dovecot.mails(f"support{lab.number}", "Processed") == [(tmp_path / "mail").read_bytes()]
        for nothing in ("/tickets/1001/files/99", "/tickets/1002/files/1", "/mails/m9/look", "/mails/m9/raw"):
            answer = page.request.get(f"{kim.home}{nothing}")
            assert (answer.status, "There is no such mail or file" in answer.text()) == (404, True)
        assert kim.at("/mails/m1").faults() == []
        assert kim.wrong == []
