"""Tables of mails that leave, and of those to whom none goes."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, literal_column, text
from sqlalchemy import UniqueConstraint as Unique

from store.columns import Clean, Id, Instant, Key
from store.tables.schema import metadata

# cause, notice and recipient are unique: one change sends one notice to one person once.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("cause", Key, nullable=False),
    Column("notice", Key, nullable=False),
    Column("recipient_key", Key, nullable=False),
    Column("recipient", Clean, nullable=False),
    Column("organisation", Key, nullable=False),  # of an acknowledgement; "" for a public mail domain
    Column("ticket", Id, ForeignKey("ticket.number"), index=True),
    Column("nature", Clean, nullable=False),
    Column("limited", Boolean, nullable=False),  # an acknowledgement that counts in the limit for everybody
    Column("sender", Clean, nullable=False),
    Column("subject", Clean, nullable=False),
    Column("message_id", Clean, nullable=False),
    Column("echo", Key, nullable=False),  # hash of the subject of the mail that it answers; "" for none
    Column("echo_text", Key, nullable=False),  # the same of its text
    Column("state", Clean, nullable=False),
    Column("reason", Clean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("runner", BigInteger),  # who is sending it; NULL when nobody is, or whoever was is gone
    Column("doubts", Integer, nullable=False),  # how often it was sent again although nobody could tell
    Column("queued_at", Instant, nullable=False),
    Column("next_at", Instant),  # when it is due: its next try, or the end of its lease; NULL when it rests
    Column("final_dot_at", Instant),
    Column("sent_at", Instant),
    Column("last_answer", Clean, nullable=False),
    Column("told", Boolean, nullable=False),  # False: staff have yet to hear that it is held, dead or bounced
    Column("raw", LargeBinary, nullable=False),
    Unique("cause", "notice", "recipient_key"),
    Index("ix_outbox_next_at", "next_at"),
    Index("ix_outbox_recipient", "recipient_key", "queued_at"),
    Index("ix_outbox_organisation", "organisation", "queued_at"),
    Index("ix_outbox_limited", "limited", "queued_at"),
    Index("ix_outbox_sent_at", "sent_at", "nature"),
    Index("ix_outbox_untold", "state", sqlite_where=text("told = 0"), postgresql_where=text("NOT told")),
)

# Few outgoing mails, and few entries, tell of trouble: those have an index of their own. A query that is to use it says
# the same, in words and not in parameters, or the database cannot know.
STUCK = outbox.c.state.in_([literal_column(f"'{s}'") for s in ("dead", "held", "failed_render", "bounced", "unknown")])

Index("ix_outbox_stuck", outbox.c.state, outbox.c.queued_at, sqlite_where=STUCK, postgresql_where=STUCK)

# So few are on their way at a time that whoever looks for these reads nothing else.
SENDING = outbox.c.state == literal_column("'sending'")

Index("ix_outbox_sending", outbox.c.next_at, sqlite_where=SENDING, postgresql_where=SENDING)

# What somebody did a moment ago, whose mails wait: until then it can be taken back.
hold = Table(
    "hold",
    metadata,
    Column("cause", Key, primary_key=True),  # of its mails
    Column("ticket", Id, ForeignKey("ticket.number"), nullable=False),
    Column("place", Id, ForeignKey("ticket.number"), nullable=False),  # where it was done, which leads to `ticket`
    Column("by", Key, nullable=False),  # the address in lower case
    Column("until", Instant, nullable=False),
    Column("before", Integer, nullable=False),  # the version of the ticket that it was done on
    Column("version", Integer, nullable=False),  # and that it has left
    Column("was", Clean, nullable=False),  # how the ticket stood before, JSON (store.stands)
    Column("typed", Clean, nullable=False),  # what was asked for, JSON
)

# Mails that went out, and are still to be put into the folder of sent mail of their mailbox. Its outgoing mail may be erased before it is.
uncopied = Table(
    "uncopied",
    metadata,
    Column("outgoing", Id, primary_key=True, autoincrement=False),
    Column("mailbox", Clean, nullable=False),
    Index("ix_uncopied_mailbox", "mailbox", "outgoing"),
)

# Addresses that returned a mail of ours for good: nothing goes there by itself for a while (reliability.md E).
silence = Table(
    "silence",
    metadata,
    Column("address", Key, primary_key=True),  # in lower case
    Column("until", Instant, nullable=False),
    Column("outgoing", Id, ForeignKey("outbox.id"), nullable=False),  # the mail that came back
)

# Who gets no more of which mails. No row: they come.
unsubscribed = Table(
    "unsubscribed",
    metadata,
    Column("person", Key, primary_key=True),  # the address in lower case
    Column("series", Key, primary_key=True),  # outbound.series
    Column("at", Instant, nullable=False),
    Column("by", Clean, nullable=False),
)
