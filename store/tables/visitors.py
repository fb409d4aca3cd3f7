"""Tables of whoever comes by a link: what was clicked, who is signed in, what a client said of the guide."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table

from store.columns import Clean, Id, Instant, Key
from store.tables.schema import metadata

# Links that were used. The token itself is not kept, so that nobody who reads this can use it.
click = Table(
    "click",
    metadata,
    Column("token", Key, primary_key=True),  # its SHA-256, hex
    Column("at", Instant, nullable=False, index=True),
)

# Lists of tickets that a member of staff looks at again and again.
filter_ = Table(
    "filter",
    metadata,
    Column("person", Key, primary_key=True),  # the address in lower case
    Column("name", Key, primary_key=True),
    Column("query", Clean, nullable=False),  # of the list's own address
)

# A mailed link by which somebody signs in, and the session that follows from it. Of each secret only the SHA-256 is kept.
sign_in = Table(
    "sign_in",
    metadata,
    Column("token", Key, primary_key=True),
    Column("address", Key, nullable=False),  # in lower case
    Column("back", Clean, nullable=False),  # path of the page that was asked for
    Column("at", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_sign_in_address", "address", "at"),
    Index("ix_sign_in_at", "at"),
)

# Who has signed in, and when: for the log of what was done here.
signed_in = Table(
    "signed_in",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", Key, nullable=False),  # in lower case
    Column("at", Instant, nullable=False),
    Index("ix_signed_in_address", "address"),
    Index("ix_signed_in_at", "at"),
)

session = Table(
    "session",
    metadata,
    Column("token", Key, primary_key=True),
    Column("address", Key, nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires", Instant, nullable=False, index=True),
    # Begun by the link of a notice, which is good for a week: no session of staff, whatever becomes of its owner.
    Column("of_client", Boolean, nullable=False),
)

# Who of staff has which ticket open, as the process says that shows it to them: so that they see each other. The time is
# the database's own (store.runners).
reader = Table(
    "reader",
    metadata,
    Column("process", Key, primary_key=True),
    Column("ticket", BigInteger, primary_key=True, autoincrement=False),
    Column("person", Key, primary_key=True),  # the address in lower case
    Column("until", Instant, nullable=False),
)

# Whether the guide's words on a status have helped a client: their newest answer.
helpful = Table(
    "helpful",
    metadata,
    Column("workflow", Key, primary_key=True),  # its name
    Column("status", Key, primary_key=True),  # its key
    Column("person", Key, primary_key=True, index=True),  # the address in lower case
    Column("yes", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)
