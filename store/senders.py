"""Senders of whom staff have said that their mail is spam, or that it never is: by address, or by @domain."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from classifier.verdict import Word
from inbound.message import Message
from store.columns import key
from store.database import Transaction
from store.tables import sender

_AMONG = select(sender).where(sender.c.party.in_(bindparam("parties", expanding=True)))


@dataclass(frozen=True, slots=True)
class Sender:
    """`party`: an address or @domain, in lower case."""

    party: str
    blocked: bool
    by: str
    at: datetime


def say(tx: Transaction, said: Sender) -> None:
    """From now on; whatever was said of that party before counts no more."""
    forget(tx, said.party)
    tx.execute(insert(sender), {"party": said.party, "blocked": said.blocked, "by": said.by, "at": said.at})


def forget(tx: Transaction, party: str) -> bool:
    """Whether anything had been said of it."""
    return tx.execute(delete(sender).where(sender.c.party == key(party))).rowcount == 1


def every(tx: Transaction) -> list[Sender]:
    """By party."""
    return [_sender(row) for row in tx.execute(select(sender).order_by(sender.c.party))]


def words(tx: Transaction, messages: Iterable[Message]) -> Mapping[str, Word]:
    """What was said of those who wrote these mails, by their addresses: one query. An address counts before its domain."""
    authors = {message.author.key for message in messages if message.author}
    found = {one.party: one for one in _among(tx, authors | {_domain(one) for one in authors})}
    known = {author: found.get(author) or found.get(_domain(author)) for author in authors}
    return {author: Word(one.blocked, f"{one.by} said so of {one.party}") for author, one in known.items() if one}


def _among(tx: Transaction, parties: Collection[str]) -> list[Sender]:
    rows = tx.execute(_AMONG, {"parties": sorted(map(key, parties))}) if parties else ()
    return [_sender(row) for row in rows]


def _domain(address: str) -> str:
    return f"@{address.rpartition('@')[2]}"


def _sender(row: Row[Any]) -> Sender:
    return Sender(row.party, row.blocked, row.by, row.at)
