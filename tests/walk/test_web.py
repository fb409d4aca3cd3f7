"""The pages of `postroom run`: they are served beside the mail, by a process of their own, and never in its way."""

import json
import os
import re
import signal
import socket
from contextlib import suppress
from pathlib import Path

from tests.dashboard.browser import Browser
from tests.servers.dovecot import free_port
from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import Service, left, rows

WEB = {"POSTROOM_WEB__ENABLED": "true", "POSTROOM_WEB__PORT": "0"}


def browser(running: Service) -> Browser:
    (line,) = running.wait_for("web.serving")
    match = re.search(r"host=127\.0\.0\.1 port=(\d+)", line)
    assert match, line
    return Browser(int(match[1]))


def listener(port: int) -> int:
    """The process that listens there (proc_pid_net(5), proc_pid_fd(5))."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = (row[9] for row in table if row[1].endswith(f":{port:04X}") and row[3] == "0A")
    for fd in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if fd.readlink() == Path(f"socket:[{inode}]"):
                return int(fd.parts[2])
    raise AssertionError(f"nobody listens on {port}")


@on_both
def test_a_run_serves_pages_and_says_whether_it_is_ready(lab: Lab) -> None:
    with Service(lab, **WEB) as running:
        pages = browser(running)
        assert pages.get("/healthz").text == "ok\n"
        running.wait_until(lambda: pages.get("/readyz").status == 200)
        if lab.database.startswith("postgresql"):
            with Service(lab, **WEB) as second:
                assert browser(second).get("/readyz").status == 200, "both serve; one of them reads"
        assert not running.said("WARNING")
        assert running.stop() == 0


def test_a_port_that_is_taken_is_one_line_and_mail_goes_on_until_it_is_free(lab: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = Service(lab, **WEB | {"POSTROOM_WEB__PORT": str(port)})
        (line,) = running.wait_for("web.down")
        assert f"127.0.0.1 port {port}: Address already in use; mail goes on" in line
        lab.deliver(mail())
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
    running.wait_for("web.serving")
    assert len(running.said("web.down")) == 1
    assert running.stop() == 0


def test_pages_whose_process_is_killed_are_served_again_and_mail_goes_on(lab: Lab) -> None:
    with Service(lab, **WEB | {"POSTROOM_WEB__PORT": str(free_port())}) as running:
        pages = browser(running)
        os.kill(listener(pages.port), signal.SIGKILL)
        (line,) = running.wait_for("web.down")
        assert "its process ended (exit status -9); mail goes on" in line
        lab.deliver(mail())
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        running.wait_for("web.serving", count=2)
        assert pages.get("/healthz").text == "ok\n"
        assert running.stop() == 0


def test_no_process_outlives_a_run_that_is_killed(lab: Lab) -> None:
    running = Service(lab, **WEB)
    pages = browser(running)
    pids = {listener(pages.port)}
    assert running.stop(signal.SIGKILL) == -signal.SIGKILL
    assert left(pids) == set()


def test_pages_alone_and_no_pages_at_all(lab: Lab) -> None:
    with Service(lab, "--only", "dashboard", **WEB) as running:  # as they are called, too
        reasons = json.loads(browser(running).get("/readyz").text)["reasons"]
        assert "mailbox support has not been read so far" in reasons
    lab.deliver(mail())
    with Service(lab) as running:
        running.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        assert not running.said("web."), "the lab has switched them off"


@on_both
def test_metrics_say_what_a_run_has_done_and_how_its_mailboxes_are(lab: Lab) -> None:
    lab.deliver(mail())
    with Service(lab, POSTROOM_PUBLIC_URL="", **WEB) as running:
        pages = browser(running)
        running.wait_for("mail.out", "outcome=sent")
        running.wait_for("mail.settled")
        counted = 'postroom_sends_total{outcome="sent"} 1\n'  # the process of the pages hears of it every second
        running.wait_until(lambda: counted in pages.get("/metrics").text)
        text = pages.get("/metrics").text
    for line in (
        'postroom_mails_total{kind="new_ticket"} 1',
        'postroom_tickets_open{ball_with="us"} 1',
        'postroom_mailbox_up{mailbox="support"} 1',
        "postroom_runs 1",
    ):
        assert f"{line}\n" in text
