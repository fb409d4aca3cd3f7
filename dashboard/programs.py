"""Programs: what the shell lends to the pages for other programs, and the values that pass between them. Holds values only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from dashboard.desk import Member
from store.lines import Wanted

KEPT = timedelta(days=1)  # so long a request that comes again under the same key does nothing twice

Json = dict[str, Any]


class Scope(StrEnum):
    """What a token is for."""

    READ = "read"  # tickets, with all that was said
    WRITE = "write"  # statuses, assignments, notes; a status may have a mail to the client
    REPLY = "reply"  # words of one's own to clients


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that has shown its token. `member`: for whom it acts."""

    token: str  # its name
    member: Member
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Want:
    """What a program asks for: `deed` is status, assign, reply or note.

    `seen` is the version of the ticket that it has read, None for any; `key` names the request, "" where it has no name.
    """

    number: int
    deed: str
    seen: int | None = None
    key: str = ""
    text: str = ""
    note: str = ""
    status: str = ""
    until: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A first mail to a client, which opens a ticket."""

    client: str  # addr-spec, perhaps with a name
    subject: str
    text: str
    mailbox: str = ""  # by name; "" for the first
    key: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A ticket as JSON, and its version."""

    ticket: Json
    version: int


class Reused(Exception):
    """Nothing was done: the key names another request."""


@dataclass(frozen=True, slots=True)
class Programs:
    """What the pages for other programs may use."""

    caller: Callable[[str], Caller | None]  # whose secret that is; None for nobody's
    tickets: Callable[[Wanted, int], list[Json]]  # the newest, at most so many; raises Refused
    ticket: Callable[[int], Read | None]
    order: Callable[[Caller, Want], None]  # does it; raises Refused, Stale, Reused
    open: Callable[[Caller, Letter], int]  # the number of the ticket; raises Refused, Reused
    minute: int  # requests of one token in a minute
