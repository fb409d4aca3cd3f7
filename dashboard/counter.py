"""Counter: what the shell lends to the pages of clients, and the values that pass between them. Holds values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.machine import Workflow

WRITE = "write"  # what a form does that is no choice of the workflow


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client's form asks for: WRITE, or a choice of the workflow. `seen`: the mark of what its page showed."""

    number: int
    what: str
    seen: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The link of a notice by which its reader signs in, and sees the ticket. `used` once it is good no more."""

    address: str
    number: int
    language: str  # of the ticket; "" where nobody knows
    expires: datetime
    used: bool


class TooLate(Exception):
    """Nothing was done: the ticket was closed too long ago, or does not offer that any more."""


class TooMany(Exception):
    """Nothing was done: they have written so often within the hour that no person would."""


class NotTheirs(Exception):
    """Nothing was done: they take no part in it, or there is no such ticket."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What the pages of clients may use."""

    mail_link: Callable[[str, str, str], None]  # address, secret, language: it is on its way
    grant: Callable[
        [str, Wish], bool
    ]  # what whoever is signed in with that address wishes, and whether it is done, or only heard since others wait for more; raises NotTheirs, Stale, TooLate, TooMany
    entrance: Callable[[str], Entrance | None]  # what a token in place of a mailed link's secret leads to
    language: str  # of whom nobody knows better
    workflows: tuple[Workflow, ...]  # those that mailboxes have
    promises: Mapping[str, str]  # within how long the team answers, by language
    organisations: frozenset[str] = frozenset()  # domains whose people see which requests the others have
