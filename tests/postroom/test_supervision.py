"""What systemd hears, over a real socket: ready, alive while every verb comes round, and that it ends. The unit is as closed as it says."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.supervision import LOOK, Pulse, Supervisor

CONTRIB = Path(__file__).parents[2] / "contrib"
MOST_EXPOSED = 1.5  # of 10, by systemd's own measure


@pytest.fixture(params=["/path", "@abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The address as systemd names it, and the socket behind it."""
    named = f"{tmp_path}/notify" if request.param == "/path" else f"@postroom-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(named.replace("@", "\0", 1) if named[0] == "@" else named)
        listening.settimeout(5)
        yield named, listening


def test_systemd_hears_what_it_waits_for(heard: tuple[str, socket.socket]) -> None:
    address, listening = heard
    supervisor = Supervisor({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000"})
    assert supervisor.seconds == 1.5
    for say in (supervisor.ready, supervisor.lives, supervisor.stopping):
        say()
    supervisor.hangs(["deliver"])
    ready, lives, stopping, hangs = (listening.recv(1000).decode() for _ in range(4))
    assert ready == "READY=1"
    assert lives.startswith("WATCHDOG=1\n")
    assert stopping == "STOPPING=1"
    assert "deliver" in hangs
    assert "WATCHDOG" not in hangs


def test_without_systemd_nothing_is_said_and_nothing_fails(tmp_path: Path) -> None:
    for environment in ({}, {"NOTIFY_SOCKET": f"{tmp_path}/gone"}, {"NOTIFY_SOCKET": "unix:other"}):
        supervisor = Supervisor(environment)
        supervisor.ready()
        assert supervisor.seconds == LOOK
    assert Supervisor({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).seconds == LOOK, "another process's"


def test_a_verb_that_does_not_come_round_is_silent() -> None:
    now = [0.0]
    pulse = Pulse(lambda: now[0])
    pulse.beat("process")
    pulse.beat("receive support", 3600)
    now[0] = 601
    assert pulse.silent(["process", "receive support", "age"]) == ["process"]
    pulse.beat("process")
    assert pulse.silent(["process"]) == []


def test_the_unit_is_closed(tmp_path: Path) -> None:
    unit = (CONTRIB / "postroom.service").read_text()
    assert "Type=notify" in unit
    assert "RestartPreventExitStatus=2" in unit, "what a configuration wants mended is not tried again and again"
    if shutil.which("systemd-analyze") is None:
        return  # the rest is systemd's word, where it is
    asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(CONTRIB / "postroom.service")]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    match = re.search(r"exposure level for postroom\.service: ([0-9.]+)", said)
    assert match is None or float(match[1]) <= MOST_EXPOSED, said  # an older systemd knows no --offline


def test_the_image_runs_as_nobody_in_particular_with_one_volume_and_a_health_check() -> None:
    lines = (CONTRIB / "Containerfile").read_text().splitlines()
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    named = [line.split(" ")[0] for line in last]
    assert named.count("VOLUME") == named.count("HEALTHCHECK") == named.count("USER") == 1
    assert "USER 8420" in last
    assert not any(line.startswith("ADD ") for line in lines)
