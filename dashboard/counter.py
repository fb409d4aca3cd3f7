"""Counter: what the shell lends to the pages of clients, and the values that pass between them. Holds values only."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.machine import Workflow

WRITE = "write"  # what a form does that is no choice of the workflow


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client's form asks for: WRITE, or a choice of the workflow. `seen`: the mark of what its page showed."""

    number: int
    what: str
    seen: str
    text: str = ""


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
        [str, Wish], None
    ]  # what whoever is signed in with that address wishes; raises NotTheirs, Stale, TooLate, TooMany
    language: str  # of whom nobody knows better
    workflows: tuple[Workflow, ...]  # those that mailboxes have
    organisations: frozenset[str] = frozenset()  # domains whose people see which requests the others have
