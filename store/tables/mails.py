"""Tables of mails that came: their bytes, what became of each, and the conversations that they are part of."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, literal_column
from sqlalchemy import UniqueConstraint as Unique

from store.columns import Clean, Id, Instant, Key, Words
from store.tables.schema import metadata

blob = Table(
    "blob",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sha256", Key, nullable=False, unique=True),  # of the bytes as they came, hex
    Column("size", BigInteger, nullable=False),
)

chunk = Table(
    "chunk",
    metadata,
    Column("blob", Id, ForeignKey("blob.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # compressed by zlib, each chunk by itself
)

# Bytes that lie inside other bytes: an attachment in its mail. Such a blob has no chunks of its own.
part = Table(
    "part",
    metadata,
    Column("blob", Id, ForeignKey("blob.id"), primary_key=True),
    Column("within", Id, ForeignKey("blob.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),  # among the attachments of that mail, from 0
)

# A mail on the server is (account, folder, UIDVALIDITY, UID), RFC 9051 §2.3.1.1: it is a row here, once.
mail = Table(
    "mail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Clean, nullable=False),
    Column("folder", Clean, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("blob", Id, ForeignKey("blob.id"), nullable=False),
    Column("state", Clean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("received_at", Instant, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("moved", Boolean, nullable=False),
    Column("reason", Clean, nullable=False),  # why it is parked or quarantined, or why the last try failed
    Column("kind", Clean, nullable=False),
    Column("no_answer", Clean, nullable=False),
    Column("because", Words, nullable=False),
    Column("ticket", Id, ForeignKey("ticket.number")),
    Column("message_id", Clean, nullable=False),
    Column("sender", Clean, nullable=False),
    Column("subject", Clean, nullable=False),
    Column("content_key", Key, nullable=False),
    Column("defects", Words, nullable=False),
    Unique("account", "folder", "uidvalidity", "uid"),
    Index("ix_mail_state", "state", "account", "received_at", "id"),
    Index("ix_mail_blob", "blob"),
    Index("ix_mail_kept_at", "kept_at"),
    Index("ix_mail_moved", "moved", "account", "folder", "uidvalidity", "uid"),
)

# What came by itself goes before what is imported. A query that is to use the index says this in the same words.
LIVE = (mail.c.state == literal_column("'pending'")) & (mail.c.folder != literal_column("'(import)'"))

_IN_ORDER = (mail.c.state, mail.c.account, mail.c.received_at, mail.c.id)
Index("ix_mail_live", *_IN_ORDER, sqlite_where=LIVE, postgresql_where=LIVE)

# Settled, and on no ticket: few, so that those that are on one are counted as the rest.
PLACELESS = (mail.c.state == literal_column("'processed'")) & mail.c.ticket.is_(None)
Index("ix_mail_placeless", mail.c.state, mail.c.ticket, sqlite_where=PLACELESS, postgresql_where=PLACELESS)

# What a mail has brought about, once for all its deliveries. No foreign keys: these rows outlive every retention.
effect = Table(
    "effect",
    metadata,
    Column("content_key", Key, primary_key=True),
    Column("mail", BigInteger, nullable=False),
    Column("ticket", BigInteger),
    Column("at", Instant, nullable=False),
)

# The conversation. What a person may see is said by each entry, never by its ticket (T20, T21).
entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("ticket.number"), nullable=False, index=True),
    Column("mail", Id, ForeignKey("mail.id")),
    Column("outgoing", Id, ForeignKey("outbox.id")),
    Column("kind", Clean, nullable=False),
    Column("direction", Clean, nullable=False),  # in, out, note
    Column("visible_to", Clean, nullable=False),  # client, staff
    Column("author", Clean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", Clean, nullable=False),
    Column("text", Clean, nullable=False),
    Column("because", Words, nullable=False),
)

WITHHELD = entry.c.kind == literal_column("'withheld'")

Index("ix_entry_withheld", entry.c.at, sqlite_where=WITHHELD, postgresql_where=WITHHELD)

# What people did, rather than what came and went by itself.
ACTS = (entry.c.kind == literal_column("'note'")) | (entry.c.kind == literal_column("'reply'"))

Index("ix_entry_acts", entry.c.at, sqlite_where=ACTS, postgresql_where=ACTS)

# A file that a mail of a ticket brought, or that one of ours took along.
attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail", Id, ForeignKey("mail.id"), index=True),
    Column("outgoing", Id, ForeignKey("outbox.id"), index=True),
    Column("position", Integer, nullable=False),  # among those of its mail, from 0
    Column("blob", Id, ForeignKey("blob.id"), index=True),  # NULL: its mail was kept before there were attachments
    Column("name", Clean, nullable=False),  # cleaned; a text to show, never a path
    Column("content_type", Clean, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content_id", Clean, nullable=False),
    Column("inline", Boolean, nullable=False),
)

# Message-IDs of both directions. One id may stand in two tickets: ids can be forged and repeated (T30).
thread = Table(
    "thread",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Key, nullable=False, index=True),
    Column("ticket", Id, ForeignKey("ticket.number"), nullable=False),
)

# From where a folder of a server is read.
folder = Table(
    "folder",
    metadata,
    Column("account", Clean, primary_key=True),
    Column("name", Clean, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("above", BigInteger, nullable=False),
    Column("since", Instant, nullable=False),
)

# What staff say that a mail is, each time that they say so; the newest of a mail counts. Each is a case for `classify --cases`.
correction = Table(
    "correction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail", Id, ForeignKey("mail.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by", Clean, nullable=False),
    Column("was", Clean, nullable=False),  # its kind before
    Column("kind", Clean, nullable=False),  # its kind since
    Column("said", Clean, nullable=False),  # in staff's word: "person", or a machine's kind
    Column("note", Clean, nullable=False),
)

# Whose mail staff never want taken for spam, and whose always.
sender = Table(
    "sender",
    metadata,
    Column("party", Key, primary_key=True),  # an address, or @domain, in lower case
    Column("blocked", Boolean, nullable=False),
    Column("by", Clean, nullable=False),
    Column("at", Instant, nullable=False),
)
