"""Readers: who of staff has which ticket open. Processes that share a database tell each other; nothing of it is kept for longer than half a minute."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta

from dashboard.desk import Member
from dashboard.powers import Powers
from store import readers
from store.database import Transaction

AGAIN_SECONDS = 10.0  # between two tellings where nothing changes
GOOD_FOR = timedelta(seconds=30)


class Readers:
    """Those of one process, and what it has heard of the others."""

    def __init__(self, powers: Powers) -> None:
        self._powers = powers
        self._me = powers.desk.secret()  # by which the others know this process
        self._open: defaultdict[int, Counter[Member]] = defaultdict(Counter)  # by ticket; 0 is the list
        self._elsewhere: Mapping[int, Collection[str]] = {}  # addresses in lower case, by ticket
        self._told: frozenset[readers.Open] = frozenset()
        self._next = 0.0  # when it tells again

    def come(self, ticket: int, member: Member) -> None:
        self._open[ticket][member] += 1

    def leave(self, ticket: int, member: Member) -> None:
        self._open[ticket] -= Counter([member])
        if not self._open[ticket]:
            del self._open[ticket]

    def pages(self, member: Member) -> int:
        """How many of theirs are open here."""
        return sum(these[member] for these in self._open.values())

    def others(self, ticket: int, member: Member) -> list[str]:
        """The names of all who have it open, too."""
        here = {one.address.lower() for one in self._open.get(ticket, ())} | {*self._elsewhere.get(ticket, ())}
        known = (self._powers.desk.member(one) for one in here - {member.address.lower()})
        return sorted(one.shown for one in known if one)

    @property
    def here(self) -> frozenset[readers.Open]:
        """What this process has to tell."""
        opened = ((number, one) for number, these in self._open.items() for one in these if number)
        return frozenset((number, one.address.lower()) for number, one in opened)

    @property
    def untold(self) -> bool:
        return self.here != self._told

    def tell(self, here: frozenset[readers.Open], seconds: float) -> None:
        """To the other processes, where it has changed or they would forget it. `seconds`: of a clock that only goes on."""
        if here == self._told and (not here or seconds < self._next):
            return
        with self._powers.database.write() as tx:
            readers.tell(tx, self._me, here, GOOD_FOR)
        self._told, self._next = here, seconds + AGAIN_SECONDS

    def hear(self, tx: Transaction) -> None:
        """What the others tell."""
        self._elsewhere = readers.elsewhere(tx, self._me)
