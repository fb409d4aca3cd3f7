"""Way: how one ticket comes to a status or leaves it, mail by mail and command by command, and what has to stand after each step.

`walked` takes all ways of a table through one installation at once: what is due at one moment shares one run. Each way has a
client of an organisation of its own, so that no limit holds back an answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.walk.lab import LEASE, Lab
from tests.walk.service import Service, once, rows, ticket
from tests.walk.test_web import WEB, browser

Row = dict[str, Any]
MAIL, TIMER, CLIENT, KIM = "the mail", "timer", "the client", "kim@example.test"
CHICAGO = ZoneInfo("America/Chicago")  # the team's
SOON = timedelta(minutes=10)  # what a walk takes at most


@dataclass(frozen=True, slots=True)
class Then:
    """What has to stand on the ticket, of several of one client the newest."""

    status: str
    by: str  # of the newest change: MAIL (that of this step), TIMER, CLIENT, or an address; "" where nothing is to change
    because: str  # words of its reasons; of the newest mail's, where nothing is to change
    told: str = ""  # "client received, kim escalated": all whom the step wrote to, by local part, and with which notice
    shows: tuple[tuple[str, Any], ...] = ()  # other facts of the ticket
    keeps: tuple[str, ...] = ()  # facts that are as they were before


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, how long after the step before, and what has to stand then."""

    do: "Do"
    then: Then | None = None
    after: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Way:
    """One line of the table: `row` is the status whose cell it walks."""

    row: str
    how: str
    steps: tuple[Step, ...]
    client: str = ""  # one of its own, if empty


@dataclass
class Walk:
    """A way while it is walked."""

    lab: Lab
    way: Way
    client: str
    seen: "Seen"
    came: str = ""  # Message-ID of this step's mail
    clicks: str = ""  # the path of the link that this step follows
    before: Row = field(default_factory=dict)

    @property
    def numbers(self) -> list[int]:
        """Its tickets, the oldest first."""
        return self.seen.tickets[self.client]

    @property
    def number(self) -> int:
        return self.numbers[-1]

    def deliver(self, raw: bytes, to: str = "support") -> None:
        self.came = str(message_from_bytes(raw)["Message-ID"])
        self.lab.deliver(raw, to)

    def last(self, recipient: str = "") -> bytes:
        """The last mail about the ticket that somebody got, its client where nobody is named."""
        wanted = recipient or self.client
        return next(
            self.seen.sent[row["message_id"]]
            for row in self.seen.outbox
            if (row["ticket"], row["recipient"]) == (self.number, wanted)
        )


Do = Callable[[Walk], None]


@dataclass
class Seen:
    """What the program shows after a run, and what its server has taken."""

    tickets: dict[str, list[int]] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)  # Message-ID: m17
    outbox: list[Row] = field(default_factory=list)  # the newest first
    new: list[Row] = field(default_factory=list)  # of them, since the look before
    sent: dict[str, bytes] = field(default_factory=dict)  # Message-ID: what went over the wire

    def look(self, lab: Lab) -> None:
        known = {row["id"] for row in self.outbox}
        self.tickets = defaultdict(list)
        for row in reversed(rows(lab, "tickets")):
            self.tickets[row["requester"]].append(row["number"])
        self.mails = {bare(row["message_id"]): row["id"] for row in rows(lab, "mails")}
        self.outbox = rows(lab, "outbox")
        self.new = [row for row in self.outbox if row["id"] not in known]
        self.sent = {str(message_from_bytes(raw)["Message-ID"]): raw for raw in lab.sent()}


def on(do: Do, then: Then | None = None, **after: float) -> Step:
    return Step(do, then, timedelta(**after) if after else timedelta(hours=1))


def walked(lab: Lab, ways: Sequence[Way]) -> list[str]:
    """Each fault, with the line of the table that it is in."""
    file = lab.folder / "postroom.toml"  # no other run takes part: a slow machine loses its leases to nobody
    file.write_text(file.read_text().replace(f"lease_seconds = {LEASE}", "lease_seconds = 600"))
    seen = Seen()
    plan: dict[timedelta, list[tuple[Walk, Step]]] = defaultdict(list)
    for number, way in enumerate(ways):
        walk, at = Walk(lab, way, way.client or f"client@way{number}.example", seen), timedelta()
        for step in way.steps:
            plan[at := at + step.after].append((walk, step))
    return [fault for at in sorted(plan) for fault in _taken(lab, seen, at, plan[at])]


