"""`postroom restore` refuses what is no whole backup of ours, and what would be lost by it; then nothing has changed."""

import shutil
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path

import pytest

from store import restored
from store.database import Database
from store.driver import sqlite3
from tests.postroom.installed import command, install

URL = "sqlite:///postroom.db"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    install(tmp_path)
    with chdir(tmp_path):
        command("upgrade")
        command("backup", "good.backup")
        yield tmp_path


def refused(*words: str) -> str:
    done = command(*words)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    (line,) = done.stderr.splitlines()
    return line


def changed(path: str, sql: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(sql)
        database.commit()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer"),
        ("DROP TABLE outbox", "another program"),
    ],
)
def test_what_is_not_ours_or_newer_is_refused_and_the_database_stays(folder: Path, sql: str, why: str) -> None:
    changed("good.backup", sql)
    before = Path("postroom.db").read_bytes()
    assert why in refused("restore", "good.backup", "--replace")
    assert Path("postroom.db").read_bytes() == before
    assert not [path.name for path in folder.iterdir() if path.suffix in {".part", ".replaced"}]


def test_a_damaged_file_is_refused(folder: Path) -> None:
    raw = bytearray(Path("good.backup").read_bytes())
    raw[5 * 4096 : 9 * 4096] = b"\xff" * (4 * 4096)
    Path("bad.backup").write_bytes(raw)
    Path("letter.backup").write_text("this is a letter. " * 500)
    Path("postroom.db").unlink()
    assert "nothing was restored" in refused("restore", "bad.backup")
    assert "nothing was restored" in refused("restore", "letter.backup")
    assert not Path("postroom.db").exists()


def test_a_database_is_replaced_only_when_asked_and_kept(folder: Path) -> None:
    changed("postroom.db", "INSERT INTO counter VALUES ('since the backup', 1)")
    assert "--replace" in refused("restore", "good.backup")
    shutil.copy("postroom.db", "before.db")
    done = command("restore", "good.backup", "--replace")
    assert done.exit_code == 0
    (kept,) = folder.glob("*.replaced")
    with closing(sqlite3.connect(kept)) as old, closing(sqlite3.connect("postroom.db")) as new:
        asked = "SELECT count(*) FROM counter WHERE name = 'since the backup'"
        assert (old.execute(asked).fetchone(), new.execute(asked).fetchone()) == ((1,), (0,))
    assert Path("postroom.db").stat().st_mode & 0o777 == 0o600


def test_what_other_means_have_put_back_is_marked(folder: Path) -> None:
    database = Database(URL)
    with database.read() as tx:
        assert restored.point(tx) is None
    assert command("restore", "--mark").stdout.startswith("marked as restored")
    with database.read() as tx:
        assert restored.point(tx) is not None
        assert restored.to_read_again(tx, "support")
    with database.write() as tx:
        restored.read_again(tx, "support")
        assert not restored.to_read_again(tx, "support")
    database.close()
    for words in (("restore",), ("restore", "good.backup", "--mark"), ("restore", "--mark", "--replace")):
        assert command(*words).exit_code == 2
