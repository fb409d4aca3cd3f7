"""An authority that is down, busy, somebody else or hostile, and a disk that is full: no sign-in is lost, and no secret is told."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from inbound.bearer import NoToken
from postroom.clock import now
from postroom.oauth.access import Access, OAuth
from postroom.oauth.authority import Authority as Addresses
from postroom.oauth.device import Code, World, finish
from postroom.oauth.grant import Grant
from postroom.oauth.keeping import load, locked, save
from postroom.secret import Secret
from tests.servers.authority import CLIENT, SECRET, Authority
from tests.servers.http_script import HttpScript, saying

FIRST = "the first refresh token"


@pytest.fixture
def authority() -> Iterator[Authority]:
    with Authority(refresh=FIRST) as server:
        yield server


@pytest.fixture
def full() -> Iterator[Path]:
    """A file system on which a grant lies, without room for another."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("only root can mount the small file system of the disk-full tests")
        try:
            save(Path(folder) / "house.token", kept())
            with suppress(OSError), (Path(folder) / "filler").open("wb", buffering=0) as filler:
                while filler.write(bytes(4096)):
                    pass
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def kept(minutes: int = 0) -> Grant:
    return Grant("the first access token", now() + timedelta(minutes=minutes), FIRST, now())


def sign_in(url: str, file: Path) -> OAuth:
    return OAuth("house", Addresses(url, "mail"), CLIENT, Secret(SECRET), file, person=True)


def test_on_a_full_disk_nothing_is_asked_for_that_could_not_be_kept(authority: Authority, full: Path) -> None:
    access = Access(sign_in(authority.url("token"), full / "house.token"), now)
    with pytest.raises(NoToken, match=r"house\.token cannot be written: No space left on device"):
        access()
    assert authority.asked == [], "a refresh token is good once: asked for now, its successor would be lost"
    assert load(full / "house.token") == kept_before(full)
    (full / "filler").unlink()
    assert access() in authority.good
    assert sorted(path.name for path in full.iterdir()) == ["house.token", "house.token.lock"]


def kept_before(folder: Path) -> Grant | None:
    found = load(folder / "house.token")
    assert found is not None
    assert found.refresh == FIRST
    return found


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<html>Please sign in to the guests' network</html>", "its answer is none of OAuth's"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>\x00</html>", "gives no token: HTTP 502 Bad Gateway"),
        (b"HTTP/1.1 429 Slow Down\r\nretry-after: 60\r\n\r\n{}", "gives no token: HTTP 429 Slow Down"),
        (b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\n\r\n", "gives no token: HTTP 302 Found"),
        (
            b'HTTP/1.1 400 No\r\n\r\n{"error": "invalid_grant"}',
            r"it is not good any more \(invalid_grant\): run postroom",
        ),
        (b'HTTP/1.1 400 No\r\n\r\n{"error": "\\u001b[2J\\n\\u0000"}', r"gives no token:  \[2J  "),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 300_000, "its answer is none of OAuth's"),
    ],
)
def test_what_an_authority_says_is_told_on_a_line_and_what_is_kept_stays(
    answer: bytes, why: str, tmp_path: Path
) -> None:
    file = tmp_path / "house.token"
    save(file, before := kept())
    with HttpScript(saying(answer)) as server:
        with pytest.raises(NoToken, match=f"^sign-in house: .*{why}") as told:
            Access(sign_in(server.url, file), now)()
        assert len(server.heads) == 1
    assert str(told.value).isprintable()
    assert load(file) == before


@pytest.mark.parametrize("status", [b"503 Down", b"429 Slow Down"])
def test_a_token_that_is_still_good_is_used_while_the_authority_is_down_or_busy(status: bytes, tmp_path: Path) -> None:
    file = tmp_path / "house.token"
    save(file, before := kept(minutes=3))
    with HttpScript(saying(b"HTTP/1.1 ", status, b"\r\n\r\n")) as server:
        access = Access(sign_in(server.url, file), now)
        assert access() == before.access
        with pytest.raises(NoToken):
            access(before.access)  # which the mail server has just refused


@pytest.mark.parametrize("wrong", [timedelta(days=-9000), timedelta(days=-1), timedelta(days=1), timedelta(days=9000)])
def test_a_clock_that_is_wrong_costs_a_renewal_and_no_sign_in(
    wrong: timedelta, authority: Authority, tmp_path: Path
) -> None:
    oauth = sign_in(authority.url("token"), tmp_path / "house.token")
    save(oauth.file, kept())
    first = Access(oauth, lambda: now() + wrong)()
    authority.revoke()  # what has ended for the authority
    again = Access(oauth, now)
    assert again(first) in authority.good
    assert again() in authority.good
    assert len(authority.asked) == (1 if wrong < timedelta() else 2)


def test_a_frozen_process_that_was_renewing_stops_no_other_for_good(tmp_path: Path) -> None:
    file = tmp_path / "house.token"
    told = r"another process holds .*house\.token\.lock, and does not let go"
    with locked(file), pytest.raises(NoToken, match=told), locked(file, 0.1):
        pass
    with locked(file, 0.1):
        pass


def test_somebody_who_signs_in_while_the_provider_is_busy_is_waited_for() -> None:
    answers = iter([b"503 Down", b"429 Slow Down", b"400 No"])
    pending = b'{"error": "access_denied"}'
    with HttpScript(lambda say, _: say(b"HTTP/1.1 " + next(answers) + b"\r\n\r\n" + pending)) as server:
        waited: list[float] = []
        world = World(now=now, monotonic=lambda: sum(waited), wait=waited.append)
        with pytest.raises(NoToken, match=r"^the sign-in was refused there$"):
            finish(sign_in(server.url, Path("house.token")), Code("device", "WDJB", "https://login.example/"), world)
    assert waited == [5, 10, 15]


def test_no_value_shows_a_secret() -> None:
    oauth = sign_in("http://127.0.0.1:9/token", Path("house.token"))
    shown = repr(oauth) + repr(kept()) + str(oauth)
    assert SECRET not in shown
    assert FIRST not in shown
    assert "access token" not in shown
    assert json.dumps(SECRET) not in shown
