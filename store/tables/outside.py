"""Tables of other programs: the engineers' issues, what acts here by a token, and what is told of tickets."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, literal_column

from store.columns import Clean, Id, Instant, Key, Words
from store.tables.schema import metadata

# What engineers work on in a tracker of their own.
issue = Table(
    "issue",
    metadata,
    Column("key", Key, primary_key=True),  # as workflow.issue has it
    Column("url", Clean, nullable=False),
    Column("state", Clean, nullable=False),
    Column("said_at", Instant),  # as of when its tracker said so; NULL: it has said nothing yet
    Column("version", Integer, nullable=False),
)

# Which tickets wait for which issues.
linked = Table(
    "linked",
    metadata,
    Column("issue", Key, ForeignKey("issue.key"), primary_key=True),
    Column("ticket", Id, ForeignKey("ticket.number"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Clean, nullable=False),
    Column("heard_at", Instant),  # when a word of its tracker last came to the ticket
    Column("unheeded", Clean, nullable=False, server_default=""),  # why that led nowhere; "" where it did
    Index("ix_linked_ticket", "ticket"),
)

UNHEEDED = linked.c.unheeded != literal_column("''")

Index("ix_linked_unheeded", linked.c.heard_at, sqlite_where=UNHEEDED, postgresql_where=UNHEEDED)

# Deliveries of a tracker that were taken, each once.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

# By which another program acts for one of us. Of its secret only the SHA-256 is kept.
token = Table(
    "token",
    metadata,
    Column("name", Key, primary_key=True),
    Column("secret", Key, nullable=False, unique=True),
    Column("owner", Key, nullable=False),  # in lower case
    Column("scopes", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("used_at", Instant),  # to the hour
)

# What a program has asked for under a key of its own, so that asking again does nothing twice.
repeat = Table(
    "repeat",
    metadata,
    Column("token", Key, primary_key=True),  # its name
    Column("key", Key, primary_key=True),
    Column("asked", Key, nullable=False),  # SHA-256 of all that it asked for, hex
    Column("ticket", BigInteger, nullable=False),  # to which it was done
    Column("at", Instant, nullable=False, index=True),
)

# The programs that are told of tickets, as the configuration of the newest run has them, and what each wants to hear.
webhook = Table(
    "webhook",
    metadata,
    Column("name", Key, primary_key=True),
    Column("events", Words, nullable=False),
)

# What one of them is to be told; a row goes when it has been. No foreign key: it may outlive its webhook by a moment.
event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("webhook", Key, nullable=False),
    Column("type", Clean, nullable=False),
    Column("ticket", BigInteger, nullable=False),
    Column("status", Clean, nullable=False),  # its key, as the change left it
    Column("open", Boolean, nullable=False),
    Column("by", Clean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),  # NULL: it was given up
    Column("reason", Clean, nullable=False),  # of its last failure
    Index("ix_event_next_at", "webhook", "next_at"),
    Index("ix_event_ticket", "webhook", "ticket", "id"),
    sqlite_autoincrement=True,  # an id is the name of a delivery, and is given once
)
