"""Archives of a PostgreSQL database, by its own programs: pg_dump and pg_restore. No password is ever an argument."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, make_url

from store.copying import NotCopied, aside

MISSING = "is not installed here (Debian, Ubuntu: apt install postgresql-client); or work where the server runs"


def dump(url: str, password: str, target: Path) -> None:
    """All of the database, as it is at one moment; nobody who writes waits. Raises NotCopied."""
    at = make_url(url)
    with aside(target) as part:
        _run(
            at,
            password,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--file={part}",
            f"--dbname={_at(at)}",
        )
        _run(at, password, "pg_restore", "--file=/dev/null", str(part))  # reads all of it


def undump(url: str, password: str, source: Path) -> None:
    """Put an archive into an empty database: all of it, or nothing. Raises NotCopied."""
    at = make_url(url)
    # Without an owner, and without comments, which only an owner may set.
    how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments")
    _run(at, password, "pg_restore", *how, f"--dbname={_at(at)}", str(source))


def _at(url: URL) -> str:
    """As libpq reads it, without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _run(url: URL, password: str, name: str, *args: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise NotCopied(f"{name} {MISSING}")
    secret = password or url.password
    environment = os.environ | ({"PGPASSWORD": secret} if secret else {})
    done = subprocess.run([program, *args], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotCopied(f"{name}: {said[0].removeprefix(f'{name}: ') if said else f'exit {done.returncode}'}")
