"""Two runs serve the pages of one database, and two people who have one ticket open see each other."""

import socket

import pytest

from tests.dashboard.test_live import PATIENCE, heard
from tests.walk.lab import Lab, mail
from tests.walk.service import Service, rows
from tests.walk.test_desk import STAFF, Desk
from tests.walk.test_web import WEB, browser


def stream(port: int, desk: Desk) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    asked = f"GET /live?ticket=1001&seen=1 HTTP/1.1\r\nHost: x\r\nCookie: {desk.cookie}\r\n\r\n"
    line.sendall(asked.encode())
    return line


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_two_of_us_see_each_other_whichever_run_shows_them_the_ticket(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    lab.deliver(mail())
    with Service(lab, **WEB) as one, Service(lab, "--only", "web", **WEB) as two:
        one.wait_until(lambda: len(rows(lab, "tickets")) == 1)
        here, there = browser(one), browser(two)
        kims, lees = (Desk(lab, one, here, f"{name}@example.test") for name in ("kim", "lee"))
        with stream(here.port, kims) as kim:
            with stream(there.port, lees) as lee:
                assert b'["Lee"]' in heard(kim, b"data: [")
                assert b'["Kim"]' in heard(lee, b"data: [")
            assert b"data: []" in heard(kim, b"data: [")
