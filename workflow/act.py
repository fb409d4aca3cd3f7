"""SetStatus, Reply: what a staff member does to a ticket. Holds values only; it allows nothing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Give a ticket another status, or its dated status another date."""

    status: str  # key or name, in any case, as the person wrote it
    by: str  # addr-spec of the staff member
    note: str = ""  # for staff; never part of a decision's reasons, which others may see
    until: datetime | None = None  # aware: when an appointment takes place, or until when to wait


@dataclass(frozen=True, slots=True)
class Reply:
    """Write to the client. The words travel beside the act, not in it."""

    by: str  # addr-spec of the staff member


Act = SetStatus | Reply
