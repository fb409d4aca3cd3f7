"""The tables, in SQLAlchemy Core. It says what is remembered; it never reads or writes any of it.

Where nothing else is said a text may be empty, and NULL means that there is none.
"""

from store.tables.mails import (
    ACTS,
    WITHHELD,
    attachment,
    blob,
    chunk,
    correction,
    effect,
    entry,
    folder,
    mail,
    part,
    sender,
    thread,
)
from store.tables.outgoing import SENDING, STUCK, hold, outbox, silence, unsubscribed
from store.tables.outside import UNHEEDED, delivery, event, issue, linked, repeat, token, webhook
from store.tables.running import counter, lease, outage, reading, reconciliation, runner
from store.tables.schema import REVISION, metadata
from store.tables.tickets import ASSIGNED, TAGGED, URGENT, day_sheet, history, identity, merging, person, ticket, word
from store.tables.visitors import click, helpful, session, sign_in, signed_in

__all__ = [
    "ACTS",
    "ASSIGNED",
    "REVISION",
    "SENDING",
    "STUCK",
    "TAGGED",
    "UNHEEDED",
    "URGENT",
    "WITHHELD",
    "attachment",
    "blob",
    "chunk",
    "click",
    "correction",
    "counter",
    "day_sheet",
    "delivery",
    "effect",
    "entry",
    "event",
    "folder",
    "helpful",
    "history",
    "hold",
    "identity",
    "issue",
    "lease",
    "linked",
    "mail",
    "merging",
    "metadata",
    "outage",
    "outbox",
    "part",
    "person",
    "reading",
    "reconciliation",
    "repeat",
    "runner",
    "sender",
    "session",
    "sign_in",
    "signed_in",
    "silence",
    "thread",
    "ticket",
    "token",
    "unsubscribed",
    "webhook",
    "word",
]
