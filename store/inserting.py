"""unless_there: an INSERT that leaves out what a unique constraint refuses. It never looks before: the constraint decides.

In PostgreSQL an error would end the whole transaction, and a look beforehand misses what another process is just writing.
"""

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert


def unless_there(table: Table) -> Insert:
    """ON CONFLICT DO NOTHING; SQLite has taken the clause over from PostgreSQL, word for word. Other constraints still raise."""
    return insert(table).on_conflict_do_nothing()
