"""Tables of the running program: counters, how the mailboxes are, which processes live and what each alone does."""

from sqlalchemy import BigInteger, Column, Integer, Table

from store.columns import Clean, Id, Instant, Key, Words
from store.tables.schema import metadata

counter = Table(
    "counter",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# Which mailbox cannot be read. No row: it can, or nobody has tried.
outage = Table(
    "outage",
    metadata,
    Column("mailbox", Clean, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("why", Clean, nullable=False),
)

# When each mailbox was last read. No row: never.
reading = Table(
    "reading",
    metadata,
    Column("mailbox", Clean, primary_key=True),
    Column("at", Instant, nullable=False),
)

# How the ledger and each mailbox last compared.
reconciliation = Table(
    "reconciliation",
    metadata,
    Column("mailbox", Clean, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("there", BigInteger, nullable=False),  # mails on the server, in the folders that are read and filed into
    Column("wrong", Words, nullable=False),  # a sentence for each difference; [] where there is none
    Column("strays", Words, nullable=False),  # folders with mails of these days that were never read: "2 in Archive"
    Column("junk", Integer, nullable=False),  # how many mails had come to the folder of spam since the day before
)

# The processes that work here. A number is given once, so that it tells a process from one that follows it.
runner = Table(
    "runner",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Clean, nullable=False),  # host, process, and on a server its sessions' mark
    Column("until", Instant, nullable=False),  # by the database's clock; then it may be taken for dead
    sqlite_autoincrement=True,
)

# What one runner alone does.
lease = Table(
    "lease",
    metadata,
    Column("name", Key, primary_key=True),
    Column("runner", BigInteger, nullable=False),
)
