"""Reading: what a mail's own words and headers say, whoever it was sent to. It is read once, by whoever has the time; it weighs nothing.

Bodies are read for what is new in them: a quoted out-of-office note, bounce or signature says nothing about this mail.
"""

from dataclasses import dataclass

from classifier.headers import human_mailer, mass_header
from classifier.language import Spoken, spoken
from classifier.phrases import TEXT_CAP, Said, fold, matcher
from classifier.serbian import latin
from classifier.subjects import FORWARDS, REPLIES, heads, prefix_of
from inbound.forwards import original
from inbound.message import Forwarded, Message
from inbound.quotes import Of, joined, mark

_SPLIT_CAP = 16 * 1024  # characters of a body that are looked at for quotes (T16)
# What rules look at, and what a person alone has written: machines' notes end in closings and notices, too.
_UNQUOTED = (Of.NEW, Of.CLOSING, Of.SIGNED, Of.DISCLAIMER)
_OWN = (Of.NEW, Of.CLOSING)
_TAIL = 1500  # characters of the end of a long body


@dataclass(frozen=True, slots=True)
class Reading:
    """What depends on nothing but the Message."""

    subject: str  # folded
    titled: Said  # what the subject says
    new: str  # what is new in the body, as it was written
    body: Said  # what that says
    own: str  # of that, what is neither a name below a closing nor a notice
    spoken: Spoken  # the language of that
    quoted: bool
    reply: bool  # the subject begins with Re: or its like
    forward: bool  # Fwd: or its like, or Thunderbird says so
    forwarded: Forwarded | None  # what the headers of the forwarded mail claim
    mass: str  # a header of lists and mass mail, on people's mail too: a hint
    mailer: str  # the program that a person writes mail with


def read(message: Message) -> Reading:
    """Total: any Message gives a Reading."""
    subject = fold(latin(message.subject[:400]), 400)
    begins = heads(subject)
    prefix = prefix_of(subject, begins[-1])
    marked = mark(message.text[:_SPLIT_CAP])
    fronted = prefix in FORWARDS or bool(message.value("x-forwarded-message-id"))
    at, forwarded = original(marked, fronted=fronted)
    new, own = latin(joined(marked, *_UNQUOTED, until=at)), joined(marked, *_OWN, until=at)
    return Reading(
        subject=subject,
        titled=matcher().said(subject, begins),
        new=new[:TEXT_CAP],
        body=matcher().said(_ends(new)),
        own=own[:TEXT_CAP],
        spoken=spoken(own),
        quoted=Of.QUOTED in marked.kinds and bool(joined(marked, Of.QUOTED).strip()),
        reply=prefix in REPLIES,
        forward=at is not None or fronted,
        forwarded=forwarded or message.enclosed,
        mass=mass_header(message),
        mailer=human_mailer(message),
    )


def _ends(new: str) -> str:
    """The folded top of a text, and its last lines: newsletters say there how to leave."""
    return fold(new if len(new) <= TEXT_CAP else f"{new[: TEXT_CAP - _TAIL]} … {new[-_TAIL:]}")
