"""Who is signed in: mailed links, each good once and for minutes, and the sessions that follow from them (T23).

Only the SHA-256 of a secret is kept: who reads the database can sign in as nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, false, func, insert, select, update

from store.columns import key
from store.database import Transaction
from store.errors import Used
from store.inserting import unless_there
from store.tables import counter, session, sign_in, signed_in

_link = sign_in.c
_USED = (
    update(sign_in)
    .where(_link.token == bindparam("of"), _link.used_at.is_(None), _link.expires > bindparam("now"))
    .values(used_at=bindparam("now"))
    .returning(_link.address, _link.back)
)
_TURN = "sign-in"  # the row that PostgreSQL locks; SQLite writes one at a time anyway
_ADD = unless_there(counter)
_TAKE = update(counter).where(counter.c.name == _TURN).values(value=counter.c.value + 1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A mailed link. `back` is the path that was asked for without being signed in."""

    address: str
    back: str
    expires: datetime
    used_at: datetime | None


def wait_turn(tx: Transaction) -> None:
    """Until this transaction ends nobody else counts: two at once would both find room below a limit."""
    tx.execute(_ADD, {"name": _TURN, "value": 0})
    tx.execute(_TAKE)


def asked(tx: Transaction, address: str, since: datetime) -> int:
    """How many links that address was sent since then."""
    here = (_link.address == key(address), _link.at > since)
    return tx.execute(select(func.count()).select_from(sign_in).where(*here)).scalar_one()


def ask(tx: Transaction, secret: str, address: str, back: str, now: datetime, expires: datetime) -> None:
    """Keep a link that is about to be mailed; what has long expired is forgotten."""
    tx.execute(delete(session).where(session.c.expires <= now))
    row = {"token": _hash(secret), "address": key(address), "back": back, "at": now, "expires": expires}
    tx.execute(insert(sign_in), row)


def forget(tx: Transaction, before: datetime) -> None:
    """Links that were asked for before then count for no limit any more."""
    tx.execute(delete(sign_in).where(_link.at <= before))


def forget_sign_ins(tx: Transaction, before: datetime) -> None:
    """Who signed in before then is not in the log any more."""
    tx.execute(delete(signed_in).where(signed_in.c.at < before))


def look(tx: Transaction, secret: str) -> SignIn | None:
    """The link with that secret, if there is one; it may have expired."""
    row = tx.execute(select(sign_in).where(_link.token == _hash(secret))).one_or_none()
    return SignIn(row.address, row.back, row.expires, row.used_at) if row else None


def begin(tx: Transaction, secret: str, new: str, now: datetime, expires: datetime) -> str:
    """Use a link up for a session with the secret `new`; the path to go on to. Raises Used where it is not good any more."""
    row = tx.execute(_USED, {"of": _hash(secret), "now": now}).one_or_none()
    if row is None:
        raise Used("the link is not good any more")
    enter(tx, row.address, new, now, expires)
    return str(row.back)


def enter(
    tx: Transaction, address: str, new: str, now: datetime, expires: datetime, *, of_client: bool = False
) -> None:
    """A session with the secret `new` for whoever has proved that they read that address. `of_client`: it is never one of staff."""
    row = {"token": _hash(new), "address": key(address.lower()), "at": now, "expires": expires}
    tx.execute(insert(session), {**row, "of_client": of_client})
    tx.execute(insert(signed_in), {"address": key(address.lower()), "at": now})


def owner(tx: Transaction, secret: str, now: datetime, *, at_desk: bool = False) -> str:
    """Whose session that is, as an address in lower case; "" for nobody's, and `at_desk` for one that is a client's alone."""
    here = [session.c.token == _hash(secret), session.c.expires > now]
    here += [session.c.of_client == false()] if at_desk else []
    return str(tx.execute(select(session.c.address).where(*here)).scalar() or "")


def end(tx: Transaction, secret: str) -> None:
    tx.execute(delete(session).where(session.c.token == _hash(secret)))


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
