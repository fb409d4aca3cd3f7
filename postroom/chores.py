"""Chores: what somebody has to mend outside of mail: a sign-in that will end, a program that takes no events. It asks nobody."""

from collections.abc import Iterator

from inbound.bearer import NoToken
from outbound.wording import count
from postroom.app import App
from postroom.oauth.ending import ending
from postroom.oauth.keeping import load
from store import events


def chores(app: App) -> tuple[str, ...]:
    """A line each, with the mend."""
    return (*_sign_ins(app), *_webhooks(app))


def _sign_ins(app: App) -> Iterator[str]:
    for oauth in app.config.oauth.values():
        try:
            kept = load(oauth.file)
        except NoToken as error:
            yield f"sign-in {oauth.name}: {error}"
            continue
        if oauth.person and kept is None:
            yield f"sign-in {oauth.name}: nobody has signed in yet: run postroom sign-in {oauth.name}"
        elif warning := ending(oauth, kept, app.now()):
            yield warning


def _webhooks(app: App) -> Iterator[str]:
    with app.database.read() as tx:
        found = events.waiting(tx)
    for name, one in found.items():
        if one.given_up:
            said = count(one.given_up, "event was given up", "events were given up")
            yield f"webhook {name}: {said} ({one.reason}): mend it, then run postroom webhook again {name}"
