"""Handles: signed addresses under which one person may fetch one file of one ticket, for a while. Never a clock.

    i  mail:6      place:6  ticket:6  expiry:6  person:10  mac:16  key id:1-4      <public_url>/files/i…
    o  outgoing:6  …        a file that one of ours took along

`place` counts from 1 among the files of its mail, so that a file can be named before its mail has been settled.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from outbound.keys import Keys
from outbound.seal import LONGEST, NUMBER, PERSON, decode, digest, encode, minutes, moment, opened, sealed, shape

_HANDLE = shape("[io]", 4 * NUMBER + PERSON)
_FOR = "files"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: its place, from 0, among those of a mail of the ledger, or of an outgoing one."""

    mail: int
    position: int
    outgoing: bool = False


@dataclass(frozen=True, slots=True)
class Handle:
    """A valid one. Ask `made_for` whose it is; `expires` is aware."""

    file: Place
    ticket: int
    expires: datetime
    person: str
    key_id: str


def handle(keys: Keys, site: str, file: Place, ticket: int, person: str, expires: datetime) -> str:
    """The address of a file, for the person of that address."""
    kind = "o" if file.outgoing else "i"
    where = encode(file.mail) + encode(file.position + 1) + encode(ticket)
    body = kind + where + minutes(expires) + digest(keys.signing, person)
    return f"{site.rstrip('/')}/files/{sealed(keys, body, _FOR)}"


def read_handle(keys: Keys, token: str) -> Handle | None:
    """What a token gives, if it is ours; it may have expired. None for every other text."""
    if len(token) > LONGEST or not token.isascii():
        return None
    found = opened(keys, _HANDLE, token.lower(), _FOR)
    if found is None:
        return None
    body, key_id = found
    mail, place, ticket, until = (body[1 + NUMBER * n : 1 + NUMBER * (n + 1)] for n in range(4))
    file = Place(decode(mail), decode(place) - 1, outgoing=body[0] == "o")
    return Handle(file, decode(ticket), moment(until), body[-PERSON:], key_id)


def made_for(keys: Keys, found: Handle, addr: str) -> bool:
    """Whether it was made for that address."""
    secret = keys.secret(found.key_id)
    return secret is not None and hmac.compare_digest(found.person, digest(secret, addr))
