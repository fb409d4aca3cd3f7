"""Senders of whom staff have said that their mail is spam, or that it never is: by address, or by @domain, which is that domain alone.

A domain is kept, and looked for, as DNS has it: a sender may write `müller.example` or `xn--mller-kva.example`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from classifier.verdict import Ours, Word
from inbound.message import Message
from store.beforehand import writer
from store.columns import key
from store.database import Transaction
from store.tables import sender

_LONGEST = 255  # characters of a domain (RFC 1035 §2.3.4): what is longer takes its time, and is none
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
    tx.execute(insert(sender), {"party": in_dns(said.party), "blocked": said.blocked, "by": said.by, "at": said.at})


def forget(tx: Transaction, party: str) -> bool:
    """Whether anything had been said of it."""
    return tx.execute(delete(sender).where(sender.c.party == key(in_dns(party)))).rowcount == 1


def in_dns(party: str) -> str:
    """An address or @domain with the domain in A-labels (RFC 5890 §2.3.2.1), where it has them."""
    local, at, domain = party.rpartition("@")
    if domain.isascii() or len(domain) > _LONGEST:
        return party
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return party


def every(tx: Transaction) -> list[Sender]:
    """By party."""
    return [_sender(row) for row in tx.execute(select(sender).order_by(sender.c.party))]


def words(tx: Transaction, messages: Iterable[Message], ours: Ours) -> Mapping[str, Word]:
    """What was said of those who wrote these mails, by their addresses: one query. An address counts before its domain.

    Behind a form that is the person: nobody's word on one of them is on all.
    """
    parties = {who.key: in_dns(who.key) for message in messages if (who := writer(message, ours))}
    found = {one.party: one for one in _among(tx, {*parties.values(), *map(_domain, parties.values())})}
    known = {who: found.get(party) or found.get(_domain(party)) for who, party in parties.items()}
    return {who: Word(one.blocked, f"{one.by} said so of {one.party}") for who, one in known.items() if one}


def _among(tx: Transaction, parties: Collection[str]) -> list[Sender]:
    rows = tx.execute(_AMONG, {"parties": sorted(map(key, parties))}) if parties else ()
    return [_sender(row) for row in rows]


def _domain(address: str) -> str:
    return f"@{address.rpartition('@')[2]}"


def _sender(row: Row[Any]) -> Sender:
    return Sender(row.party, row.blocked, row.by, row.at)
