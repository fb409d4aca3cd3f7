"""A person signs in with a browser elsewhere: the address is shown, the one that they paste is believed if it answers it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from inbound.bearer import NoToken
from postroom.oauth.access import OAuth
from postroom.oauth.authority import Authority as Addresses
from postroom.oauth.flow import flow
from postroom.secret import Secret
from tests.servers.authority import CLIENT, SECRET, Authority


@pytest.fixture
def authority() -> Iterator[Authority]:
    with Authority() as server:
        yield server


def signing_in(authority: Authority, ends_at: Callable[[str], str]) -> str:
    """The refresh token; `ends_at`: where the browser that opens an address ends."""
    at = Addresses(authority.url("token"), "mail", authorize_url="https://login.example/authorize")
    oauth = OAuth("house", at, CLIENT, Secret(SECRET), Path("house.token"), person=True)
    said: list[str] = []

    def paste() -> str:
        url = next(line for line in "\n".join(said).splitlines() if line.startswith("https://"))
        return ends_at(url)

    return flow(oauth, said.append, paste).refresh


def test_the_address_that_is_pasted_answers_the_one_that_was_shown(authority: Authority) -> None:
    def agreed(url: str) -> str:
        asked = parse_qs(urlsplit(url).query)
        assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
        assert SECRET not in url
        return f"  {authority.authorize(urlsplit(url).query)}\n"

    assert signing_in(authority, agreed) == authority.refresh != ""


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("", "is not the answer"),
        ("http://127.0.0.1:1/?code=stolen", "is not the answer"),
        ("http://127.0.0.1:1/?code=stolen&state=é", "is not the answer"),
        ("http://[", "is not the answer"),
    ],
)
def test_another_address_is_not_believed(authority: Authority, ending: str, why: str) -> None:
    with pytest.raises(NoToken, match=why):
        signing_in(authority, lambda _: ending)
    assert authority.asked == []


def test_a_person_who_refuses_and_a_code_of_somebody_else_are_told(authority: Authority) -> None:
    def refused(url: str) -> str:
        return f"http://127.0.0.1:1/?error=access_denied&state={parse_qs(urlsplit(url).query)['state'][0]}"

    def forged(url: str) -> str:
        authority.authorize(urlsplit(url).query.replace("code_challenge=", "code_challenge=x"))
        return f"http://127.0.0.1:1/?code=guessed&state={parse_qs(urlsplit(url).query)['state'][0]}"

    with pytest.raises(NoToken, match="refused there: access_denied"):
        signing_in(authority, refused)
    with pytest.raises(NoToken, match="invalid_grant: that code is not yours"):
        signing_in(authority, forged)
