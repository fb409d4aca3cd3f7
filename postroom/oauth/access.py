"""Access: a good access token whenever a server asks for one. Kept in a file, renewed before it ends, or when it was refused."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from inbound.bearer import NoToken
from postroom.line import one_line
from postroom.log import event, trouble
from postroom.oauth.assertion import Account, of_account, of_client
from postroom.oauth.authority import Authority
from postroom.oauth.certificate import Certificate
from postroom.oauth.grant import Grant, denied, granted
from postroom.oauth.keeping import Turn, load, locked, room, save
from postroom.oauth.rsa import SALT
from postroom.posting import Posted, post
from postroom.secret import Secret, SecretError

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json", "user-agent": "postroom"}
# With these nobody is let in any more until a person signs in again (RFC 6749 §5.2).
FINAL = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523 §2.1
BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 §2.2
TOO_MANY, DOWN = 429, 500  # RFC 6585 §4, RFC 9110 §15.6


@dataclass(frozen=True, slots=True)
class OAuth:
    """How one signs in: all of `[oauth.NAME]`, complete. `person`: one signed in, else the application is asked for.

    `client_id` is "" for a service account.
    """

    name: str
    authority: Authority
    client_id: str
    client_secret: Secret | None
    file: Path
    person: bool
    account: Account | None = None  # a service account, which is let in by its key
    certificate: Certificate | None = None  # in place of a client secret
    ends: date | None = None  # when the certificate ends, or, by the operator's own word, the client secret


class Access:
    """For one sign-in. Safe between threads and processes."""

    def __init__(self, oauth: OAuth, now: Callable[[], datetime]) -> None:
        self._oauth = oauth
        self._now = now

    def __call__(self, refused: str = "") -> str:
        """An access token other than the one that was refused. Raises NoToken."""
        try:
            kept = load(self._oauth.file)
            if kept and kept.good(self._now(), refused):
                return kept.access
            with locked(self._oauth.file) as turn:
                return self._renewed(refused, turn)
        except NoToken as error:
            raise NoToken(f"sign-in {self._oauth.name}: {error}") from None

    def _renewed(self, refused: str, turn: Turn) -> str:
        kept, now = load(self._oauth.file), self._now()
        if kept and kept.good(now, refused):  # another process was faster
            return kept.access
        if self._oauth.person and not (kept and kept.refresh):
            raise NoToken(f"nobody has signed in yet: run postroom sign-in {self._oauth.name}")
        if (left := turn.rest(now)) > timedelta():
            if kept and kept.usable(now, refused):
                return kept.access
            raise NoToken(f"{self._oauth.authority.token_url} asks to be left alone for {left.total_seconds():.0f} s")
        with room(self._oauth.file):
            answer = ask(self._oauth, self._wanted(kept))
            if not answer.good:
                if answer.wish and later(answer):
                    turn.asked_for(answer.wish, now)
                if kept and later(answer) and kept.usable(now, refused):
                    trouble("oauth.late", sign_in=self._oauth.name, reason=answer.reason)
                    return kept.access
                raise NoToken(self._why(answer))
            new = granted(answer.body, now, kept)
            save(self._oauth.file, new)
        event("oauth.renewed", sign_in=self._oauth.name, until=new.expires.isoformat(timespec="seconds"))
        return new.access

    def _wanted(self, kept: Grant | None) -> dict[str, str]:
        at = self._oauth.authority
        scope = {"scope": at.scope}
        if self._oauth.account:
            return {
                "grant_type": JWT,
                "assertion": of_account(self._oauth.account, at.scope, at.token_url, self._now()),
            }
        if not self._oauth.person:
            return {"grant_type": "client_credentials", **scope, **self._proof()}
        return {"grant_type": "refresh_token", "refresh_token": kept.refresh if kept else "", **scope}

    def _proof(self) -> dict[str, str]:
        """What stands in place of a client secret, if anything does."""
        mine, client, at = self._oauth.certificate, self._oauth.client_id, self._oauth.authority.token_url
        if mine is None:
            return {}
        said = of_client(mine, client, at, self._now(), secrets.token_bytes(SALT))
        return {"client_assertion_type": BY_JWT, "client_assertion": said}

    def _why(self, answer: Posted) -> str:
        told = denied(answer.body)
        what = one_line(f"{told.error}: {told.error_description}" if told.error_description else told.error)[:300]
        if told.error in FINAL and self._oauth.person:
            return f"it is not good any more ({what}): run postroom sign-in {self._oauth.name}"
        return f"{self._oauth.authority.token_url} gives no token: {what or answer.reason}"


def later(answer: Posted) -> bool:
    """Whether it is the provider that is down, or busy: it has not said no."""
    return not answer.status or answer.status == TOO_MANY or answer.status >= DOWN


def ask(oauth: OAuth, form: dict[str, str], url: str = "") -> Posted:
    """One request to the authority, with who we are in it. Raises NoToken where we cannot say that."""
    who = {"client_id": oauth.client_id} if oauth.client_id else {}
    if oauth.client_secret:
        try:
            who["client_secret"] = oauth.client_secret.reveal()
        except SecretError as error:
            raise NoToken(str(error)) from None
    return post(url or oauth.authority.token_url, urlencode(who | form).encode(), FORM, read=True)
