"""The page of a link that takes its reader off some of our mails, or puts them back (RFC 8058 §3.2: a POST of the address is all)."""

from dashboard.click import Outcome
from dashboard.page import Page
from dashboard.subscription import Subscription
from outbound.phrasebook import say, spoken

OTHER = {"off": "on", "on": "off"}


def worded(found: Subscription) -> Page:
    """What it says."""
    language, turn = spoken(found.language), found.turn

    def text(key: str, **facts: object) -> str:
        return say(language, key, **facts)

    at = f"{found.at:%Y-%m-%d %H:%M (%Z)}" if found.at else ""
    about = ((text("mails_to", by=found.by), text(f"series_{found.series}")),)
    match found.outcome:
        case Outcome.ASKS:
            return Page(language, text(f"{turn}_ask"), about, (text("still"),), text(turn), small=text("untouched"))
        case Outcome.DONE | Outcome.USED:
            lines = (text("since", at=at) if at else "", text("still") if turn == "off" else "")
            return Page(language, text(f"{turn}_done"), about, lines, text(OTHER[turn]), action=found.back)
        case Outcome.EXPIRED | Outcome.MOVED:
            return Page(language, text("expired"), about, (text("expired_at", at=at),), small=text("reply"))
        case Outcome.NOBODYS:
            return Page(language, text("nobodys"), (), (text("nobodys_why"),))
