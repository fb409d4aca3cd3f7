"""Meeting: the appointment of a ticket, as the client's calendar and ours have it. Holds values only; `meet` decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Attendance(StrEnum):
    """How an invitation stands."""

    INVITED = "invited"  # we have invited the client, who has not answered
    OFFERED = "offered"  # the client has invited us, and staff have not answered
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One appointment. Its newest date has the highest sequence (RFC 5546 §2.1.4)."""

    at: datetime
    sequence: int
    answer: Attendance
    uid: str = ""  # of the client's invitation; "" where it is ours

    @property
    def stands(self) -> bool:
        """Whether both may come: nobody has said no."""
        return self.answer not in {Attendance.DECLINED, Attendance.CANCELED, Attendance.OFFERED}

    @property
    def words(self) -> tuple[str, ...]:
        """As the store keeps it."""
        return (self.at.isoformat(), str(self.sequence), self.answer, self.uid)

    @classmethod
    def of(cls, words: Sequence[str]) -> "Meeting | None":
        if not words:
            return None
        at, sequence, answer, uid = words
        return cls(datetime.fromisoformat(at), int(sequence), Attendance(answer), uid)
