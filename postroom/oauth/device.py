"""Device: a person signs in on another screen, by a short code (RFC 8628)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct

from inbound.bearer import NoToken
from postroom.oauth.access import OAuth, ask, later
from postroom.oauth.grant import Grant, denied, granted
from postroom.posting import Posted

INTERVAL, SLOWER = 5, 5  # seconds: RFC 8628 §3.2, §3.5
SLOWEST, LONGEST = 60, 1800.0  # seconds: of what a provider wishes


class Code(Struct):
    """RFC 8628 §3.2."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int = 900
    interval: int = INTERVAL


@dataclass(frozen=True, slots=True)
class World:
    """The clocks that it needs, so that a test need not wait."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    wait: Callable[[float], object]


def begin(oauth: OAuth) -> Code:
    """What the person has to type, and where. Raises NoToken."""
    answer = ask(oauth, {"scope": oauth.authority.scope}, oauth.authority.device_url)
    if not answer.good:
        raise NoToken(refusal(oauth.authority.device_url, answer))
    try:
        return msgspec.json.decode(answer.body, type=Code)
    except (msgspec.MsgspecError, ValueError):
        raise NoToken(f"{oauth.authority.device_url}: its answer is none of OAuth's") from None


def finish(oauth: OAuth, code: Code, world: World) -> Grant:
    """Waits until the person has signed in. Raises NoToken: they refused, or were too late."""
    wanted = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code.device_code}
    interval, until = min(max(code.interval, 1), SLOWEST), world.monotonic() + min(code.expires_in, LONGEST)
    while world.monotonic() < until:
        world.wait(interval)
        answer = ask(oauth, wanted)
        if answer.good:
            return granted(answer.body, world.now(), None)
        error = denied(answer.body).error
        if error == "slow_down" or later(answer):  # a server that is down, or busy, is asked more slowly, too
            interval = max(interval + SLOWER, int(answer.wish.total_seconds()) if answer.wish else 0)
        elif error != "authorization_pending":
            raise NoToken(refusal(oauth.authority.token_url, answer))
    raise NoToken("the code is too old: begin again")


def refusal(url: str, answer: Posted) -> str:
    """Why it was refused, in a line."""
    told = denied(answer.body)
    words = {"access_denied": "the sign-in was refused there", "expired_token": "the code is too old: begin again"}
    if told.error in words:
        return words[told.error]
    return f"{url}: {': '.join(filter(None, (told.error, told.error_description))) or answer.reason}"[:400]
