"""Bearer: signing in to a mail server with an OAuth access token in place of a password: XOAUTH2 and OAUTHBEARER (RFC 7628). Pure."""

import json
from base64 import b64decode
from collections.abc import Callable, Collection

from inbound.down import printable

Token = Callable[[str], str]  # a good access token, and another than the one given, which was refused ("": none was)
MECHANISMS = ("XOAUTH2", "OAUTHBEARER")  # the first is Microsoft's only one


class NoToken(Exception):
    """There is no good access token; one line that says why, and the mend."""


def mechanism(offered: Collection[str]) -> str:
    """The one to use; "" where the server has none."""
    return next((one for one in MECHANISMS if one in offered), "")


def opening(way: str, user: str, token: str, host: str, port: int) -> bytes:
    """What the client says first."""
    if way == "XOAUTH2":
        return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    named = user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4
    return f"n,a={named},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()


def after_refusal(way: str) -> bytes:
    """What the client says to a challenge, which tells of an error, so that the server ends it (RFC 7628 §3.2.3)."""
    return b"" if way == "XOAUTH2" else b"\x01"


def explained(challenge: bytes) -> str:
    """The error of a challenge in a few words; "" where it holds none."""
    try:
        told = json.loads(challenge if challenge.lstrip().startswith(b"{") else b64decode(challenge))
        words = [str(told[name]) for name in ("status", "error", "schemes", "scope") if told.get(name)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ""
    return printable(", ".join(words))
