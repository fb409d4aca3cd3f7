"""Reading: what a mail's own words and headers say, whoever it was sent to. It is read once, by whoever has the time; it weighs nothing.

Bodies are read for what is new in them: a quoted out-of-office note, bounce or signature says nothing about this mail.
"""

from dataclasses import dataclass

from classifier.headers import human_mailer, mass_header
from classifier.phrases import MATCHER, TEXT_CAP, Said, fold
from classifier.subjects import FORWARDS, REPLIES, heads, prefix_of
from inbound.attributions import FORWARD
from inbound.message import Message
from inbound.quotes import split

_SPLIT_CAP = 16 * 1024  # characters of a body that are looked at for quotes (T16)
_LINE = 400  # characters; no line that introduces a forwarded mail is longer
_TAIL = 1500  # characters of the end of a long body


@dataclass(frozen=True, slots=True)
class Reading:
    """What depends on nothing but the Message."""

    subject: str  # folded
    titled: Said  # what the subject says
    new: str  # what is new in the body, as it was written
    body: Said  # what that says
    quoted: bool
    reply: bool  # the subject begins with Re: or its like
    forward: bool  # Fwd: or its like, or Thunderbird says so
    mass: str  # a header of lists and mass mail, on people's mail too: a hint
    mailer: str  # the program that a person writes mail with


def read(message: Message) -> Reading:
    """Total: any Message gives a Reading."""
    subject = fold(message.subject, 400)
    begins = heads(subject)
    prefix = prefix_of(subject, begins[-1])
    parts = split(message.text[:_SPLIT_CAP])
    new, forwarded = _own_words(parts.new)
    return Reading(
        subject=subject,
        titled=MATCHER.said(subject, begins),
        new=new[:TEXT_CAP],
        body=MATCHER.said(_ends(new)),
        quoted=bool(parts.quoted.strip()),
        reply=prefix in REPLIES,
        forward=forwarded or prefix in FORWARDS or bool(message.value("x-forwarded-message-id")),
        mass=mass_header(message),
        mailer=human_mailer(message),
    )


def _own_words(new: str) -> tuple[str, bool]:
    """What stands above a forwarded mail, and whether there is one: `split` calls it new, but somebody else wrote it."""
    lines = new[: TEXT_CAP + _TAIL].splitlines()
    for number, line in enumerate(lines):
        bare = line.strip(" \t*")
        # Its lines begin with dashes or end with a colon; the pattern is long, and most lines are neither.
        if len(line) <= _LINE and (bare[:1] == "-" or bare[-1:] in {":", "："}) and FORWARD.fullmatch(line):
            return "\n".join(lines[:number]), True
    return new, False


def _ends(new: str) -> str:
    """The folded top of a text, and its last lines: newsletters say there how to leave."""
    return fold(new if len(new) <= TEXT_CAP else f"{new[: TEXT_CAP - _TAIL]} … {new[-_TAIL:]}")
