"""The page of a link by which one of us acts on a ticket."""

from dashboard.click import Outcome
from dashboard.deed import Deed
from dashboard.page import Page
from outbound.phrasebook import ENGLISH, say

TITLES = {
    Outcome.USED: "This link has been used",
    Outcome.EXPIRED: "This link is too old",
    Outcome.MOVED: "This cannot be done any more",
}


def worded(found: Deed) -> Page:
    """What it says."""
    if found.outcome is Outcome.NOBODYS:
        return Page(ENGLISH, say(ENGLISH, "nobodys"), (), (say(ENGLISH, "nobodys_why"),))
    asks = found.outcome is Outcome.ASKS
    return Page(
        ENGLISH,
        TITLES.get(found.outcome, found.title),
        found.about,
        found.lines,
        found.button if asks or found.back else "",
        found.back,
        say(ENGLISH, "untouched") if asks else "",
    )
