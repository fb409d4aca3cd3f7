"""The errors of storage, as one tree. Holds names only; it never handles any.

    StoreError
    ├── DatabaseDown     the world is down: locked, full, gone. Nothing of the transaction is kept; try again later
    ├── LeaseLost        another run does this now; nothing of the transaction is kept
    ├── SchemaMismatch   the database is older or newer than the program; the text says what to run
    ├── Gone             these bytes have been forgotten
    ├── Used             this link, or delivery, has done its work; nothing of the transaction is kept
    └── Moved            what the decision was made on has changed: gather again
        ├── AlreadyDone  this mail has had its effect: there is nothing left to do
        └── Crossed      two changes waited for each other, and this one was ended; also a DatabaseDown

Whatever else comes out of storage is a fault of ours.
"""


class StoreError(Exception):
    """The root of the tree."""


class DatabaseDown(StoreError):
    """The database cannot be used now. The transaction is rolled back; try again later."""


class SchemaMismatch(StoreError):
    """The schema is not the one that this program works with. One line that says what to run."""


class LeaseLost(StoreError):
    """Another run has taken over what this one did, for it was silent too long."""


class Gone(StoreError):
    """These bytes have been forgotten: they were too old to be kept, or their person was erased."""


class Used(StoreError):
    """A one-click link, or a tracker's delivery, was used before, or by another one at the same moment."""


class Moved(StoreError):
    """The ticket, or the mail's effect, changed since the evidence was gathered: gather again."""


class AlreadyDone(Moved):
    """The mail is not pending any more: another worker finished it."""


class Crossed(Moved, DatabaseDown):
    """The database ended a transaction that waited for another one, or a part of it: gather again, or try later."""
