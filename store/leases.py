"""Leases: what one runner alone may do, such as read a mailbox. Held until it is given up, or its runner is taken for dead.

Who holds one is proved in the transaction that needs it, never by time: a process that slept finds out before it writes.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from store import runners
from store.database import Transaction
from store.errors import LeaseLost
from store.inserting import unless_there
from store.tables import lease

_of = lease.c
_NAMED = _of.name == bindparam("wanted")
_TAKE = unless_there(lease).returning(_of.runner)
_HOLDER = select(_of.runner).where(_NAMED)
# Until the transaction ends, nobody can take it away; several of the holder's own may stand side by side.
_HOLD = _HOLDER.where(_of.runner == bindparam("me")).with_for_update(read=True)


@dataclass(frozen=True, slots=True)
class Lease:
    """What a runner alone may do, as it was when it got it."""

    name: str
    runner: int

    def hold(self, tx: Transaction) -> None:
        """Make sure, for this transaction, that nobody else has it. Raises LeaseLost."""
        if tx.execute(_HOLD, {"wanted": self.name, "me": self.runner}).first() is None:
            raise LeaseLost(f"another run has taken over: {self.name}")

    def check(self, tx: Transaction) -> None:
        """The same in a transaction that only reads: true at this moment. Raises LeaseLost."""
        if holder(tx, self.name) != self.runner:
            raise LeaseLost(f"another run has taken over: {self.name}")


def take(tx: Transaction, name: str, runner: int) -> Lease | None:
    """The lease, if it is free or this runner's already; None where another one has it, or this one is dead."""
    if not runners.lives(tx, runner):
        return None
    taken = tx.execute(_TAKE, {"name": name, "runner": runner}).scalar()
    return Lease(name, runner) if taken is not None or holder(tx, name) == runner else None


def holder(tx: Transaction, name: str) -> int | None:
    """The runner that has it; None if it is free."""
    return tx.execute(_HOLDER, {"wanted": name}).scalar()
