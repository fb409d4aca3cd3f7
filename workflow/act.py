"""SetStatus, Reply, Note, Assign, SetRequester, TakePart, Speak, Undo, Wait, Merge, Unmerge, Open: what a staff member does to a ticket; Choose, Write: what a client does; Reopen: what both may. Holds values only; it allows nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from inbound.message import Address
from workflow.machine import Choice


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Give a ticket another status, or its dated status another date."""

    status: str  # key or name, in any case, as the person wrote it
    by: str  # addr-spec of the staff member
    note: str = ""  # for staff; never part of a decision's reasons, which others may see
    until: datetime | date | None = None  # aware, or a day: when an appointment is, or until when to wait
    says: bool = False  # the client gets the staff member's own words, which travel beside it, and no other notice


@dataclass(frozen=True, slots=True)
class Reply:
    """Write to the client. The words travel beside the act, not in it."""

    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Note:
    """Leave words among staff; they travel beside the act, too."""

    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the ticket's newest change of status, which has to be one's own."""

    by: str  # addr-spec of the staff member
    to: str  # key of the status before it; "" where there is none, or the newest change is somebody else's


@dataclass(frozen=True, slots=True)
class Reopen:
    """Let a reply that moved nothing, or led elsewhere, count as a client's reply after all."""

    by: str  # addr-spec of the staff member, or of the client
    because: str  # who says so, and of which reply: "kim@example.com: the thanks count as a reply"
    tells: bool = True  # the client gets what a reply gets; False where a page has said it


@dataclass(frozen=True, slots=True)
class Wait:
    """Let the timer of the ticket's status begin again."""

    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Assign:
    """Say whose ticket it is."""

    to: str  # addr-spec of a staff member; "" for nobody
    by: str  # addr-spec of the staff member who says so


@dataclass(frozen=True, slots=True)
class SetRequester:
    """Say whose request it is: that of somebody whose mail was forwarded to us. No mail says so (T05)."""

    client: Address
    by: str  # addr-spec of the staff member


class Part(StrEnum):
    """What staff do with somebody."""

    ADD = "add"  # takes part from now on; also whoever waits to be let in
    QUIET = "quiet"  # the same, e.g. of a vendor, who hears nothing of what is written to the client
    REMOVE = "remove"  # hears nothing any more, and is a stranger to the ticket


@dataclass(frozen=True, slots=True)
class Stands:
    """How somebody stands to a ticket."""

    address: str  # in lower case, by which the ticket knows them
    role: str  # requester, participant, quiet, cc
    pending: bool  # they wait to be let in

    @property
    def takes_part(self) -> bool:
        return self.role == "participant" and not self.pending

    @property
    def is_quiet(self) -> bool:
        """Takes part, and hears nothing."""
        return self.role == "quiet" and not self.pending


@dataclass(frozen=True, slots=True)
class TakePart:
    """Let somebody in, add a colleague of the client's, or take them out."""

    part: Part
    who: Address
    by: str  # addr-spec of the staff member
    stands: Stands | None  # how they stand before; None for a stranger
    others: int = 0  # how many take part beside the requester

    @classmethod
    def of(cls, part: Part, who: Address, by: str, standing: Mapping[str, Stands]) -> Self:
        """`standing`: how everybody stands to the ticket, by each of their addresses in lower case."""
        others = {one.address for one in standing.values() if one.takes_part}
        return cls(part, who, by, standing.get(who.key), len(others))


@dataclass(frozen=True, slots=True)
class Merge:
    """Let a ticket lead to another one, which is about the same."""

    into: int
    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Unmerge:
    """Let it be one of its own again."""

    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Speak:
    """Say in which language the client is written to from now on, whatever their mails are in."""

    language: str  # ISO 639-1; "" leaves it to their mails again
    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Open:
    """Write to a client who has not written: it begins a ticket. The words travel beside the act, not in it."""

    client: Address
    subject: str
    by: str  # addr-spec of the staff member


@dataclass(frozen=True, slots=True)
class Choose:
    """What a client said with one click, about the ticket as it stood when the mail with the link, or the page, was written."""

    choice: Choice
    by: str  # addr-spec of the client
    status: str  # the key that the ticket had then
    since: datetime  # aware: when it had got it
    several: bool = False  # tickets of others are merged with it


@dataclass(frozen=True, slots=True)
class Write:
    """What a client who is signed in writes on the page of their ticket. The words travel beside the act, not in it."""

    by: str  # addr-spec by which the ticket knows them


Act = (
    SetStatus | Reply | Note | Assign | SetRequester | TakePart | Speak | Undo | Choose | Write | Reopen | Wait
)  # on a ticket that is there
