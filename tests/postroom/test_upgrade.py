"""`postroom upgrade`: a backup first, and nothing at all where something runs or the database is not ours to change."""

import os
import sys
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager
from pathlib import Path
from types import FrameType

import pytest
from alembic import command as alembic

from postroom.lock import only_one
from store import migrations
from store.database import Database
from store.driver import sqlite3
from store.tables import REVISION
from tests.postroom.installed import command, install


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    install(tmp_path)
    with chdir(tmp_path):
        yield tmp_path


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "postroom.db")) as database:
        database.execute(sql)
        database.commit()


def backups(folder: Path) -> list[Path]:
    return list(folder.glob("*.backup"))


@contextmanager
def named_and_settled() -> Iterator[list[str]]:
    """What is renamed, and which files and folders are brought to the disk, in that order."""
    seen: list[str] = []

    def watch(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and called is os.rename:
            seen.append("renamed")
        if event == "c_call" and called is os.fsync:
            seen.append(str(Path(f"/proc/self/fd/{frame.f_locals['handle']}").readlink()))

    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def test_a_backup_is_on_the_disk_with_its_name_before_anything_is_changed(folder: Path) -> None:
    (folder / "postroom.db").touch(0o600)
    with Database(f"sqlite:///{folder}/postroom.db").write() as tx:
        alembic.upgrade(migrations.configuration(tx), "0001")
    with named_and_settled() as seen:
        assert f"schema: 0001 -> {REVISION}" in command("upgrade").stdout
    part, *rest = seen
    assert part.endswith(".part")
    assert rest == ["renamed", str(folder)]


def test_a_new_database_is_made_without_a_backup(folder: Path) -> None:
    done = command("upgrade")
    assert (done.exit_code, done.stdout) == (0, f"schema: none -> {REVISION}\n")
    assert not backups(folder)
    assert (folder / "postroom.db").stat().st_mode & 0o777 == 0o600


def test_a_current_database_is_left_alone(folder: Path) -> None:
    command("upgrade")
    done = command("upgrade")
    assert (done.exit_code, done.stdout) == (0, f"schema: {REVISION}, as this postroom wants it; nothing to do\n")
    assert not backups(folder)


def test_a_newer_database_is_left_alone_and_the_mend_is_named(folder: Path) -> None:
    command("upgrade")
    change(folder, "UPDATE alembic_version SET version_num = '9999'")
    for words in (["upgrade"], ["tickets"]):
        done = command(*words)
        assert done.exit_code == 1
        (line,) = done.stderr.splitlines()
        assert "9999" in line
        assert "newer" in line
    assert not backups(folder)


def test_the_database_of_another_program_is_left_alone(folder: Path) -> None:
    change(folder, "CREATE TABLE cats (name TEXT)")
    done = command("upgrade")
    assert done.exit_code == 1
    assert "another program" in done.stderr
    assert not backups(folder)


def test_a_file_that_is_no_database_is_one_line(folder: Path) -> None:
    (folder / "postroom.db").write_text("this is a letter, and no database whatever one makes of it. " * 20)
    done = command("upgrade")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert "not a database" in done.stderr
    assert not backups(folder)


def test_nothing_is_upgraded_while_something_runs(folder: Path) -> None:
    with only_one(folder / "postroom.db.lock"):
        done = command("upgrade")
    assert done.exit_code == 1
    assert "another postroom runs on this database" in done.stderr
    assert not (folder / "postroom.db").exists()
