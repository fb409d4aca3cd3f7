"""Desk: what the shell lends to the pages of staff, and the values that pass between them. Holds values only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dashboard.office import Office
from outbound.reckoning import Reckoning
from workflow.machine import Workflow


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team. `address` as the configuration has it."""

    address: str
    name: str
    roles: frozenset[str]
    keeper: bool = False  # looks after the configuration, and sees the pages of administration

    @property
    def shown(self) -> str:
        return self.name or self.address


DEEDS = (
    "reply", "note", "status", "assign", "undo", "merge", "unmerge", "let-in", "add-quiet", "take-out", "link", "unlink",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What a form asks for: `deed` is one of DEEDS; `seen` the version of the ticket that its page showed, `upto` the moment of its newest change."""

    number: int
    deed: str
    seen: int
    upto: datetime
    text: str = ""
    note: str = ""  # beside a change of status, for the team alone
    status: str = ""
    until: str = ""  # a date in a person's own words
    to: str = ""  # addr-spec, "" for nobody; or the number of another ticket; or an issue


@dataclass(frozen=True, slots=True)
class Leaving:
    """A mail that an order would send. `withheld`: why it would not leave all the same; `html`: the page that most readers see, "" for none."""

    to: str
    subject: str
    text: str
    files: tuple[str, ...] = ()
    withheld: str = ""
    html: str = ""


class Refused(Exception):
    """Nothing was done; the message says why, and what would be possible."""


class Stale(Exception):
    """Nothing was done: somebody changed the ticket since the page was made. The message says who did what."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of staff may use."""

    member: Callable[[str], Member | None]  # by address, in any case
    members: tuple[Member, ...]
    workflow: Callable[[str], Workflow]
    colours: tuple[str, ...]  # of all statuses
    zone: tzinfo
    secure: bool  # whether browsers come over https
    secret: Callable[[], str]  # a new one, of 256 bits, in letters that a path may have
    mail_link: Callable[[str, str], None]  # address, secret: it is on its way
    order: Callable[[Member, Order], None]  # does it; raises Refused, Stale
    reckoning: Reckoning  # how reports count
    office: Callable[[], Office]  # what administration shows
    correct: Callable[
        [Member, int, str, bool], None
    ]  # mail m17 is by that word (person, spam …) another kind, and its sender is remembered; raises Refused
    again: Callable[[str], None]  # m17 or o17 once more; raises Refused
    preview: Callable[[Member, Order], tuple[Leaving, ...]]  # the mails that it would send; raises Refused, Stale
    words: Callable[
        [Member, Order], str
    ]  # what its status would say to the client, of a reply that of the ticket; raises Refused, Stale
    take_back: Callable[
        [Member, int, str], tuple[Order, str]
    ]  # what a member did on a ticket a moment ago, by the cause of its mails, and what came of that; raises Refused
    raw: Callable[[int], bytes]  # of mail m17, as it came; raises LookupError
    look: Callable[[int], str]  # the page of mail m17 as its writer saw it; raises LookupError, Refused
