"""The SQLite that everything here goes through: the driver's own, which is repaired, where there is one; else Python's.

`from store.driver import sqlite3` wherever a file is opened. Two versions of SQLite on one file at once is what the
repair is about (docs/decisions/111).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:  # no wheel for this machine
        import sqlite3

__all__ = ["sqlite3"]
