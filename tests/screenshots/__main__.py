"""`./do screenshots`: each page from the demo's data, at two widths, in light and dark, by headless Chromium; for whoever looks at pages before others do.

They go into .screenshots/. `./do screenshots readme` also makes those of the README again.
"""

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.screenshots.demo import Demo, worked_with

ROOT = Path(__file__).parents[2]
FOLDER, README = ROOT / ".screenshots", ROOT / "docs" / "pictures"
WIDTHS = {390: 2600, 1440: 1700}  # CSS pixels, and how much of a page is seen
SCHEMES = {"light": 1, "dark": 0}  # of Chromium's preferredColorScheme
LARGEST = 150 * 1024  # bytes of a picture in the README
STAFF = (
    "/tickets", "/tickets?view=open", "/tickets?as=columns", "/tickets?as=columns&view=us", "/tickets?view=closed", "/tickets?search=nothing-has-this", "/tickets/1001", "/tickets/1002",
    "/tickets/99", "/mails", "/mails/m1", "/mails?state=quarantined", "/outbox", "/today", "/reports?length=month", "/reports?length=week", "/reports?client=example.com", "/statuses", "/admin",
    "/admin/workflows", "/admin/notices", "/admin/notices/0/courseleaf/pending-client-feedback", "/admin/log",
)  # fmt: skip
CLIENT = ("/my", "/my/1001", "/statuses")
NOBODY = ("/sign-in", "/sign-in/none", "/do/approve/none", "/no-such-page", "/statuses")
SHOWN = {  # of the README: who looks at what, how wide and high, in which light
    "board": ("staff", "/tickets?view=open", 1280, 720, "light"),
    "ticket": ("staff", "/tickets/1001", 1200, 900, "light"),
    "reports": ("staff", "/reports?length=dates&first={first}", 1200, 900, "dark"),
    "client": ("client", "/my/1001", 390, 844, "light"),
}


@contextmanager
def as_if(port: int, cookie: str) -> Iterator[str]:
    """The address of the same pages for a browser that has no cookie: each request gets this one."""

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # a browser that has its picture leaves
                self._pass_on()

        def _pass_on(self) -> None:
            there = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            there.request("GET", self.path, headers={"Cookie": cookie})
            answer = there.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def shoot(browser: str, address: str, width: int, height: int, scheme: str, to: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless=old", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
            f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", f"--window-size={width},{height}",
            f"--screenshot={to}", address,
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def pages(demo: Demo) -> dict[str, tuple[int, str, tuple[str, ...]]]:
    """Who looks: the port, the cookie, and at what."""
    own = (demo.page, f"{demo.page}/arrived")
    return {
        "staff": (demo.pages, demo.staff, STAFF),
        "client": (demo.pages, demo.client, CLIENT),
        "nobody": (demo.pages, "", NOBODY),
        "demo": (demo.own, "", own),
    }


def named(path: str, demo: Demo) -> str:
    return re.sub(r"\W+", "-", path.replace(demo.page, "page")).strip("-") or "home"


def everything(browser: str, demo: Demo, wanted: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    for who, (port, cookie, paths) in pages(demo).items():
        with as_if(port, cookie) as address:
            for path in paths:
                if wanted not in f"{who} {path}":
                    continue
                for width, height in WIDTHS.items():
                    for scheme in SCHEMES:
                        name = f"{who}-{named(path, demo)}-{width}-{scheme}.png"
                        shoot(browser, address + path, width, height, scheme, FOLDER / name)
                print(f"{who} {path.replace(demo.page, '')}", flush=True)


def readme(browser: str, demo: Demo) -> None:
    first = (datetime.now(UTC) - timedelta(days=34)).date()
    README.mkdir(exist_ok=True)
    for name, (who, path, width, height, scheme) in SHOWN.items():
        port, cookie, _ = pages(demo)[who]
        to = README / f"{name}.png"
        with as_if(port, cookie) as address:
            shoot(browser, address + path.format(first=first), width, height, scheme, to)
        size = to.stat().st_size
        print(f"docs/pictures/{name}.png: {size // 1024} kB")
        if size > LARGEST:
            sys.exit(f"{to} is larger than {LARGEST // 1024} kB: show less of the page")


def main() -> None:
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        sys.exit("screenshots: chromium is missing (Debian, Ubuntu: apt install chromium)")
    with tempfile.TemporaryDirectory() as folder, worked_with(Path(folder)) as demo:
        if sys.argv[1:] == ["readme"]:
            readme(browser, demo)
        else:
            everything(browser, demo, " ".join(sys.argv[1:]))


if __name__ == "__main__":
    main()
