"""Flow: a person signs in, by the way that their provider has. It keeps nothing."""

from collections.abc import Callable
from contextlib import closing
from threading import Event

from inbound.bearer import NoToken
from postroom import clock
from postroom.line import one_line
from postroom.oauth import browser, device
from postroom.oauth.access import OAuth
from postroom.oauth.grant import Grant

PATIENCE = 600.0  # seconds
Say = Callable[[str], None]  # a line
Paste = Callable[[], str]  # the address at which a browser elsewhere ended


def flow(oauth: OAuth, say: Say, paste: Paste | None) -> Grant:
    """What the provider gives. `paste`: the browser is on another machine. Raises NoToken."""
    if oauth.authority.device_url:
        return _by_code(oauth, say)
    if oauth.authority.authorize_url:
        return _by_browser(oauth, say, paste)
    raise NoToken("it has neither a device_url nor an authorize_url: nobody can sign in there")


def _by_code(oauth: OAuth, say: Say) -> Grant:
    code = device.begin(oauth)
    at, word = one_line(code.verification_uri), one_line(code.user_code)
    say(f"Open {at} on any screen, type {word}, and sign in as the mailbox.")
    return device.finish(oauth, code, device.World(clock.now, clock.monotonic, Event().wait))


def _by_browser(oauth: OAuth, say: Say, paste: Paste | None) -> Grant:
    with closing(browser.Listener()) as listener:
        attempt = browser.Attempt.at(listener.port)
        say(f"Open this in a browser, and sign in as the mailbox:\n\n{attempt.url(oauth)}\n")
        if paste:
            say("At the end the browser cannot open a page of 127.0.0.1: paste its address here.")
            address = paste()
        else:
            address = listener.wait(PATIENCE, clock.monotonic)
    return browser.finish(oauth, attempt, attempt.code(address), clock.now())
