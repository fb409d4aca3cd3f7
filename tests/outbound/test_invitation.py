"""An invitation as octets: what we write is what a calendar reads, whatever stands in the subject."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from inbound.calendar import read
from inbound.message import Address
from outbound.invitation import Invitation, written

AT = datetime(2026, 12, 3, 20, 0, tzinfo=UTC)
WE, CLIENT = Address("support@example.com", 'The "Support" Team; Ltd'), Address("pat@example.org")


def invitation(**more: object) -> Invitation:
    known = {"method": "REQUEST", "uid": "m1@example.com", "sequence": 2, "at": AT, "summary": "Help [#1042]"}
    return Invitation(**(known | {"organizer": WE, "attendee": CLIENT, "answer": "NEEDS-ACTION"} | more))  # type: ignore[arg-type]


@given(st.text(max_size=300))
def test_what_is_written_is_what_is_read(summary: str) -> None:
    octets = written(invitation(summary=f"Help {summary}"), AT)
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert octets.count(b"BEGIN:VEVENT") == 1 == octets.count(b"\r\nMETHOD:")
    back = read(octets, "utf-8", "REQUEST", ())
    assert back
    assert (back.uid, back.sequence, back.start) == ("m1@example.com", 2, AT)
    assert (back.organizer, back.attendee) == (Address(WE.addr, "The 'Support' Team; Ltd"), CLIENT)
    assert back.summary.startswith("Help")


def test_a_day_is_all_of_it_a_refusal_is_marked_and_an_address_ends_no_line() -> None:
    octets = written(invitation(at=date(2026, 12, 3), method="CANCEL"), AT)
    assert b"\r\nDTSTART;VALUE=DATE:20261203\r\n" in octets
    assert b"\r\nSTATUS:CANCELLED\r\n" in octets
    assert b"RSVP" not in octets
    evil = written(invitation(attendee=Address("a@b.example\r\nMETHOD:CANCEL")), AT)
    assert evil.count(b"\r\nMETHOD:") == 1
