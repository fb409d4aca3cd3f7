"""Debian's Chromium, driven by Playwright: one for a file of tests, a window with cookies of its own for each person.

What a page must never do is written down: an error in its console, a request to another host, a fault that axe calls serious.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

PATIENCE_MS = 15_000  # for what takes a tenth of a second on an idle machine
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
GRAVE = ("serious", "critical")


def path() -> str:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def available() -> str:
    """Why it is not, or ""."""
    return "" if path() else "chromium is missing (Debian, Ubuntu: apt install chromium)"


class Window:
    """One person's, with whatever its pages did wrong."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda asked: self._asks(asked.url))

    def _asks(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.home).netloc:
            self.wrong.append(f"asks another host: {url}")

    def at(self, path: str) -> Self:
        self.page.goto(f"{self.home}{path}")
        return self

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def faults(self) -> list[str]:
        """What axe-core finds on the page as it stands that is serious or worse: the rule and where."""
        # A client's mail in its frame is no page of ours; asked while it loads, Chromium complains on the console.
        found: dict[str, Any] = Axe().run(self.page, options={"iframes": False}).response
        return [
            f"{urlsplit(self.page.url).path}: {one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in found["violations"]
            if one["impact"] in GRAVE
        ]

    def spills(self, *widths: int) -> list[str]:
        """Of these widths of a window, in CSS pixels, those at which the page, or a table in it, has to be moved sideways (WCAG 2.2, 1.4.10)."""
        found = []
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 800})
            there = self.page.evaluate("document.documentElement.scrollWidth")
            if there > width:
                found.append(f"{urlsplit(self.page.url).path}: {there} wide in {width}")
            cut = "all => all.filter(one => one.offsetWidth > one.parentNode.clientWidth).map(one => one.closest('[id]').id)"
            tables = self.page.eval_on_selector_all(".wide > table", cut)
            found += [f"{urlsplit(self.page.url).path}: {table} is cut in {width}" for table in tables]
        return found


class Chromium:
    """A running one."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @classmethod
    def started(cls, by: Playwright) -> Self:
        return cls(by.chromium.launch(executable_path=path(), args=list(ARGUMENTS)))

    @contextmanager
    def window(self, home: str) -> Iterator[Window]:
        """Ends with nothing wrong."""
        context = self._browser.new_context(base_url=home)
        window = Window(context.new_page(), home)
        try:
            yield window
        finally:
            context.close()
        assert not window.wrong, window.wrong

    def end(self) -> None:
        self._browser.close()


@contextmanager
def running() -> Iterator[Chromium]:
    """Playwright and a browser. While they run, this thread has a loop: no `asyncio.run` in it."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as by:
        browser = Chromium.started(by)
        try:
            yield browser
        finally:
            browser.end()
