"""Tables of tickets: how each stands and came to stand, who takes part, and the days summed up."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, false, func, literal_column, text

from store.columns import Clean, Id, Instant, Key, Words
from store.tables.schema import metadata

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
    Index("ix_ticket_status", "open", "workflow", "status", "ball_since", "merged_into"),
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

# What somebody has, or nobody.
Index("ix_ticket_assigned", func.lower(ticket.c.assigned_to), ticket.c.open, ticket.c.ball_since)

# How many tickets stand how: the sum of its rows. Triggers of `ticket` write it (r0042); a migration that makes that table
# anew makes them, too.
census = Table(
    "census",
    metadata,
    Column("id", Id, primary_key=True),
    Column("workflow", Clean, nullable=False),
    Column("status", Clean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("ball_with", Clean, nullable=False),
    Column("merged", Boolean, nullable=False),
    Column("assigned", Boolean, nullable=False),
    Column("tickets", Integer, nullable=False),  # that came to stand so; of those that do no more, less than 0
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

# What people did, rather than what came and went by itself.
BY_PEOPLE = history.c.by.like(literal_column("'%@%'"))

Index("ix_history_by_people", history.c.at, sqlite_where=BY_PEOPLE, postgresql_where=BY_PEOPLE)

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
