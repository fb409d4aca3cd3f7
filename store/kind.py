"""Kind: what Database asks of an engine. `sqlite` and `postgres` answer; what is particular to one stands only there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

WRITES = "postroom_writes"  # the execution option of a connection that will write
ALONE = "postroom_alone"  # of one whose statements each stand alone: there is no transaction around them


@dataclass(frozen=True, slots=True)
class Facts:
    """What `postroom check` says of the database, read back from it. `faults` are what durability cannot rest on."""

    engine: str
    version: str
    settings: Mapping[str, str]
    faults: tuple[str, ...]
    revision: str = ""
    wanted: str = ""


class Kind(Protocol):
    """One engine, for one database."""

    @property
    def shown(self) -> str:
        """The database's address without its password."""

    @property
    def mark(self) -> str:
        """By which the server knows this process's sessions, and no other's; "" where there is no server."""

    @property
    def one_writer(self) -> bool:
        """Whether the threads of this process have to take turns in writing."""

    def engine(self) -> Engine:
        """With transactions in our hands: it begins them itself, and turns the world's errors into DatabaseDown."""

    def create(self) -> None:
        """Make what can be made before the first connection. Raises DatabaseDown."""

    def lock_schema(self, connection: Connection) -> None:
        """Until this transaction ends, no other one changes the schema."""

    def commit(self, connection: Connection) -> None:
        """Raises DatabaseDown where not all of the transaction is kept, or nobody can tell."""

    def end(self, connection: Connection) -> None:
        """Of a transaction that has read: what it may have written is kept nowhere."""

    def scrub(self, connection: Connection, /) -> bool:
        """What was deleted lies in no file that this engine could clean by itself; False where somebody reads it yet."""

    def end_sessions(self, connection: Connection, marks: Collection[str]) -> None:
        """End what processes with these marks have open at the server: their transactions are undone, their locks free."""

    def facts(self, connection: Connection) -> Facts:
        """Settings as they are for this connection; the revision is not among them."""
