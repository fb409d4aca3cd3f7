"""Click: what came of a one-click link, or would come of it, for its page to show. Holds values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a link was found."""

    ASKS = "asks"  # it can be used: the page asks whether to
    DONE = "done"
    USED = "used"  # it has been, before
    EXPIRED = "expired"
    MOVED = "moved"  # the ticket is not what it was
    NOBODYS = "nobodys"  # not one of ours, not whole, or for somebody who is no longer on the ticket


@dataclass(frozen=True, slots=True)
class Click:
    """What a page says of a link. Names as they are shown; times aware, in the team's zone."""

    outcome: Outcome
    what: str = ""  # the choice
    language: str = ""
    number: int | None = None
    subject: str = ""
    status: str = ""  # as it is
    to: str = ""  # as it would be; "" where it stays
    by: str = ""  # addr-spec of whose link it is
    at: datetime | None = None  # when it was used, or until when it was good
