"""The demo's sample mails, one of every kind, dated as if they came just now. It reads them; it delivers none."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from importlib.resources import files

WRITTEN = date(2026, 11, 16)  # the day on which all files say they were written
EVERY = timedelta(minutes=4)
HEADER_DATE = re.compile(rb"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")
BODY_DATES = (
    (re.compile(rb"\b\d{1,2} November 2026\b"), "%d %B %Y"),
    (re.compile(rb"\b\d\d\.\d\d\.2026\b"), "%d.%m.%Y"),
    (re.compile(rb"\b2026\d{4}(?=T\d{6}Z)"), "%Y%m%d"),
)
MESSAGE_ID = re.compile(rb"^Message-ID: (<.+>)", re.MULTILINE)
RETURN_PATH = re.compile(rb"\AReturn-Path: <(.*)>")

SUPPORT = ("support",)
STORIES = {  # file: the mailboxes that get it, and what it is for
    "01-new-request": (SUPPORT, "A client asks: a ticket, and an answer"),
    "02-html-with-attachment": (SUPPORT, "HTML only, with a file: read all the same"),
    "03-german-request": (SUPPORT, "A request in German, in an old charset"),
    "04-same-client-writes-again": (SUPPORT, "Joins the first ticket; no second answer"),
    "05-support-in-cc": (SUPPORT, "Support is only in Cc: kept, closed, no answer"),
    "06-later-addressed-to-support": (SUPPORT, "The same conversation, now to support: opened"),
    "07-out-of-office": (SUPPORT, "A machine says who is away, and until when"),
    "08-german-out-of-office": (SUPPORT, "Away, in German, with no header that says so"),
    "09-other-ticket-system": (SUPPORT, "Another help desk's robot: never answered"),
    "10-bounce": (SUPPORT, "A bounce of a mail that postroom did not send"),
    "11-newsletter": (SUPPORT, "A newsletter: filed, on no ticket"),
    "12-person-through-a-list": (SUPPORT, "A person through a list: a ticket, no answer"),
    "13-read-receipt": (SUPPORT, "A read receipt: filed"),
    "14-invitation": (SUPPORT, "A calendar invitation"),
    "15-monitoring": (SUPPORT, "A monitoring machine: a ticket, no answer"),
    "16-nightly-failed": (SUPPORT, "The nightly update failed: a ticket of its own"),
    "17-nightly-failed-again": (SUPPORT, "The same failure again: the same ticket"),
    "18-escalation": (("escalate",), "A manager escalates"),
    "19-support-and-escalate": (("support", "escalate"), "To both mailboxes: one ticket, escalated"),
    "20-delivered-once": (SUPPORT, "A request that arrives twice: the first time"),
    "21-delivered-twice": (SUPPORT, "... and the second time: a duplicate, no answer"),
    "22-stranger-with-a-tag": (SUPPORT, "A stranger names ticket 1001: gets one of his own"),
    "23-broken-headers": (SUPPORT, "Broken bytes in its headers: a person all the same"),
    "24-unknown-charset": (SUPPORT, "A charset that nobody knows: read as well as can be"),
    "25-person-back-from-absence": (SUPPORT, "Speaks of an absence: but it is a person"),
    "26-person-who-suppresses-answers": (SUPPORT, "A person whose server wants no automatic answer"),
    "27-forged-staff-command": (SUPPORT, "Claims to be Kim and gives a command: changes nothing"),
    "28-thanks": (SUPPORT, "Only says thanks: changes nothing"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail as the last relay hands it over, with Return-Path and Received; CRLF at the ends of its lines."""

    name: str  # of its file, without .eml
    roles: tuple[str, ...]  # of the mailboxes that it is delivered to
    sender: str  # envelope sender; "" is the null sender
    raw: bytes
    story: str  # a short line for a viewer


def samples(now: datetime) -> list[Sample]:
    """All of them in their order, four minutes apart, the last one four minutes before `now` (aware, in UTC)."""
    folder = files("postroom.demo") / "mails"
    dates: dict[bytes, datetime] = {}  # two deliveries of one mail have one date
    found = []
    for index, (name, (roles, story)) in enumerate(STORIES.items()):
        stored = (folder / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n")
        at = dates.setdefault(_first(MESSAGE_ID, stored), now - (len(STORIES) - index) * EVERY)
        raw = _dated(stored, at).replace(b"\n", b"\r\n")
        found.append(Sample(name, roles, _first(RETURN_PATH, stored).decode(), raw, story))
    return found


def _first(pattern: re.Pattern[bytes], raw: bytes) -> bytes:
    match = pattern.search(raw)
    return match[1] if match else b""


def _dated(raw: bytes, at: datetime) -> bytes:
    """Headers say `at`; dates in the text move by as many days, so that a day of return is still to come."""
    raw = HEADER_DATE.sub(format_datetime(at).encode(), raw)
    for pattern, form in BODY_DATES:
        raw = pattern.sub(partial(_moved, form=form, by=at.date() - WRITTEN), raw)
    return raw


def _moved(written: re.Match[bytes], form: str, by: timedelta) -> bytes:
    day = datetime.strptime(written[0].decode(), form) + by  # noqa: DTZ007 - a day, without a time
    return day.strftime(form).encode()
