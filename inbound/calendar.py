"""Calendar: what an iCalendar part asks or answers (RFC 5545, RFC 5546), as one value. Any bytes give one, or None; never raises.

A reader of our own: lines are unfolded, and components are counted, not nested, so that time is linear and no depth is too deep.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from inbound import addresses, charsets, headers
from inbound.message import Address, Appointment
from inbound.observance import Observance, Rules
from inbound.zones import zone

_READ = 256 * 1024  # octets
_LINE = 4000  # characters
_MOST = 2000  # attendees
_ZONES = 50  # observances of one zone
_FOLD = re.compile(r"\r?\n[ \t]")
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.IGNORECASE)
_FOR = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.IGNORECASE
)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_RECURS = frozenset(("RRULE", "RDATE", "RECURRENCE-ID"))

Line = tuple[str, dict[str, str], str]  # a property: its name, its parameters, both in upper case, and its value


@dataclass(slots=True)
class _Event:
    """The properties of one VEVENT: the first of each, and all attendees."""

    first: dict[str, Line] = field(default_factory=dict)
    attendees: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.first.setdefault(line[0], line)
        if line[0] == "ATTENDEE" and len(self.attendees) < _MOST:
            self.attendees.append(line)

    def value(self, name: str) -> str:
        return self.first[name][2] if name in self.first else ""


def read(data: bytes, charset: str, method: str, authors: tuple[Address, ...]) -> Appointment | None:
    """The first event of these octets; None where there is none. `authors` wrote the mail: of attendees theirs is the answer."""
    text = charsets.clean(charsets.decode(data[:_READ], charset or "utf-8", whole=False)[0])
    held = _Calendar()
    for line in _lines(text):
        held.take(line)
    events = [event for event in held.events if event.first]
    event = next((one for one in events if "RECURRENCE-ID" not in one.first), next(iter(events), None))
    if event is None:
        return None
    rules = {name: Rules(tuple(found[:_ZONES])) for name, found in held.zones.items()}
    start, end = _moment(event.first.get("DTSTART"), rules), _moment(event.first.get("DTEND"), rules)
    answering = _answering(event.attendees, authors)
    return Appointment(
        method=method,
        uid=headers.printable(event.value("UID"))[:500],
        start=start,
        end=end if end is not None else _after(start, event.value("DURATION")),
        zone=event.first["DTSTART"][1].get("TZID", "")[:100] if "DTSTART" in event.first else "",
        organizer=_address(event.first.get("ORGANIZER")),
        attendee=_address(answering),
        answer=_answer(answering) if method in {"REPLY", "COUNTER"} else "",
        sequence=int(number) if (number := event.value("SEQUENCE").strip()).isdecimal() and len(number) < 10 else 0,
        summary=_text(event.value("SUMMARY"))[:300],
        recurs=any(name in one.first for one in events for name in _RECURS),
    )


@dataclass(slots=True)
class _Calendar:
    """The events and zones directly in a calendar; what is deeper (alarms, and nonsense) is passed over."""

    events: list[_Event] = field(default_factory=list)
    zones: dict[str, list[Observance]] = field(default_factory=dict)
    depth: int = 0
    inside: str = ""  # the component at depth 2
    zone: str = ""
    seen: Observance = field(default_factory=Observance)

    def take(self, line: Line) -> None:
        name, _, value = line
        if name == "BEGIN":
            self.depth += 1
            self.begin(value.strip().upper())
        elif name == "END":
            self.depth = max(0, self.depth - 1)
        elif self.inside == "VEVENT" and self.depth == 2:
            self.events[-1].add(line)
        elif self.inside == "VTIMEZONE" and self.depth == 2 and name == "TZID":
            self.zone = value.strip()[:100]
        elif self.inside == "VTIMEZONE" and self.depth == 3:
            self.seen.take(name, value)

    def begin(self, component: str) -> None:
        if self.depth == 2:
            self.inside, self.zone = component, ""
            if component == "VEVENT":
                self.events.append(_Event())
        elif self.depth == 3 and self.inside == "VTIMEZONE":
            self.seen = Observance()
            self.zones.setdefault(self.zone, []).append(self.seen)


def _lines(text: str) -> Iterator[Line]:
    """RFC 5545 §3.1: unfolded lines `NAME;PARAMETER=value:value`, where values in quotes may hold colons and semicolons."""
    for line in _FOLD.sub("", text).splitlines():
        cut = line[:_LINE]
        at = _colon(cut)
        if at > 0:
            name, *rest = _split(cut[:at])
            pairs = (one.partition("=") for one in rest)
            yield (
                name.strip().upper(),
                {key.strip().upper(): value.strip().strip('"') for key, _, value in pairs},
                cut[at + 1 :],
            )


def _colon(line: str) -> int:
    """Where the value begins: the first colon outside quotes."""
    at = 0
    for number, piece in enumerate(line.split('"')):
        if number % 2 == 0 and ":" in piece:
            return at + piece.index(":")
        at += len(piece) + 1
    return -1


def _split(head: str) -> list[str]:
    """The name and the parameters: cut at semicolons outside quotes."""
    pieces = head.split('"')
    return "".join(piece.replace(";", "\0") if number % 2 == 0 else piece for number, piece in enumerate(pieces)).split(
        "\0"
    )


def _moment(line: Line | None, rules: dict[str, Rules]) -> datetime | date | None:
    """RFC 5545 §3.3.5: in UTC, in a zone (aware), or floating (without a zone); §3.3.4: a day."""
    match = _WHEN.match(line[2].strip()) if line else None
    if line is None or match is None:
        return None
    year, month, day, hour, minute, second = (int(group) if group else 0 for group in match.groups()[:6])
    try:
        if not match[4]:
            return date(year, month, day)
        local = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  its zone is looked for below
        return local.replace(tzinfo=UTC) if match[7] else _in_zone(local, line[1].get("TZID", ""), rules)
    except (ValueError, OverflowError):
        return None


def _in_zone(local: datetime, name: str, rules: dict[str, Rules]) -> datetime:
    """As the mail defines the zone (VTIMEZONE), else by its name; floating where neither is known."""
    offset = rules[name].offset(local) if name in rules else None
    found: tzinfo | None = zone(name) if name and offset is None else None
    if offset is not None:
        return (local - offset).replace(tzinfo=UTC)
    return local.replace(tzinfo=found).astimezone(UTC) if found else local


def _after(start: datetime | date | None, duration: str) -> datetime | date | None:
    match = _FOR.fullmatch(duration.strip())
    if start is None or match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(group) if group else 0 for group in match.groups()[1:])
    try:
        lasts = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return start + (-lasts if match[1] == "-" else lasts)
    except OverflowError:
        return None


def _answering(attendees: list[Line], authors: tuple[Address, ...]) -> Line | None:
    """Whose answer it is: the author's; of one attendee alone that one's; else the first who says anything."""
    keys = {author.key for author in authors}
    for line in attendees:
        found = _address(line)
        if found and found.key in keys:
            return line
    told = (line for line in attendees if _answer(line) not in {"", "NEEDS-ACTION"})
    return attendees[0] if len(attendees) == 1 else next(told, None)


def _answer(line: Line | None) -> str:
    said = line[1].get("PARTSTAT", "").upper() if line else ""
    return said[:30] if said.replace("-", "").isalnum() and said.isascii() else ""


def _address(line: Line | None) -> Address | None:
    """A calendar address (§3.3.3): `mailto:`, with the name in CN."""
    if line is None:
        return None
    addr = addresses.first(re.sub(r"(?i)^\s*mailto:", "", line[2], count=1)) or addresses.first(
        line[1].get("EMAIL", "")
    )
    return Address(addr, headers.printable(line[1].get("CN", ""))[:200]) if addr else None


def _text(value: str) -> str:
    """§3.3.11, as one line."""
    plain = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value)
    return " ".join(headers.printable(plain).split())
