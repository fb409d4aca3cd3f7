"""The wheel, the wheel out of the sdist, and an editable installation: each runs, renders and migrates, without the source tree."""

import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command

from postroom.cli import VERSION
from store import migrations
from store.database import Database
from store.tables import REVISION
from tests.packaging.built import ROOMS, ROOT, build, environment, sources, unpacked
from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import PASSWORD, Lab, mail

KINDS = ("wheel", "wheel of the sdist", "editable")
WHERE = f"import {', '.join(ROOMS)}; print(*({', '.join(f'{room}.__file__' for room in ROOMS)},), sep='\\n')"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def second_wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist alone."""
    sdist = build(source, tmp_path_factory.mktemp("sdist"), "sdist")
    return build(unpacked(sdist, tmp_path_factory.mktemp("unpacked")), tmp_path_factory.mktemp("second"), "wheel")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    if reason := imap.available():
        pytest.skip(reason)
    users = [f"{role}{number}" for number in range(len(KINDS)) for role in ("support", "escalate")]
    with Dovecot(users=dict.fromkeys(users, PASSWORD)) as server:
        yield server


def files(wheel: Path) -> dict[str, bytes]:
    """What a wheel installs, without what is said about it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_file_of_every_room_and_nothing_else(source: Path, wheel: Path) -> None:
    there = {str(path.relative_to(source)) for room in ROOMS for path in (source / room).rglob("*") if path.is_file()}
    assert files(wheel).keys() == there
    assert {"templates/mail/courseleaf/received/body.txt", "workflow/profiles/courseleaf.toml"} <= there
    assert "store/migrations/versions/r0001_initial.py" in there


def test_the_wheel_out_of_the_sdist_is_the_same(wheel: Path, second_wheel: Path) -> None:
    assert files(second_wheel) == files(wheel)


def of_the_first_revision(path: Path) -> None:
    path.touch(0o600)
    database = Database(f"sqlite:///{path}")
    with database.write() as tx:
        command.upgrade(migrations.configuration(tx), "0001")
    database.close()


@pytest.mark.parametrize("kind", KINDS)
def test_installed_into_a_fresh_environment_it_runs_renders_and_migrates(
    kind: str, dovecot: Dovecot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    names = dict(zip(KINDS, ("wheel", "second_wheel", "source"), strict=True))
    what: Path = request.getfixturevalue(names[kind])
    programs = environment(tmp_path / "environment", what)
    home = what if kind == "editable" else tmp_path / "environment"
    places = subprocess.run([programs / "python", "-c", WHERE], cwd="/", capture_output=True, text=True, check=True)
    assert [Path(line).is_relative_to(home) for line in places.stdout.split()] == [True] * len(ROOMS), places.stdout
    assert not home.is_relative_to(ROOT)

    with SmtpServer() as smtp:
        program = (str(programs / "postroom"),)
        lab = Lab(tmp_path / "postroom", dovecot, smtp, number=KINDS.index(kind), program=program)
        assert lab.do("--version").split()[-1] == VERSION
        of_the_first_revision(lab.folder / "postroom.db")
        assert f"schema: 0001 -> {REVISION}" in lab.do("upgrade")
        lab.deliver(mail())
        assert lab.call("check").returncode == 0
        lab.do("run", "--once")
        assert [json.loads(row)["status"] for row in lab.do("tickets", "--json").splitlines()] == ["Outstanding"]
        (answer,) = lab.sent()
        assert b"multipart/alternative" in answer
        assert smtp.accepted[0].recipient == "ada@client.example"
