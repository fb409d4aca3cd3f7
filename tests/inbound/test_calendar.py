"""What an iCalendar part asks or answers, as Outlook, Google, Apple and others write it; and hostile ones, in linear time."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbound.calendar import read
from inbound.message import Address, Appointment
from inbound.parse import parse
from inbound.zones import WINDOWS, zone

BERLIN = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
ODD = BERLIN.replace("W. Europe Standard Time", "My own zone").replace("+0200", "+0730").replace("+0100", "+0630")
NEW_YORK = """BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
DTSTART:20070311T020000
TZNAME:EDT
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
DTSTART:20071104T020000
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
"""


FLOATING = datetime(2026, 12, 9, 10)  # noqa: DTZ001  in the reader's own time


def event(*lines: str, zones: str = "", method: str = "REQUEST", author: str = "ada@example.org") -> Appointment:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}BEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\nEND:VCALENDAR\n"
    found = read(text.replace("\n", "\r\n").encode(), "utf-8", method, (Address(author),))
    assert found
    return found


def at(hour: int, minute: int = 0, day: int = 9, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_request_says_who_asks_for_what_and_when() -> None:
    found = event(
        "UID:040000008200E00074C5@example.org",
        'ORGANIZER;CN="Whitfield, Dana; Registrar":MAILTO:dana@Example.org',
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:support@example.com",
        "SUMMARY;LANGUAGE=en:Catalog review\\, part 2\\nwith a second li",
        " ne",
        "DTSTART:20261209T090000Z",
        "DTEND:20261209T093000Z",
        "SEQUENCE:3",
    )
    assert found == Appointment(
        method="REQUEST",
        uid="040000008200E00074C5@example.org",
        start=at(9),
        end=at(9, 30),
        organizer=Address("dana@example.org", "Whitfield, Dana; Registrar"),
        attendee=Address("support@example.com"),
        sequence=3,
        summary="Catalog review, part 2 with a second line",
    )


@pytest.mark.parametrize(
    ("start", "zones", "expected"),
    [
        ("DTSTART;TZID=W. Europe Standard Time:20261209T100000", BERLIN, at(9)),
        ("DTSTART;TZID=W. Europe Standard Time:20260709T100000", BERLIN, at(8, month=7)),
        ('DTSTART;TZID="W. Europe Standard Time":20261209T100000', BERLIN, at(9)),
        ("DTSTART;TZID=W. Europe Standard Time:20261209T100000", "", at(9)),  # by its name
        ("DTSTART;TZID=My own zone:20261209T100000", ODD, at(3, 30)),
        ("DTSTART;TZID=My own zone:20260709T100000", ODD, at(2, 30, month=7)),
        ("DTSTART;TZID=America/New_York:20261209T090000", NEW_YORK, at(14)),
        ("DTSTART;TZID=America/New_York:20261101T010000", NEW_YORK, at(5, day=1, month=11)),
        ("DTSTART;TZID=America/New_York:20261101T030000", NEW_YORK, at(8, day=1, month=11)),
        ("DTSTART;TZID=America/New_York:20260308T030000", NEW_YORK, at(7, day=8, month=3)),
        ("DTSTART;TZID=Europe/Berlin:20261209T100000", "", at(9)),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261209T100000", "", at(9)),
        ("DTSTART;TZID=Tokyo Standard Time:20261209T180000", "", at(9)),
        ("DTSTART;TZID=UTC:20261209T090000", "", at(9)),
        ('DTSTART;TZID="tzone://Microsoft/Utc":20261209T090000', "", at(9)),
        ("DTSTART;VALUE=DATE:20261209", "", date(2026, 12, 9)),
        ("DTSTART:20261209T100000", "", FLOATING),  # floating
        ("DTSTART;TZID=Nowhere/At_all:20261209T100000", "", FLOATING),
        ("DTSTART;TZID=../../etc/passwd:20261209T100000", "", FLOATING),
        ("DTSTART:20261332T996199Z", "", None),
        ("DTSTART:tomorrow", "", None),
    ],
)
def test_a_start_is_in_utc_floating_or_a_day(start: str, zones: str, expected: date | None) -> None:
    assert event("UID:1", start, zones=zones).start == expected


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "Eastern Standard Time", "AUS Eastern Standard Time", "Europe/Berlin", "America/Sao_Paulo"])  # fmt: skip
def test_windows_names_are_zones(name: str) -> None:
    assert zone(name)


def test_every_windows_name_has_a_zone_that_is_there() -> None:
    assert [name for name in WINDOWS if zone(name) is None] == []
    assert len(WINDOWS) > 130


def test_a_duration_makes_an_end() -> None:
    assert event("UID:1", "DTSTART:20261209T090000Z", "DURATION:PT1H30M").end == at(10, 30)
    assert event("UID:1", "DTSTART;VALUE=DATE:20261209", "DURATION:P1D").end == date(2026, 12, 10)
    assert event("UID:1", "DTSTART:20261209T090000Z", "DURATION:P9999W").end is not None
    assert event("UID:1", "DTSTART:99991231T090000Z", "DURATION:P9999W").end is None
    assert event("UID:1", "DTSTART:20261209T090000Z").end is None


@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"])
def test_an_answer_is_that_of_the_one_who_wrote_the_mail(said: str) -> None:
    found = event(
        "UID:1",
        "ORGANIZER:mailto:support@example.com",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.org",
        f"ATTENDEE;CN=Ada;PARTSTAT={said.lower()}:mailto:Ada@example.org",
        "DTSTART:20261209T090000Z",
        method="REPLY",
    )
    assert (found.answer, found.attendee) == (said, Address("Ada@example.org", "Ada"))


def test_one_who_answers_from_another_address_is_the_only_attendee() -> None:
    found = event("UID:1", "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@old.example.org", method="REPLY")
    assert found.answer == "DECLINED"
    nobody = event(
        "UID:1", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@x.test", "ATTENDEE:mailto:b@x.test", method="REPLY"
    )
    assert (nobody.answer, nobody.attendee) == ("", None)


def test_a_series_recurs_and_an_exception_of_it_does_not_stand_in_its_place() -> None:
    assert event("UID:1", "RRULE:FREQ=WEEKLY", "DTSTART:20261209T090000Z").recurs
    assert not event("UID:1", "DTSTART:20261209T090000Z").recurs
    two = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20261216T090000Z\nSUMMARY:moved\nEND:VEVENT\n"
        b"BEGIN:VEVENT\nUID:1\nRRULE:FREQ=WEEKLY\nSUMMARY:the series\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    found = read(two, "", "REQUEST", ())
    assert found
    assert (found.summary, found.recurs) == ("the series", True)


def test_an_alarm_and_another_component_say_nothing_of_the_event() -> None:
    found = event("UID:1", "BEGIN:VALARM", "SUMMARY:beep", "DTSTART:20200101T000000Z", "END:VALARM", "SUMMARY:Review")
    assert (found.summary, found.start) == ("Review", None)
    assert read(b"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR\n", "", "REQUEST", ()) is None
    assert read(b"", "", "", ()) is None


MAIL = (
    "From: Ada <ada@example.org>\nTo: support@example.com\nSubject: Review\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nPlease see the dates attached.\n--b\n{}\n\n'
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Zürich\nEND:VEVENT\nEND:VCALENDAR\n--b--\n"
)


def test_the_method_of_an_attached_calendar_counts_only_as_a_parameter() -> None:
    saved = parse(MAIL.format('Content-Type: text/calendar; name="a.ics"\nContent-Disposition: attachment').encode())
    assert saved.calendar_method == ""
    assert saved.appointment
    assert (saved.appointment.method, saved.appointment.summary) == ("", "Zürich")
    sent = parse(MAIL.format("Content-Type: text/calendar; method=REQUEST; charset=utf-8").encode())
    assert sent.appointment
    assert (sent.calendar_method, sent.appointment.method) == ("REQUEST", "REQUEST")


HOSTILE = {
    "nested events": b"BEGIN:VEVENT\r\n",
    "events": b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n",
    "folded": b"\r\n x",
    "one line": b"SUMMARY:" + b"x" * 500,
    "quotes": b'ATTENDEE;CN="":',
    "attendees": b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.test\r\n",
    "zones": b"BEGIN:VTIMEZONE\r\nTZID:a\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
    "dates": b"RDATE:20260101T000000,20260101T000000\r\n",
    "escapes": b"SUMMARY:" + b"\\" * 900 + b"\r\n",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_calendars_cost_time_linear_in_their_length_and_raise_nothing(what: str) -> None:
    def seconds(size: int) -> float:
        data = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=a:20261209T090000\r\n" + HOSTILE[what] * (
            size // len(HOSTILE[what])
        )
        start = time.perf_counter()
        read(data, "utf-8", "REQUEST", (Address("a@x.test"),))
        return time.perf_counter() - start

    assert min(seconds(2**20) for _ in range(2)) < 0.5


PIECES = (b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VTIMEZONE", b"BEGIN:STANDARD", b"\r\n", b"\r\n ", b":", b";", b'"', b"=",
          b"DTSTART", b"TZID=a", b"20261209T090000", b"Z", b"RRULE:FREQ=YEARLY;BYMONTH=13;BYDAY=9SU", b"TZOFFSETTO:+9999", b"DURATION:-P9999W",
          b"TZID:a", b"ATTENDEE;PARTSTAT=X:mailto:a@x.test", b"SEQUENCE:\xc2\xb2", b"\xff\xfe", b"UID:1", b"DTSTART:00010101T000000")  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_a_value_or_none(pieces: list[bytes]) -> None:
    for data in (b"".join(pieces), b"BEGIN:VCALENDAR\r\n" + b"\r\n".join(pieces)):
        found = read(data, "utf-8", "REQUEST", ())
        assert found is None or (found.summary.isprintable() and found.uid.isprintable() and found.sequence >= 0)
