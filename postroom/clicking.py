"""Clicking: which links there are in mails, and who looks at them and does them."""

from dashboard.powers import Found
from postroom import chosen, deeds, subscriptions
from postroom.app import App


def look(app: App, what: str, token: str) -> Found:
    """What a link would do now. Changes nothing."""
    if subscriptions.is_turn(what):
        return subscriptions.look(app, what, token)
    return deeds.look(app, what, token) if deeds.is_deed(what) else chosen.look(app, what, token)


def click(app: App, what: str, token: str) -> Found:
    """Does what a link is for, once."""
    if subscriptions.is_turn(what):
        return subscriptions.click(app, what, token)
    return deeds.click(app, what, token) if deeds.is_deed(what) else chosen.click(app, what, token)
