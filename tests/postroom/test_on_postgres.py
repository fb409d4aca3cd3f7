"""The commands on a PostgreSQL database: what is wrong with it is one line, and none of them says its password."""

from collections.abc import Iterator
from contextlib import chdir
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from store.tables import REVISION
from tests.postroom.installed import command, install, secret
from tests.servers.postgres import PASSWORD, ROLE, Postgres
from tests.servers.wire import Wire

NUMBERS = count()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    install(tmp_path)
    with chdir(tmp_path):
        yield tmp_path


@pytest.fixture
def name(postgres: Postgres) -> Iterator[str]:
    """Of an empty database."""
    made = f"commands{next(NUMBERS)}"
    postgres.create(made)
    yield made
    postgres.drop(made)


def address(postgres: Postgres, name: str, password: str = PASSWORD, port: int = 0) -> str:
    return postgres.url(name, password=quote(password, safe=""), port=port)


def refused(*words: str, **variables: str) -> str:
    """The one line of a command whose answer is no."""
    done = command(*words, **variables)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    (line,) = done.stderr.splitlines()
    assert PASSWORD not in line
    assert quote(PASSWORD, safe="") not in line
    return line


def test_the_first_command_makes_tables_and_key_and_upgrade_says_that_it_makes_no_backup(
    postgres: Postgres, name: str, folder: Path
) -> None:
    at = address(postgres, name)
    assert command("tickets", POSTROOM_DATABASE=at).stdout == "no ticket\n"
    assert (folder / "postroom.key").exists()
    current = f"schema: {REVISION}, as this postroom wants it; nothing to do\n"
    assert command("upgrade", POSTROOM_DATABASE=at).stdout == current
    assert not list(folder.glob("*.lock"))


def test_the_password_may_be_kept_in_a_file(postgres: Postgres, name: str, folder: Path) -> None:
    secret(folder / "database.password", f"{PASSWORD}\n")
    at = f"postgresql+psycopg://{ROLE}@127.0.0.1:{postgres.port}/{name}"
    done = command("tickets", POSTROOM_DATABASE=at, POSTROOM_DATABASE_PASSWORD_FILE="database.password")
    assert (done.exit_code, done.stdout) == (0, "no ticket\n")


def test_an_older_schema_is_brought_up_to_date_and_a_run_on_it_is_refused(
    postgres: Postgres, name: str, folder: Path
) -> None:
    at = address(postgres, name)
    command("tickets", POSTROOM_DATABASE=at)
    postgres.do("UPDATE alembic_version SET version_num = '0000'", name)
    assert "run postroom upgrade" in refused("run", "--once", POSTROOM_DATABASE=at)
    postgres.do("UPDATE alembic_version SET version_num = '9999'", name)
    assert "install the newer postroom" in refused("upgrade", POSTROOM_DATABASE=at)


def test_nothing_is_upgraded_while_something_runs_on_another_machine(
    postgres: Postgres, name: str, folder: Path
) -> None:
    at = address(postgres, name)
    command("tickets", POSTROOM_DATABASE=at)
    postgres.do("UPDATE alembic_version SET version_num = '0000'", name)
    postgres.do(f"INSERT INTO runner (name, until) VALUES ('desk.example.com:17', {10**17})", name)
    assert "desk.example.com:17" in refused("upgrade", POSTROOM_DATABASE=at)
    assert postgres.do("SELECT version_num FROM alembic_version", name) == [("0000",)]


@pytest.mark.parametrize("words", [("tickets",), ("check",), ("run", "--once"), ("upgrade",)])
def test_what_is_wrong_with_the_database_is_one_line(
    postgres: Postgres, name: str, folder: Path, words: tuple[str, ...]
) -> None:
    with Wire(postgres.port) as wire:
        wire.cut()
        faults = {
            "password authentication failed": address(postgres, name, "wrong"),
            'database "nowhere" does not exist': address(postgres, "nowhere"),
            "closed the connection": address(postgres, name, port=wire.port),
            "Connection refused": f"postgresql+psycopg://{ROLE}@127.0.0.1:1/{name}",
            'invalid connection option "colour"': f"{address(postgres, name)}?colour=red",
        }
        for says, at in faults.items():
            assert says in refused(*words, POSTROOM_DATABASE=at)


def test_somebody_elses_database_is_left_alone(postgres: Postgres, name: str, folder: Path) -> None:
    postgres.do("CREATE TABLE alembic_version (version_num text); GRANT ALL ON alembic_version TO PUBLIC", name)
    postgres.do("CREATE TABLE recipes (name text)", name)
    for words in (("tickets",), ("upgrade",)):
        assert "is a database of another program" in refused(*words, POSTROOM_DATABASE=address(postgres, name))
    assert postgres.do("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == [(2,)]


def test_a_database_that_could_lose_mail_is_refused(postgres: Postgres, name: str, folder: Path) -> None:
    at = address(postgres, name)
    postgres.do(f"ALTER DATABASE {name} SET synchronous_commit = off")
    assert "synchronous_commit is off" in refused("run", "--once", POSTROOM_DATABASE=at)
    postgres.do(f"ALTER DATABASE {name} RESET synchronous_commit")
    done = command("check", "--json", POSTROOM_DATABASE=at)
    assert '"check":"database","ok":false,"detail":"fsync is off"' in done.stdout.replace('": ', '":').replace(
        ', "', ',"'
    )


def test_a_database_of_another_encoding_is_refused(postgres: Postgres, name: str, folder: Path) -> None:
    postgres.create("latin", "template0", encoding="LATIN1")
    assert "ENCODING 'UTF8'" in refused("tickets", POSTROOM_DATABASE=address(postgres, "latin"))
    postgres.drop("latin")


def test_a_second_machine_without_the_key_is_refused(postgres: Postgres, name: str, folder: Path) -> None:
    at = address(postgres, name)
    command("tickets", POSTROOM_DATABASE=at)
    (folder / "postroom.key").unlink()
    done = command("tickets", POSTROOM_DATABASE=at)
    assert done.exit_code == 2
    assert "postroom.key" in done.stderr
    assert not (folder / "postroom.key").exists()
