"""The tables, in SQLAlchemy Core. It says what is remembered; it never reads or writes any of it.

Where nothing else is said a text may be empty, and NULL means that there is none.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    false,
    func,
    literal_column,
    text,
)
from sqlalchemy import UniqueConstraint as Unique

from store.columns import Clean, Id, Instant, Key, Words

REVISION = "0030"  # the schema that this program works with: the newest file in migrations/versions

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

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

ticket = Table(
    "ticket",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("workflow", Clean, nullable=False),
    Column("status", Clean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("ball_with", Clean, nullable=False),
    Column("ball_since", Instant, nullable=False),
    Column("subject", Clean, nullable=False),
    Column("requester", Clean, nullable=False),
    Column("requester_name", Clean, nullable=False),
    Column("mailbox", Clean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("status_since", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due_at", Instant),
    Column("reminded", Boolean, nullable=False, server_default=false()),
    Column("until", Instant),
    Column("paused_until", Instant),
    Column("client_replied", Boolean, nullable=False),
    Column("silent", Clean, nullable=False),
    Column("priority", Clean, nullable=False),
    Column("category", Clean, nullable=False),
    Column("assigned_to", Clean, nullable=False),
    Column("merged_into", Id, ForeignKey("ticket.number")),
    Column("tags", Words, nullable=False),
    Column("language", Clean, nullable=False),
    Column("language_set", Boolean, nullable=False, server_default=false()),
    Column("meeting", Words, nullable=False, server_default="[]"),  # workflow.meeting.Meeting; [] for none
    Column("report_key", Key, nullable=False),
    Column("organisation", Key, nullable=False, server_default=""),  # of the requester; "" for a public mail domain
    Index("ix_ticket_organisation", "organisation", "open", "number"),
    Index("ix_ticket_due_at", "due_at"),
    Index("ix_ticket_report_key", "report_key"),
    Index("ix_ticket_requester", "requester", "created_at"),
    Index("ix_ticket_ball", "open", "ball_with", "ball_since"),
    Index("ix_ticket_created_at", "created_at"),
    Index("ix_ticket_status", "open", "workflow", "status"),
    Index(
        "ix_ticket_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

# The words of tickets' subjects, by which an escalation finds what it may be about.
word = Table(
    "word",
    metadata,
    Column("word", Key, primary_key=True),
    Column("ticket", Id, ForeignKey("ticket.number"), primary_key=True),
    sqlite_with_rowid=False,
)

# Few tickets are: they stand first wherever tickets are listed.
URGENT = ticket.c.priority.in_([literal_column("'high'"), literal_column("'urgent'")])
Index("ix_ticket_urgent", ticket.c.open, ticket.c.ball_since, sqlite_where=URGENT, postgresql_where=URGENT)

# Few have tags; some of these say whether an answer has helped.
TAGGED = ticket.c.tags != literal_column("'[]'")
Index("ix_ticket_tagged", ticket.c.status_since, sqlite_where=TAGGED, postgresql_where=TAGGED)

# What somebody has is little beside all that nobody has.
ASSIGNED = ticket.c.assigned_to != literal_column("''")
Index(
    "ix_ticket_assigned",
    func.lower(ticket.c.assigned_to),
    ticket.c.open,
    sqlite_where=ASSIGNED,
    postgresql_where=ASSIGNED,
)

# How the target of a merge stood before it and after it, so that it can be undone; JSON of columns of `ticket`.
merging = Table(
    "merging",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("ticket.number"), nullable=False, unique=True),
    Column("target", Id, ForeignKey("ticket.number"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by", Clean, nullable=False),
    Column("was", Clean, nullable=False),
    Column("became", Clean, nullable=False),
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

# What a mail has brought about, once for all its deliveries. No foreign keys: these rows outlive every retention.
effect = Table(
    "effect",
    metadata,
    Column("content_key", Key, primary_key=True),
    Column("mail", BigInteger, nullable=False),
    Column("ticket", BigInteger),
    Column("at", Instant, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("ticket", Id, ForeignKey("ticket.number"), primary_key=True),
    Column("key", Key, primary_key=True),  # the address in lower case
    Column("address", Clean, nullable=False),
    Column("name", Clean, nullable=False),
    Column("role", Clean, nullable=False),  # requester, participant, quiet, cc
    Column("pending", Boolean, nullable=False),  # staff have not let them in: hears nothing of the ticket
    Index("ix_person_key", "key"),
)

# Addresses of which staff have said that they are one person's. Whoever has one alone is not here.
identity = Table(
    "identity",
    metadata,
    Column("key", Key, primary_key=True),  # the address in lower case
    Column("person", BigInteger, nullable=False, index=True),  # a number that all of theirs share
    Column("address", Clean, nullable=False),
    Column("by", Clean, nullable=False),
    Column("at", Instant, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("ticket.number"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("was", Clean, nullable=False),
    Column("status", Clean, nullable=False),
    Column("by", Clean, nullable=False),
    Column("because", Words, nullable=False),
    Column("mail", Id, ForeignKey("mail.id")),
    Index("ix_history_at", "at"),
)

# What happened on a day that is over, summed up for reports.
day_sheet = Table(
    "day_sheet",
    metadata,
    Column("day", Key, primary_key=True),  # the team's day, ISO 8601
    Column("made_for", Key, nullable=False),  # how the team counted then: outbound.reckoning
    Column("made_at", Instant, nullable=False),
    Column("sums", Clean, nullable=False),  # JSON of a Sheet, without what is counted by client:
    Column("clients", Clean, nullable=False),  # that is most of it, and is read for fewer days
)

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

# Addresses that returned a mail of ours for good: nothing goes there by itself for a while (reliability.md E).
silence = Table(
    "silence",
    metadata,
    Column("address", Key, primary_key=True),  # in lower case
    Column("until", Instant, nullable=False),
    Column("outgoing", Id, ForeignKey("outbox.id"), nullable=False),  # the mail that came back
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

counter = Table(
    "counter",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", BigInteger, nullable=False),
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
)

# Links that were used. The token itself is not kept, so that nobody who reads this can use it.
click = Table(
    "click",
    metadata,
    Column("token", Key, primary_key=True),  # its SHA-256, hex
    Column("at", Instant, nullable=False, index=True),
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

# Whose mail staff never want taken for spam, and whose always.
sender = Table(
    "sender",
    metadata,
    Column("party", Key, primary_key=True),  # an address, or @domain, in lower case
    Column("blocked", Boolean, nullable=False),
    Column("by", Clean, nullable=False),
    Column("at", Instant, nullable=False),
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
