"""Suspects: mails whose fetch failed, and when each may be asked for again. It gives none of them up, and has no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TRIES = 3  # how often a mail's own fetch may fail before it waits
WAIT_SECONDS = 3600.0


@dataclass(slots=True)
class Suspect:
    """One mail. Lost together with others, it is only suspected: fetched alone it will show."""

    failures: int = 0  # of fetches in which it was alone
    until: float = 0.0
    why: str = ""  # what staff are to hear; "" for nothing yet
    told: bool = False


class Suspects:
    """By UID, for one folder and one numbering of it. `now` is monotonic, in seconds."""

    def __init__(self) -> None:
        self._of: dict[int, Suspect] = {}

    def turns(self, uids: Sequence[int], now: float, most: int) -> Iterator[Sequence[int]]:
        """What to fetch now, and what of it together. The suspects come last, so that they hold up nobody else."""
        rest = [uid for uid in uids if uid not in self._of]
        yield from (rest[start : start + most] for start in range(0, len(rest), most))
        due = [uid for uid in uids if uid in self._of and self._of[uid].until <= now]
        yield from ([uid] for uid in sorted(due, key=lambda uid: self._of[uid].failures))

    def due(self, now: float) -> bool:
        """Whether one of them may be asked for."""
        return any(suspect.until <= now for suspect in self._of.values())

    def lost(self, uids: Sequence[int], now: float) -> None:
        """The connection was lost in this fetch."""
        for uid in uids:
            suspect = self._of.setdefault(uid, Suspect())
            if len(uids) == 1:
                self._failed(suspect, now)
                if suspect.failures >= TRIES:
                    suspect.why = suspect.why or f"fetching it ended the connection {TRIES} times"

    def refused(self, uid: int, why: str, now: float) -> None:
        """The server does not give it."""
        suspect = self._of.setdefault(uid, Suspect())
        suspect.why = why
        self._failed(suspect, now)

    def settled(self, uids: Sequence[int]) -> None:
        """These came, or are gone."""
        for uid in uids:
            self._of.pop(uid, None)

    def only(self, uids: Sequence[int]) -> None:
        """Whatever is not among these is no suspect any more."""
        self.settled(list(self._of.keys() - set(uids)))

    def untold(self) -> dict[int, str]:
        """What staff have not heard of yet: UID → why. Then call `told`."""
        return {uid: suspect.why for uid, suspect in self._of.items() if suspect.why and not suspect.told}

    def told(self, uid: int) -> None:
        self._of[uid].told = True

    @staticmethod
    def _failed(suspect: Suspect, now: float) -> None:
        suspect.failures += 1
        if suspect.failures >= TRIES:
            suspect.until = now + WAIT_SECONDS
