"""Signed links: one click that does one thing, for one person, as long as the ticket stands as it did. Never a clock.

    l  ticket:6  expiry:6  person:10  state:10  mac:16  key id:1-4      <public_url>/do/<what>/l…
                                                                        <public_url>/sign-in/l…

What it does stands beside the token in the address, and is bound into the mac, as are all fields.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from outbound.keys import Keys
from outbound.seal import (
    LONGEST,
    MAC,
    NONE,
    NUMBER,
    PERSON,
    decode,
    digest,
    encode,
    minutes,
    moment,
    opened,
    sealed,
    shape,
    signed,
)
from workflow.decision import Ticket

STATE = 10
FIELDS = NUMBER + NUMBER + PERSON + STATE
LINK = shape("l", FIELDS)
ENTRANCE = "sign-in"  # what a link does that leads to a ticket's page
# By their own shape: mail filters turn addresses into others of many kinds (%2F), and leave such words as they are. In
# whichever case, and without re.IGNORECASE, which takes five times as long.
_TOKENS = re.compile(
    rf"[lL](?:(?<![A-Za-z0-9].)|(?<=2[Ff].))[A-Za-z2-7]{{{FIELDS + MAC}}}[A-Za-z0-9]{{1,4}}(?![A-Za-z0-9])"
)
_NAMED = re.compile(r"sign[-%]", re.IGNORECASE)  # stands in all that such filters make of ENTRANCE
_WRAPPED = re.compile(r"\r?\n[> \t]*")
MOST = 100  # tokens of one text that are looked at


@dataclass(frozen=True, slots=True)
class Link:
    """A valid token. Ask `is_for` whose it is, and `stands` whether its ticket has moved on; `expires` is aware."""

    what: str
    ticket: int | None  # None for what is about no ticket
    expires: datetime
    person: str
    state: str
    key_id: str


def link(keys: Keys, site: str, what: str, person: str, expires: datetime, ticket: Ticket | None = None) -> str:
    """The address of a page that does `what` (small letters, digits, `-` and `_`) for the person of that address."""
    return f"{site.rstrip('/')}/do/{what}/{_token(keys, what, person, expires, ticket)}"


def entrance(keys: Keys, site: str, person: str, expires: datetime, ticket: Ticket) -> str:
    """The address of a page that signs in the person of that address, and leads them to their ticket."""
    return f"{site.rstrip('/')}/{ENTRANCE}/{_token(keys, ENTRANCE, person, expires, ticket)}"


def entrances(keys: Keys, text: str) -> dict[str, Link]:
    """The entrances of ours that a text names, by their tokens, however it names and wraps them; of MOST words that may be such."""
    found: dict[str, Link] = {}
    if not _NAMED.search(text):  # nearly every mail
        return found
    for shown in (text, _WRAPPED.sub("", text)):
        for match in islice(_TOKENS.finditer(shown), MOST):
            token = match[0].lower()
            if link := read_link(keys, ENTRANCE, token):
                found[token] = link
    return found


def nobody_elses(text: str) -> str:
    """A text in which no link of ours acts: each does what it says for whoever opens it, and is for one person alone."""
    return _TOKENS.sub("…", text)


def read_link(keys: Keys, what: str, token: str) -> Link | None:
    """What a token allows, if it is ours; it may have expired. None for every other text."""
    if len(token) > LONGEST or not token.isascii():
        return None
    found = opened(keys, LINK, token.lower(), what)
    if found is None:
        return None
    body, key_id = found
    number, until, person, state = body[1:7], body[7:13], body[13:23], body[23:]
    return Link(what, decode(number) or None, moment(until), person, state, key_id)


def is_for(keys: Keys, found: Link, addr: str) -> bool:
    """Whether the link was made for that address."""
    secret = keys.secret(found.key_id)
    return secret is not None and hmac.compare_digest(found.person, digest(secret, addr))


def stands(keys: Keys, found: Link, ticket: Ticket | None) -> bool:
    """Whether the ticket has the status that it had, since the same moment, when the link was made."""
    secret = keys.secret(found.key_id)
    return secret is not None and hmac.compare_digest(found.state, _state(secret, ticket))


def _token(keys: Keys, what: str, person: str, expires: datetime, ticket: Ticket | None) -> str:
    number = NONE if ticket is None else encode(ticket.number)
    body = "l" + number + minutes(expires) + digest(keys.signing, person) + _state(keys.signing, ticket)
    return sealed(keys, body, what)


def _state(secret: bytes, ticket: Ticket | None) -> str:
    since = [ticket.status, ticket.status_since.isoformat()] if ticket else []
    return signed(secret, "state", *since)[:STATE]
