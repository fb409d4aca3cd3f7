"""Hook: a tracker's delivery is proved, read, and followed; each once. Nothing of it is believed before its signature is."""

from datetime import datetime

import msgspec

from dashboard.receipt import Receipt, Taken
from inbound.webhook import Delivery, is_fresh, is_signed, sent_at, signing_key
from postroom.acting import NotPossible
from postroom.app import App
from postroom.log import event
from postroom.secret import Secret
from postroom.tracking import Heard, News, NotLinked, Word, hear
from store import issues
from store.errors import Used
from workflow.issue import Issue, issue, state

FIRST_YEAR, LAST_YEAR = 2000, 9000  # farther away a time has no place in another zone
TRACKER = "tracker"  # whose doing it is, in the history
TAKEN = {News.NEW: Taken.FOLLOWED, News.KNOWN: Taken.KNOWN, News.OLD: Taken.OLD}
UNSIGNED = Receipt(Taken.UNSIGNED, ("the signature is missing, or is none of ours for this id, time and body",))
STALE = Receipt(Taken.STALE, ("the timestamp is more than five minutes away from our clock",))
AGAIN = Receipt(Taken.KNOWN, ("this delivery has been taken before",))


class Body(msgspec.Struct, frozen=True):
    """What it says. Other keys are left alone."""

    key: str
    state: str
    url: str = ""
    at: datetime | None = None  # since when; when it was sent, if not given


def deliver(app: App, secret: Secret, delivery: Delivery) -> Receipt:
    """Does what a delivery says, if it is signed with the secret."""
    if not is_signed(signing_key(secret.reveal()), delivery):
        return UNSIGNED
    if not is_fresh(delivery, app.now()):
        return STALE
    try:
        word = _word(delivery)
    except ValueError as error:
        return Receipt(Taken.UNREADABLE, (str(error),))
    return _taken(app, delivery, word)


def _taken(app: App, delivery: Delivery, word: Word) -> Receipt:
    try:
        heard = hear(app, word, also=lambda tx: issues.take(tx, delivery.id, app.now()))
    except Used:
        return AGAIN
    except NotLinked as error:
        return Receipt(Taken.UNKNOWN, (str(error),))
    except NotPossible as error:
        return Receipt(Taken.BUSY, (str(error),))
    return _receipt(heard)


def _word(delivery: Delivery) -> Word:
    """Raises ValueError that says what cannot be read."""
    try:
        body = msgspec.json.decode(delivery.body, type=Body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise ValueError(f"the body is no JSON with key and state: {error}") from None
    named = issue(body.key)
    page = issue(body.url).url if body.url else named.url
    if body.url and not page:
        raise ValueError("url is no address: write https://…")
    if body.at and (body.at.tzinfo is None or not FIRST_YEAR <= body.at.year <= LAST_YEAR):
        raise ValueError("at is no time with its zone: write 2026-11-27T09:30:00Z")
    return Word(Issue(named.key, page), state(body.state), body.at or sent_at(delivery), TRACKER)


def _receipt(heard: Heard) -> Receipt:
    for one in heard.followed:
        event("ticket.followed", ticket=one.effect.ticket, was=one.decision.was, status=one.decision.status)
    said = tuple(f"#{one.effect.ticket}: {one.decision.because[0]}" for one in heard.followed)
    return Receipt(TAKEN[heard.news], said)
