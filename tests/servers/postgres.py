"""Postgres: a real PostgreSQL server in a folder of its own, on loopback and a socket. For tests; it leaves nothing behind."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from tests.servers.dovecot import free_port

START_SECONDS = 60.0
ROOM = 4 * 2**30  # octets
OWNER = "postgres"  # it refuses to run as root
ROLE, PASSWORD = "postroom", "p@ss/word:1"  # what a URL has to escape

CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 120
shared_buffers = 32MB
fsync = {fsync}
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %a '
"""
ACCESS = """
local all all trust
host all all 127.0.0.1/32 scram-sha-256
"""


def available() -> str:
    """Why it cannot run here; "" when it can."""
    return "" if (_programs() / "postgres").exists() else "PostgreSQL is not installed (Debian: postgresql)"


class Postgres:
    """Runs from `with` (or `start`) until the end of it (or `stop`). `fsync` is for tests of a machine that loses its power."""

    host = "127.0.0.1"

    def __init__(self, *, fsync: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="postroom-postgres-", dir=None if fsync else _memory()))
        self.port = free_port()
        self.log = self.folder / "postgres.log"
        self._data = self.folder / "data"
        self._version = _version()
        self._process: subprocess.Popen[bytes] | None = None
        self._as = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        self._make(fsync=fsync)

    def __enter__(self) -> Self:
        self.start()
        self.do(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(sql.Identifier(ROLE), PASSWORD))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Also after `stop`: the same port, the same databases. Returns when it takes connections."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [_programs() / "postgres", "-D", self._data],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                process_group=0,
                **self._as,
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            Event().wait(0.02)

    def stop(self, number: int = signal.SIGQUIT) -> None:
        """Ends it: SIGQUIT as `pg_ctl -m immediate` does, so that it starts with a recovery; SIGINT lets it end in order."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None

    def url(self, name: str, *, password: str = "", port: int = 0) -> str:
        """By the socket, without a password; with one, or with the port of a proxy, by TCP."""
        if password or port:
            return f"postgresql+psycopg://{ROLE}:{password}@127.0.0.1:{port or self.port}/{name}"
        return f"postgresql+psycopg://{ROLE}@/{name}?host={self.folder}&port={self.port}"

    def create(
        self, name: str, template: str = "template1", encoding: str = "UTF8", tablespace: str = "pg_default"
    ) -> None:
        text = "CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING {} TABLESPACE {}"
        if self._version >= 15:  # before, the quick way was the only one
            text += " STRATEGY FILE_COPY"
        if encoding != "UTF8":
            text += " LOCALE 'C'"
        of = (
            sql.Identifier(name),
            sql.Identifier(ROLE),
            sql.Identifier(template),
            encoding,
            sql.Identifier(tablespace),
        )
        self.do(sql.SQL(text).format(*of))

    @contextmanager
    def tablespace(self, name: str, folder: Path) -> Iterator[None]:
        """Databases may lie in that folder, too."""
        if self._as:
            shutil.chown(folder, OWNER, OWNER)
        self.do(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), str(folder)))
        yield
        self.do(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(name)))

    def drop(self, name: str) -> None:
        """With whoever is connected to it."""
        self.do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def do(self, statement: str | sql.Composed, name: str = "postgres") -> list[tuple[Any, ...]]:
        """As the superuser; its rows."""
        with psycopg.connect(self._address(name), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _address(self, name: str) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.folder), port=self.port, user=OWNER, dbname=name)

    def _make(self, *, fsync: bool) -> None:
        if self._as:
            shutil.chown(self.folder, OWNER, OWNER)
        self.folder.chmod(0o755)
        access = "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"
        command = [_programs() / "initdb", "-D", self._data, *access]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, **self._as)
        settings = {"port": self.port, "folder": self.folder, "fsync": "on" if fsync else "off"}
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION.format(**settings))
        (self._data / "pg_hba.conf").write_text(ACCESS)

    def _answers(self) -> bool:
        try:
            self.do("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def _memory() -> Path | None:
    """Where a server keeps its files that need not outlive it: a tenth of the work. None where there is too little."""
    folder = Path("/dev/shm")
    room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM
    return folder if room else None


def _version() -> int:
    said = subprocess.run([_programs() / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"\d+", said)[0])  # type: ignore[index]


def _programs() -> Path:
    """The newest version's; Debian puts them on no PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else Path(shutil.which("postgres") or "").parent
