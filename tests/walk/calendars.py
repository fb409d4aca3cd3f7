"""What calendars of clients send: answers to our invitations, and invitations of their own."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from inbound.message import Appointment
from inbound.parse import parse
from tests.walk.lab import mail


def invitation(raw: bytes) -> tuple[str, Appointment]:
    """The calendar part of a mail, its method as the part says and as it is read; a mail without one is an error."""
    (part,) = [
        one
        for one in message_from_bytes(raw, EmailMessage, policy=default).walk()
        if "calendar" in one.get_content_type()
    ]
    said = parse(raw).appointment
    assert said
    assert part.get_param("method") == said.method
    return str(part.get_content()), said


def of_calendar(said: str, method: str, sender: str, answers: bytes = b"", **changed: str) -> EmailMessage:
    """The part `said` sent back, to the organiser's address, mostly with no reference to any mail."""
    for name, value in changed.items():
        said = re.sub(rf"(?m)({name}[=:])[^;:\r\n]*", rf"\g<1>{value}", said)
    name = f"<{abs(hash((method, said, sender)))}@client.example>"
    more = {"In_Reply_To": str(message_from_bytes(answers)["Message-ID"])} if answers else {}
    made = mail("", sender=sender, subject=f"{method}: an appointment", message_id=name, **more)
    made.clear_content()
    made.set_content(re.sub("METHOD:.*", f"METHOD:{method}", said), subtype="calendar", params={"method": method})
    return made
