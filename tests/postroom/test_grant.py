"""What an authority gives: read from whatever it answers, good until told otherwise, and its end told in time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.bearer import NoToken, explained
from postroom.oauth.access import OAuth
from postroom.oauth.authority import Authority
from postroom.oauth.device import Code, World, finish
from postroom.oauth.ending import ending
from postroom.oauth.grant import Grant, denied, granted
from postroom.oauth.keeping import load, save

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
GRANT = Grant("access", NOW + timedelta(hours=1), "refresh", NOW)
NOWHERE = OAuth("house", Authority("http://127.0.0.1:9/", "mail"), "postroom", None, Path("house.token"), person=True)


def with_end(day: date | None) -> OAuth:
    return OAuth(NOWHERE.name, NOWHERE.authority, NOWHERE.client_id, None, NOWHERE.file, person=False, ends=day)


@pytest.mark.parametrize(
    ("day", "told"),
    [(None, False), (date(2026, 12, 12), False), (date(2026, 12, 11), True), (date(2026, 11, 1), True)],
)
def test_a_secret_that_ends_is_told_two_weeks_before_and_ever_after(day: date | None, *, told: bool) -> None:
    said = ending(with_end(day), GRANT, NOW)
    assert said == (f"the client secret of sign-in house ends on {day}: make a new one at the provider" if told else "")


def test_a_sign_in_that_ends_is_told_two_weeks_before() -> None:
    body = b'{"access_token": "a", "expires_in": "3599", "refresh_token": "r", "refresh_token_expires_in": 1728000}'
    kept = granted(body, NOW, None)
    assert ending(NOWHERE, kept, NOW + timedelta(days=5)) == ""
    said = "sign-in house ends on 2026-12-17: run postroom sign-in house"
    assert ending(NOWHERE, kept, NOW + timedelta(days=7)) == said
    renewed = granted(b'{"access_token": "b", "expires_in": 3599}', NOW + timedelta(days=1), kept)
    assert (renewed.access, renewed.refresh, renewed.since, renewed.ends) == ("b", "r", NOW, kept.ends)


def test_what_is_renewed_early_is_used_to_its_end_while_nobody_can_be_asked_and_never_once_refused() -> None:
    late = GRANT.expires - timedelta(minutes=4)
    assert GRANT.good(NOW, "")
    assert not GRANT.good(late, "")
    assert GRANT.usable(late, "")
    assert not GRANT.usable(late, "access")
    assert not GRANT.usable(GRANT.expires, "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b"[]",
        b'{"token_type": "Bearer"}',
        b'{"access_token": "a b"}',
        b'{"access_token": "a\\u0001auth=Bearer b"}',
        b'{"access_token": "\\u00e9"}',
        b'{"access_token": "a", "expires_in": "soon"}',
        b'{"access_token": "a", "expires_in": 1000000000000}',
        b'{"access_token": "a", "refresh_token_expires_in": 999999999999}',
        b'{"access_token": "a", "expires_in": 1e300}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_none_of_oauths_is_refused(body: bytes) -> None:
    with pytest.raises(NoToken):
        granted(body, NOW, GRANT)
    assert denied(body).error == ""


@given(st.binary(max_size=200))
def test_whatever_a_server_says_of_a_refusal_is_one_printable_line(challenge: bytes) -> None:
    assert explained(challenge).isprintable()


def test_a_refusal_is_told_in_words() -> None:
    told = b'{"status": "400", "schemes": "Bearer", "scope": "https://mail.google.com/\\r\\nA1 LOGOUT"}'
    assert explained(told).startswith("400, Bearer, https://mail.google.com/")
    assert explained(told).isprintable()


def test_what_is_kept_is_for_its_owner_alone_and_what_is_none_of_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "house.token"
    assert load(file) is None
    (tmp_path / "house.token.new").write_text("of one who was killed")
    save(file, GRANT)
    assert load(file) == GRANT
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["house.token"]
    file.write_bytes(msgspec.json.encode(GRANT)[:-9])
    with pytest.raises(NoToken, match="does not hold what was kept there: delete it"):
        load(file)
    with pytest.raises(NoToken, match="cannot be written: No such file"):
        save(tmp_path / "gone" / "house.token", GRANT)


def test_a_provider_that_wants_to_be_asked_once_a_year_is_asked_each_minute_and_not_for_ever() -> None:
    waited: list[float] = []
    world = World(now=lambda: NOW, monotonic=lambda: sum(waited), wait=waited.append)
    with pytest.raises(NoToken, match="the code is too old: begin again"):
        finish(NOWHERE, Code("device", "WDJB", "https://login.example/", 10**9, 10**9), world)
    assert waited[0] == 60
    assert sum(waited) < 2000
