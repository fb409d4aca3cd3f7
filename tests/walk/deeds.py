"""Deeds: what clients, staff, other teams, calendars and servers do to a ticket in a walk, each as a step's `do` (tests/walk/ways.py)."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.walk.calendars import invitation, of_calendar
from tests.walk.lab import answer_to, mail
from tests.walk.post import octets
from tests.walk.service import do
from tests.walk.test_bounces import report
from tests.walk.ways import CHICAGO, KIM, Do, Walk, clock

WORDS = "The page stays white after saving.\n"


def wrote(words: str = WORDS, *, mailbox: str = "support", **headers: str) -> Do:
    """The client writes, in no conversation."""

    def write(walk: Walk) -> None:
        walk.deliver(octets(_letter(walk, words, **{"to": f"{mailbox}@example.test"} | headers)), mailbox)

    return write


def went_on(words: str, **headers: str) -> Do:
    """The client's next mail in the conversation that their first one began."""
    return lambda walk: walk.deliver(octets(_letter(walk, words, In_Reply_To=_name(walk, 0), **headers)))


def answered(words: str, sender: str = "", *, mailbox: str = "support", **headers: str) -> Do:
    """An answer to the last mail that its writer got, be it the client, another team, or one of us."""

    def answer(walk: Walk) -> None:
        made = answer_to(walk.last(sender), words, sender=sender or walk.client)
        for name, value in headers.items():
            del made[name.replace("_", "-")]
            made[name.replace("_", "-")] = value
        walk.deliver(octets(made), mailbox)

    return answer


def sets(status: str, *more: str, in_days: int = 0) -> Do:
    """Staff set a status, with a date after so many days, and some hours: not at what another line does on a whole one."""

    def set_(walk: Walk) -> None:
        do(walk.lab, "set", str(walk.number), status, *more, *_until(walk, in_days), "--as", KIM)

    return set_


def says(words: str) -> Do:
    return lambda walk: _do(walk, "reply", str(walk.number), "--file", "-", "--as", KIM, words=words)


def counts_it(walk: Walk) -> None:
    """Staff let the client's last mail count as a reply."""
    do(walk.lab, "reopen", str(walk.number), "--as", KIM)


def merges(walk: Walk) -> None:
    """Staff merge the client's newest ticket into their oldest."""
    do(walk.lab, "merge", str(walk.number), str(walk.numbers[0]), "--as", KIM)


def orders_merge(walk: Walk) -> None:
    """The same, as an answer to the mail that told of it."""
    answered(f"#merge {walk.numbers[0]}\n", KIM)(walk)


def links(walk: Walk) -> None:
    """Staff link the ticket to an issue of the engineers."""
    do(walk.lab, "link", str(walk.number), f"ENG-{walk.number}", "--as", KIM)


def tracked(state: str) -> Do:
    """What is said of that issue."""
    return lambda walk: _do(walk, "linked", f"ENG-{walk.number}", state, "--as", KIM)


def clicks(choice: str, reader: str = "") -> Do:
    """The client, or one of us, follows a link in the last mail that they got; `choice` is a pattern."""

    def click(walk: Walk) -> None:
        body = message_from_bytes(walk.last(reader), EmailMessage, policy=default).get_body(("plain",))
        found = body and re.search(rf"/do/{choice}/l[a-z0-9]+", body.get_content())
        assert found, f"no link {choice} in a mail to {reader or walk.client}"
        walk.clicks = found[0]

    return click


def lets_in(address: str) -> Do:
    """Staff let somebody in, e.g. a vendor."""
    return lambda walk: _do(walk, "people", str(walk.number), "add", address, "--as", KIM)


def joined_in(words: str, sender: str) -> Do:
    """Somebody else writes, and names the ticket by its tag."""
    return lambda walk: walk.deliver(
        octets(_letter(walk, words, sender=sender, subject=f"Your order [#{walk.number}]"))
    )


def bounces(walk: Walk) -> None:
    """The last mail to the client comes back for good."""
    walk.deliver(report(walk.last(), walk.client))


def calendar_says(method: str, **changed: str) -> Do:
    """What the client's calendar sends of the appointment that stands in the last mail to them."""

    def answer(walk: Walk) -> None:
        sent = walk.last()
        walk.deliver(octets(of_calendar(invitation(sent)[0], method, walk.client, sent, **changed)))

    return answer


def waits(walk: Walk) -> None:
    """Time passes, and that is all."""


def _do(walk: Walk, *args: str, words: str = "") -> None:
    do(walk.lab, *args, words=words)


def _until(walk: Walk, days: int) -> tuple[str, ...]:
    then = (clock(walk.lab) + timedelta(days=days, hours=6)).astimezone(CHICAGO)
    return ("--until", f"{then:%Y-%m-%dT%H}:30") if days else ()


def _letter(walk: Walk, words: str, **headers: str) -> EmailMessage:
    made = {"subject": f"About {walk.client}", "sender": walk.client, "message_id": _name(walk, walk.lab.offset)}
    return mail(words, **made | headers)


def _name(walk: Walk, at: float) -> str:
    """The Message-ID of what the client wrote at that moment; 0: of their first mail."""
    first = walk.way.steps[0].after.total_seconds()
    return f"<{at or first:.0f}.{walk.client}>"
