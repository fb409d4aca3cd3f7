"""The page of a link by which a client answers a mail of ours."""

from dashboard.click import Click, Outcome
from dashboard.page import Page
from outbound.phrasebook import say, spoken


def worded(click: Click) -> Page:
    """What it says."""
    language = spoken(click.language)

    def text(key: str, **facts: object) -> str:
        return say(language, key, **facts)

    about = ((text("request", number=click.number), click.subject),) if click.number else ()
    stands = text("now", status=click.status) if click.status else ""
    at = f"{click.at:%Y-%m-%d %H:%M (%Z)}" if click.at else ""
    match click.outcome:
        case Outcome.ASKS:
            follows = text("leads", to=click.to) if click.to else text("stays")
            lines = (follows, text("as", by=click.by))
            label = text(click.what)
            return Page(language, text(f"{click.what}_ask"), about, lines, button=label, small=text("untouched"))
        case Outcome.DONE:
            noted = text("noted", label=text(click.what))
            return Page(language, text("thanks"), about, (noted, stands), small=text("reply"))
        case Outcome.USED:
            return Page(language, text("used"), about, (text("used_at", at=at), stands), small=text("reply"))
        case Outcome.EXPIRED:
            return Page(language, text("expired"), about, (text("expired_at", at=at), stands), small=text("reply"))
        case Outcome.MOVED:
            return Page(language, text("moved"), about, (text("moved_why"), stands), small=text("reply"))
        case Outcome.NOBODYS:
            return Page(language, text("nobodys"), (), (text("nobodys_why"),))
