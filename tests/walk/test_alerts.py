"""Staff hear of what needs a person: once, and when it is over."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.walk.lab import PASSWORD, Lab, on_both
from tests.walk.service import once


@on_both
def test_staff_hear_once_of_a_mailbox_that_is_away_for_long_and_when_it_is_back(lab: Lab) -> None:
    file = lab.folder / "imap.password"
    file.write_text("wrong")
    lab.call("run", "--once")
    assert lab.smtp.accepted == [], "a restart of a server is no news"
    for minutes in (16, 61):
        lab.move_clock(minutes=minutes)
        lab.call("run", "--once")
    told = [text_of(one.raw) for one in lab.smtp.accepted]
    assert len(told) == 2, "one for each of two mailboxes"
    assert {one.recipient for one in lab.smtp.accepted} == {"kim@example.test"}
    for one in told:
        assert "cannot be read" in one
        assert "login of" in one
        assert "postroom check says what to mend" in one
    file.write_text(PASSWORD)
    once(lab)
    once(lab)
    back = [text_of(one.raw) for one in lab.smtp.accepted[2:]]
    assert len(back) == 2
    for one in back:
        assert "can be read again" in one
        assert "Away for: 1 hour" in one


def text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, EmailMessage, policy=default).get_body(("plain",))
    return str(body.get_content()) if body else ""
