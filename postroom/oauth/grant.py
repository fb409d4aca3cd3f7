"""Grant: what an authority has given, as values: parsed from its answers, and from the file that keeps it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from inbound.bearer import NoToken

EARLY = timedelta(minutes=5)  # so long before its end an access token is renewed
SHORT = timedelta(minutes=10)  # the life of one of which nobody says how long it lives


@dataclass(frozen=True, slots=True)
class Grant:
    """`refresh` is "" where the application itself is asked for. `since`: when the refresh token was given."""

    access: str = field(repr=False)
    expires: datetime
    refresh: str = field(repr=False)
    since: datetime
    ends: datetime | None = None  # of the refresh token, where the authority tells

    def good(self, now: datetime, refused: str) -> bool:
        return self.access not in {"", refused} and now + EARLY < self.expires

    def usable(self, now: datetime, refused: str) -> bool:
        """Good enough while the authority cannot be asked."""
        return self.access not in {"", refused} and now < self.expires


class Given(Struct):
    """RFC 6749 §5.1."""

    access_token: str
    expires_in: int | str = 0
    refresh_token: str = ""
    refresh_token_expires_in: int = 0


class Denied(Struct):
    """RFC 6749 §5.2."""

    error: str
    error_description: str = ""


def granted(body: bytes, now: datetime, before: Grant | None) -> Grant:
    """An authority's answer of 200. An old refresh token stays where there is no new one. Raises NoToken."""
    try:
        given = msgspec.json.decode(body, type=Given)
        expires = now + (timedelta(seconds=int(given.expires_in)) or SHORT)
        lasts = timedelta(seconds=given.refresh_token_expires_in)
        ends = now + lasts if lasts else None
    except (msgspec.MsgspecError, ValueError, OverflowError):
        raise NoToken("its answer is none of OAuth's") from None
    if not given.access_token.isprintable() or not given.access_token.isascii() or " " in given.access_token:
        raise NoToken("its access token cannot be sent")
    fresh = Grant(given.access_token, expires, given.refresh_token, now, ends)
    if given.refresh_token or before is None:
        return fresh
    return replace(fresh, refresh=before.refresh, since=before.since, ends=before.ends)


def denied(body: bytes) -> Denied:
    """An authority's other answers, as far as they say why."""
    try:
        return msgspec.json.decode(body, type=Denied)
    except (msgspec.MsgspecError, ValueError):
        return Denied("")
