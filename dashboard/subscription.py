"""Subscription: what came of a link that takes its reader off some of our mails, or puts them back, for its page to show. Holds values only."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.click import Outcome


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a page says of it. Times aware, in the team's zone."""

    outcome: Outcome  # USED: it is so already
    turn: str  # "off", or "on" for back
    series: str
    language: str = ""
    by: str = ""  # addr-spec of the reader
    at: datetime | None = None  # since when they are off, or until when the link was good
    back: str = ""  # the path of the link that undoes it
