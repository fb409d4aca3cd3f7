"""Powers: the functions that the shell lends to the pages. They can do nothing else: this room has no clock and no configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dashboard.click import Click
from dashboard.counter import Counter
from dashboard.counts import Counts
from dashboard.deed import Deed
from dashboard.desk import Desk
from dashboard.fetched import Fetched
from dashboard.programs import Programs
from dashboard.receipt import Receipt
from dashboard.subscription import Subscription
from inbound.webhook import Delivery
from store.database import Database

Found = Click | Subscription | Deed  # what a link leads to


@dataclass(frozen=True, slots=True)
class Powers:
    """What the pages may use."""

    database: Database
    now: Callable[[], datetime]  # aware
    mailboxes: tuple[str, ...]  # those that are to be read
    patience: timedelta  # a mailbox that was not read for so long is said to be silent
    team: str  # as mails are signed
    look: Callable[[str, str], Found]  # what a link (what it is for, its token) would do now
    click: Callable[[str, str], Found]  # does it
    fetch: Callable[[str], Fetched | None]  # the file that a signed address is for
    fault: Callable[[Exception], None]  # notes a fault of ours
    desk: Desk
    counter: Counter
    programs: Programs
    counts: Counts = field(default_factory=Counts)
    metrics_token: str = ""  # whoever brings it sees the metrics; "": whoever asks from this machine
    sign_ins: Callable[[], Mapping[str, datetime | None]] = dict  # since when each is good
    behind_proxy: bool = False  # then everybody seems to
    stopping: Callable[[], bool] = lambda: False  # whether the run is about to end
    deliver: Callable[[Delivery], Receipt] | None = None  # does what a tracker's delivery says; None: none are taken
