"""The folder of the demo: made anew, for its user alone, and never through somebody else's link."""

import os
import tempfile
from pathlib import Path

import pytest

from postroom.cli import Refused
from postroom.config import read
from postroom.demo.place import clear, held, place, settle


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_demo_has_a_configuration_that_is_right(tmp_path: Path) -> None:
    folder = settle(clear(), 1143, 1025, "water")
    config = read(folder / "postroom.toml", {})
    assert folder == place() == tmp_path / f"postroom-demo-{os.getuid()}"
    assert [(box.port, box.password.reveal()) for box in config.mailboxes] == [(1143, "water")] * 2
    assert config.smtp_port == 1025


def test_nobody_else_can_look_into_it() -> None:
    folder = settle(clear(), 1, 1, "water")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "imap.password").stat().st_mode & 0o777 == 0o600


def test_each_start_begins_with_an_empty_folder() -> None:
    (settle(clear(), 1, 1, "water") / "postroom.db").touch()
    (place() / "old").mkdir()
    assert {file.name for file in settle(clear(), 1, 1, "water").iterdir()} == {"postroom.toml", "imap.password"}


@pytest.mark.parametrize("target", ["here", "nowhere"])
def test_a_link_in_its_place_is_refused_and_what_it_points_to_is_kept(tmp_path: Path, target: str) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "letter").touch()
    place().symlink_to(tmp_path / target)
    with pytest.raises(Refused, match="belongs to somebody else"):
        settle(clear(), 1, 1, "water")
    assert (tmp_path / "here" / "letter").exists()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder that is another user's")
def test_the_folder_of_another_user_is_refused() -> None:
    place().mkdir()
    os.chown(place(), 12345, -1)
    with pytest.raises(Refused, match="belongs to somebody else"):
        settle(clear(), 1, 1, "water")


def test_a_second_demo_leaves_the_first_one_alone() -> None:
    with (
        held(settle(clear(), 1, 1, "water")),
        pytest.raises(Refused, match=f"a demo runs already .*process {os.getpid()}"),
    ):
        clear()
    assert (place() / "postroom.toml").exists() is True
    assert clear() == place()
