"""The counts that the limits ask for: read for many mails in a few indexed queries, and kept up while these are queued. It decides nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, bindparam, false, func, literal_column, select, true, type_coerce

from outbound.outbox import TAKEN_BACK, Queued, State
from outbound.series import Series, series_of
from store.columns import Instant, key
from store.database import Transaction
from store.limits import Counts, Limits, exempt, limited, organisation
from store.tables import outbox, person, silence, ticket
from store.unsubscribed import REASON, among
from workflow.machine import Nature

_MINUTES_10, _MINUTES_30 = timedelta(minutes=10), timedelta(minutes=30)
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_ENOUGH_HOURS = 24
_KNOWN_AFTER = _DAY  # so long ago a client's first ticket was opened, to count as a known client

_of = outbox.c


def _words(*words: str) -> tuple[ColumnElement[str], ...]:
    # Constants of ours, written into the SQL: these queries run for every batch, and each parameter costs time.
    return tuple(literal_column(f"'{word}'") for word in words)


def _any_of(name: str) -> ColumnElement[str]:
    return bindparam(name, expanding=True)


_SINCE = _of.queued_at > bindparam("since", type_=Instant)
_SENT_LATELY = (
    select(_of.recipient_key, _of.ticket, _of.nature, _of.notice, _of.echo, _of.echo_text, _of.queued_at)
    # What never left counts for nothing.
    .where(_of.state.not_in(_words(State.HELD, State.FAILED_RENDER)), _of.reason != _words(TAKEN_BACK)[0])
    .where(_of.nature.in_(_words(Nature.ACKNOWLEDGEMENT, Nature.AUTOMATIC)), _SINCE)
)
_WORDS = select(func.count()).where(
    _of.recipient_key == bindparam("recipient"), _SINCE, _of.nature.in_(_words(Nature.PERSONAL))
)
_TO_PEOPLE = _SENT_LATELY.where(_of.recipient_key.in_(_any_of("people")))
_ON_TICKETS = _SENT_LATELY.where(_of.ticket.in_(_any_of("tickets")))
# The next two stand on acknowledgements that count, and on nothing else: their indexes alone answer.
_TO_ORGANISATIONS = (
    select(
        _of.organisation,
        func.count().label("day"),
        func.count().filter(_of.queued_at > bindparam("hour")).label("hour"),
    )
    .where(_of.organisation.in_(_any_of("owners")), _SINCE)
    .group_by(_of.organisation)
)
_TO_EVERYBODY = select(func.count()).where(_of.limited == true(), _SINCE)
# The first ticket of each is found first, and dated then: asked for both at once, PostgreSQL may read all old tickets.
_FIRST = (
    select(person.c.key, func.min(person.c.ticket).label("ticket"))
    .where(person.c.key.in_(_any_of("people")), person.c.pending == false())
    .group_by(person.c.key)
    .subquery()
)
_KNOWN = (
    select(_FIRST.c.key)
    .join(ticket, ticket.c.number == _FIRST.c.ticket)
    .where(ticket.c.created_at <= bindparam("known_since", type_=Instant))
)
_SILENT = select(silence.c.address, silence.c.until, silence.c.outgoing).where(
    silence.c.address.in_(_any_of("people")), silence.c.until > bindparam("now", type_=Instant)
)
_ROWS = select(_of.id, _of.cause, _of.notice, _of.recipient_key).where(_of.cause.in_(_any_of("causes")))
_HOUR_OF = type_coerce(_of.queued_at, BigInteger) // (_HOUR // timedelta(microseconds=1))
_BUSY_HOURS = (
    select(func.count()).where(_of.limited == true(), _SINCE, _of.queued_at <= bindparam("until")).group_by(_HOUR_OF)
)


class Identity(NamedTuple):
    """What is unique of an outgoing mail, as the database keeps it."""

    cause: str
    notice: str
    recipient: str

    @classmethod
    def of(cls, queued: Queued) -> "Identity":
        return cls(key(queued.cause), key(queued.notice), key(queued.recipient.lower()))


@dataclass(frozen=True, slots=True)
class _Went:
    """One that counts."""

    nature: Nature
    notice: str
    echo: str
    echo_text: str
    at: datetime


class Lately:
    """What went out lately to the recipients of some mails, and on their tickets. `add` keeps it up while they are queued."""

    def __init__(self, tx: Transaction, mails: Sequence[Queued], now: datetime) -> None:
        """Reads all of it in one query a kind, however many mails there are."""
        asked = [mail for mail in mails if limited(mail.nature)]
        self._tx, self._now = tx, now
        self._to: defaultdict[str, list[_Went]] = defaultdict(list)
        self._on: defaultdict[int, list[_Went]] = defaultdict(list)
        self._hour_of: Counter[str] = Counter()
        self._day_of: Counter[str] = Counter()
        self._known: frozenset[str] = frozenset()
        self._silent: Mapping[str, str] = {}
        self._off: frozenset[str] = frozenset()
        self._limited = 0
        self._usual: int | None = None
        if asked:
            self._read({Identity.of(mail).recipient for mail in asked}, asked)

    def _read(self, people: set[str], asked: Sequence[Queued]) -> None:
        tx, day, hour = self._tx, self._now - _DAY, self._now - _HOUR
        of_people = {"people": list(people), "since": day}
        for row in tx.execute(_TO_PEOPLE, of_people):
            self._to[row.recipient_key].append(_went(row))
        if tickets := {mail.ticket for mail in asked if mail.ticket is not None}:
            for row in tx.execute(_ON_TICKETS, {"tickets": list(tickets), "since": day}):
                self._on[row.ticket].append(_went(row))
        if owners := {owner for mail in asked if (owner := key(organisation(mail.recipient)))}:
            for row in tx.execute(_TO_ORGANISATIONS, {"owners": list(owners), "since": day, "hour": hour}):
                self._day_of[row.organisation], self._hour_of[row.organisation] = row.day, row.hour
        self._limited = tx.execute(_TO_EVERYBODY, {"since": hour}).scalar_one()
        known = {"people": list(people), "known_since": self._now - _KNOWN_AFTER}
        self._known = frozenset(tx.execute(_KNOWN, known).scalars())
        silent = tx.execute(_SILENT, {"people": list(people), "now": self._now})
        self._silent = {
            row.address: f"o{row.outgoing} to this address came back for good: silent until {row.until:%Y-%m-%d}"
            for row in silent
        }
        self._off = among(tx, [mail.recipient for mail in asked if _of_status(mail)], Series.STATUS)

    def silent(self, queued: Queued) -> str:
        """Why nothing goes to that address by itself; "" if it may."""
        if _of_status(queued) and queued.recipient.lower() in self._off:
            return REASON
        return self._silent.get(Identity.of(queued).recipient, "")

    def free(self, queued: Queued, limits: Limits) -> bool:
        """Whether the limit for everybody leaves it out: a client from before, or named in the configuration."""
        return Identity.of(queued).recipient in self._known or exempt(queued.recipient, limits)

    def counts(self, queued: Queued, limits: Limits) -> Counts:
        """What the limits ask about this mail, before it is queued."""
        to = self._to.get(Identity.of(queued).recipient, ())
        on = self._on.get(queued.ticket, ()) if queued.ticket is not None else ()
        acks = [one for one in to if one.nature is Nature.ACKNOWLEDGEMENT]
        owner = key(organisation(queued.recipient))
        return Counts(
            # A ticket may be reopened again and again; each time of it is worth a word, at most once a day.
            per_ticket=sum(one.nature is Nature.ACKNOWLEDGEMENT and one.notice == queued.notice for one in on),
            per_address_10_minutes=self._since(_MINUTES_10, acks),
            per_address_hour=self._since(_HOUR, acks),
            per_address_day=len(acks),
            same_mail_day=sum(_same_mail(one, queued) for one in acks),
            per_domain_hour=self._hour_of[owner] if owner else 0,
            per_domain_day=self._day_of[owner] if owner else 0,
            automatic_per_address_day=len(to),
            automatic_per_ticket_30_minutes=self._since(_MINUTES_30, on),
            global_hour=0 if self.free(queued, limits) else self._limited,
        )

    def usual_hour(self) -> int:
        """The median of the last 7 days' hours in which anything was acknowledged: nights and weekends are no measure.

        0 while there are too few: a flood must not become what is usual by itself.
        """
        if self._usual is None:
            busy = self._tx.execute(_BUSY_HOURS, {"since": self._now - _WEEK, "until": self._now - _HOUR})
            hours = list(busy.scalars())
            self._usual = int(median(hours)) if len(hours) >= _ENOUGH_HOURS else 0
        return self._usual

    def _since(self, window: timedelta, mails: Sequence[_Went]) -> int:
        return sum(one.at > self._now - window for one in mails)

    def add(self, queued: Queued, owner: str, *, limited: bool) -> None:
        """It is queued and counts from now on; for the organisation `owner`, and for everybody if it is `limited`."""
        went = _Went(queued.nature, key(queued.notice), queued.echo, queued.echo_text, self._now)
        self._to[Identity.of(queued).recipient].append(went)
        if queued.ticket is not None:
            self._on[queued.ticket].append(went)
        self._hour_of[key(owner)] += 1
        self._day_of[key(owner)] += 1
        self._limited += limited


def rows_of(tx: Transaction, mails: Sequence[Identity]) -> dict[Identity, int]:
    """The rows that these mails have already."""
    causes = list({mail.cause for mail in mails})
    found = tx.execute(_ROWS, {"causes": causes}) if causes else ()
    return {Identity(row.cause, row.notice, row.recipient_key): row.id for row in found}


def _went(row: object) -> _Went:
    return _Went(Nature(row.nature), row.notice, row.echo, row.echo_text, row.queued_at)  # type: ignore[attr-defined]


def _of_status(queued: Queued) -> bool:
    return series_of(queued.nature, queued.notice) is Series.STATUS


def _same_mail(one: _Went, queued: Queued) -> bool:
    """The same subject, or the same text, was answered. Mails without either are not the same."""
    return (queued.echo != "" and one.echo == queued.echo) or (
        queued.echo_text != "" and one.echo_text == queued.echo_text
    )


def words_lately(tx: Transaction, recipient: str, now: datetime) -> int:
    """How many mails that a person is to answer went to that address within an hour."""
    return int(tx.execute(_WORDS, {"recipient": key(recipient), "since": now - _HOUR}).scalar() or 0)
