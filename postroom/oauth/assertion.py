"""Assertion: what an application says of itself to be let in, signed with its key (RFC 7523, RFC 7515). Pure."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from postroom.oauth.certificate import Certificate
from postroom.oauth.rsa import SALT, Key, key, pkcs1, pss

LIFE = timedelta(minutes=30)  # an hour is the most that Google takes
SHORT = timedelta(minutes=10)  # the most that Microsoft wants


@dataclass(frozen=True, slots=True)
class Account:
    """A service account. `address`: its own. `subject`: the mailbox that it acts for. `id`: of the key."""

    address: str
    subject: str
    id: str
    key: Key


class _File(Struct):
    """The file that Google makes, as far as we need it."""

    client_email: str
    private_key: str
    private_key_id: str = ""


def account(raw: str, subject: str) -> Account:
    """From a key file. Raises ValueError; the message holds none of it."""
    try:
        file = msgspec.json.decode(raw, type=_File)
    except (msgspec.MsgspecError, ValueError):
        raise ValueError("it is no key file of a service account (JSON)") from None
    return Account(file.client_email, subject, file.private_key_id, key(file.private_key))


def of_account(account: Account, scope: str, audience: str, now: datetime) -> str:
    """RFC 7523 §3, with Google's `scope`."""
    head = {"alg": "RS256", "typ": "JWT"} | ({"kid": account.id} if account.id else {})
    claims = {"iss": account.address, "sub": account.subject, "scope": scope, "aud": audience, **_times(now, LIFE)}
    said = _said(head, claims)
    return f"{said}.{_url(pkcs1(account.key, said.encode()))}"


def of_client(certificate: Certificate, client: str, audience: str, now: datetime, chance: bytes) -> str:
    """RFC 7523 §2.2, with the header that Microsoft wants. `chance`: SALT octets, other ones each time.

    https://learn.microsoft.com/entra/identity-platform/certificate-credentials
    """
    head = {"alg": "PS256", "typ": "JWT", "x5t#S256": _url(certificate.thumbprint)}
    once: dict[str, object] = {"nbf": int(now.timestamp()), "jti": chance[: SALT // 2].hex()}
    said = _said(head, {"iss": client, "sub": client, "aud": audience, **_times(now, SHORT), **once})
    return f"{said}.{_url(pss(certificate.key, said.encode(), chance))}"


def _times(now: datetime, life: timedelta) -> dict[str, object]:
    begun = int(now.timestamp())
    return {"iat": begun, "exp": begun + int(life.total_seconds())}


def _said(head: dict[str, str], claims: dict[str, object]) -> str:
    return f"{_url(msgspec.json.encode(head))}.{_url(msgspec.json.encode(claims))}"


def _url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