def _taken(lab: Lab, seen: Seen, at: timedelta, steps: list[tuple[Walk, Step]]) -> Iterator[str]:
    """Takes the steps of one moment, and looks at what came of them."""
    lab.offset = at.total_seconds()
    for walk, step in steps:
        walk.came, walk.clicks = "", ""
        if step.then and step.then.keeps:
            walk.before = ticket(lab, walk.number)
        step.do(walk)
    once(lab)
    if any(walk.clicks for walk, _ in steps):
        _click([walk.clicks for walk, _ in steps if walk.clicks], lab)
        once(lab)
    seen.look(lab)
    for walk, step in steps:
        if step.then:
            for fault in _faults(walk, step.then):
                yield f"{walk.way.row}: {walk.way.how} ({walk.client}): {fault}"


def _click(paths: list[str], lab: Lab) -> None:
    with Service(lab, "--only", "web", **WEB) as running:
        pages = browser(running)
        for path in paths:
            answer = pages.post(path)
            assert answer.status == 200, f"{path}: {answer.text}"


def _faults(walk: Walk, then: Then) -> Iterator[str]:
    if not walk.numbers:
        yield "there is no ticket"
        return
    shown = ticket(walk.lab, walk.number)
    wanted = {"status": then.status, **dict(then.shows), **{key: walk.before[key] for key in then.keeps}}
    for key, value in wanted.items():
        if shown[key] != value:
            yield f"{key} is {shown[key]!r}, not {value!r}"
    yield from _history_faults(walk, shown["history"], then) if then.by else _unmoved_faults(walk, shown, then)
    told = sorted(f"{row['recipient'].partition('@')[0]} {row['notice']}" for row in _told(walk))
    if told != sorted(filter(None, then.told.split(", "))):
        yield f"told were {told}, not {then.told!r}"
    yield from (f"{row['id']} is {row['state']}" for row in _told(walk) if row["message_id"] not in walk.seen.sent)


def _history_faults(walk: Walk, history: list[Row], then: Then) -> Iterator[str]:
    """When, from, to, who, why, because of which mail; and each change begins where the one before ended."""
    moved = history[-1]
    mail = walk.seen.mails.get(bare(walk.came)) if walk.came else None
    by = {MAIL: f"mail:{(mail or '')[1:]}", CLIENT: walk.client}.get(then.by, then.by)
    if (moved["to"], moved["by"], moved["mail"]) != (then.status, by, mail):
        yield f"the history has {moved['to']}, {moved['by']}, {moved['mail']}, not {then.status}, {by}, {mail}"
    reasons = [reason for one in history if one["at"] == moved["at"] for reason in one["because"]]  # of one transaction
    if then.because not in " | ".join(reasons):
        yield f"the reason is {reasons}, not {then.because!r}"
    if abs(datetime.fromisoformat(moved["at"]) - clock(walk.lab)) > SOON:
        yield f"it is dated {moved['at']}"
    chain = [(before["to"], after["from"]) for before, after in pairwise(history)]
    yield from (f"a change from {to} follows one to {was}" for was, to in chain if was != to)


def _unmoved_faults(walk: Walk, shown: Row, then: Then) -> Iterator[str]:
    if not walk.came:
        return
    mail = walk.seen.mails.get(bare(walk.came))
    entries = [said for said in shown["conversation"] if said["mail"] == mail and said["direction"] == "in"]
    if len(entries) != 1:
        yield f"the mail {mail} has {len(entries)} entries"
    elif then.because not in " | ".join(entries[0]["because"]):
        yield f"the reason is {entries[0]['because']}, not {then.because!r}"
    if any(moved["mail"] == mail for moved in shown["history"]):
        yield f"the history has a change by {mail}"


def _told(walk: Walk) -> list[Row]:
    return [row for row in walk.seen.new if row["ticket"] in walk.numbers]


def clock(lab: Lab) -> datetime:
    """What the program's clock shows."""
    return datetime.now(UTC) + timedelta(seconds=lab.offset)


def bare(message_id: str) -> str:
    return message_id.strip("<> ")
